package revocation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/remit-crm/remit"
)

// client sends one person's requests to server B.
type client struct {
	url  string
	key  key
	http *http.Client
	deal deal     // somebody else's
	act  remit.ID // an activity
}

func (w *world) client(deal deal) *client {
	return &client{
		url: w.b, key: w.key, deal: deal, act: w.activity,
		http: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 16, DisableCompression: true}},
	}
}

func (c *client) close() { c.http.CloseIdleConnections() }

// answer is what came back.
type answer struct {
	status int
	body   []byte
}

func (c *client) send(method, path, body string) (*answer, error) {
	r, err := c.request(method, path, body)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	return &answer{response.StatusCode, read}, err
}

func (c *client) request(method, path, body string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(context.Background(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if c.key.session != "" {
		r.AddCookie(&http.Cookie{Name: "remit_session", Value: c.key.secret})
	} else {
		r.Header.Set("Authorization", "Bearer "+c.key.secret)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	return r, nil
}

// failure is an answer that is neither what was asked for nor a refusal.
type failure struct{ answer *answer }

func (f *failure) Error() string { return fmt.Sprintf("%d: %s", f.answer.status, f.answer.body) }

// refused reports whether a status says no.
func refused(status int) bool {
	return slices.Contains([]int{
		http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusBadRequest, http.StatusTooManyRequests,
	}, status)
}

// json sends a request and decodes its answer into out. ok is false where it was
// refused.
func (c *client) json(method, path, body string, out any) (ok bool, err error) {
	a, err := c.send(method, path, body)
	if err != nil {
		return false, err
	}
	switch {
	case refused(a.status):
		return false, nil
	case a.status/100 != 2:
		return false, &failure{a}
	}
	return true, json.Unmarshal(a.body, out)
}

// op is one kind of request. Do returns how many records, or things, it got.
type op struct {
	name  string
	class class
	do    func(c *client, name string) (int, error)
}

// class says which of what may be taken away an operation needs.
type class string

const (
	cells  class = "cells"  // every deal's amount
	cell   class = "cell"   // the amount of somebody else's deal
	names  class = "names"  // the name of somebody else's deal
	known  class = "known"  // that there are deals
	held   class = "held"   // the role
	writes class = "writes" // making and changing activities
	mcp    class = "mcp"    // cells, by tools that count, for the tool that a rule takes
)

const deals = "/api/collections/opportunities"

type page struct {
	Records []json.RawMessage `json:"records"`
}

// reads are the operations that any credential may do.
func reads() []op {
	return []op{
		{"query", cells, func(c *client, _ string) (int, error) {
			var p page
			_, err := c.json(http.MethodPost, deals+"/query", `{"fields":["name","amount"],"limit":1000}`, &p)
			return len(p.Records), err
		}},
		{"list", cells, func(c *client, _ string) (int, error) {
			var p page
			_, err := c.json(http.MethodGet, deals+"/records?fields=amount&limit=1000", "", &p)
			return len(p.Records), err
		}},
		{"count", cells, func(c *client, _ string) (int, error) {
			var n struct{ Count int }
			_, err := c.json(http.MethodPost, deals+"/count", `{"filter":{"amount":{"$gte":1}}}`, &n)
			return n.Count, err
		}},
		{"aggregate", cells, func(c *client, _ string) (int, error) {
			var a struct {
				Rows []struct{ Sum float64 }
			}
			ok, err := c.json(http.MethodPost, deals+"/aggregate", `{"measures":[{"fn":"sum","field":"amount","as":"sum"}]}`, &a)
			if !ok || err != nil || len(a.Rows) != 1 {
				return 0, err
			}
			return int(a.Rows[0].Sum) / 100, nil
		}},
		{"get", cell, func(c *client, _ string) (int, error) {
			var r struct{ Amount *float64 }
			_, err := c.json(http.MethodGet, deals+"/records/"+string(c.deal.id)+"?fields=amount", "", &r)
			if r.Amount == nil {
				return 0, err
			}
			return 1, err
		}},
		{"search", names, func(c *client, _ string) (int, error) {
			var s struct{ Hits []json.RawMessage }
			_, err := c.json(http.MethodPost, deals+"/search", `{"text":"`+c.deal.name+`"}`, &s)
			return len(s.Hits), err
		}},
		{"describe", known, func(c *client, _ string) (int, error) {
			var d struct{ Name string }
			_, err := c.json(http.MethodGet, deals, "", &d)
			return len(d.Name) / len("opportunities"), err
		}},
		{"collections", known, func(c *client, _ string) (int, error) {
			var l struct{ Collections []struct{ Name string } }
			_, err := c.json(http.MethodGet, "/api/collections", "", &l)
			for _, one := range l.Collections {
				if one.Name == "opportunities" {
					return 1, err
				}
			}
			return 0, err
		}},
	}
}

// personal are the operations of people, which no AI employee may do.
func personal() []op {
	return []op{
		{"export csv", cells, func(c *client, _ string) (int, error) {
			return c.export(`{"fields":["name","amount"],"format":"csv"}`, func(b []byte) int { return bytes.Count(b, []byte("\n")) - 1 })
		}},
		{"export json", cells, func(c *client, _ string) (int, error) {
			return c.export(`{"fields":["name","amount"],"format":"json"}`, func(b []byte) int { return bytes.Count(b, []byte(`"amount"`)) })
		}},
		{"me", held, func(c *client, _ string) (int, error) {
			var me struct{ Roles []string }
			_, err := c.json(http.MethodGet, "/api/me", "", &me)
			if slices.Contains(me.Roles, hunter) || slices.Contains(me.Roles, leader) {
				return 1, err
			}
			return 0, err
		}},
	}
}

func (c *client) export(body string, count func([]byte) int) (int, error) {
	a, err := c.send(http.MethodPost, deals+"/export", body)
	switch {
	case err != nil:
		return 0, err
	case refused(a.status):
		return 0, nil
	case a.status != http.StatusOK:
		return 0, &failure{a}
	}
	return count(a.body), nil
}

// changes are the operations that write.
func changes() []op {
	const activities = "/api/collections/activities/records"
	return []op{
		{"create", writes, func(c *client, name string) (int, error) {
			var made struct{ ID string }
			ok, err := c.json(http.MethodPost, activities, `{"values":{"subject":"`+name+`"}}`, &made)
			if !ok {
				return 0, err
			}
			return 1, err
		}},
		{"update", writes, func(c *client, name string) (int, error) { return c.update(activities+"/"+string(c.act), name) }},
	}
}

// update reads a record and changes it, again if somebody was faster.
func (c *client) update(record, name string) (int, error) {
	for {
		var read struct {
			Version string `json:"_version"`
		}
		if ok, err := c.json(http.MethodGet, record+"?fields=subject", "", &read); !ok || err != nil {
			return 0, err
		}
		a, err := c.send(http.MethodPatch, record, `{"version":"`+read.Version+`","values":{"subject":"`+name+`"}}`)
		switch {
		case err != nil:
			return 0, err
		case refused(a.status):
			return 0, nil
		case a.status == http.StatusOK:
			return 1, nil
		case a.status != http.StatusConflict:
			return 0, &failure{a}
		}
	}
}

// calls are calls of tools over MCP, which only tokens may do.
func calls() []op {
	return []op{
		{"mcp query", cells, func(c *client, _ string) (int, error) {
			var p page
			_, err := c.call("query_records", `{"collection":"opportunities","fields":["amount"],"limit":1000}`, &p)
			return len(p.Records), err
		}},
		{"mcp count", mcp, func(c *client, _ string) (int, error) {
			var n struct{ Count int }
			_, err := c.call("count_records", `{"collection":"opportunities","filter":{"amount":{"$gte":1}}}`, &n)
			return n.Count, err
		}},
		{"mcp aggregate", cells, func(c *client, _ string) (int, error) {
			var a struct {
				Rows []struct{ Sum float64 }
			}
			ok, err := c.call("aggregate_records", `{"collection":"opportunities","measures":[{"fn":"sum","field":"amount","as":"sum"}]}`, &a)
			if !ok || err != nil || len(a.Rows) != 1 {
				return 0, err
			}
			return int(a.Rows[0].Sum) / 100, nil
		}},
	}
}

// call calls a tool. ok is false where it was refused, in whichever of MCP's ways.
func (c *client) call(tool, arguments string, out any) (ok bool, err error) {
	a, err := c.send(http.MethodPost, "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"`+tool+`","arguments":`+arguments+`}}`)
	if err != nil {
		return false, err
	}
	if refused(a.status) && !bytes.Contains(a.body, []byte("jsonrpc")) {
		return false, nil
	}
	var reply struct {
		Error *struct {
			Code    int
			Message string
		}
		Result *struct {
			IsError           bool
			StructuredContent json.RawMessage
			Content           []struct{ Text string }
			Meta              map[string]any `json:"_meta"`
		}
	}
	if err := json.Unmarshal(a.body, &reply); err != nil {
		return false, errors.Join(err, &failure{a})
	}
	switch {
	case reply.Error != nil && (reply.Error.Code == -32001 || reply.Error.Code == -32602 || reply.Error.Code == -32600):
		return false, nil
	case reply.Result == nil:
		return false, &failure{a}
	case reply.Result.IsError:
		kind, _ := reply.Result.Meta["remit/kind"].(string)
		if slices.Contains([]string{"denied", "not_found", "unauthenticated", "invalid"}, kind) {
			return false, nil
		}
		return false, &failure{a}
	}
	return true, json.Unmarshal(reply.Result.StructuredContent, out)
}
