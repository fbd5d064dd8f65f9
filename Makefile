SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test prove bench bench-decisions lint docs picture mornings registered clean

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq install --no-compile -c constraints.txt
# The tests start many processes: what one has compiled the next one reads, also where the surroundings say otherwise.
COMPILED := PYTHONDONTWRITEBYTECODE=
WORKERS ?= 3
TESTS ?=

help:
	@echo "make demo      a real shop's brief, in this terminal"
	@echo "make test      everything that is fast enough to run on every change"
	@echo "make prove     the long proofs on real data sets (ZHANGGUI_DATA names their folder), and the benches; writes docs/proof.md"
	@echo "make bench     speed and memory beside a peer's; writes docs/benchmarks.md (SCALE=0.1 for a small one)"
	@echo "make bench-decisions  proves decisions on practice shops (at most an hour on two cores); writes its section of docs/proof.md"
	@echo "make lint      ruff and mypy"
	@echo "make docs      writes docs/reference anew from the code"
	@echo "make picture   photographs the demo's brief and the pages of the desk"
	@echo "make mornings  runs the two mornings of docs/using/mornings.md and writes what they print"
	@echo "make registered  notes what is registered in tests/house/registered.txt"
	@echo "make clean     removes what these made"

$(BIN)/python:
	@python=$$(tools/find-python) || exit 1; \
	echo "Making .venv with $$python ($$($$python --version)) …"; \
	$$python -m venv .venv

.venv/.product: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing zhanggui and what it stands on (once, half a minute to a minute) …"
	@$(PIP) -e .
	@touch $@

.venv/.test: .venv/.product
	@echo "Installing what the tests need (once) …"
	@$(PIP) -e '.[test]'
	@touch $@

.venv/.prove: .venv/.test
	@echo "Installing what the proofs and benches need (once) …"
	@$(PIP) -e '.[test,prove,bench]'
	@touch $@

demo: .venv/.product
	@$(BIN)/zhanggui demo

test: .venv/.test
	@tools/browser
	@$(COMPILED) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

prove: .venv/.prove
	@tools/browser
	@$(BIN)/python tools/prove.py

bench: .venv/.prove
	@$(BIN)/python -m benchmarks --scale $(or $(SCALE),1)

lint: .venv/.test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench-decisions: .venv/.prove
	@$(BIN)/python -m benchmarks.decisions --every $(or $(EVERY),1) $(PARTS)

docs: .venv/.test
	@$(BIN)/python tools/reference.py

picture: .venv/.test
	@tools/browser
	@$(BIN)/python tools/picture.py
	@$(BIN)/python tools/desk_pictures.py

mornings: .venv/.test
	@$(BIN)/python tools/mornings.py

registered: .venv/.test
	@ZHANGGUI_REGISTERED=write $(BIN)/python -m pytest -q tests/house/test_registered.py

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .bench zhanggui-demo build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
