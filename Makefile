# Coscribe. `make` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
GO ?= go

.PHONY: help run test lint bench bench-server soak seeded-bugs web tools

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: ## start the server on loopback with its embedded database
	$(GO) run ./server

test: tools ## everything that must hold: installs what is missing, then lint, Go with -race, browser code, end to end
	.ci/test

lint: ## formatting, vet, staticcheck, go.mod
	.ci/lint

bench: tools ## the figures, as ratios measured in one run
	.ci/bench

bench-server: tools ## load the real server on SQLite and Postgres: speed, memory, times to open
	@.ci/bench-server

soak: tools ## the tests in their long form: a million cases, a hundred kills, fuzzers of ten minutes each
	.ci/soak

seeded-bugs: tools ## break the server in thirteen known ways, one by one, and see the tests fail
	@.ci/seed-bugs

web: tools ## rebuild the browser client's committed files
	cd client/web && npm run build

tools:
	@.ci/install
