// Package agent is the AI employees at work: given a question and an actor, it
// lets a language model (llm) call tools (tool) until it has an answer.
//
// A model is never trusted. What it may read and do is decided where its calls
// are carried out: each carries the actor narrowed to person ∩ AI employee ∩
// task ∩ tool, and the lens and the [Policy] judge it anew (DESIGN laws 3 and 8).
// What this package adds is order:
//
//   - run.go and think.go: the loop, with budgets of steps, tokens and time, and
//     an end within a second of a cancellation or a revocation (watch.go);
//   - act.go: the calls; unknown tools, arguments that are no JSON and calls that
//     were made before are answered so that the model can do better (guard.go),
//     and changes wait for a person's yes (approve.go);
//   - prompt.go: instructions apart from data;
//   - chart.go and followup.go: charts of what was read, and questions that a
//     person might ask next;
//   - agent/evidence: figures of the answer that no tool returned are named, and
//     images and addresses that the model made up do not get out.
//
// [Agent.Run] always ends with a [Result] that says honestly why it ended, and
// which service and model answered.
package agent
