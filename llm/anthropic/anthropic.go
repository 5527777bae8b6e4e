// Package anthropic is a model behind Anthropic's Messages interface, by the
// official library.
//
// Nothing is read from ANTHROPIC_* variables or the library's own profiles: what
// is not in the options is not used.
package anthropic

import (
	"context"
	"errors"
	"net/url"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/wire"
)

// The defaults where the options name none.
const (
	DefaultBaseURL   = "https://api.anthropic.com/"
	DefaultModel     = anthropic.ModelClaudeSonnet5
	DefaultMaxTokens = 8192 // the interface wants a bound
)

// Model is one service. It is safe for concurrent use.
type Model struct {
	options wire.Options
	client  anthropic.MessageService
}

var _ llm.Model = (*Model)(nil)

// New returns the service. It fails with an Invalid error on a base URL that
// cannot be used.
func New(o wire.Options) (*Model, error) {
	o = o.WithDefaults()
	if o.BaseURL == "" {
		o.BaseURL = DefaultBaseURL
	}
	if o.Model == "" {
		o.Model = DefaultModel
	}
	if o.MaxTokens == 0 {
		o.MaxTokens = DefaultMaxTokens
	}
	if base, err := url.Parse(o.BaseURL); err != nil || base.Host == "" {
		return nil, remit.Errorf(remit.KindInvalid, "the base URL of the model service %q is not an address such as %s", o.Name, DefaultBaseURL)
	}
	m := &Model{options: o}
	m.client = anthropic.NewMessageService(requestOptions(&m.options)...)
	return m, nil
}

func requestOptions(o *wire.Options) []option.RequestOption {
	options := []option.RequestOption{
		option.WithBaseURL(o.BaseURL),
		option.WithHTTPClient(o.Client()),
		option.WithMaxRetries(0),      // the transport retries
		option.WithoutOpenTelemetry(), // spans are made where the run is known
		option.WithHeader("Accept", "text/event-stream"),
	}
	for name, value := range o.Headers {
		options = append(options, option.WithHeader(name, value))
	}
	switch {
	case o.Key.IsZero():
	case o.KeyHeader != "":
		options = append(options, option.WithHeader(o.KeyHeader, o.Key.Reveal()))
	default:
		options = append(options, option.WithAPIKey(o.Key.Reveal()))
	}
	return options
}

// Complete implements [llm.Model].
func (m *Model) Complete(parent context.Context, req llm.Request, onText func(string)) (*llm.Response, error) {
	ctx, cancel := context.WithTimeout(parent, m.options.Timeout)
	defer cancel()
	params, err := m.params(req)
	if err != nil {
		return nil, err
	}
	stream := m.client.NewStreaming(ctx, params)
	defer func() { _ = stream.Close() }()
	a := answer{onText: onText}
	for !a.ended && stream.Next() {
		if err := a.add(stream.Current()); err != nil {
			return nil, m.options.Malformed(err)
		}
	}
	if err := stream.Err(); err != nil && !a.ended {
		return nil, m.fault(parent, err)
	}
	if parent.Err() != nil {
		return nil, m.options.Fault(parent, parent.Err())
	}
	if !a.ended {
		return nil, m.options.BrokeOff()
	}
	return a.response(), nil
}

// fault translates what the library reports. Its own error prints the request's
// address and the whole body, so only the kind of fault is taken from it.
func (m *Model) fault(parent context.Context, err error) error {
	var api *anthropic.Error
	if errors.As(err, &api) && parent.Err() == nil {
		return m.options.Failed(string(api.Type()))
	}
	return m.options.Fault(parent, err)
}

func (m *Model) params(req llm.Request) (anthropic.MessageNewParams, error) {
	p := anthropic.MessageNewParams{Model: m.options.Model, MaxTokens: int64(m.options.MaxTokens)}
	if req.Model != "" {
		p.Model = req.Model
	}
	if req.MaxTokens > 0 {
		p.MaxTokens = int64(req.MaxTokens)
	}
	p.System, p.Messages = messages(req.Messages)
	for _, spec := range req.Tools {
		t, err := toolParam(spec)
		if err != nil {
			return p, err
		}
		p.Tools = append(p.Tools, t)
	}
	return p, nil
}

// Name returns the model that answers where a request names none.
func (m *Model) Name() string { return m.options.Model }
