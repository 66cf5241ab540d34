# demo: the main job in a scratch repository    test: everything that must hold    lint: style and types
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .bench/venv/bin

.PHONY: demo test test-real test-faults test-power test-clones test-server test-merges lint bench bench-peers installed clean

demo: $(VENV)/ready
	PATH="$(abspath $(BIN)):$$PATH" bash demo/demo.sh

test: $(VENV)/ready
	$(BIN)/python -m pytest -q -n auto -m "not real and not sweep and not server"

test-real: $(VENV)/ready
	$(BIN)/python -m pytest -q -m real

lint: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# a fault at every 25th call, a kill at every 5th, a fifth of the commands on each hostile case (PBM_SWEEP_STEP=1: all)
test-faults: $(VENV)/ready
	PBM_WHOLE_SWEEPS=true PBM_SWEEP_STEP=$${PBM_SWEEP_STEP:-25} $(BIN)/python -m pytest -q -n auto $(wildcard tests/robustness/faults tests/robustness/hostile)

# needs root: ext4 images as a power cut leaves them, at every 16th call (PBM_SWEEP_STEP=1: at each)
test-power: $(VENV)/ready
	PBM_POWER=true PBM_SWEEP_STEP=$${PBM_SWEEP_STEP:-16} $(BIN)/python -m pytest -q tests/robustness/faults/test_power.py

test-merges: $(VENV)/ready
	$(BIN)/python -m pytest -q -n auto -m sweep tests/e2e/commands/test_merging.py

test-clones: $(VENV)/ready
	PBM_WHOLE_SWEEPS=true $(BIN)/python -m pytest -q -n auto tests/integration/clones

test-server: $(VENV)/ready
	$(BIN)/python -m pytest -q -m server tests/e2e/server

# git pbm as a user installs it: an editable install starts slower
bench: installed
	PATH="$(abspath $(BENCH)):$$PATH" $(BENCH)/python -m bench

bench-peers: installed
	PATH="$(abspath $(BENCH)):$$PATH" $(BENCH)/python -m bench --install-peers --only peers

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

clean:
	rm -rf $(VENV) .venv-giftless .demo .bench .mypy_cache .ruff_cache .pytest_cache build dist *.egg-info
