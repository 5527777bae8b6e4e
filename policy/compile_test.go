package policy

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// sound is a policy without a problem, for tests to break in one place.
func sound() *Document {
	return &Document{
		Scopes: []Scope{{Name: "own", Collection: "things", Expression: "record.owner_id == user.id"}},
		Roles: []Role{{
			Name: "seller", Clearance: remit.Internal, Employees: []string{"viz"}, Capabilities: []string{ReadAudit},
			Grants: []Grant{{Collection: "things", Actions: []Action{View, Update}, Fields: []string{"open", "plain"}, Scope: "own", ScopeAfter: ScopeAll}},
		}},
		Employees: []Employee{{
			Name: "viz", Title: "Viz", Tools: []string{"query_records", "look_up"},
			Remit: Remit{Grants: []Grant{{Collection: "*", Actions: []Action{View}, Fields: []string{"*"}, Scope: ScopeAll}}, Sensitivity: remit.Internal},
		}},
		Tasks: []Task{{
			Name: "review", Employee: "viz", Title: "Review", Tools: []string{"look_up"}, Roles: []string{"seller"}, Condition: `user.department == "Sales"`, Places: []string{"things/list"},
			Constraints: Constraints{Collections: []CollectionConstraint{{Collection: "things", Fields: []string{"open"}}}, LastDays: 30, RowLimit: 10},
		}},
		Tools: []Tool{
			{Name: "look_up", Roles: []string{"seller"}, Inputs: []Input{{Name: "depth", Type: remit.Integer}}, Condition: `input.depth < 3 && user.department == "Sales"`},
			{Name: "get_record", Condition: `input.collection == "things"`},
		},
	}
}

func TestCompileSound(t *testing.T) {
	doc := sound()
	p := compileT(t, doc)
	if diff := cmp.Diff(doc, p.Document()); diff != "" {
		t.Errorf("the document changed: %s", diff)
	}
	doc.Roles[0].Grants[0].Fields[0], p.Document().Roles[0].Name = "secret", "x"
	if p.Document().Roles[0].Grants[0].Fields[0] != "open" || p.Document().Roles[0].Name != "seller" {
		t.Error("the policy shares memory with its document")
	}
	if p.Env() == nil || p.Model() == nil || p.Epoch != 0 {
		t.Error("accessors")
	}
	if e, ok := p.Employee("viz"); !ok || e.Title != "Viz" {
		t.Error("the AI employee is missing")
	}
	if e, ok := p.Employee(remit.PersonalAgent); !ok || e.Name != remit.PersonalAgent {
		t.Error("the personal agent is missing")
	}
	if task, ok := p.Task("review"); !ok || task.Employee != "viz" {
		t.Error("the task is missing")
	}
	if tool, ok := p.Tool("count_records"); !ok || tool.Name != "count_records" {
		t.Error("a built-in tool without a rule is missing")
	}
	if tool, ok := p.Tool("look_up"); !ok || len(tool.Roles) != 1 {
		t.Error("the tool's rule is missing")
	}
	_, employee := p.Employee("x")
	_, task := p.Task("x")
	_, tool := p.Tool("x")
	if employee || task || tool {
		t.Error("an unknown name is found")
	}
	if list := p.Employees(); len(list) != 1 || list[0].Name != "viz" {
		t.Errorf("AI employees %v", list)
	}
}

