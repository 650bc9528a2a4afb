# make demo: install, run the embedded cohort, print the report's path.  make test: install what tests need, run them all.
PYTHON ?= python3
CORES  ?= $(shell nproc 2>/dev/null || echo 2)
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo install test test-slurm lint services resources benchmarks config-reference data-reference clean

help: ## say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

demo: $(VENV)/installed ## run the demo cohort and print the path of its report
	$(BIN)/snakemake --cores $(CORES) --configfile config/config.yaml --config 'cohorts=[demo]'
	@echo "Report: $(CURDIR)/results/demo/report.html"

install: $(VENV)/installed ## make .venv with the exact pins of envs/

$(VENV)/installed: envs/requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Syncohort needs Python 3.11 or newer, found " + sys.version.split()[0] + "; set PYTHON, as in: make demo PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement envs/requirements.lock
	@touch $@

$(VENV)/installed-test: $(VENV)/installed envs/requirements-test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement envs/requirements-test.lock
	@touch $@

test: lint ## install what the tests need and run them all
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(CORES) --dist worksteal -m "not slurm"
	@$(MAKE) --no-print-directory test-slurm

# After the others, since a machine can have one Slurm only. Without its packages or root they are skipped, and say why.
test-slurm: $(VENV)/installed-test ## run the tests on a real one-node Slurm (Debian: slurm-wlm munge; as root)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m slurm -rs --durations=15 tests/slurm

lint: $(VENV)/installed-test ## check style, formatting and the workflow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/snakemake --lint

services: $(VENV)/installed-test ## start small stand-ins of the public services, to try downloads offline
	$(BIN)/python -m tests.services

benchmarks: $(VENV)/installed-test ## measure speed and memory against references
	@for script in benchmarks/benchmark_*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

resources: $(VENV)/installed ## time and memory per rule, as measured in logs/
	PYTHONPATH=src $(BIN)/python -m syncohort.core.resources logs

config-reference: $(VENV)/installed ## write config/README.md from the schemas
	PYTHONPATH=src $(BIN)/python -m syncohort.core.config_reference > config/README.md

data-reference: $(VENV)/installed ## write docs/data.md from the ledger of public datasets
	PYTHONPATH=src $(BIN)/python -m syncohort.sources.download.ledger_reference > docs/data.md

clean: ## remove results, logs and scratch, but neither .venv nor the cache
	rm -rf results work logs .snakemake
