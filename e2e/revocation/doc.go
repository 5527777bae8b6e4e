// Package revocation holds no code of the product. Its tests show that now means
// now (DESIGN law 8): what is revoked on one server is dead on every other for
// each request that starts after the revocation committed.
//
// Server B is the product itself, "remit serve", as a process of its own. Server
// A is the vault opened by the test, over the same database: there revocations
// are committed. While clients send B one person's requests without a pause, A
// takes something away from that person. Each answer is judged by when its request
// started:
//
//   - before the revocation: everything, or the test would show nothing;
//   - while it ran: everything, or what is left;
//   - after it had committed: what is left, and nothing more.
//
// A vault that does not notice changes (package data/datatest/stale) takes B's
// place to show that the judge finds violations where there are some.
package revocation
