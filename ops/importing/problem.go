package importing

import (
	"fmt"
	"strings"

	"github.com/remit-crm/remit"
)

// maxProblems bounds how many problems one answer lists.
const maxProblems = 20

// problems collects what is wrong with a file, line by line, so that it can be
// mended in one go.
type problems struct {
	list []string
	more int
	cell string // the first one's place
}

func (p *problems) add(line int, column, message string) {
	if len(p.list) == maxProblems {
		p.more++
		return
	}
	at := place(line, column)
	if len(p.list) == 0 {
		p.cell = at
	}
	p.list = append(p.list, at+": "+message)
}

// err returns nil if there are none.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	text := strings.Join(p.list, "\n")
	if p.more > 0 {
		text += fmt.Sprintf("\n… and %d more", p.more)
	}
	return remit.Errorf(remit.KindInvalid, "nothing was imported:\n%s", text)
}
