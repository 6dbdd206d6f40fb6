# Two commands for a newcomer: `make demo` and `make test`. Each sets up what it needs from hashed locks.
PYTHON ?= python3
VENV := .venv
CLIENTS := .venv-clients
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help demo test check test-clients bench lock clean

help:            ## what can be done here
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.demo   ## watch a lease open and close, and a tunnel to a private cluster, on a simulated Azure
	@$(VENV)/bin/python demo/ways.py

test: $(VENV)/.dev    ## the project's own tests
	@$(VENV)/bin/python -m pytest

check: $(VENV)/.dev   ## style, strict types, import rules
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy && $(VENV)/bin/lint-imports

test-clients: $(VENV)/.dev $(CLIENTS)/.clients   ## the real az, kubectl and SDKs judge the simulated Azure
	@AKSESS_CLIENTS=$(CURDIR)/$(CLIENTS) $(VENV)/bin/python -m pytest tests/clients --timeout 300

bench: $(VENV)/.dev $(CLIENTS)/.clients   ## ratios against az in one run
	@$(VENV)/bin/python -m benchmarks

$(VENV)/.demo: requirements/demo.txt pyproject.toml
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@echo "installing from requirements/demo.txt ..." >&2
	@$(VENV)/bin/pip install -qq --require-hashes -r requirements/demo.txt
	@$(VENV)/bin/pip install -qq --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@echo "installing from requirements/dev.txt ..." >&2
	@$(VENV)/bin/pip install -qq --require-hashes -r requirements/dev.txt
	@$(VENV)/bin/pip install -qq --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.demo

$(CLIENTS)/.clients: requirements/clients.txt
	@test -x $(CLIENTS)/bin/python || $(PYTHON) -m venv $(CLIENTS)
	@echo "installing az and the Azure SDKs from requirements/clients.txt ..." >&2
	@$(CLIENTS)/bin/pip install -qq --require-hashes -r requirements/clients.txt
	@touch $@

UV ?= uv
COMPILE = $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet
lock:            ## renew the locks (needs uv)
	$(COMPILE) pyproject.toml --extra sim --group build -o requirements/demo.txt
	$(COMPILE) pyproject.toml --extra sim --group build --group dev -c requirements/demo.txt -o requirements/dev.txt
	$(COMPILE) requirements/clients.in -o requirements/clients.txt

clean:           ## remove the environments
	rm -rf $(VENV) $(CLIENTS)
