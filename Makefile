# Commands of the project. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help install demo test check lock screenshots bench evaluate dev programs

PYTHON ?=
JOBS ?= 2
ARGS ?=
# Broken files that each importer is given; after a change to an importer, 5000.
FUZZ ?= 1000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
# A disk in memory, where there is a large one: the tests commit to their databases a hundred thousand times.
MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 8000000 {print "PYTEST_DEBUG_TEMPROOT=/dev/shm"}')
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

help: ## list these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 22

install: $(VENV)/.main ## make .venv with everything that the program needs

demo: install ## serve a fresh home with invented data on this machine
	@$(BIN)/python -m qualcoder demo $(ARGS)

test: dev programs ## everything: lint, types, contracts, all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MEMORY) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --fuzz $(FUZZ) $(ARGS)

check: dev ## what to run before a commit: format, lint, types, contracts, quick tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MEMORY) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile -q -m "not slow and not journey" $(ARGS)

lock: ## write requirements/*.txt anew from pyproject.toml
	@command -v uv >/dev/null || { echo "Install uv first."; exit 1; }
	$(LOCK) --quiet --output-file requirements/main.txt
	$(LOCK) --quiet --extra dev --output-file requirements/dev.txt

screenshots: dev ## write every page in every language, theme and width to build/screenshots/
	@$(BIN)/python -m tests.screenshots $(ARGS)

bench: dev ## measure how fast the program is here; ARGS="add --quick" for less, QUALCODER_BENCH=folder beside another program
	@$(BIN)/python -m tests.bench $(ARGS)

evaluate: dev ## measure detection on the invented interviews; ARGS=--write puts the tables into ANONYMISATION.md
	@$(BIN)/python -m tests.anonymise.evaluation $(ARGS)

dev: $(VENV)/.dev

$(VENV)/.main: requirements/main.txt | $(BIN)/python
	$(PIP) -r requirements/main.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(BIN)/python
	$(PIP) -r requirements/dev.txt
	@touch $@ $(VENV)/.main

# The first Python from 3.11 to 3.14: PYTHON=…, then python3, then by number.
$(BIN)/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  command -v $$python >/dev/null || continue; \
	  $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' || continue; \
	  $$python -c 'import ensurepip, venv' 2>/dev/null || { echo "Install python3-venv first, then run this again (Debian: apt install python3-venv)."; exit 1; }; \
	  exec $$python -m venv $(VENV); \
	done; \
	echo "Install Python 3.11, 3.12, 3.13 or 3.14 first, then run this again (Debian: apt install python3-venv)."; exit 1

programs:
	@.ci/programs
