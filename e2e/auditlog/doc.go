// Package auditlog holds no code of the product. Its tests show, with the real
// binary, that there is no answer without a record (DESIGN law 9): servers and
// command lines that write at once keep one log; a server that is killed at any
// moment has lost no entry of an answer that it gave; one whose disk is full
// refuses instead of answering unrecorded; and a log that was cut off or put back
// is found out by a checkpoint that was kept elsewhere.
//
// The load numbers its requests by their request ids, which an entry carries. So
// when the dust has settled, each answer that a client got is looked up in the
// log, and each record that is there is compared with what the log says was
// written to it.
package auditlog
