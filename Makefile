# Every target makes this checkout ready by itself (tools/setup says what it installs) and then runs inside .venv/.

.PHONY: setup demo test lint check bench faults qemu-devices screenshots clean
.DEFAULT_GOAL := check

RUN := .venv/bin/
# The order of sets is chance too: drawn once and for all, so that a red run is red again; PYTHONHASHSEED=8 varies it.
export PYTHONHASHSEED ?= 7
# Tests of one file share their browser, window and server, so a file stays with one worker. Three for two cores,
# because much of what a worker does is to wait for a program; in the order that tests/conftest.py gives them.
PYTEST := $(RUN)pytest -n 3 --dist loadfile --no-loadscope-reorder

setup:  ## only make this checkout ready
	@tools/setup test

demo:  ## the whole hall on this machine: make demo DEMO="--minutes 5"
	@tools/setup demo
	@$(RUN)motcua demo $(DEMO)

test:  ## all tests but the long lanes: make test TEST="tests/unit -x"
	@tools/setup test
	$(PYTEST) -m "not slow" $(TEST)

lint:  ## format, lint, types and import contracts
	@tools/setup test
	$(RUN)ruff format --check --quiet .
	$(RUN)ruff check --quiet .
	$(RUN)mypy
	$(RUN)lint-imports --no-logo

check: lint  ## format, lint, types, import contracts and the fast tests, in under a minute
	$(PYTEST) -m "not slow and not thorough and not screen and not browser" tests/unit tests/test_tidy.py $(CHECK)

bench:  ## the budget table, each floor measured in the same run: make bench BENCH=--json
	@tools/setup demo
	@$(RUN)motcua bench $(BENCH)

faults:  ## the long lanes: crashes, broken wires, full disks: make faults FAULTS="--seed 7"
	@tools/setup test
	$(PYTEST) -m slow --timeout 1500 $(FAULTS)

qemu-devices:  ## drivers on a real kernel's USB and input devices, in a guest of QEMU; installs what it needs and says so
	@tools/setup test
	@tools/qemu_devices

screenshots:  ## make the pictures again that README and docs show
	@tools/setup test
	$(RUN)pytest -m "picture and not slow" --pictures=docs/pictures tests
	$(RUN)pytest -m "picture and slow" --pictures=docs/pictures tests/browser
	$(RUN)python -m tests.support.picture_set

clean:  ## remove what the targets above made; the state of a hall is never touched
	rm -rf .venv .mypy_cache .ruff_cache .import_linter_cache .hypothesis .qemu build ./*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
