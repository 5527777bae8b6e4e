package importing

import (
	"fmt"
	"strings"

	"github.com/remit-crm/remit"
)

// maxProblems bounds how many problems one answer lists.
const maxProblems = 20

// LineProblem is what is wrong with a file at one place.
type LineProblem struct {
	Line    int    `json:"line" doc:"Of the file; the header is line 1."`
	Column  string `json:"column,omitempty"`
	Message string `json:"message"`
}

func (p LineProblem) String() string { return place(p.Line, p.Column) + ": " + p.Message }

// FileError says what is wrong with a file, line by line. It wraps the
// [remit.Error] that says the same as one text.
type FileError struct {
	Problems []LineProblem // 20 at most
	More     int           // further ones that are not listed

	text *remit.Error
}

// Error implements error.
func (e *FileError) Error() string { return e.text.Error() }

// Unwrap returns the error for callers.
func (e *FileError) Unwrap() error { return e.text }

// problems collects what is wrong with a file, so that it can be mended in one go.
type problems struct {
	list []LineProblem
	more int
}

func (p *problems) add(line int, column, message string) {
	if len(p.list) == maxProblems {
		p.more++
		return
	}
	p.list = append(p.list, LineProblem{line, column, message})
}

// err returns nil if there are none.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	lines := make([]string, len(p.list))
	for i, each := range p.list {
		lines[i] = each.String()
	}
	text := strings.Join(lines, "\n")
	if p.more > 0 {
		text += fmt.Sprintf("\n… and %d more", p.more)
	}
	return &FileError{p.list, p.more, remit.Errorf(remit.KindInvalid, "nothing was imported:\n%s", text)}
}