func TestCompileRefuses(t *testing.T) {
	role := func(d *Document) *Role { return &d.Roles[0] }
	grant := func(d *Document) *Grant { return &d.Roles[0].Grants[0] }
	viz := func(d *Document) *Employee { return &d.Employees[0] }
	all := func(d *Document) *Grant { return &d.Employees[0].Remit.Grants[0] }
	review := func(d *Document) *Task { return &d.Tasks[0] }
	for name, c := range map[string]struct {
		spoil func(*Document)
		want  string // the one problem
	}{
		"scope without a name": {func(d *Document) { d.Scopes = append(d.Scopes, Scope{Collection: "things", Expression: "true"}) }, "scopes[1].name: the scope has no name"},
		"scope name form": {func(d *Document) {
			d.Scopes = append(d.Scopes, Scope{Name: "Own It", Collection: "things", Expression: "true"})
		}, `scopes[1].name: "Own It" is not a name: use lower-case words joined by "-"`},
		"scope name length": {func(d *Document) {
			d.Scopes = append(d.Scopes, Scope{Name: strings.Repeat("a", 65), Collection: "things", Expression: "true"})
		}, "scopes[1].name: the name has more than 64"},
		"scope twice": {func(d *Document) { d.Scopes = append(d.Scopes, d.Scopes[0]) }, `scopes[1].name: there are two of the scope "own"`},
		"scope called all": {func(d *Document) {
			d.Scopes = append(d.Scopes, Scope{Name: "all", Collection: "things", Expression: "true"})
		}, `scopes[1].name: every collection has a scope "all" already`},
		"scope's collection": {func(d *Document) {
			d.Scopes = append(d.Scopes, Scope{Name: "x", Collection: "thing", Expression: "true"})
		}, `scopes[1].collection: unknown collection "thing" (did you mean "things"?)`},
		"scope's source": {func(d *Document) {
			d.Scopes = append(d.Scopes, Scope{Name: "x", Source: "legcy", Collection: "things", Expression: "true"})
		}, `scopes[1].data_source: unknown data source "legcy" (did you mean "legacy"?)`},
		"scope's expression":         {func(d *Document) { d.Scopes[0].Expression = "record.ownr_id == user.id" }, "scopes[0].expression: "},
		"expression says nothing":    {func(d *Document) { d.Scopes[0].Expression = "" }, "scopes[0].expression: "},
		"role without a name":        {func(d *Document) { d.Roles = append(d.Roles, Role{}) }, "roles[1].name: the role has no name"},
		"role twice":                 {func(d *Document) { d.Roles = append(d.Roles, Role{Name: "seller"}) }, `roles[1].name: there are two of the role "seller"`},
		"role name form":             {func(d *Document) { d.Roles = append(d.Roles, Role{Name: "sales_rep"}) }, "roles[1].name: "},
		"clearance":                  {func(d *Document) { role(d).Clearance = 9 }, "roles[0].clearance: unknown sensitivity 9"},
		"capability":                 {func(d *Document) { role(d).Capabilities[0] = "audit.raed" }, `roles[0].capabilities[0]: unknown capability "audit.raed" (did you mean "audit.read"?)`},
		"role's employee":            {func(d *Document) { role(d).Employees[0] = "vis" }, `roles[0].employees[0]: unknown AI employee "vis" (did you mean "viz"?)`},
		"role's employee twice":      {func(d *Document) { role(d).Employees = []string{"viz", "viz"} }, `roles[0].employees[1]: "viz" is named twice`},
		"role's personal agent":      {func(d *Document) { role(d).Employees = []string{"viz", remit.PersonalAgent} }, "roles[0].employees[1]: \"personal-agent\" is built in"},
		"grant's collection":         {func(d *Document) { grant(d).Collection = "thinks" }, `roles[0].grants[0].collection: unknown collection "thinks" (did you mean "things"?)`},
		"grant's wildcard":           {func(d *Document) { grant(d).Collection = "*" }, `roles[0].grants[0].collection: unknown collection "*"`},
		"grant's source":             {func(d *Document) { grant(d).Source = "x" }, "roles[0].grants[0].data_source: unknown data source"},
		"no action":                  {func(d *Document) { grant(d).Actions, grant(d).ScopeAfter = nil, "" }, "roles[0].grants[0].actions: no action is named"},
		"unknown action":             {func(d *Document) { grant(d).Actions[0] = "veiw" }, `roles[0].grants[0].actions[0]: unknown action "veiw" (did you mean "view"?)`},
		"action twice":               {func(d *Document) { grant(d).Actions = []Action{Update, Update} }, `roles[0].grants[0].actions[1]: "update" is named twice`},
		"unknown field":              {func(d *Document) { grant(d).Fields[0] = "opne" }, `roles[0].grants[0].fields[0]: things has no field "opne" (did you mean "open"?)`},
		"field twice":                {func(d *Document) { grant(d).Fields[1] = "open" }, `roles[0].grants[0].fields[1]: "open" is named twice`},
		"star among fields":          {func(d *Document) { grant(d).Fields[1] = "*" }, `roles[0].grants[0].fields[1]: "*" stands for every field`},
		"id among fields":            {func(d *Document) { grant(d).Fields[1] = "id" }, "roles[0].grants[0].fields[1]: the id is known wherever any field is"},
		"no scope":                   {func(d *Document) { grant(d).Scope = "" }, `roles[0].grants[0].scope: no scope is named; write "all"`},
		"unknown scope":              {func(d *Document) { grant(d).Scope = "owm" }, `roles[0].grants[0].scope: things has no scope "owm" (did you mean "own"?)`},
		"another collection's scope": {func(d *Document) { grant(d).Collection, grant(d).Fields = "notes", nil }, `roles[0].grants[0].scope: notes has no scope "own"`},
		"unknown scope after":        {func(d *Document) { grant(d).ScopeAfter = "alll" }, `roles[0].grants[0].scope_after: things has no scope "alll" (did you mean "all"?)`},
		"scope after a view":         {func(d *Document) { grant(d).Actions = []Action{View} }, "roles[0].grants[0].scope_after: only create and update"},
		"end beyond time":            {func(d *Document) { grant(d).NotAfter = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }, "roles[0].grants[0].not_after: the year"},
		"changing what is derived": {func(d *Document) {
			d.Roles[0].Grants = append(d.Roles[0].Grants, Grant{Collection: "people", Actions: []Action{View, Delete}, Fields: []string{"name"}, Scope: ScopeAll})
		}, "roles[0].grants[1].actions[1]: records of people are kept by the system"},
		"employee twice":           {func(d *Document) { d.Employees = append(d.Employees, Employee{Name: "viz", Title: "V"}); d.Tasks = nil }, `employees[1].name: there are two of the AI employee "viz"`},
		"employee called as agent": {func(d *Document) { d.Employees = append(d.Employees, Employee{Name: remit.PersonalAgent, Title: "P"}) }, `employees[1].name: "personal-agent" is built in`},
		"employee without a title": {func(d *Document) { viz(d).Title = "" }, "employees[0].title: the title is missing"},
		"employee's tool":          {func(d *Document) { viz(d).Tools[0] = "query_record" }, `employees[0].tools[0]: unknown tool "query_record" (did you mean "query_records"?)`},
		"remit's sensitivity":      {func(d *Document) { viz(d).Remit.Sensitivity = 7 }, "employees[0].remit.sensitivity: unknown sensitivity 7"},
		"negative rows":            {func(d *Document) { viz(d).Remit.RowsPerCall = -1 }, "employees[0].remit.rows_per_call: must not be negative"},
		"unknown avatar":           {func(d *Document) { viz(d).Avatar = "fix" }, `employees[0].avatar: unknown avatar "fix" (did you mean "fox"?)`},
		"unknown color":            {func(d *Document) { viz(d).Color = "blu" }, `employees[0].color: unknown color "blu" (did you mean "blue"?)`},
		"long bio":                 {func(d *Document) { viz(d).Bio = strings.Repeat("ä", 2001) }, "employees[0].bio: has more than 2000 characters"},
		"title of two lines":       {func(d *Document) { viz(d).Title = "a\nb" }, "employees[0].title: must be a line"},
		"negative tokens a day":    {func(d *Document) { viz(d).Remit.TokensPerDay = -1 }, "employees[0].remit.tokens_per_day: must not be negative"},
		"negative rows a day":      {func(d *Document) { viz(d).Remit.RowsPerDay = -1 }, "employees[0].remit.rows_per_day: must not be negative"},
		"negative steps":           {func(d *Document) { viz(d).Remit.Steps = -1 }, "employees[0].remit.steps: must not be negative"},
		"negative tokens":          {func(d *Document) { viz(d).Remit.Tokens = -1 }, "employees[0].remit.tokens: must not be negative"},
		"remit's collection":       {func(d *Document) { all(d).Collection = "ting" }, `employees[0].remit.grants[0].collection: unknown collection "ting" (did you mean "things"?)`},
		"remit's source":           {func(d *Document) { all(d).Source = "x" }, "employees[0].remit.grants[0].data_source: unknown data source"},
		"remit's fields on all":    {func(d *Document) { all(d).Fields = []string{"open"} }, `employees[0].remit.grants[0].fields: a grant on every collection can name only "*"`},
		"remit's scope on all":     {func(d *Document) { all(d).Scope = "own" }, "employees[0].remit.grants[0].scope: a grant on every collection"},
		"task twice":               {func(d *Document) { d.Tasks = append(d.Tasks, d.Tasks[0]) }, `tasks[1].name: there are two of the task "review"`},
		"task without a title":     {func(d *Document) { review(d).Title = "" }, "tasks[0].title: the title is missing"},
		"task's employee":          {func(d *Document) { review(d).Employee = "vizz" }, `tasks[0].employee: unknown AI employee "vizz" (did you mean "viz"?)`},
		"task of the agent":        {func(d *Document) { review(d).Employee = remit.PersonalAgent }, "tasks[0].employee: unknown AI employee"},
		"task's tool":              {func(d *Document) { review(d).Tools[0] = "count_records" }, `tasks[0].tools[0]: viz does not have the tool "count_records"`},
		"task's role":              {func(d *Document) { review(d).Roles[0] = "sellers" }, `tasks[0].roles[0]: unknown role "sellers" (did you mean "seller"?)`},
		"task's condition":         {func(d *Document) { review(d).Condition = "user.departmnt == 'x'" }, "tasks[0].condition: "},
		"task's place":             {func(d *Document) { review(d).Places[0] = "things//list" }, `tasks[0].places[0]: unknown place "things//list" (did you mean "things/list"?)`},
		"rule's tool":              {func(d *Document) { viz(d).ToolRules = []ToolRule{{Tools: []string{"query_record"}, Condition: "true"}} }, `employees[0].tool_rules[0].tools[0]: the tool "query_record" is not among those that the rule could be about (did you mean "query_records"?)`},
		"rule without tools":       {func(d *Document) { viz(d).ToolRules = []ToolRule{{Condition: "true"}} }, `employees[0].tool_rules[0].tools: no tool is named; write "*"`},
		"rule without condition":   {func(d *Document) { viz(d).ToolRules = []ToolRule{{Tools: []string{"*"}}} }, "employees[0].tool_rules[0].condition: the condition is missing"},
		"star among rule's tools":  {func(d *Document) { viz(d).ToolRules = []ToolRule{{Tools: []string{"*", "look_up"}, Condition: "true"}} }, `employees[0].tool_rules[0].tools[0]: "*" stands for every tool`},
		"rule's input":             {func(d *Document) { viz(d).ToolRules = []ToolRule{{Tools: []string{"*"}, Condition: "input.depth > 1"}} }, "employees[0].tool_rules[0].condition: "},
		"task's rule": {func(d *Document) {
			review(d).ToolRules = []ToolRule{{Tools: []string{"query_records"}, Condition: "true"}}
		}, `tasks[0].tool_rules[0].tools[0]: the tool "query_records" is not among`},
		"task's unknown place":    {func(d *Document) { review(d).Places[0] = "invoices/list" }, "tasks[0].places[0]: unknown place \"invoices/list\" (name a page or a block of one"},
		"another source's page":   {func(d *Document) { role(d).Pages = []string{"ghosts"} }, `roles[0].pages[0]: unknown page "ghosts"`},
		"role's page":             {func(d *Document) { role(d).Pages = []string{"home", "thing"} }, `roles[0].pages[1]: unknown page "thing" (did you mean "things"?)`},
		"role's page is a block":  {func(d *Document) { role(d).Pages = []string{"things/list"} }, `roles[0].pages[0]: unknown page "things/list"`},
		"role's page twice":       {func(d *Document) { role(d).Pages = []string{"home", "home"} }, `roles[0].pages[1]: "home" is named twice`},
		"star among pages":        {func(d *Document) { role(d).Pages = []string{"*", "home"} }, `roles[0].pages[0]: "*" stands for every page`},
		"task's place twice":      {func(d *Document) { review(d).Places = []string{"home", "home"} }, `tasks[0].places[1]: "home" is named twice`},
		"constraint's collection": {func(d *Document) { review(d).Constraints.Collections[0].Collection = "think" }, `tasks[0].constraints.collections[0].collection: unknown collection "think"`},
		"constraint twice": {func(d *Document) {
			c := &review(d).Constraints
			c.Collections = append(c.Collections, c.Collections[0])
		}, `tasks[0].constraints.collections[1].collection: "things" is named twice`},
		"constraint's field":      {func(d *Document) { review(d).Constraints.Collections[0].Fields[0] = "opn" }, `tasks[0].constraints.collections[0].fields[0]: things has no field "opn" (did you mean "open"?)`},
		"constraint without time": {func(d *Document) { review(d).Constraints.Collections[0] = CollectionConstraint{Collection: "notes"} }, "tasks[0].constraints.collections[0].collection: notes has no time field"},
		"negative limit":          {func(d *Document) { review(d).Constraints.RowLimit = -1 }, "tasks[0].constraints.row_limit: must not be negative"},
		"negative days":           {func(d *Document) { review(d).Constraints.LastDays = -1 }, "tasks[0].constraints.last_days: must not be negative"},
		"tool twice":              {func(d *Document) { d.Tools = append(d.Tools, Tool{Name: "get_record"}) }, `tools[2].name: there are two of the tool "get_record"`},
		"tool's name":             {func(d *Document) { d.Tools = append(d.Tools, Tool{Name: "Get"}) }, `tools[2].name: "Get" is not a name: use lower-case words joined by "_" or "-"`},
		"tool's role":             {func(d *Document) { d.Tools[0].Roles[0] = "x" }, `tools[0].roles[0]: unknown role "x"`},
		"tool's condition":        {func(d *Document) { d.Tools[1].Condition = "input.nothing == 1" }, "tools[1].condition: "},
		"built-in tool's inputs":  {func(d *Document) { d.Tools[1].Inputs = []Input{{Name: "a", Type: remit.Text}} }, "tools[1].inputs: the inputs of the built-in tool get_record are known"},
		"input's name":            {func(d *Document) { d.Tools[0].Inputs = append(d.Tools[0].Inputs, Input{Name: "a-b", Type: remit.Text}) }, `tools[0].inputs[1].name: "a-b" is not a name`},
		"input twice":             {func(d *Document) { d.Tools[0].Inputs = append(d.Tools[0].Inputs, d.Tools[0].Inputs[0]) }, "tools[0].inputs[1].name: there are two of the input"},
		"input's type":            {func(d *Document) { d.Tools[0].Inputs = append(d.Tools[0].Inputs, Input{Name: "a", Type: "blob"}) }, `tools[0].inputs[1].type: unknown type "blob"`},
		"not UTF-8":               {func(d *Document) { role(d).Description = "\xff" }, "roles[0].description: the text is not valid UTF-8"},
		"a NUL":                   {func(d *Document) { review(d).Places = nil; viz(d).Greeting = "a\x00" }, "employees[0].greeting: the text is not valid UTF-8 or holds a NUL"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := sound()
			c.spoil(doc)
			p, err := Compile(doc, testModel(), nil)
			found := problemsOf(err)
			if p != nil || len(found) != 1 || !strings.HasPrefix(found[0], c.want) {
				t.Errorf("got %q, want one problem %q", found, c.want)
			}
		})
	}
}

