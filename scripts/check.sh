#!/usr/bin/env bash
# What must hold of the tree beside the tests: format, vet, and that generated
# files and go.mod are what the tools make of the source.
set -euo pipefail
cd "$(dirname "$0")/.."

unformatted=$(gofmt -l $(git ls-files '*.go'))
[ -z "$unformatted" ] || { echo "not gofmt'd:"; echo "$unformatted"; exit 1; }
go vet ./...

before=$(git status --porcelain)
go mod tidy
go generate ./...
after=$(git status --porcelain)
[ "$before" = "$after" ] || { echo "go mod tidy or go generate changes files:"; git diff --stat; exit 1; }
go test -count=1 -run TestArchitecture .
echo "check: ok"
