# Every verb of the project. "make demo" needs Go and Node; "make test" also Debian's
# PostgreSQL and Chromium, which test-tools installs. Without Node everything but the
# web app is built.

SHELL       := /bin/bash
export CGO_ENABLED := 0

LINT_VERSION := v2.15.0
LINT         := .tools/bin/golangci-lint-$(LINT_VERSION)
VERSION      := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BUILD        := go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)"

.PHONY: help demo build web test soak bench bench-full fuzz check lint generate tidy test-tools clean

help: ## list the verbs
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## serve the demo company on http://127.0.0.1:8080
	@mkdir -p .demo
	exec bin/remit demo --data .demo

build: web ## build bin/remit with the web app inside
	$(BUILD) -o bin/remit ./cmd/remit

web: ## build the web app, if its sources have changed
	@scripts/web.sh

test: test-tools build ## all tests, on SQLite and PostgreSQL; counted demands at a tenth
	scripts/test.sh

soak: test-tools build ## the full counts of the counted demands
	REMIT_SOAK=1 scripts/test.sh

bench: test-tools build ## the speed ratios, on 10^5 and 10^6 rows
	scripts/bench.sh

bench-full: test-tools build ## the speed ratios up to 10^7 rows
	REMIT_BENCH_FULL=1 scripts/bench.sh

fuzz: ## every fuzz target for a minute each (FUZZTIME=10s to change)
	scripts/fuzz.sh

check: lint ## format, vet, lint, architecture, generated files unchanged
	scripts/check.sh

lint: $(LINT)
	$(LINT) run ./...

generate: ## make the generated files anew
	go generate ./...
	scripts/web.sh install && cd web && npm run --silent types

test-tools:
	@scripts/test-tools.sh

$(LINT):
	@mkdir -p .tools/bin
	GOBIN=$(CURDIR)/.tools/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	@mv .tools/bin/golangci-lint $(LINT)

clean: ## remove what was built; .demo holds the demo company's data and stays
	rm -rf bin .test
	find web/dist -mindepth 1 ! -name .gitkeep -delete
