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

# The web app: format and lint, types, and that the API's types are those of openapi.json.
command -v npm >/dev/null || { echo "Node is missing: install nodejs and npm to check the web app"; exit 1; }
scripts/web.sh install
(
  cd web
  npm run --silent lint
  npm run --silent tsc
  before=$(sha256sum src/api/schema.gen.ts)
  npm run --silent types >/dev/null
  [ "$before" = "$(sha256sum src/api/schema.gen.ts)" ] || { echo "web/src/api/schema.gen.ts was not what httpapi/openapi.json says; it is now"; exit 1; }
  npm run --silent build
)
echo "check: ok"
