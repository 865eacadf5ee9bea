# hashlake: Bitcoin mining revenue per MWh, for every block. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

export HASHLAKE_TOOLS ?= $(HOME)/.cache/hashlake-tools
SERVICES := --features hashlake-core/services,ingest/services,hashlake/services
SITE := static-site/dist/index.html
export SITE_DIR ?= $(CURDIR)/static-site/dist

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(SITE) ## Fill a lake from recorded blocks, or from the node at BITCOIN_RPC_URL, and serve the page on http://127.0.0.1:8080
	cargo run --locked -p hashlake -- run

.PHONY: test
test: deny services $(SITE) ## Run all checks and tests, with a real bitcoind, LocalStack and browser (installed on Debian if missing)
	cargo test --locked --workspace $(SERVICES) --no-run
	$(MAKE) --jobs 2 test-rust test-others # The other tests run while the Rust tests wait for services.

.PHONY: test-rust
test-rust:
	RUST_TEST_THREADS=4 cargo test --locked --workspace $(SERVICES)

.PHONY: test-others
test-others: check
	$(HASHLAKE_TOOLS)/bin/cfn-lint infra/template.yaml
	$(HASHLAKE_TOOLS)/aws/venv/bin/python infra/test_template.py
	$(HASHLAKE_TOOLS)/localstack/venv/bin/python localstack/services/test_lambda_host.py
	cd static-site && npm test

.PHONY: test-fast
test-fast: $(SITE) ## Run the tests of all crates and of the page that need no services
	RUST_TEST_THREADS=4 cargo test --locked --workspace
	cd static-site && npm test

.PHONY: test-slow
test-slow: ## Run what takes hours: each fuzzer for SECONDS=60, the simulation with and without planted bugs, `make soak`, `make load`
	HASHLAKE_FUZZ_SECONDS=$(or $(SECONDS),60) RUST_TEST_THREADS=2 cargo test --locked --workspace fuzz_ -- --nocapture
	$(MAKE) simulate SEEDS=1000000 SECONDS=1800
	$(MAKE) simulate-planted
	$(MAKE) soak MINUTES=$(or $(MINUTES),60)
	$(MAKE) load SECONDS=$(or $(SECONDS),60)

.PHONY: check
check: static-site/node_modules ## Check formatting, lints, types, spelling, workflows and documentation, without services
	localstack/services/install.sh linters
	$(HASHLAKE_TOOLS)/bin/typos
	$(HASHLAKE_TOOLS)/bin/actionlint '.github/workflows/*.yml'
	cd static-site && npm run check
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets $(SERVICES) -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

.PHONY: site
site: $(SITE) ## Build the page into static-site/dist (installs Node.js on Debian if missing)

$(SITE): static-site/node_modules static-site/index.html static-site/vite.config.ts $(shell find static-site/src static-site/docs static-site/public -type f)
	cd static-site && npm run build

static-site/node_modules: static-site/package-lock.json
	localstack/services/install.sh node
	cd static-site && npm ci --silent --no-audit --no-fund --ignore-scripts
	touch $@

.PHONY: pictures
pictures: $(SITE) ## Renew those pictures of the page in static-site/e2e/pictures that the page does not match any more
	localstack/services/install.sh chromium pngquant
	E2E_ARGS="--project=pictures --update-snapshots" cargo test --locked --workspace $(SERVICES) --test services the_page_passes
	git ls-files --modified --others static-site/e2e/pictures | xargs --no-run-if-empty pngquant --force --ext .png --nofs --strip --speed 1 256

.PHONY: bench
bench: ## Run the benchmarks (half an hour): the API against DuckDB, backfill against bitcoin-etl and the node, the file writer against arrow, the backtest
	localstack/services/install.sh bitcoind readers bitcoin-etl
	cargo bench --locked --workspace --bench encode --bench backtest --bench backfill --bench query

.PHONY: soak
soak: ## Run `hashlake strike --watch --exec` for MINUTES=60 with recorded blocks at high speed and with faults, and print what it did
	HASHLAKE_SOAK_MINUTES=$(or $(MINUTES),60) cargo test --locked -p hashlake --test it soak -- --nocapture

.PHONY: load
load: ## Load `hashlake run` with thousands of idle, slow and greedy clients, SECONDS=60 for each kind, and print how long another client waits
	HASHLAKE_LOAD_SECONDS=$(or $(SECONDS),60) cargo test --locked --profile bench -p hashlake --test it clients -- --nocapture

.PHONY: simulate
simulate: ## Simulate ingest in worlds with faults: SEEDS=1000000 months, at most SECONDS=28800
	cargo run --locked --profile bench -p simulation -- --seeds $(or $(SEEDS),1000) $(if $(SECONDS),--seconds $(SECONDS))

.PHONY: simulate-wire
simulate-wire: ## Send faults as bytes to the real clients of S3, DynamoDB, node and prices, in SEEDS=300 worlds
	HASHLAKE_WIRE_SEEDS=$(or $(SEEDS),300) cargo test --locked -p ingest --test it faults_in_the_bytes -- --nocapture

.PHONY: simulate-planted
simulate-planted: ## Check that the simulation finds every planted bug, and write functions/simulation/README.md (half an hour)
	functions/simulation/planted.sh

.PHONY: deny
deny: ## Check licences and sources of all dependencies with cargo-deny (installed if missing)
	cargo install --quiet --locked --root $(HASHLAKE_TOOLS) cargo-deny@0.20.2
	$(HASHLAKE_TOOLS)/bin/cargo-deny check --hide-inclusion-graph bans licenses sources

.PHONY: audit
audit: deny ## Run `make deny`, and check dependencies for known vulnerabilities (downloads the RustSec database)
	$(HASHLAKE_TOOLS)/bin/cargo-deny check advisories

.PHONY: services
services: ## Install bitcoind, LocalStack and the other programs that the tests need into HASHLAKE_TOOLS=~/.cache/hashlake-tools
	localstack/services/install.sh

.PHONY: build
build: $(SITE) ## Build both functions for Lambda (ARCH=arm64 or x86_64), or quickly for this computer (PROFILE=dev)
	infra/build.sh

.PHONY: deploy
deploy: $(SITE) ## Build and deploy to your AWS account: STACK=hashlake BITCOIN_RPC_URL=https://.. (see infra/README.md)
	infra/deploy.sh --check
	infra/build.sh
	infra/deploy.sh

.PHONY: secret
secret: ## Ask for the node's user and password, and store them encrypted in AWS
	infra/secret.sh

.PHONY: invoke-ingest
invoke-ingest: ## Run the deployed ingest function once, and print its log
	infra/invoke-ingest.sh

.PHONY: logs
logs: ## Print the last half hour of the logs of the deployed functions; options: SINCE='2 hours ago', FOLLOW=1
	infra/logs.sh

.PHONY: destroy
destroy: ## Delete the stack but keep its data (DATA=yes-delete-it also deletes the data, and asks twice)
	infra/destroy.sh

.PHONY: localstack
localstack: $(SITE) ## Run the whole stack on this computer in LocalStack, with or without Docker, and print the URL to open
	localstack/stack.sh up build deploy status

.PHONY: localstack-down
localstack-down: ## Stop the stack of `make localstack`, and delete its data
	localstack/stack.sh down
