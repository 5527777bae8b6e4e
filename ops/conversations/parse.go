package conversations

import (
	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/ops/input"
)

// maxRecords bounds the records of a context, and so what "these" can mean.
const maxRecords = 500

// maxPlace bounds the names of pages and views in a context, in bytes.
const maxPlace = 100

// ParseStart reads the JSON form of a [Start] strictly.
func ParseStart(body []byte) (s Start, err error) {
	err = members(body, []string{"employee", "task", "title"}, func(name string, v input.Value) (err error) {
		switch name {
		case "employee":
			s.Employee, err = v.Text()
		case "task":
			s.Task, err = v.Text()
		case "title":
			s.Title, err = v.Text()
		}
		return err
	})
	return s, err
}

// ParseTitle reads {"title": …}.
func ParseTitle(body []byte) (title string, err error) {
	err = members(body, []string{"title"}, func(_ string, v input.Value) (err error) {
		title, err = v.Text()
		return err
	})
	return title, err
}

// ParseRating reads {"rating": …, "comment": …}.
func ParseRating(body []byte) (rating, comment string, err error) {
	err = members(body, []string{"rating", "comment"}, func(name string, v input.Value) (err error) {
		if name == "rating" {
			rating, err = v.Text()
		} else {
			comment, err = v.Text()
		}
		return err
	})
	return rating, comment, err
}

// ParsePeople reads {"people": […]}.
func ParsePeople(body []byte) (people []remit.ID, err error) {
	err = members(body, []string{"people"}, func(_ string, v input.Value) error {
		people, err = v.IDs()
		return err
	})
	return people, err
}

// ParseQuestion reads the JSON form of a [Question] strictly.
func ParseQuestion(body []byte) (q Question, err error) {
	err = members(body, []string{"question", "context"}, func(name string, v input.Value) (err error) {
		if name == "question" {
			q.Question, err = v.Text()
			return err
		}
		q.Context, err = parseScreen(v)
		return err
	})
	return q, err
}

func parseScreen(v input.Value) (*agent.Screen, error) {
	if v.IsNull() {
		return nil, nil
	}
	s := &agent.Screen{}
	err := v.Members([]string{"page", "view", "collection", "filter", "records"}, func(name string, v input.Value) (err error) {
		switch name {
		case "page":
			s.Page, err = short(v)
		case "view":
			s.View, err = short(v)
		case "collection":
			s.Collection, err = short(v)
		case "filter":
			s.Filter = v.Raw()
		case "records":
			s.Records, err = v.IDs()
		}
		return err
	})
	if err == nil && len(s.Records) > maxRecords {
		err = remit.FieldErrorf("context.records", "%d records are named; at most %d are taken: describe them by a filter", len(s.Records), maxRecords)
	}
	return s, err
}

func short(v input.Value) (string, error) {
	text, err := v.Text()
	if err == nil && len(text) > maxPlace {
		err = remit.FieldErrorf(v.Path, "has %d bytes; at most %d are taken", len(text), maxPlace)
	}
	return text, err
}

func members(body []byte, known []string, each func(string, input.Value) error) error {
	object, err := input.Parse(body)
	if err != nil {
		return err
	}
	return object.Members(known, each)
}
