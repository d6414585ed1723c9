# Two commands matter: `make demo` plays a county's year, `make test` passes the tests.
# Both install what is missing first (.ci/setup).

SHELL := /bin/bash
FLAGS := --explicit-target-dependency-import-check error \
         -Xswiftc -warnings-as-errors -Xswiftc -require-explicit-sendable
TESTS_TIMEOUT := 600
THREADED := ZeroMQTests|HubTests|JournalTests
LIANDONG := $(CURDIR)/.build/release/liandong
# Debian's own Python, because python3-zmq belongs to it.
ACCEPT := LIANDONG=$(LIANDONG) /usr/bin/python3 Tests/Acceptance
ACCEPTED := demo real early spread matrix lanes withdraw sealed scan tamper linking rename stable why kill same rot stranger sessions upgrade erase config drill \
            diskfull restart clock flood halfopen health revoke simulate speed fanout flat fuzz release house

.PHONY: compare demo test tests test-some test-release test-threads lint build release setup clean accept \
        $(ACCEPTED:%=accept-%)

demo: release
	@$(LIANDONG) demo

test: lint tests
	timeout $(TESTS_TIMEOUT) swift test --skip-build $(FLAGS)

tests: setup
	swift build --build-tests $(FLAGS)

# Some tests alone, with what `tests` has built: make test-some FILTER=JournalRotTests
test-some: tests
	timeout $(TESTS_TIMEOUT) swift test --skip-build $(FLAGS) --filter '$(FILTER)'

test-release: setup
	swift build -c release --build-tests $(FLAGS)
	timeout $(TESTS_TIMEOUT) swift test -c release --skip-build $(FLAGS)

test-threads: setup
	swift build --build-tests --sanitize=thread --scratch-path .build-tsan
	TSAN_OPTIONS="halt_on_error=0 exitcode=66" timeout $(TESTS_TIMEOUT) \
	    swift test --skip-build --sanitize=thread --scratch-path .build-tsan \
	    --filter '$(THREADED)'

lint: setup
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

build: setup
	swift build $(FLAGS)

release: setup
	swift build -c release --product liandong $(FLAGS)

# Each acceptance run prints one line of JSON and exits 1 when it falls short; `accept` runs all and
# prints a table. OPTIONS goes to a single run: make accept-demo OPTIONS="--seeds 4-8".
accept: release
	@$(ACCEPT)/all.py $(ACCEPTED)

accept-release: setup
	@$(ACCEPT)/release.py

accept-house: setup
	@$(ACCEPT)/house.py

# Builds the decoders once more, instrumented, beside the product.
accept-fuzz: setup
	@$(ACCEPT)/fuzz.py $(OPTIONS)

# Ten release builds, each with a defect planted; alone it runs the seeds of CI.
accept-simulate: OPTIONS ?= --defects 200

$(filter-out accept-release accept-house accept-fuzz,$(ACCEPTED:%=accept-%)): accept-%: release
	@$(ACCEPT)/$*.py $(OPTIONS)

# Our intake beside the peers of ../shared/peers in one interleaved run; OPTIONS="--install" gets Debian's packages.
compare: release
	@$(ACCEPT)/compare.py $(OPTIONS)

setup:
	@.ci/setup

clean:
	rm -rf .build .build-*