func TestCompileReportsEverything(t *testing.T) {
	doc := sound()
	doc.Roles[0].Grants[0].Scope = "onw"
	doc.Employees[0].Title = ""
	doc.Tasks[0].Roles[0] = "x"
	_, err := Compile(doc, testModel(), nil)
	if found := problemsOf(err); len(found) != 3 {
		t.Errorf("%d problems: %q", len(found), found)
	}
}

func TestCompileRefusesAttributes(t *testing.T) {
	if _, err := Compile(sound(), testModel(), []scope.Attribute{{Name: "id", Type: remit.Text}}); err == nil {
		t.Error("an attribute may hide a built-in field")
	}
}

func TestMayUse(t *testing.T) {
	doc := sound()
	doc.Employees = append(doc.Employees, Employee{Name: "off", Title: "Off", Disabled: true})
	doc.Roles = append(doc.Roles, Role{Name: "other", Employees: []string{"off"}, NewEmployees: true})
	p := compileT(t, doc)
	for _, c := range []struct {
		roles    []string
		employee string
		want     bool
	}{
		{[]string{"seller"}, "viz", true},
		{[]string{"other", "seller"}, "viz", true},
		{[]string{"other"}, "viz", false}, // new_employees says nothing of those that exist
		{[]string{"other"}, "off", false},
		{[]string{"ghost"}, "viz", false},
		{nil, "viz", false},
		{[]string{"seller"}, "ghost", false},
		{[]string{"seller"}, "", false},
		{[]string{"other"}, remit.PersonalAgent, true},
		{[]string{"ghost"}, remit.PersonalAgent, false},
		{nil, remit.PersonalAgent, false},
	} {
		got, why := p.MayUse(c.roles, c.employee)
		if got != c.want || why.Message == "" || (why.Effect == effectGives) != got {
			t.Errorf("MayUse(%v, %q) = %t, %v", c.roles, c.employee, got, why)
		}
	}
	if !p.Can([]string{"other", "seller"}, ReadAudit) || p.Can([]string{"other"}, ReadAudit) || p.Can([]string{"seller"}, ManagePolicy) || p.Can(nil, "") {
		t.Error("Can")
	}
}

