package input

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/remit-crm/remit"
)

func TestParseRefuses(t *testing.T) {
	deep := strings.Repeat(`{"$not":`, 50) + `{}` + strings.Repeat(`}`, 50)
	tests := []struct{ name, body, field, message string }{
		{"nothing", "", "", "the body is empty"},
		{"two values", `{} {}`, "", "text behind"},
		{"twice", `{"limit":1,"limit":2}`, "limit", "occurs twice"},
		{"twice below", `{"filter":{"$and":[{"a":1,"\u0061":2}]}}`, "filter.$and[0].a", "occurs twice"},
		{"twice of many", `{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"j":1}`, "j", "occurs twice"},
		{"latin-1", "{\"a\":\"caf\xe9\"}", "a", "not valid UTF-8"},
		{"NUL", `{"a":["x","\u0000"]}`, "a[1]", "NUL"},
		{"raw NUL", "{\"a\":\"\x00\"}", "a", "control character"},
		{"half a pair", `{"a":"\ud83d"}`, "a", "surrogate"},
		{"wrong half first", `{"a":"\ude00\ud83d"}`, "a", "surrogate"},
		{"too deep", `{"filter":` + deep + `}`, "filter" + strings.Repeat(".$not", 48), "nested deeper"},
		{"cut", `{"a":`, "a", "ends where a JSON value"},
		{"cut in a string", `{"a":"b`, "a", "ends within a string"},
		{"comment", `{/*x*/}`, "", "malformed JSON"},
		{"trailing comma", `{"a":1,}`, "", "a name in double quotes"},
		{"plus", `{"a":+1}`, "a", "malformed JSON"},
		{"leading zero", `{"a":01}`, "", "a comma or '}'"},
		{"NaN", `{"a":NaN}`, "a", "malformed JSON"},
		{"escape", `{"a":"\x"}`, "a", "unknown escape"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse([]byte(test.body))
			checkInvalid(t, err, test.field, test.message)
		})
	}
}

func checkInvalid(t *testing.T, err error, field, message string) {
	t.Helper()
	var e *remit.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no *remit.Error", err)
	}
	if e.Kind != remit.KindInvalid || e.Field != field || !strings.Contains(e.Message, message) {
		t.Errorf("got %s at %q: %s; want invalid at %q with %q", e.Kind, e.Field, e.Message, field, message)
	}
}

func TestMembersRefuseUnknownNames(t *testing.T) {
	v, err := Parse([]byte(`{"fields":["a"],"limt":1}`))
	if err != nil {
		t.Fatal(err)
	}
	err = v.Members([]string{"fields", "limit"}, func(string, Value) error { return nil })
	checkInvalid(t, err, "limt", "no such property")
	if !strings.Contains(err.Error(), `did you mean "limit"?`) {
		t.Errorf("no hint: %v", err)
	}
	v, _ = Parse([]byte(`{"LIMIT":1}`))
	if err := v.Members([]string{"limit"}, func(string, Value) error { return nil }); err == nil {
		t.Error("a name in another case was taken")
	}
}

func TestTypedAccess(t *testing.T) {
	v, err := Parse([]byte(` { "t" : "a\u00e9\n" , "ts":["x" , "y"], "n": 12 ,"b":true,"z":null,"f":1.5,"o":{"k":[1,{"x":"}"}]} } `))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]Value{}
	if err := v.Members(nil, func(name string, m Value) error { seen[name] = m; return nil }); err != nil {
		t.Fatal(err)
	}
	if text, err := seen["t"].Text(); err != nil || text != "aé\n" {
		t.Errorf("text %q, %v", text, err)
	}
	if texts, err := seen["ts"].Texts(); err != nil || strings.Join(texts, "|") != "x|y" {
		t.Errorf("texts %q, %v", texts, err)
	}
	if n, err := seen["n"].Int(); err != nil || *n != 12 {
		t.Errorf("int %v, %v", n, err)
	}
	if b, err := seen["b"].Bool(); err != nil || !b {
		t.Errorf("bool %v, %v", b, err)
	}
	if n, err := seen["z"].Int(); err != nil || n != nil || seen["z"].Raw() != nil {
		t.Errorf("null %v, %v", n, err)
	}
	if got := string(seen["o"].Raw()); got != `{"k":[1,{"x":"}"}]}` {
		t.Errorf("raw %s", got)
	}
	_, err = seen["f"].Int()
	checkInvalid(t, err, "f", "must be a whole number, not 1.5")
	_, err = seen["n"].Texts()
	checkInvalid(t, err, "n", "must be an array, not 12")
	_, err = seen["ts"].Bool()
	checkInvalid(t, err, "ts", "must be true or false")
	_, err = seen["n"].Text()
	checkInvalid(t, err, "n", "must be a string")
}

// FuzzParse holds the scanner to encoding/json: what it accepts is valid JSON,
// and what it refuses is invalid JSON or has one of the faults that it is here to
// refuse. What it accepts, its typed access can walk.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-0.5e+7,"x\ud83d\ude00",true,null,{}]}`, `[[],{"a":{"b":"\\\""}}]`, `"\u0000"`, ` 1 `, `{"a":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := Parse(body)
		if err == nil {
			if !json.Valid(body) || !utf8.Valid(body) {
				t.Fatalf("accepted %q", body)
			}
			walk(t, v)
			return
		}
		if remit.KindOf(err) != remit.KindInvalid {
			t.Fatalf("kind %v of %v", remit.KindOf(err), err)
		}
		if json.Valid(body) && !stricter(err.Error()) {
			t.Fatalf("refused %q: %v", body, err)
		}
	})
}

func stricter(message string) bool {
	for _, reason := range []string{"twice", "NUL", "surrogate", "UTF-8", "nested deeper"} {
		if strings.Contains(message, reason) {
			return true
		}
	}
	return false
}

func walk(t *testing.T, v Value) {
	t.Helper()
	if !v.IsNull() && !json.Valid(v.Raw()) {
		t.Fatalf("part %q is no JSON", v.json)
	}
	switch v.json[0] {
	case '{':
		n := 0
		if err := v.Members(nil, func(_ string, m Value) error { n++; walk(t, m); return nil }); err != nil {
			t.Fatal(err)
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(v.json, &object); err != nil || len(object) != n {
			t.Fatalf("%d members of %s, want %d (%v)", n, v.json, len(object), err)
		}
	case '[':
		if err := v.Elements(func(_ int, e Value) error { walk(t, e); return nil }); err != nil {
			t.Fatal(err)
		}
	case '"':
		var want string
		if got, err := v.Text(); err != nil || json.Unmarshal(v.json, &want) != nil || got != want {
			t.Fatalf("text %q of %s, want %q (%v)", got, v.json, want, err)
		}
	}
}

func BenchmarkParseQuery(b *testing.B) {
	body := []byte(`{"fields":["name","stage","amount"],"filter":{"$and":[{"stage":{"$in":["won","lost"]}},{"amount":{"$gte":1000}}]},"sort":["-amount"],"limit":20}`)
	b.ReportAllocs()
	for b.Loop() {
		v, err := Parse(body)
		if err != nil {
			b.Fatal(err)
		}
		_ = v.Members(nil, func(string, Value) error { return nil })
	}
}
