#!/usr/bin/env bash
# Runs every fuzz target in turn for FUZZTIME (default 1m).
set -euo pipefail
cd "$(dirname "$0")/.."

grep -rHoE '^func Fuzz[A-Za-z0-9_]+' --include='*_test.go' . | sort | while IFS=: read -r file target; do
  target=${target#func }
  echo "== $target in $(dirname "$file")"
  go test -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-1m}" "$(dirname "$file")"
done
