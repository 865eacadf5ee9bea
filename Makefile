# hashlake: what one MWh earns when it mines Bitcoin, for every block. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

export HASHLAKE_TOOLS ?= $(HOME)/.cache/hashlake-tools
SERVICES := --features hashlake/services,ingest/services,hashlake-cli/services
export SITE_DIR ?= $(CURDIR)/static-site

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Fill a lake and show it on http://127.0.0.1:8080: recorded blocks, or the node of BITCOIN_RPC_URL
	cargo run --locked -p hashlake-cli -- run

.PHONY: test
test: check deny services ## All tests, with a real bitcoind and a real LocalStack (installs what they need on Debian)
	cargo test --locked --workspace $(SERVICES)

.PHONY: check
check: ## Format, lints, documentation: no service needed
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets $(SERVICES) -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

.PHONY: bench
bench: ## How fast the API answers over a lake of 950,000 blocks, with DuckDB beside it (installs it on Debian)
	localstack/services/install.sh readers
	cargo bench --locked -p query --bench query

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
