package main

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/remit-crm/remit"
)

// mcp is the bare SDK with one tool, which asks the first question.
func (h *handler) mcp() http.Handler {
	server := mcp.NewServer(&mcp.Implementation{Name: "baseline", Version: "1"}, nil)
	server.AddTool(&mcp.Tool{
		Name: "query_records", Description: "The largest of your own opportunities",
		InputSchema: map[string]any{"type": "object"},
	}, func(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		person := remit.ID(req.Extra.Header.Get("X-Person"))
		b, err := h.answer(ctx, person, remit.ChannelMCP, nil, h.own, true)
		if err != nil {
			return nil, err
		}
		// Both forms, as the specification asks of tools with structured results.
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: string(b)}}, StructuredContent: json.RawMessage(b)}, nil
	})
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server },
		&mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		person, ok := h.authenticate(r)
		if !ok {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		r.Header.Set("X-Person", string(person))
		handler.ServeHTTP(w, r)
	})
}
