-- A department that is empty can be deleted. Its row stays, like every deleted
-- record's: what still names it reads null, and who deletes it learns nothing of
-- records that they may not see.

-- +goose Up
ALTER TABLE departments ADD COLUMN deleted_at timestamptz;
UPDATE collections SET permanent = FALSE WHERE name = 'departments';

-- +goose Down
UPDATE collections SET permanent = TRUE WHERE name = 'departments';
ALTER TABLE departments DROP COLUMN deleted_at;
