# Two commands matter: `make demo` plays a county's year, `make test` passes the tests.
# Both install what is missing first (.ci/setup).

SHELL := /bin/bash
FLAGS := --explicit-target-dependency-import-check error \
         -Xswiftc -warnings-as-errors -Xswiftc -require-explicit-sendable
TESTS_TIMEOUT := 600
THREADED := ZeroMQTests|HubTests|JournalTests

ACCEPT := LIANDONG=$(CURDIR)/.build/release/liandong python3 Tests/Acceptance

.PHONY: demo accept accept-demo accept-real accept-kill test test-release test-threads lint build release setup clean

demo: release
	@.build/release/liandong demo

test: lint
	swift build --build-tests $(FLAGS)
	timeout $(TESTS_TIMEOUT) swift test --skip-build $(FLAGS)

test-release: setup
	swift build -c release --build-tests $(FLAGS)
	timeout $(TESTS_TIMEOUT) swift test -c release --skip-build $(FLAGS)

test-threads: setup
	swift build --build-tests --sanitize=thread --scratch-path .build-tsan
	timeout 1200 swift test --skip-build --sanitize=thread --scratch-path .build-tsan \
	    --filter '$(THREADED)'

lint: setup
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

build: setup
	swift build $(FLAGS)

release: setup
	swift build -c release --product liandong

# Acceptance runs print one line of JSON each and exit 1 when they fall short.
accept: accept-demo accept-real accept-kill

accept-demo: release
	@$(ACCEPT)/demo.py

accept-real: release
	@$(ACCEPT)/real.py

accept-kill: release
	@$(ACCEPT)/kill.py

setup:
	@.ci/setup

clean:
	rm -rf .build .build-*
