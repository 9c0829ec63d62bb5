# Needs Python 3.11 or newer, pip and make; everything else is installed into .venv from pinned, hashed wheels.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all:

.PHONY: run test test-long crash-report bench demo check format clean lock

run: $(VENV)/.run ## the service, in the folder home/
	@test -f home/watchdog.toml || $(BIN)/watchdog --home home init --feeds feeds.toml
	@exec $(BIN)/watchdog --home home run

demo: $(VENV)/.run ## the whole trip on a bundled recording
	@$(BIN)/watchdog demo

test: $(VENV)/.dev ## every test but the long ones
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not long"

test-long: $(VENV)/.dev
	WATCHDOG_NIGHTLY=1 $(BIN)/python -m pytest -m long --timeout 3600
	WATCHDOG_NIGHTLY=1 $(BIN)/python -m pytest -n 2 tests/core tests/lang tests/model

crash-report: $(VENV)/.dev ## every crash and every planted bug, into docs/crashes.md
	$(BIN)/python -m tools.crash_report

bench: $(VENV)/.dev ## what everything costs; pages and polls read the corpora in WATCHDOG_CORPORA
	$(BIN)/python benchmarks/polls.py
	$(BIN)/python benchmarks/pages.py
	$(BIN)/python benchmarks/statuses.py
	$(BIN)/python benchmarks/names.py

check: $(VENV)/.dev ## format, lint, types, layers
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --fix --quiet .

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# `make lock` needs uv on the PATH; it writes no package index into the files.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --only-binary :all: \
	  --python-version 3.11 pyproject.toml --group build -o requirements/run.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --only-binary :all: \
	  --python-version 3.11 pyproject.toml --group build --group dev -c requirements/run.txt -o requirements/dev.txt
	echo "reader==3.26" | uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --only-binary :all: --python-version 3.11 - -o requirements/benchmark.txt

$(VENV)/.run: requirements/run.txt pyproject.toml
	@echo "setting up $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements/run.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@$(PIP) -r requirements/dev.txt
	@touch $@
