-- A department that is empty can be deleted. Its row stays, like every deleted
-- record's: what still names it reads null, and who deletes it learns nothing of
-- records that they may not see.

-- +goose Up
ALTER TABLE departments ADD COLUMN deleted_at TEXT;
UPDATE collections SET permanent = 0 WHERE name = 'departments';

-- +goose Down
UPDATE collections SET permanent = 1 WHERE name = 'departments';
ALTER TABLE departments DROP COLUMN deleted_at;
