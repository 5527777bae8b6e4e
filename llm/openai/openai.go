// Package openai is a model behind OpenAI's Chat Completions interface, by the
// official library: OpenAI itself and whatever else speaks it, by base URL
// (Azure, Ollama, vLLM, DeepSeek, Qwen …).
//
// Nothing is read from OPENAI_* variables: what is not in the options is not
// used, so that a stray variable cannot redirect a company's data.
package openai

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/packages/ssestream"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/llm/wire"
)

// The defaults where the options name none.
const (
	DefaultBaseURL = "https://api.openai.com/v1"
	DefaultModel   = openai.ChatModelGPT5_4Mini // only for DefaultBaseURL
)

// Model is one service. It is safe for concurrent use.
type Model struct {
	options wire.Options
	client  openai.ChatCompletionService
	own     bool // OpenAI or Azure, which know the newer names of parameters
}

var _ llm.Model = (*Model)(nil)

// New returns the service. It fails with an Invalid error on a base URL that
// cannot be used, and where another base URL than OpenAI's has no model.
func New(o wire.Options) (*Model, error) {
	o = o.WithDefaults()
	if o.BaseURL == "" {
		o.BaseURL = DefaultBaseURL
	}
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" {
		return nil, remit.Errorf(remit.KindInvalid, "the base URL of the model service %q is not an address such as %s", o.Name, DefaultBaseURL)
	}
	if o.Model == "" && o.BaseURL == DefaultBaseURL {
		o.Model = DefaultModel
	}
	if o.Model == "" {
		return nil, remit.Errorf(remit.KindInvalid, "the model service %q needs the name of a model", o.Name)
	}
	m := &Model{options: o, own: azure(base) || base.Hostname() == "api.openai.com"}
	m.client = openai.NewChatCompletionService(requestOptions(&m.options, base)...)
	return m, nil
}

// azure reports whether the host is Azure's, which takes its key in a header of
// its own.
func azure(base *url.URL) bool {
	host := base.Hostname()
	return strings.HasSuffix(host, ".openai.azure.com") || strings.HasSuffix(host, ".cognitiveservices.azure.com")
}

func requestOptions(o *wire.Options, base *url.URL) []option.RequestOption {
	address := *base
	address.RawQuery = ""
	options := []option.RequestOption{
		option.WithBaseURL(address.String()),
		option.WithHTTPClient(o.Client()),
		option.WithMaxRetries(0), // the transport retries
		option.WithHeader("Accept", "text/event-stream"),
	}
	for name, values := range base.Query() { // Azure's api-version
		for _, v := range values {
			options = append(options, option.WithQueryAdd(name, v))
		}
	}
	for name, value := range o.Headers {
		options = append(options, option.WithHeader(name, value))
	}
	switch {
	case o.Key.IsZero():
	case o.KeyHeader != "":
		options = append(options, option.WithHeader(o.KeyHeader, o.Key.Reveal()))
	case azure(base):
		options = append(options, option.WithHeader("Api-Key", o.Key.Reveal()))
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
	for stream.Next() {
		if err := a.add(stream.Current()); err != nil {
			return nil, m.options.Malformed(err)
		}
	}
	if err := stream.Err(); err != nil && !a.complete() {
		return nil, m.fault(parent, err)
	}
	if parent.Err() != nil {
		return nil, m.options.Fault(parent, parent.Err())
	}
	if !a.complete() {
		return nil, m.options.BrokeOff()
	}
	return a.response(), nil
}

func (m *Model) fault(parent context.Context, err error) error {
	var reported *ssestream.StreamError
	if errors.As(err, &reported) {
		return m.options.Failed(reported.Message)
	}
	var api *openai.Error // not by our transport, which never lets a status of failure through
	if errors.As(err, &api) {
		return m.options.Malformed(errors.New(http.StatusText(api.StatusCode)))
	}
	return m.options.Fault(parent, err)
}

// params translates a request. Errors are of the caller: a schema that is no
// object.
func (m *Model) params(req llm.Request) (openai.ChatCompletionNewParams, error) {
	p := openai.ChatCompletionNewParams{
		Model:         m.options.Model,
		StreamOptions: openai.ChatCompletionStreamOptionsParam{IncludeUsage: param.NewOpt(true)},
	}
	if req.Model != "" {
		p.Model = req.Model
	}
	most := req.MaxTokens
	if most == 0 {
		most = m.options.MaxTokens
	}
	switch {
	case most == 0:
	case m.own:
		p.MaxCompletionTokens = param.NewOpt(int64(most))
	default:
		p.MaxTokens = param.NewOpt(int64(most))
	}
	for _, msg := range req.Messages {
		p.Messages = append(p.Messages, message(msg))
	}
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
