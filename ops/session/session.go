// Package session holds the use cases of signing in and out, and of asking who
// one is.
package session

import (
	"time"

	"github.com/remit-crm/remit"
)

// Opened is a session that has just begun. Its secret is shown this once.
type Opened struct {
	Secret  string
	Expires time.Time
	Person  remit.ID
}

// Me is what a person may know of themselves, and what the call is held to.
type Me struct {
	ID           remit.ID      `json:"id"`
	Email        string        `json:"email"`
	Name         string        `json:"name"`
	Department   string        `json:"department,omitempty"`
	Roles        []string      `json:"roles" doc:"Names of the roles that count now."`
	Capabilities []string      `json:"capabilities" doc:"What the roles allow beside records, e.g. policy.manage."`
	Employees    []Employee    `json:"employees" doc:"The AI employees that the person may use."`
	Employee     string        `json:"employee,omitempty" doc:"The AI employee that the token is bound to."`
	Channel      remit.Channel `json:"channel" enum:"web,api,mcp,cli"`
}

// Employee is an AI employee as those who may use it see it.
type Employee struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Position    string `json:"position,omitempty"`
	Description string `json:"description,omitempty"`
	Greeting    string `json:"greeting,omitempty"`
	Tasks       []Task `json:"tasks"`
}

// Task is a preset job as those who may run it see it.
type Task struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Question string   `json:"question,omitempty"`
	Places   []string `json:"places"`
}
