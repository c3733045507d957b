# Every target sets up what it needs first: a virtual environment in .venv with the exact versions of constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
# Stages call plain `python`: inside make that is the environment's, as it is after `source .venv/bin/activate`.
export PATH := $(BIN):$(PATH)

.PHONY: help setup repro test ui bench lint clean

help:            ## say what the targets do
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | column -t -s '	'

setup: $(VENV)/installed   ## create .venv and install the pinned dependencies

$(VENV)/installed: pyproject.toml constraints.txt install.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version)"; exit 1; }
	@echo "Installing into $(VENV): 2 to 6 minutes and 2.5 GB the first time"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python install.py $(VENV)
	@touch $@

repro: setup     ## run the pipeline: whatever is missing or changed
	@quoi repro

test: setup      ## run all tests
	@python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

ui: setup        ## open MLflow on the loopback address, port 5000
	@quoi runs import
	@python -c 'from quoi.tracking import overview; print("The variants, in a moment:", overview.address())'
	@mlflow ui --backend-store-uri sqlite:///mlflow.db --host 127.0.0.1 --port 5000

bench: setup     ## measure speed against named peers, side by side
	@for program in benchmarks/*.py; do python $$program || exit 1; done

lint: setup      ## check style
	@ruff check . && ruff format --check .

clean:           ## remove what a training left unfinished; results and environment stay
	@rm -rf .quoi
