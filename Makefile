# All that is needed beforehand: git, make, and Python 3.11 or later with venv.
PYTHON ?= python3
PYTEST_ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test check-style format lint types contracts tests nightly container bench bench-peers attacks-table lock clean

help:  ## what can be made
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1~\2/p' $(MAKEFILE_LIST) | \
		awk -F'~' '{ printf "%-20s %s\n", $$1, $$2 }'

demo: .venv/.ready  ## see it work: a server, an agent, and what each may do
	$(BIN)/python examples/devtools/demo.py

test: check-style tests  ## everything a change must pass

check-style: lint types contracts  ## what needs no running: style, types, import contracts

format: .venv/.ready  ## rewrite the code in the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: .venv/.ready  ## formatting and lint, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.ready  ## mypy, strict
	$(BIN)/mypy

contracts: .venv/.ready  ## which package may import which
	$(BIN)/lint-imports

# Two at a time: most tests wait for processes. PYTEST_ARGS="-n 0" runs one after another.
tests: .venv/.ready  ## the tests; PYTEST_ARGS="-k name" picks some
	scripts/tests $(PYTEST_ARGS)

nightly: .venv/.ready  ## the tests, the slow ones too
	$(BIN)/pytest -m "not container" $(PYTEST_ARGS)

container: .venv/.ready  ## build the image, run it hardened, and check it from outside
	scripts/container $(BIN)/python

bench: .venv/.ready  ## speed and memory, as ratios against plain Python
	$(BIN)/python -m benchmarks

bench-peers: .venv/.ready .peers/.installed  ## beside servers made for files and for git
	$(BIN)/python -m benchmarks.peers --peers .peers

.peers/.installed: scripts/peers
	PYTHON=$(PYTHON) scripts/peers .peers
	@touch $@

attacks-table: .venv/.ready  ## try the attacks by command line, and write docs/attacks.md
	$(BIN)/python -m tests.attacks.table

lock:  ## resolve the dependencies anew; LOCK_ARGS=--upgrade takes newer ones
	PYTHON=$(PYTHON) scripts/lock $(LOCK_ARGS)

clean:  ## remove all that was built
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests benchmarks examples -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# A lock has all that it needs; to resolve it again, pip would look at newer versions as well,
# and stop because they have no hash.
.venv/.locked: requirements/dev.lock
	@scripts/check-python "$(PYTHON)"
	$(PYTHON) -m venv --clear .venv
	$(PIP) --no-deps --require-hashes -r requirements/dev.lock
	@touch $@

.venv/.ready: .venv/.locked pyproject.toml
	$(PIP) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip check --disable-pip-version-check
	@touch $@
