# Needs Python 3.11 to 3.13, make and gcc; everything else goes into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: demo test test-slow lint clean

.venv/base: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	touch $@

.venv/test: .venv/base
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[test]"
	touch $@

demo: .venv/base  ## train a DCGAN on handwritten digits and draw 64 of its own
	$(BIN)/ganzoo train zoo_configs/dcgan_digits.yaml --run-dir runs/demo --resume
	$(BIN)/ganzoo sample runs/demo -n 64 -o runs/demo/digits.png

test: .venv/test  ## all quick tests
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist worksteal

test-slow: .venv/test  ## the tests that train for longer
	$(BIN)/python -m pytest -m slow

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

clean:
	rm -rf .venv runs build dist *.egg-info
