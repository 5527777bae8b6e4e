package llmtest

import (
	"fmt"
	"strings"
)

// OpenAI is how services answer that speak OpenAI's Chat Completions.
func OpenAI() Wire {
	text := func(s string) string { return openAIChunk(fmt.Sprintf(`{"content":%q}`, s)) }
	ask := func(id, name string) string {
		return openAIChunk(fmt.Sprintf(`{"tool_calls":[{"index":0,"id":%q,"type":"function","function":{"name":%q,"arguments":""}}]}`, id, name))
	}
	piece := func(s string) string {
		return openAIChunk(fmt.Sprintf(`{"tool_calls":[{"index":0,"function":{"arguments":%q}}]}`, s))
	}
	return Wire{
		Text: func(chunks ...string) string { return each(chunks, text) + openAIEnd("stop") },
		Call: func(id, name string, arguments ...string) string {
			return ask(id, name) + each(arguments, piece) + openAIEnd("tool_calls")
		},
		Length:  text("Hel") + openAIEnd("length"),
		Refusal: openAIChunk(`{"refusal":"Hel"}`) + openAIEnd("stop"),
		Begin:   text("Hel"),
		More:    text,
		Ask:     ask("c1", "count_records"),
		Piece:   piece,
		Fault:   text("Hel") + data(`{"error":{"message":"overloaded, key `+Key+`"}}`),
		Result:  `"role":"tool"`,
	}
}

func openAIChunk(delta string) string {
	return data(`{"id":"x","object":"chat.completion.chunk","model":"test-model","choices":[{"index":0,"delta":` + delta + `,"finish_reason":null}]}`)
}

func openAIEnd(reason string) string {
	return data(`{"id":"x","model":"test-model","choices":[{"index":0,"delta":{},"finish_reason":"`+reason+`"}]}`) +
		data(`{"id":"x","model":"test-model","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}`) +
		data("[DONE]")
}

// Anthropic is how services answer that speak Anthropic's Messages.
func Anthropic() Wire {
	start := named("message_start", `,"message":{"id":"m","type":"message","role":"assistant","model":"test-model","content":[],"stop_reason":null,"usage":{"input_tokens":9,"cache_read_input_tokens":2,"output_tokens":1}}`) +
		named("ping", "")
	open := start + named("content_block_start", `,"index":0,"content_block":{"type":"text","text":""}`)
	text := func(s string) string {
		return named("content_block_delta", fmt.Sprintf(`,"index":0,"delta":{"type":"text_delta","text":%q}`, s))
	}
	ask := func(id, name string) string {
		return start + named("content_block_start", fmt.Sprintf(`,"index":0,"content_block":{"type":"tool_use","id":%q,"name":%q,"input":{}}`, id, name))
	}
	piece := func(s string) string {
		return named("content_block_delta", fmt.Sprintf(`,"index":0,"delta":{"type":"input_json_delta","partial_json":%q}`, s))
	}
	return Wire{
		Text: func(chunks ...string) string { return open + each(chunks, text) + anthropicEnd("end_turn") },
		Call: func(id, name string, arguments ...string) string {
			return ask(id, name) + each(arguments, piece) + anthropicEnd("tool_use")
		},
		Length:  open + text("Hel") + anthropicEnd("max_tokens"),
		Refusal: open + text("Hel") + anthropicEnd("refusal"),
		Begin:   open + text("Hel"),
		More:    text,
		Ask:     ask("c1", "count_records"),
		Piece:   piece,
		Fault:   open + text("Hel") + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"key " + Key + "\"}}\n\n",
		Result:  `"tool_result"`,
	}
}

func anthropicEnd(reason string) string {
	return named("content_block_stop", `,"index":0`) +
		named("message_delta", fmt.Sprintf(`,"delta":{"stop_reason":%q,"stop_sequence":null},"usage":{"output_tokens":7}`, reason)) +
		named("message_stop", "")
}

// data is a server-sent event without a name, named one that says its kind within
// as well.
func data(v string) string { return "data: " + v + "\n\n" }

func named(kind, rest string) string {
	return "event: " + kind + "\ndata: {\"type\":\"" + kind + "\"" + rest + "}\n\n"
}

func each(chunks []string, write func(string) string) string {
	var b strings.Builder
	for _, c := range chunks {
		b.WriteString(write(c))
	}
	return b.String()
}
