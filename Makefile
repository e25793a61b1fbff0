# Two targets are all a newcomer needs: make run, make test. make help lists
# the rest. Everything that is installed lands in this folder (bin, node_modules)
# or in Go's and npm's own caches.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
TEMPL   := bin/tools/templ
PGTMP   := go run ./internal/platform/db/dbtest/pgtmp --
DIST    := internal/ui/assets/dist
# One folder at a time, as people do by hand: templ writes file names that are
# relative to where it was started.
GENERATE = for dir in $(sort $(dir $(TEMPLS))); do $(TEMPL) generate -path $$dir; done
GOFILES := $(shell git ls-files --cached --others --exclude-standard '*.go' 2>/dev/null)
TEMPLS  := $(shell git ls-files --cached --others --exclude-standard '*.templ' 2>/dev/null)
WEBSRC  := $(shell git ls-files --cached --others --exclude-standard web 2>/dev/null)
export CGO_ENABLED := 0

## run: build everything and start a demo city on http://127.0.0.1:8080
.PHONY: run
run: build
	bin/xinqiao serve --demo --data ./data

## build: the static binary bin/xinqiao, with pages and assets inside
.PHONY: build
build: assets templ-check bin/xinqiao

bin/xinqiao: $(GOFILES) go.mod go.sum $(DIST)/manifest.json
	go build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o $@ ./cmd/xinqiao

## helper: bin/xinqiao-helper, which reads scans and listens (Linux, C compiler; optional)
.PHONY: helper
helper:
	CGO_ENABLED=1 go build -tags helper -trimpath -buildvcs=false -ldflags '-s -w' -o bin/xinqiao-helper ./cmd/xinqiao-helper

## models: its networks and libraries into MODELS (data/models), each checked by its sum
MODELS ?= data/models
.PHONY: models
models:
	bash tools/models.sh $(MODELS)

## assets: scripts, styles and icons, bundled and hashed
.PHONY: assets
assets: $(DIST)/manifest.json

$(DIST)/manifest.json: web/node_modules/.stamp $(WEBSRC)
	npm --prefix web run build
	@touch $@

%/node_modules/.stamp: %/package-lock.json
	npm --prefix $* ci --no-audit --no-fund
	@touch $@

## generate: templ's Go files, and the pages of docs that come from code
.PHONY: generate
generate: bin/tools/templ
	$(GENERATE)
	go test ./internal/core/casework ./internal/platform/config -update -count=1

# Generated files are committed, so that the tree builds with Go alone. One that
# is older than its source in content (not in time) stops the build.
.PHONY: templ-check
templ-check: bin/.templ
bin/.templ: $(TEMPLS) bin/tools/templ
	@before=$$(git ls-files -co --exclude-standard '*_templ.go' | xargs -r sha256sum | sha256sum); \
	$(GENERATE) >/dev/null; \
	after=$$(git ls-files -co --exclude-standard '*_templ.go' | xargs -r sha256sum | sha256sum); \
	if [ "$$before" != "$$after" ]; then \
		if [ -n "$${CI:-}" ]; then echo "templ files were not generated: make generate"; exit 1; fi; \
		echo "templ: generated anew, commit it"; \
	fi
	@mkdir -p bin && touch $@

## test: the whole suite on SQLite and a real PostgreSQL, then the browser journeys
.PHONY: test
test: need test-go e2e

# PostgreSQL, a browser and fonts: installed when missing and allowed, else named.
.PHONY: need
need:
	@bash tools/need.sh

## test-go: the Go suite alone
.PHONY: test-go
test-go: assets
	$(PGTMP) go test ./...

## e2e: the browser journeys against the built binary, on both databases
.PHONY: e2e
e2e: build e2e/node_modules/.stamp
	node e2e/run.mjs
	$(PGTMP) sh -c 'XINQIAO_DATABASE="$$XINQIAO_TEST_PG" node e2e/run.mjs 20-case'

## check: format, vet, staticcheck, house rules, race detector, secrets
.PHONY: check
check: need assets templ-check check-format check-static check-race check-secrets

.PHONY: check-format
check-format: bin/tools/templ
	@bad=$$(git ls-files -co --exclude-standard '*.go' | grep -v '_templ\.go$$' | xargs -r gofmt -l); \
	if [ -n "$$bad" ]; then echo "gofmt: $$bad"; exit 1; fi
	@$(TEMPL) fmt -fail internal

.PHONY: check-static
check-static: bin/tools/staticcheck
	go vet ./...
	bin/tools/staticcheck ./...
	go test ./internal/archtest

# The race detector slows SQLite tenfold. Here it watches where hands meet: the
# rules, the platform, the one writer, and of the wired program the tests with
# many hands at once; make race watches all.
.PHONY: check-race
check-race:
	CGO_ENABLED=1 $(PGTMP) sh -c 'go test -race -short ./internal/core/... ./internal/platform/db/... ./internal/platform/jobs/... ./internal/platform/ids/... ./internal/handling/procedure && \
		go test -race -short -run "TestAPIJourney|TestKill|TestImport$$|TestSessions|TestFilingsAreLimited" ./internal/app'

## race: the whole suite under the race detector
.PHONY: race
race: need assets
	CGO_ENABLED=1 $(PGTMP) go test -race ./...

.PHONY: check-secrets
check-secrets: bin/tools/gitleaks
	bin/tools/gitleaks git --no-banner --redact --config .gitleaks.toml .

bin/tools/staticcheck: tools/go.mod tools/go.sum
	go build -C tools -o ../$@ honnef.co/go/tools/cmd/staticcheck
bin/tools/templ: tools/go.mod tools/go.sum
	go build -C tools -o ../$@ github.com/a-h/templ/cmd/templ
bin/tools/gitleaks: tools/go.mod tools/go.sum
	go build -C tools -o ../$@ github.com/zricethezav/gitleaks/v8

## bench: the table of docs/performance.md, on stores of its own (BENCH=… adds arguments)
.PHONY: bench
bench: build
	@dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; \
	go run ./internal/platform/db/dbtest/pgtmp -durable -- sh -c 'bin/xinqiao bench --data "$$0" --postgres "$$XINQIAO_TEST_PG" $(BENCH)' "$$dir"

## screenshots: docs/images, from a demo city
.PHONY: screenshots
screenshots: build e2e/node_modules/.stamp
	node e2e/screenshots.mjs

## fonts: the fonts of printed documents anew, from their sources (Debian as root; rarely needed)
.PHONY: fonts
fonts:
	bash tools/fonts/build.sh

## clean: remove what was built; ./data stays
.PHONY: clean
clean:
	rm -rf bin coverage web/node_modules e2e/node_modules $(DIST)/*
	git checkout -q -- $(DIST) 2>/dev/null || true

## help: this list
.PHONY: help
help:
	@sed -n 's/^## //p' $(firstword $(MAKEFILE_LIST)) | awk -F': ' '{printf "  %-12s %s\n", $$1, $$2}'
