package remit

// Channel says through which face a call came.
type Channel string

// The channels. The zero value is no channel, and an actor without one may do
// nothing.
const (
	ChannelWeb Channel = "web"
	ChannelAPI Channel = "api"
	ChannelMCP Channel = "mcp"
	ChannelCLI Channel = "cli"
)

// PersonalAgent is the built-in AI employee that stands for a person's own
// agent: a call over MCP by a token that is bound to no AI employee.
const PersonalAgent = "personal-agent"

// Actor says who a call is for, as authentication established it. It holds
// names and ids only: the lens resolves roles and attributes by itself, so an
// actor cannot be forged richer than its person. Each field beyond Person can
// only narrow what the call may do.
//
// An actor is always a parameter and never taken from a context. The zero value
// may do nothing.
type Actor struct {
	Person       ID      // whose permissions are the upper bound
	Employee     string  // key of the AI employee; empty when the person acts
	Task         string  // key of the AI employee's task, if one runs
	Tool         string  // name of the tool that makes the call, if any
	Service      string  // name of the model service that results are handed to, if any
	Channel      Channel // the face the call came through
	Conversation ID      // the conversation, if any
	Run          ID      // the run (one turn of an AI employee), if any
	Token        ID      // the API token that authenticated the call, if any
	Session      ID      // the web session that authenticated the call, if any
	Operator     string  // who acts in the person's place, if anyone: a name at the command line, the id of who views as the person on the web
	Request      string  // request id, for the log and the audit only
}

// AI reports whether what the actor reads reaches a model: any call by an AI
// employee and any call over MCP. Such a call is held to the AI employee's
// remit and to clearance.
func (a Actor) AI() bool { return a.Employee != "" || a.Channel == ChannelMCP }

// Viewing reports whether somebody looks with the person's eyes ("View as"): the
// actor sees what the person sees, and changes nothing.
func (a Actor) Viewing() bool {
	return a.Operator != "" && (a.Session != "" || a.Channel == ChannelWeb)
}

// Behind returns who views as the person, acting for themselves: the actor of what
// ends the view. It is a claim like every actor; of one that does not view it is
// the zero Actor.
func (a Actor) Behind() Actor {
	if !a.Viewing() {
		return Actor{}
	}
	return Actor{Person: ID(a.Operator), Channel: a.Channel, Session: a.Session, Request: a.Request}
}

// EmployeeKey returns the AI employee whose remit applies: the named one,
// [PersonalAgent] for a person's own agent, or "" when no AI is involved.
func (a Actor) EmployeeKey() string {
	if a.Employee == "" && a.Channel == ChannelMCP {
		return PersonalAgent
	}
	return a.Employee
}
