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
