package twoworlds

import (
	"net/http"
	"strings"
)

// oddity returns a request that is malformed, or that no route takes. What is
// wrong with it must be said alike in both worlds.
func (q *curious) oddity() *call {
	collection := "/api/collections/" + q.s.model.Collections[q.IntN(len(q.s.model.Collections))].Name
	id := q.id("accounts")
	if !strings.ContainsAny(id, "abcdefghijklmnopqrstuvwxyz") || strings.Contains(id, "ä") {
		id = "x"
	}
	json := map[string]string{"Content-Type": "application/json"}
	body := func(target, text string) *request {
		return &request{method: http.MethodPost, target: target, header: json, body: text}
	}
	rpc := func(text string) *request {
		return &request{method: http.MethodPost, target: "/mcp", body: text, header: map[string]string{
			"Content-Type": "application/json", "Accept": "application/json, text/event-stream",
		}}
	}
	overMCP := []*request{
		rpc(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_record","arguments":{}}}`),
		rpc(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query_records","arguments":{"collection":"accounts","nothing":1}}}`),
		rpc(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_record","arguments":{"collection":"accounts","id":"` + id + `"}}}`),
		rpc(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_record","arguments":{"collection":"accounts","id":"` + id + `"}}}`),
		rpc(`{"jsonrpc":"2.0","id":1,"method":"resources/list","params":{}}`),
		rpc(`{"jsonrpc":"2.0","id":1,"method":"ping"}`),
		rpc(`{`),
	}
	if q.face.mcp {
		return &call{op: "odd", odd: pick(q.dice, overMCP...)}
	}
	overHTTP := []*request{
		body(collection+"/query", `{`),
		body(collection+"/query", ``),
		body(collection+"/query", `{"limit":0}`),
		body(collection+"/query", `{"limit":1e99}`),
		body(collection+"/query", `{"filter":[]}`),
		body(collection+"/query", `{"filter":{"$and":[]}}`),
		body(collection+"/query", `{"filter":{"id":{"$eq":"`+id+`","$eq":"x"}}}`),
		body(collection+"/query", `{"filter":{"id":{"$in":["`+id+`",null]}},"fields":["id"]}`),
		body(collection+"/query", `{"filter":`+strings.Repeat(`{"$not":`, 30)+`{"id":"`+id+`"}`+strings.Repeat(`}`, 30)+`}`),
		body(collection+"/query", `{"data_source":"elsewhere"}`),
		body(collection+"/query", `{"cursor":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}`),
		body(collection+"/query", "{\"filter\":{\"name\":\"\xff\"}}"),
		body(collection+"/count", `{"filter":{"name":{"$contains":"\u0000"}}}`),
		body(collection+"/aggregate", `{"measures":[]}`),
		body(collection+"/aggregate", `{"measures":[{"fn":"median","field":"amount"}]}`),
		body(collection+"/aggregate", `{"measures":[{"fn":"count","as":"x"},{"fn":"count","as":"x"}]}`),
		body(collection+"/search", `{"text":"a"}`),
		body(collection+"/export?data_source=x", `{}`),
		{method: http.MethodPost, target: collection + "/query", header: map[string]string{"Content-Type": "text/plain"}, body: `{}`},
		{method: http.MethodPut, target: collection + "/records/" + id},
		{method: http.MethodGet, target: collection + "/records/" + id + "/past"},
		{method: http.MethodGet, target: collection + "/records/" + id + "?fields=id&fields=name"},
		{method: http.MethodGet, target: collection + "/records/" + id, header: map[string]string{"If-None-Match": `"x"`}},
		{method: http.MethodGet, target: collection + "/records?limit=2&sort=-created_at&total=true"},
		{method: http.MethodGet, target: collection + "/records?nothing=1"},
		{method: http.MethodDelete, target: collection + "/records/" + id, header: map[string]string{"If-Match": `"stale"`}},
		{method: http.MethodPatch, target: collection + "/records/" + id, header: json, body: `{"values":{}}`},
		{method: http.MethodPatch, target: collection + "/records/" + id, header: json, body: `{"values":{"nothing":1},"version":"stale"}`},
		{method: http.MethodPost, target: collection + "/records", header: json, body: `{"values":{"id":"` + id + `"}}`},
		{method: http.MethodGet, target: "/api/nothing"},
		{method: http.MethodGet, target: "/api/openapi.json"},
		{method: http.MethodGet, target: "/api/me", header: map[string]string{"Authorization": "Bearer rmt_nobody"}},
	}
	return &call{op: "odd", odd: pick(q.dice, overHTTP...)}
}
