// Package tool holds what AI employees and MCP clients may have done: tools with
// a name, a JSON Schema that a model can work from, typed input, and a result
// that is JSON for the model and one line for people.
//
// The built-in tools ([Builtin]) stand on the lens ([Data]) and add no rights of
// their own: each call carries an actor, and the lens narrows it to person ∩ AI
// employee ∩ task ∩ tool. Before anything runs, a [Gate] is asked whether the
// actor may have the tool called with this input.
//
// A call goes through two steps, so that what is judged is what is done:
// [Registry.Prepare] reads the arguments strictly into the tool's input type, and
// [Call.Run] asks the gate about that input, in its canonical form, and runs it.
package tool
