package mcpserver

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/tools"
)

// failure is the one table from the kind of an error to its form in MCP: a tool
// error for what the caller can mend or wait out, else a protocol error.
func (s *Server) failure(ctx context.Context, actor remit.Actor, err error) (*mcp.CallToolResult, error) {
	var e *remit.Error
	if !errors.As(err, &e) {
		return nil, s.protocolError(ctx, actor, err)
	}
	switch e.Kind {
	case remit.KindInvalid, remit.KindDenied, remit.KindNotFound, remit.KindConflict, remit.KindLimited, remit.KindUnavailable:
		return toolError(e), nil
	case remit.KindInternal, remit.KindUnauthenticated, remit.KindCanceled:
	}
	return nil, s.protocolError(ctx, actor, err)
}

// toolError says to a model what went wrong and what to change.
func toolError(e *remit.Error) *mcp.CallToolResult {
	meta := mcp.Meta{"remit/kind": e.Kind.String()}
	if e.Field != "" {
		meta["remit/field"] = e.Field
	}
	return &mcp.CallToolResult{
		Meta: meta, IsError: true,
		Content: []mcp.Content{&mcp.TextContent{Text: e.Public()}},
	}
}

// The codes that JSON-RPC 2.0 (section 5.1) leaves to the server.
const (
	codeUnauthenticated = -32001
	codeCanceled        = -32002
	codeUnavailable     = -32003
)

// protocolError says that a request could not be carried out at all, and logs in
// full what it must not show.
func (s *Server) protocolError(ctx context.Context, actor remit.Actor, err error) error {
	switch remit.KindOf(err) {
	case remit.KindUnauthenticated:
		return &jsonrpc.Error{Code: codeUnauthenticated, Message: remit.PublicText(err)}
	case remit.KindUnavailable:
		return &jsonrpc.Error{Code: codeUnavailable, Message: remit.PublicText(err)}
	case remit.KindCanceled:
		return &jsonrpc.Error{Code: codeCanceled, Message: remit.PublicText(err)}
	case remit.KindInvalid, remit.KindDenied, remit.KindNotFound, remit.KindConflict, remit.KindLimited:
		return &jsonrpc.Error{Code: jsonrpc.CodeInvalidRequest, Message: remit.PublicText(err)}
	case remit.KindInternal:
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &jsonrpc.Error{Code: codeCanceled, Message: "the request took too long or was given up"}
	}
	s.log.LogAttrs(ctx, slog.LevelError, "internal error",
		slog.String("request", actor.Request), slog.String("tool", actor.Tool), slog.Any("error", err))
	return &jsonrpc.Error{
		Code:    jsonrpc.CodeInternalError,
		Message: "internal error: the server's log has it under request id " + actor.Request,
	}
}

// unknownTool records the call and refuses it. The answer is the same for a tool
// that does not exist and one that the actor may not use; its suggestion is taken
// from what the actor may use.
func (s *Server) unknownTool(ctx context.Context, actor remit.Actor, usable *tools.Toolbox, name string) error {
	const most = 64
	clipped := name
	if len(name) > most {
		clipped = strings.ToValidUTF8(name[:most], "") + "…"
	}
	no := remit.Errorf(remit.KindNotFound, "there is no tool %q", clipped)
	no.Hint = remit.DidYouMean(clipped, usable.Names())
	if err := usable.Refuse(ctx, name, no); remit.KindOf(err) != remit.KindNotFound {
		return s.protocolError(ctx, actor, err)
	}
	message := no.Message
	if no.Hint != "" {
		message += ": " + no.Hint
	}
	return &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: message}
}
