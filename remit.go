// Package remit holds the nouns of Remit, a self-hosted CRM whose AI employees
// never see or do more than the person they work for.
//
// The package depends on the standard library alone, so that every other
// package can speak of an [Actor], a [Collection] or an [Error] without pulling
// in a database or a web server. What is done with the nouns lives elsewhere:
//
//   - scope and policy decide, purely, what an actor may see;
//   - data, behind its lens, is the one door to customer data;
//   - tool, agent and llm are the AI employees;
//   - ops names each use case once; httpapi, mcpserver and cmd/remit adapt it.
package remit
