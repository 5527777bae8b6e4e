// Package leaks holds a regression test for each leak that really happened in a
// system of this kind: a filter that was an oracle, a cursor that carried what it
// sorted by, an export that forgot the scope. There is no code here but tests.
//
// Each test is named after the leak and has the report's reference above it. It
// runs on SQLite and on PostgreSQL and asks through every face that the leak could
// come out of: the HTTP API as the person, MCP as the person's own agent, and an AI
// employee whose model does as it is told. The parts are the real ones, put
// together in one process.
//
// What is not built yet has no test. Whoever builds it tests the leaks of its kind:
//
//   - proposals and approvals: an AI cannot write at all, which the tests hold
//     (open-mercato#3805 is to be asked again when it can propose);
//   - dashboards, beyond the figures that they would show;
//   - vectors, semantic caches and stored access lists (memgraph#4297,
//     openrag#1336, semantic-router#1448): there is no index beside the tables;
//   - memories and conversations: nothing of a run is kept but its audit entries,
//     so there is nothing to read, to poison or to leave behind;
//   - timelines of activities, and attachments;
//   - statements in SQL and the charts and templates made of them (nocobase#8640,
//     nocobase#10264, nocobase#9410);
//   - workflows that a tool starts;
//   - linking of accounts at a sign-in elsewhere (CVE-2026-44166).
package leaks
