#!/usr/bin/env bash
# Measures Remit against hand-written handlers; REMIT_BENCH_FULL=1 goes up to 10^7
# rows. Further arguments go to the program: see go run ./bench --help.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
go build -o "$folder/baseline" ./data/datatest/baseline
go build -o "$folder/bench" ./bench
"$folder/bench" --remit bin/remit --baseline "$folder/baseline" "$@"

# SQL under the lens against the same statement by hand; the first statement of a
# process, which makes parser and wall, is told apart.
echo
echo "## SQL, 1000000 opportunities"
echo
REMIT_BENCH_ROWS=1000000 go test ./data/lens -run '^$' -bench BenchmarkSQL -benchtime 3s -timeout 30m
