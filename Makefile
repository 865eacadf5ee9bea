# hashlake: what one MWh earns when it mines Bitcoin, for every block. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

export HASHLAKE_TOOLS ?= $(HOME)/.cache/hashlake-tools
SERVICES := --features hashlake-core/services,ingest/services,hashlake/services
SITE := static-site/dist/index.html
export SITE_DIR ?= $(CURDIR)/static-site/dist

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(SITE) ## Fill a lake and show it on http://127.0.0.1:8080: recorded blocks, or the node of BITCOIN_RPC_URL
	cargo run --locked -p hashlake -- run

.PHONY: test
test: check deny services $(SITE) ## All tests, with a real bitcoind, LocalStack and browser (installs what they need on Debian)
	$(HASHLAKE_TOOLS)/bin/cfn-lint infra/template.yaml
	$(HASHLAKE_TOOLS)/aws/venv/bin/python infra/test_template.py
	$(HASHLAKE_TOOLS)/localstack/venv/bin/python localstack/services/test_lambda_host.py
	cd static-site && npm test
	cargo test --locked --workspace $(SERVICES)

.PHONY: check
check: static-site/node_modules ## Format, lints, types, documentation: no service needed
	cd static-site && npm run check
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets $(SERVICES) -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

.PHONY: site
site: $(SITE) ## Build the dashboard into static-site/dist (installs Node.js on Debian)

$(SITE): static-site/node_modules static-site/index.html static-site/vite.config.ts $(shell find static-site/src -type f)
	cd static-site && npm run build

static-site/node_modules: static-site/package-lock.json
	localstack/services/install.sh node
	cd static-site && npm ci --silent --no-audit --no-fund --ignore-scripts
	touch $@

.PHONY: bench
bench: ## How fast the API answers, history is filled and files are written; DuckDB, bitcoin-etl, the node and arrow beside it
	localstack/services/install.sh bitcoind readers bitcoin-etl
	cargo bench --locked --workspace --bench encode --bench backfill --bench query

.PHONY: deny
deny: ## Licences and sources of all dependencies (`cargo deny`, which it installs)
	cargo install --quiet --locked --root $(HASHLAKE_TOOLS) cargo-deny@0.20.2
	$(HASHLAKE_TOOLS)/bin/cargo-deny check --hide-inclusion-graph bans licenses sources

.PHONY: audit
audit: deny ## Known vulnerabilities too: fetches the RustSec database
	$(HASHLAKE_TOOLS)/bin/cargo-deny check advisories

.PHONY: services
services: ## Install bitcoind, LocalStack, and other readers and clients for the tests, outside this folder
	localstack/services/install.sh

.PHONY: build
build: $(SITE) ## Build both functions for Lambda: ARCH=arm64 (or x86_64); PROFILE=dev is quick and for this machine
	infra/build.sh

.PHONY: deploy
deploy: $(SITE) ## Build, and deploy to your AWS account: STACK=hashlake BITCOIN_RPC_URL=https://.. (infra/README.md)
	infra/deploy.sh --check
	infra/build.sh
	infra/deploy.sh

.PHONY: secret
secret: ## Ask for the node's user and password, and keep them encrypted in AWS
	infra/secret.sh

.PHONY: invoke-ingest
invoke-ingest: ## Run the deployed ingest once, now
	infra/invoke-ingest.sh

.PHONY: logs
logs: ## What the deployed functions logged in the last half hour: SINCE='2 hours ago', FOLLOW=1
	infra/logs.sh

.PHONY: destroy
destroy: ## Delete the stack; the data stay (DATA=yes-delete-it deletes them too, and asks twice)
	infra/destroy.sh

.PHONY: localstack
localstack: $(SITE) ## The whole stack on this machine, in LocalStack, and say what to open; with Docker or without
	localstack/stack.sh up build deploy status

.PHONY: localstack-down
localstack-down: ## End that; nothing is left
	localstack/stack.sh down
