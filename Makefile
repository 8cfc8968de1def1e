# make demo    sets up what is missing, then runs the invented province from crawl to report
# make test    sets up what is missing, then every check of the house; the last line is pytest's
# make lock    writes the lock files again from requirements*.in
# make clean   removes .venv and everything made (kept captures in oitcheck-data stay)

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test lock clean packages

VENV := .venv
PY   := $(VENV)/bin/python
PIP  := $(PY) -m pip --disable-pip-version-check

PACKAGES_FOR := demo

# A stamp is named for the contents it stands for: an unchanged lock means nothing to install.
RUN_STAMP := .make/run-$(shell cat requirements.lock pyproject.toml 2>/dev/null | sha256sum | cut -c1-16)
DEV_STAMP := .make/dev-$(shell cat requirements-dev.lock pyproject.toml 2>/dev/null | sha256sum | cut -c1-16)

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: packages $(RUN_STAMP)
	@$(VENV)/bin/oitcheck demo

test: PACKAGES_FOR := test
test: packages $(DEV_STAMP)
	@echo "== ruff";          $(PY) -m ruff check --quiet .
	@echo "== ruff format";   $(PY) -m ruff format --check --quiet .
	@echo "== mypy";          $(PY) -m mypy --no-error-summary
	@echo "== import-linter"; out=$$($(VENV)/bin/lint-imports --no-logo 2>&1) || { echo "$$out"; exit 1; }; echo "$$out" | grep "^Contracts:"
	@echo "== checklists";    $(VENV)/bin/oitcheck checklist check
	@if [ -f docs/generate.py ]; then echo "== generated pages"; $(PY) docs/generate.py --check; fi
	@echo "== pytest";        exec $(PY) -m pytest

packages:
	@bash setup/packages.sh $(PACKAGES_FOR)

$(VENV)/pyvenv.cfg: | packages
	@bash setup/venv.sh $(VENV)

$(RUN_STAMP): $(VENV)/pyvenv.cfg
	@echo "installing what oitcheck runs on (requirements.lock), by hash"
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@mkdir -p .make && rm -f .make/run-* && touch $@

$(DEV_STAMP): $(VENV)/pyvenv.cfg
	@echo "installing oitcheck's libraries and the tools of the house (requirements-dev.lock), by hash"
	@$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@mkdir -p .make && rm -f .make/dev-* && touch $@

# No address of any package index is written into a lock: whoever installs chooses the index, the hashes decide.
COMPILE := $(VENV)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
           --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

lock: $(DEV_STAMP)
	@echo "resolving requirements.in (takes minutes: every file's hash is fetched)"
	@$(COMPILE) --output-file requirements.lock requirements.in
	@$(COMPILE) --output-file requirements-dev.lock requirements-dev.in
	@echo "done: requirements.lock, requirements-dev.lock"

clean:
	@rm -rf $(VENV) .make build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find oitcheck tests fixtures -name __pycache__ -type d -prune -exec rm -rf {} +