func TestMayRunTask(t *testing.T) {
	doc := sound()
	doc.Roles = append(doc.Roles, Role{Name: "other", Employees: []string{"viz"}}, Role{Name: "plain"})
	doc.Tasks = append(doc.Tasks, Task{Name: "open", Employee: "viz", Title: "Open"})
	p := compileT(t, doc)
	user := func(department string, roles ...string) *scope.User {
		return &scope.User{ID: "x", Department: department, Roles: roles}
	}
	for _, c := range []struct {
		user *scope.User
		task string
		want string // "" is yes
	}{
		{user("Sales", "seller"), "review", ""},
		{user("Legal", "seller"), "review", "the condition of the task review is not met"},
		{user("Sales", "other"), "review", "is for other roles"},
		{user("Sales", "other"), "open", ""},
		{user("Sales", "plain"), "open", "no role that counts makes viz available"},
		{user("Sales", "seller"), "ghost", "there is no task"},
		{user("Sales"), "review", "is for other roles"},
		{nil, "review", "no person"},
	} {
		got, why := p.MayRunTask(c.user, c.task, noon)
		if got != (c.want == "") || !strings.Contains(why.Message, c.want) {
			t.Errorf("MayRunTask(%+v, %s) = %t, %s; want %q", c.user, c.task, got, why, c.want)
		}
	}
}

