# Praxis: two commands set everything up on a fresh Debian or Ubuntu with Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RECORDS ?= 10000
DB ?= sqlite
PORT ?= 8000

.PHONY: help run env env-dev test check lint types bench prove screenshots new-practice migrations vendor
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: env ## environment, database, demo company, server on http://127.0.0.1:8000
	@$(BIN)/praxis setup
	@$(BIN)/praxis demo load
	@$(BIN)/praxis demo links --port $(PORT)
	@$(BIN)/praxis serve --with-worker --port $(PORT)

env: $(VENV)/.made ## the virtual environment, with pinned and hashed packages
$(VENV)/.made: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Praxis needs Python 3.11 or newer; $(PYTHON) is older. Install python3.11 or set PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "The package python3-venv is missing. Install it: sudo apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing packages into $(VENV) ..."
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

env-dev: $(VENV)/.made-dev ## the environment with what the tests need
$(VENV)/.made-dev: $(VENV)/.made requirements-dev.lock
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

test: env-dev ## everything: linters, contracts, tests on SQLite, and on PostgreSQL and in a browser where they are there
	@$(BIN)/python tools/test.py $(ARGS)

lint: env-dev ## ruff and import contracts
	@$(BIN)/ruff check praxis tests tools
	@$(BIN)/lint-imports --no-cache

check: env ## insecure settings and faults, exit code 1 if there are any
	@$(BIN)/praxis check

bench: env ## speed at RECORDS=100000 DB=sqlite|postgres
	@$(BIN)/praxis bench --records $(RECORDS) --db $(DB)

prove: env-dev ## slow proofs: the real log, kill and race tests
	@$(BIN)/pytest -m slow tests

screenshots: env-dev ## the drawn screens with the clock frozen, into var/screenshots
	@$(BIN)/python tools/screenshots.py

migrations: env ## new migrations after a change of models
	@DJANGO_SETTINGS_MODULE=praxis.site.settings $(BIN)/python -m django makemigrations

new-practice: env ## NAME=release writes the files of a new practice
	@$(BIN)/python tools/new_practice.py $(NAME)

vendor: env-dev ## stylesheets, fonts and the manifest of vendored files
	@$(BIN)/python tools/vendor.py
