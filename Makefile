# Needs Python 3.11 or newer and make; everything else is installed into .venv.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
DEMO := examples/staging-mismatch

.PHONY: demo test lint docs bench clean

.venv/made:
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer found; name one with PYTHON=…" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

# The demo runs the tool as users install it, from its wheel.
.venv/demo: .venv/made pyproject.toml hatch_build.py $(shell find src rules -name '*.py' -o -name '*.yaml')
	$(PYTHON) -m venv .venv/user
	.venv/user/bin/python -m pip --disable-pip-version-check -qq install .
	@touch $@

.venv/dev: .venv/made pyproject.toml
	$(PIP) install --editable '.[dev]'
	@touch $@

demo: .venv/demo ## show what the tool finds in a small repository with the bug it was made for
	@echo '$$ tflint-locks check --root $(DEMO)'
	@.venv/user/bin/tflint-locks check --root $(DEMO); status=$$?; \
	test $$status -eq 1 || { echo "make demo: expected findings (exit 1), got exit $$status" >&2; exit 1; }

test: .venv/dev
	$(BIN)/python -m pytest

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .venv/dev ## write the pages that are made from the rules
	$(BIN)/python docs/generate.py

bench: .venv/demo ## measure, as users have it installed: make bench ARGS="--tree CHECKOUT --checkov CHECKOUT"
	.venv/user/bin/python bench/run.py $(ARGS)

clean:
	rm -rf .venv dist
