package offline

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// toolExplain explains who may do what, and why.
const toolExplain = "explain_access"

type explainCall struct {
	Person     string `json:"person,omitempty"`
	Employee   string `json:"employee,omitempty"`
	Task       string `json:"task,omitempty"`
	Tool       string `json:"tool,omitempty"`
	Collection string `json:"collection,omitempty"`
	Action     string `json:"action,omitempty"`
}

// verdict is what explain_access answers.
type verdict struct {
	Allowed bool   `json:"allowed"`
	Remedy  string `json:"remedy"`
	Layers  []struct {
		Layer, Name, Remedy string
		Allowed             bool
		Reasons             []struct{ Effect, Message string }
	} `json:"layers"`
	Data *struct {
		Rows []struct {
			Role, Scope string
			Fields      []string
		} `json:"rows"`
		Withheld []struct {
			Field   string
			Reasons []struct{ Message string }
		} `json:"withheld"`
	} `json:"data"`
}

var (
	accessVerb  = regexp.MustCompile(`(?i)\b(see|sees|view|read|change|update|edit|create|add|delete|export|use|run|call)\b\s+(?:(?:of|about|any|all|the|a|an)\s+)*([a-z][a-z_-]*)?`)
	accessAsks  = regexp.MustCompile(`(?i)^\s*(?:please\s+)?(?:(?:why|may|can|could|explain)\b|(?:what|which|who)\b.*\b(?:may|can|cannot|able|allowed)\b)`)
	accessEmail = regexp.MustCompile(`[^\s<>"'()]+@[^\s<>"'(),;?]+`)
	accessAI    = regexp.MustCompile(`(?i)\b(?:with|through|by|via|using)\s+(?:the\s+)?([a-z][a-z-]*)`)
	accessTask  = regexp.MustCompile(`(?i)\b(?:in|for)\s+(?:the\s+)?task\s+([a-z][a-z-]*)`)
)

var accessActions = map[string]string{
	"see": "view", "sees": "view", "view": "view", "read": "view", "change": "update", "update": "update", "edit": "update",
	"create": "create", "add": "create", "delete": "delete", "export": "export",
}

// accessFillers carry no meaning in a question about permissions.
var accessFillers = wordsSet(
	"please", "why", "what", "which", "may", "can", "could", "cannot", "not", "explain", "do", "does", "is", "am", "are", "i", "me", "my", "to", "be", "able",
	"allowed", "of", "the", "a", "an", "any", "all", "about", "how", "that", "whether", "if", "records", "record", "and",
)

// accessQuestion reads a question about permissions: "why can ann@example.com not see
// orders through viz?". It knows the person by an e-mail address, else means whoever
// asks. Unread is a word that it made nothing of: the question is then about something
// else than what it would answer.
func accessQuestion(question string) (call explainCall, unread string, ok bool) {
	if len(question) > maxQuestion || !accessAsks.MatchString(question) {
		return call, "", false
	}
	call.Person = strings.TrimRight(accessEmail.FindString(question), ".")
	rest := accessEmail.ReplaceAllString(question, " ")
	if m := accessTask.FindStringSubmatch(rest); m != nil {
		call.Task = strings.ToLower(m[1])
		rest = strings.Replace(rest, m[0], " ", 1)
	}
	if m := accessAI.FindStringSubmatch(rest); m != nil {
		call.Employee = strings.ToLower(m[1])
		rest = strings.Replace(rest, m[0], " ", 1)
	}
	m := accessVerb.FindStringSubmatch(rest)
	if m == nil || m[2] == "" {
		return call, "", false
	}
	rest = strings.NewReplacer("can't", "cannot", "can’t", "cannot").Replace(strings.ToLower(strings.Replace(rest, m[0], " ", 1)))
	for _, word := range strings.FieldsFunc(rest, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '-' && c != '_' }) {
		if !accessFillers[word] && unread == "" {
			unread = word
		}
	}
	switch verb, noun := strings.ToLower(m[1]), strings.ToLower(m[2]); verb {
	case "use":
		call.Employee = noun
	case "run":
		call.Task = noun
	case "call":
		call.Tool = noun
	default:
		call.Action, call.Collection = accessActions[verb], collectionWord(noun)
	}
	return call, unread, true
}

// collectionWord is what collections are called where their names are not known here.
func collectionWord(noun string) string {
	if of := map[string]string{"deal": "opportunities", "deals": "opportunities", "customer": "accounts", "customers": "accounts", "companies": "accounts", "company": "accounts", "opportunity": "opportunities", "activity": "activities", "person": "people"}[noun]; of != "" {
		return of
	}
	if strings.HasSuffix(noun, "s") || noun == "people" {
		return noun
	}
	return noun + "s"
}

// accessText answers a question about permissions with what explain_access says.
func accessText(d *desk, call explainCall) (string, error) {
	var v verdict
	if err := d.call(toolExplain, call, &v); err != nil {
		return "", err
	}
	who := "You"
	if call.Person != "" {
		who = escape(call.Person)
	}
	heads := map[bool]string{true: "**%s may do this.**", false: "**%s may not do this.**"}
	parts := []string{fmt.Sprintf(heads[v.Allowed], who)}
	t := newTable([]string{"Layer", "What about", "Verdict", "Why"}, 4)
	for _, l := range v.Layers {
		word := map[bool]string{true: "lets through", false: "stops"}[l.Allowed]
		t.add([]string{escape(l.Layer), escape(l.Name), word, layerWhy(l.Allowed, l.Reasons)})
	}
	parts = append(parts, t.String())
	if v.Data != nil {
		for _, rows := range v.Data.Rows {
			parts = append(parts, fmt.Sprintf("- %s, by role %s: %s", escape(rows.Scope), escape(rows.Role), escape(strings.Join(rows.Fields, ", "))))
		}
		parts = append(parts, withheldText(&v))
	}
	if v.Remedy != "" {
		parts = append(parts, "What alone would change that: "+escape(v.Remedy)+".")
	}
	return paragraphs(parts...), nil
}

// layerWhy says what a layer goes by: where it stops, the rules that do.
func layerWhy(allowed bool, reasons []struct{ Effect, Message string }) string {
	var words []string
	for _, r := range reasons {
		if allowed || r.Effect == "refuses" {
			words = append(words, escape(r.Message))
		}
	}
	return strings.Join(words, "; ")
}

func withheldText(v *verdict) string {
	if !v.Allowed || len(v.Data.Withheld) == 0 {
		return ""
	}
	var names []string
	for _, w := range v.Data.Withheld {
		names = append(names, escape(w.Field))
	}
	return "Withheld: " + strings.Join(names, ", ") + "."
}

// accessUnread says what a question about permissions was not understood in.
func accessUnread(word string) string {
	return "I did not understand " + quote(word) + ", so I did not answer a question that you did not ask. Name a person by e-mail address, and one collection, " +
		"AI employee, task or tool: “Why can ann@example.com not see orders through viz?”, “May I export accounts?”, “Why can ann@example.com not use scout?”"
}
