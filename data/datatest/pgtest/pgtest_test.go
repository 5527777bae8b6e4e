package pgtest_test

import (
	"testing"

	"github.com/remit-crm/remit/data/datatest/pgtest"
)

func TestURLsAreFresh(t *testing.T) {
	a, b := pgtest.URL(t), pgtest.URL(t)
	if a == b {
		t.Errorf("the same database twice: %s", a)
	}
}
