# demo: the main job in a scratch repository    test: everything that must hold    lint: style and types
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-real test-faults test-clones test-server lint bench clean

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

test-faults: $(VENV)/ready
	PBM_WHOLE_SWEEPS=true $(BIN)/python -m pytest -q -n auto -s tests/faults

test-clones: $(VENV)/ready
	PBM_WHOLE_SWEEPS=true $(BIN)/python -m pytest -q -n auto tests/clones

test-server: $(VENV)/ready
	$(BIN)/python -m pytest -q -m server tests/server

bench: $(VENV)/ready
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m bench

$(VENV)/ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "git pbm needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade "pip>=24"
	$(BIN)/python -m pip install -q -e ".[test,lint]"
	touch $@

clean:
	rm -rf $(VENV) .venv-giftless .demo .bench .mypy_cache .ruff_cache .pytest_cache build dist *.egg-info
