# Two commands: `make demo` (set-up, then the Moscow-Budapest study) and `make test` (set-up, then the tests).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
# What was tried; `make test CONSTRAINTS=` takes the newest of everything.
CONSTRAINTS := --constraint constraints.txt
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check $(CONSTRAINTS)

.PHONY: demo test coverage test-quick test-deep test-lowest lint serve data audit maps notebooks docs bench fuzz release clean

demo: $(VENV)/.demo
	$(BIN)/overflight demo

test: $(VENV)/.test
	OVERFLIGHT_CACHE=.cache/tests $(BIN)/overflight warm
	$(BIN)/python -m pytest -n 2

# Which lines and branches the quick tests reach, and what they start; tracing takes these twice as long.
coverage: $(VENV)/.test
	$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run -m pytest -n 2 -m "not slow and not browser and not cluster and not deep"
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

# Without what takes long, Chromium and clusters.
test-quick: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 -m "not slow and not browser and not cluster and not deep"

# Other seeds and further cases of the long tests: weekly, and before a release.
test-deep: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 -m deep

# The map on the oldest folium that pyproject.toml allows, with the oldest branca that this one takes.
test-lowest:
	$(PYTHON) -m venv $(VENV)-lowest
	grep -Eiv '^(folium|branca)==' constraints.txt >$(VENV)-lowest/constraints.txt
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check \
	  --constraint $(VENV)-lowest/constraints.txt --editable '.[test]' folium==0.17.0 branca==0.6.0
	$(VENV)-lowest/bin/python -m pytest tests/test_maps*.py

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The what-if page, at http://127.0.0.1:8000/ until Ctrl-C.
serve: $(VENV)/.serve
	$(BIN)/overflight serve

# Rebuilds src/overflight/data/ from the pinned inputs (network and npm needed, once); then `git diff` is empty.
data: $(VENV)/.data
	$(BIN)/python -m geodata.build

# Compares the data with others' and writes geodata/AUDIT.md (network and npm needed, once).
audit: $(VENV)/.data
	$(BIN)/python -m geodata.audit

# The gallery: a page for each study in routes/, the index of them, and the computed study with its picture.
maps: $(VENV)/.maps
	$(BIN)/python -m maps.render
	$(BIN)/overflight demo >/dev/null
	$(BIN)/overflight demo -o maps/moscow-budapest.png >/dev/null

# Runs the notebooks and the examples of the docs, and keeps in them what they give.
notebooks: $(VENV)/.maps
	MPLBACKEND=agg $(BIN)/python docs/notebooks/render.py
	$(BIN)/python -m docs.examples

# The site, in docs/_build/html; any warning is an error, and nothing is fetched.
docs: $(VENV)/.docs
	$(BIN)/python -m sphinx --builder html --fail-on-warning --keep-going --quiet docs docs/_build/html

# Measures speed and errors beside peers, and writes benchmarks/RESULTS.md (PostGIS takes part where it is installed).
bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks.run

# A million legs of every awkward kind; exit status 1 if an answer is wrong.
fuzz: $(VENV)/.demo
	$(BIN)/python -m tests.fuzz 1000000

# What is published: the archive and the wheel, each checked, installed alone into an environment of its own, and set to
# the study; then their sizes. Nothing is uploaded.
release: $(BIN)/python
	rm -rf dist $(VENV)-release
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'build>=1.2' 'twine>=6'
	$(BIN)/python -m build --outdir dist .
	$(BIN)/python -m twine check --strict dist/*
	for made in dist/*.tar.gz dist/*.whl; do \
	  rm -rf $(VENV)-release && $(PYTHON) -m venv $(VENV)-release && \
	  $(subst $(VENV),$(VENV)-release,$(INSTALL)) "$$made" && \
	  (cd $(VENV)-release && $(subst $(VENV)/,,$(BIN))/overflight demo -o study.html && \
	    $(subst $(VENV)/,,$(BIN))/overflight data verify) || exit 1; \
	done
	rm -rf $(VENV)-release
	ls -l dist

clean:
	rm -rf $(VENV) $(VENV)-lowest $(VENV)-release benchmarks/out .coverage .coverage.* docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "overflight needs Python 3.11 or later: install it, or name it, as in 'make demo PYTHON=python3.12'" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "this Python has no venv module: on Debian and Ubuntu, 'apt-get install python3-venv'; then run make again" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) --editable .
	$(BIN)/overflight warm
	@touch $@

$(VENV)/.maps: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) --editable '.[print]'
	@touch $@

$(VENV)/.docs: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) --editable '.[docs]'
	@touch $@

$(VENV)/.serve: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) --editable '.[serve]'
	@touch $@

$(VENV)/.test: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) --editable '.[test]'
	@touch $@

$(VENV)/.lint: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) --editable '.[test,dev]'
	@touch $@

$(VENV)/.bench: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) --editable '.[bench]'
	@touch $@

$(VENV)/.data: $(BIN)/python pyproject.toml constraints.txt
	$(INSTALL) --editable '.[data]'
	@touch $@
