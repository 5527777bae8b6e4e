package httpapi

import (
	"net/http"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/input"
	"github.com/remit-crm/remit/ops/people"
)

type departmentBody struct {
	Name   string   `json:"name"`
	Parent remit.ID `json:"parent,omitempty" doc:"Empty: at the top."`
}

type departmentsAnswer struct {
	Departments []people.Department `json:"departments" nullable:"false"`
}

func (a *API) departmentRoutes() []route {
	const (
		many = "/api/departments"
		one  = many + "/{id}"
		rule = "Needs the capability people.manage. "
	)
	return []route{
		{
			method: http.MethodGet, path: many, id: "listDepartments", tag: "people", summary: "List the departments; their parents make the tree", description: rule,
			handler: a.listDepartments, status: http.StatusOK, answer: departmentsAnswer{},
		},
		{
			method: http.MethodPost, path: many, id: "createDepartment", tag: "people", summary: "Add a department", description: rule,
			handler: a.createDepartment, body: departmentBody{}, status: http.StatusCreated, answer: people.Department{},
		},
		{
			method: http.MethodPatch, path: one, id: "updateDepartment", tag: "people", summary: "Rename or move a department", description: rule,
			handler: a.updateDepartment, body: departmentBody{}, status: http.StatusOK, answer: people.Department{},
		},
		{
			method: http.MethodDelete, path: one, id: "deleteDepartment", tag: "people", summary: "Delete a department that has neither people nor others below it",
			description: rule + "Records that name it read null there from then on.",
			handler:     a.deleteDepartment, status: http.StatusNoContent,
		},
	}
}

func (a *API) listDepartments(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	staff, err := unasked(r, a.staff)
	if err != nil {
		return err
	}
	all, err := staff.Departments(r.Context(), actor)
	return sendResult(w, http.StatusOK)(departmentsAnswer{all}, err)
}

// readDepartment reads what is given of a department.
func readDepartment(w http.ResponseWriter, r *http.Request) (c people.DepartmentChange, err error) {
	err = members(w, r, []string{"name", "parent"}, func(name string, v input.Value) (err error) {
		if name == "name" {
			c.Name, err = textPointer(v)
			return err
		}
		c.ParentID, err = idPointer(v)
		return err
	})
	return c, err
}

func (a *API) createDepartment(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	c, err := readDepartment(w, r)
	if err != nil {
		return err
	}
	if c.Name == nil {
		return remit.FieldErrorf("name", "is missing")
	}
	parent := remit.ID("")
	if c.ParentID != nil {
		parent = *c.ParentID
	}
	staff, err := a.staff()
	if err != nil {
		return err
	}
	return sendResult(w, http.StatusCreated)(staff.CreateDepartment(r.Context(), actor, *c.Name, parent))
}

func (a *API) updateDepartment(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	c, err := readDepartment(w, r)
	if err != nil {
		return err
	}
	staff, err := a.staff()
	if err != nil {
		return err
	}
	return sendResult(w, http.StatusOK)(staff.UpdateDepartment(r.Context(), actor, remit.ID(r.PathValue("id")), c))
}

func (a *API) deleteDepartment(w http.ResponseWriter, r *http.Request, actor remit.Actor) error {
	staff, err := a.staff()
	if err != nil {
		return err
	}
	return done(w)(staff.DeleteDepartment(r.Context(), actor, remit.ID(r.PathValue("id"))))
}
