PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .bench/venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast cov cov-core test-real test-faults test-power test-clones test-server test-gits test-merges lint \
  bench bench-peers bench-gate installed build release-check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/ready ## run the main job in a scratch repository
	PATH="$(abspath $(BIN)):$$PATH" bash demo/demo.sh

test: $(VENV)/ready ## run every test that needs no network, root or long sweep
	$(BIN)/python -m pytest -q -n auto -m "not real and not sweep and not server"

test-fast: $(VENV)/ready ## run the unit tests
	$(BIN)/python -m pytest -q -n auto tests/unit

cov: cov-core ## measure branch coverage of all tests, and of core by the unit tests
	$(BIN)/python -m pytest -q -n auto -m "not real and not sweep and not server" --cov=git_pbm --cov-branch --cov-report=term:skip-covered

cov-core: $(VENV)/ready ## hold core to branch coverage of 100 % by the unit tests alone
	$(BIN)/python -m pytest -q -n auto tests/unit --cov=git_pbm/core --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100

test-real: $(VENV)/ready ## check real models from PyPI (needs the network)
	$(BIN)/python -m pytest -q -m real

lint: $(VENV)/ready ## check style and types, and list complex functions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@echo "functions with a complexity above 12, as radon counts it (a note, not a failure):"
	@$(BIN)/radon cc -s -n C git_pbm hooks | awk '/^[^ ]/ { file = $$0; next } { gsub(/[()]/, "", $$NF); sub(/:.*/, "", $$2); if ($$NF > 12) print "  " file ":" $$2, $$3, $$NF }'

# a fault at every 25th call, a kill at every 5th, a fifth of the commands on each hostile case (PBM_SWEEP_STEP=1: all)
test-faults: $(VENV)/ready ## run the fault and hostile sweeps (long)
	PBM_WHOLE_SWEEPS=true PBM_SWEEP_STEP=$${PBM_SWEEP_STEP:-25} $(BIN)/python -m pytest -q -n auto tests/robustness/faults tests/robustness/hostile

# needs root: ext4 images as a power cut leaves them, at every 16th call (PBM_SWEEP_STEP=1: at each)
test-power: $(VENV)/ready ## cut the power on ext4 images (needs root)
	PBM_POWER=true PBM_SWEEP_STEP=$${PBM_SWEEP_STEP:-16} $(BIN)/python -m pytest -q tests/robustness/faults/test_power.py

test-merges: $(VENV)/ready ## run the merge sweeps
	$(BIN)/python -m pytest -q -n auto -m sweep tests/e2e/commands/test_merging.py

test-clones: $(VENV)/ready ## run every command in each kind of clone
	PBM_WHOLE_SWEEPS=true $(BIN)/python -m pytest -q -n auto tests/integration/clones

test-gits: $(VENV)/ready ## run integration and e2e under other gits: GITS='/opt/git-2.34 ...', each with bin/git
	@test -n "$(GITS)" || { echo "name them: make test-gits GITS='/opt/git-2.34 /opt/git-2.55'"; exit 2; }
	for git in $(GITS); do for refs in files reftable; do \
	  echo "== $$($$git/bin/git --version), $$refs"; \
	  PATH="$$git/bin:$$PATH" GIT_DEFAULT_REF_FORMAT=$$refs $(BIN)/python -m pytest -q -n auto \
	    -m "not real and not sweep and not server" tests/integration tests/e2e || exit 1; \
	done; done

test-server: $(VENV)/ready ## test against a real Git LFS server
	$(BIN)/python -m pytest -q -m server tests/e2e/server

# git pbm as a user installs it: an editable install starts slower
bench: installed ## measure the speed of an installed git pbm
	PATH="$(abspath $(BENCH)):$$PATH" $(BENCH)/python -m bench

bench-peers: installed ## compare with other tools (installs them)
	PATH="$(abspath $(BENCH)):$$PATH" $(BENCH)/python -m bench --install-peers --only peers

bench-gate: $(VENV)/ready ## print how often each gate promotes a model that is no better
	$(BIN)/python -m bench.false_promotions

installed: $(VENV)/ready
	test -x $(BENCH)/python || $(PYTHON) -m venv .bench/venv
	$(BENCH)/python -m pip install -q --upgrade "pip>=24" ".[test]"
	$(BENCH)/python -m pip install -q --force-reinstall --no-deps .

$(VENV)/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "git pbm needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade "pip>=24"
	$(BIN)/python -m pip install -q -e ".[test,lint]"
	touch $@

build: $(VENV)/ready ## build the sdist and the wheel in dist/
	rm -rf dist
	$(BIN)/python -m build --outdir dist .

release-check: $(VENV)/ready ## check that version, changelog and README agree
	$(BIN)/python -m pytest -q tests/test_release.py

clean: ## remove what the other targets made
	rm -rf $(VENV) .venv-giftless .demo .bench .mypy_cache .ruff_cache .pytest_cache .coverage build dist *.egg-info