func TestMayCallTool(t *testing.T) {
	doc := sound()
	doc.Tools = append(doc.Tools, Tool{Name: "off", Disabled: true})
	doc.Roles = append(doc.Roles, Role{Name: "other", Employees: []string{"viz"}})
	doc.Tasks = append(doc.Tasks, Task{Name: "open", Employee: "viz", Title: "Open"})
	doc.Employees = append(doc.Employees, Employee{Name: "bare", Title: "Bare"})
	doc.Roles[0].Employees = append(doc.Roles[0].Employees, "bare")
	p := compileT(t, doc)
	seller := &scope.User{ID: "x", Department: "Sales", Roles: []string{"seller"}}
	lawyer := &scope.User{ID: "x", Department: "Legal", Roles: []string{"seller"}}
	other := &scope.User{ID: "x", Department: "Sales", Roles: []string{"other"}}
	for name, c := range map[string]struct {
		user                 *scope.User
		employee, task, tool string
		input                map[string]any
		want                 string // "" is yes
	}{
		"by the employee":          {seller, "viz", "", "look_up", map[string]any{"depth": 1}, ""},
		"in the task":              {seller, "viz", "review", "look_up", map[string]any{"depth": 2}, ""},
		"by the person":            {seller, "", "", "look_up", map[string]any{"depth": 0}, ""},
		"by the agent":             {seller, remit.PersonalAgent, "", "look_up", map[string]any{"depth": 0}, ""},
		"built in, no rule":        {seller, "viz", "", "query_records", nil, ""},
		"input not met":            {seller, "viz", "", "look_up", map[string]any{"depth": 3}, "is not met"},
		"input of another type":    {seller, "viz", "", "look_up", map[string]any{"depth": "deep"}, "could not be evaluated"},
		"input missing":            {seller, "viz", "", "look_up", nil, "could not be evaluated"},
		"another department":       {lawyer, "viz", "", "look_up", map[string]any{"depth": 1}, "is not met"},
		"another role":             {other, "viz", "", "look_up", map[string]any{"depth": 1}, "is for other roles"},
		"not in the task":          {seller, "viz", "review", "query_records", nil, "does not allow the tool"},
		"task refused":             {lawyer, "viz", "review", "look_up", map[string]any{"depth": 1}, "condition of the task"},
		"another's task":           {seller, "bare", "open", "look_up", nil, "is not one of bare"},
		"task without employee":    {seller, "", "review", "look_up", nil, "without its AI employee"},
		"tool it lacks":            {seller, "viz", "", "count_records", nil, "does not have the tool"},
		"an employee without any":  {seller, "bare", "", "query_records", nil, "does not have the tool"},
		"employee not available":   {other, "bare", "", "query_records", nil, "makes bare available"},
		"disabled":                 {seller, "", "", "off", nil, "is disabled"},
		"unknown":                  {seller, "", "", "ghost", nil, "there is no tool"},
		"agent writing":            {seller, remit.PersonalAgent, "", "delete_record", nil, "does not have the tool"},
		"condition over input":     {seller, "", "", "get_record", map[string]any{"collection": "things"}, ""},
		"condition over input, no": {seller, "", "", "get_record", map[string]any{"collection": "notes"}, "is not met"},
		"nobody":                   {nil, "", "", "query_records", nil, "no person"},
	} {
		t.Run(name, func(t *testing.T) {
			got, why := p.MayCallTool(c.user, c.employee, c.task, c.tool, c.input, noon)
			if got != (c.want == "") || !strings.Contains(why.Message, c.want) {
				t.Errorf("%t, %s; want %q", got, why, c.want)
			}
			listed := p.HasTool(c.user, c.employee, c.task, c.tool, noon)
			if got && !listed {
				t.Error("may be called and is not listed")
			}
			if byInput := strings.Contains(c.want, "met") || strings.Contains(c.want, "evaluated"); !got && listed && !byInput {
				t.Error("is listed and may never be called")
			}
		})
	}
}

func TestBuiltinTools(t *testing.T) {
	names := BuiltinTools()
	if !slices.IsSorted(names) || !slices.Contains(names, "query_records") {
		t.Errorf("%v", names)
	}
}
