#!/usr/bin/env bash
# Runs every test with a fresh printed seed (REMIT_SEED repeats a run).
set -euo pipefail
cd "$(dirname "$0")/.."

export REMIT_SEED="${REMIT_SEED:-$(od -An -N6 -tu8 /dev/urandom | tr -d ' ')}"
echo "REMIT_SEED=$REMIT_SEED${REMIT_SOAK:+ REMIT_SOAK=$REMIT_SOAK}"
timeout=30m
[ -z "${REMIT_SOAK:-}" ] || timeout=6h
go test -shuffle=on -timeout "$timeout" -count=1 -p 2 ./...
# The web app: its units, then the browser tests against bin/remit.
(cd web && npm run --silent test && npm run --silent e2e)
# The race detector is for the tests about concurrency; it alone uses cgo.
race() { CGO_ENABLED=1 go test -race -timeout "$timeout" -count=1 "$@"; }
race -run Concurrent ./policy ./scope
race -run 'Queue|SeveralWriters|Wait' ./data/audit
