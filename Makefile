# Main targets: `make demo` starts a sample installation, `make test` runs the test suite.

SHELL := /bin/bash
BIN := .venv/bin
UV := $(shell command -v uv || echo .uv/bin/uv)

# Installs a Debian package, as root only.
apt = { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq $(1) >/dev/null; }

.DEFAULT_GOAL := help
.PHONY: help setup demo up test test-slow mutations lint bench screenshots lock release browser

help: ## Show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .venv/ready ## Create .venv with all dependencies

demo: setup ## Start everything with ten sample gyms; Ctrl-C stops it
	@$(BIN)/geniai up --demo

up: setup ## Start everything; Ctrl-C stops it
	@$(BIN)/geniai up

test: setup browser ## Run the test suite
	$(BIN)/pytest -m "not slow" -n 2 --no-loadscope-reorder

test-slow: setup browser ## Run the slow tests
	$(BIN)/pytest -m slow

mutations: setup ## Break each protection, and show which test finds it
	$(BIN)/pytest -m slow geniai_pipeline_tests/isolation \
		geniai_pipeline_tests/browser/test_mutations.py

lint: setup ## Check style, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup browser ## Measure each performance claim beside a peer
	@for script in bench/[a-z]*.py; do $(BIN)/python $$script || exit 1; done

screenshots: setup browser ## Retake the pictures in docs/images
	$(BIN)/python docs/screenshots.py

lock: $(UV) ## Update the locked dependencies
	$(UV) pip compile pyproject.toml --extra dev --universal --python-version 3.10 \
		--no-emit-index-url --no-annotate --custom-compile-command "make lock" \
		--upgrade --output-file requirements.txt

release: ## List new migrations and assets as released; listed migrations are never edited
	@cd sql && for file in [0-9]*.sql; do \
		grep -q "  $$file$$" released.sha256 || sha256sum $$file >> released.sha256; \
	done
	@cd superset/assets && sed -n 's/^uuid: *//p' */*.yaml */*/*.yaml | while read -r uuid; do \
		grep -q "^$$uuid" released.txt || echo "$$uuid" >> released.txt; \
	done

# Byte code is compiled here: otherwise every run compiles Dagster and pandas again.
.venv/ready: requirements.txt pyproject.toml | $(UV)
	$(UV) venv --quiet --allow-existing --python ">=3.10,<3.13" .venv
	$(UV) pip install --quiet --python .venv --compile-bytecode -r requirements.txt
	$(UV) pip install --quiet --python .venv --no-deps --editable .
	@touch $@

.uv/bin/uv:
	@python3 -m venv .uv >/dev/null 2>&1 \
		|| { rm -rf .uv; $(call apt,python3-venv) && python3 -m venv .uv; } \
		|| { echo "error: python3 makes no virtual environments here: install python3-venv, or uv."; exit 1; }
	@.uv/bin/pip install --quiet uv

browser: setup
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	$(call apt,chromium) || $(BIN)/playwright install chromium
