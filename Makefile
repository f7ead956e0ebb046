# Ringside: hypervisor or container? Settle it on your own machine.
#
# One Makefile; each part adds its own sources in a short .mk of its folder.
# Everything is built under $(BUILD); programs end up in $(BUILD)/bin.
#
#   make            build everything
#   make bench      build, measure, draw       (PROFILE=smoke|quick|full)
#   make test       build and run every test
#   make help       every target, a line each

.DEFAULT_GOAL := all
SHELL := /bin/bash

BUILD    ?= build
PREFIX   ?= /usr/local
PROFILE  ?= quick
OUT      ?= out
SANITIZE ?=

VERSION := 0.1.0
BIN     := $(BUILD)/bin

# make itself presets CC to cc; a value of the user's stands.
ifeq ($(origin CC),default)
CC := gcc
endif
MUSL_CC ?= musl-gcc

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla
DEFINES  := -D_GNU_SOURCE -DRINGSIDE_VERSION='"$(VERSION)"' -I.
CFLAGS   ?= -O2 -g

# The bytes must not depend on where they are made; a debugger that is run in
# this directory finds the sources.
NO_PATHS := -ffile-prefix-map=$(CURDIR)=.

# What makes a mistake of ours harder to use (docs: SECURITY.md). Of libraries
# too, hence for programs of both C libraries; musl knows no _FORTIFY_SOURCE.
HARDEN_CODE := -fPIE -fno-common -fstack-protector-strong \
               -fstack-clash-protection -fcf-protection
HARDEN_LINK := -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code

# A sanitizer build is the same tree under another BUILD directory:
# make BUILD=build/sanitize SANITIZE=1 test
# SANITIZE=thread looks for races instead, which no other sanitizer goes with.
# It does not see fences (-Wno-tsan): ours order accesses against the guest's,
# which it does not see either.
ifeq ($(SANITIZE),thread)
HARDEN   := -fsanitize=thread -Wno-tsan -fno-omit-frame-pointer
STATIC   :=
else ifneq ($(SANITIZE),)
HARDEN   := -fsanitize=address,undefined -fno-sanitize-recover=all \
            -fno-omit-frame-pointer $(if $(filter fuzz,$(SANITIZE)), \
              -fsanitize=fuzzer-no-link)
STATIC   :=
else
# Fortified calls are for optimised code only, and an error without.
HARDEN   := $(if $(filter -O1 -O2 -O3 -Os -Og,$(CFLAGS)), \
              -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
STATIC   := -static-pie
endif

HOST_CFLAGS  = -std=gnu11 $(WARNINGS) $(DEFINES) $(HARDEN_CODE) $(HARDEN) \
               $(NO_PATHS) $(CFLAGS)
HOST_LDFLAGS = $(HARDEN_LINK) $(LDFLAGS)

# $(call objects,sources) names the host objects of C sources.
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

# What the parts fill in: programs to build and install, tests to run.
PROGRAMS   :=
GUESTS     :=
UNIT_TESTS :=
DATA_FILES :=

include oci/oci.mk
include cgroup/cgroup.mk
include guests/workloads/workloads.mk
include guests/unikernel/unikernel.mk
include guests/linux/linux.mk
include vmm/vmm.mk
include vmm/light/light.mk
include container/container.mk
include image/image.mk
include report/report.mk
include bench/bench.mk
include bench/libvirt/libvirt.mk
include tests/escape/escape.mk
include tests/tests.mk
include tests/vm/vm.mk
include tests/fuzz/fuzz.mk

# What a linker has written lies in the page cache in single pages, what was
# copied in larger pieces, of which a page fault maps more at once. Programs
# whose start is measured end their recipe with this.
define in_large_pages
@cp $@ $@.copy && mv -f $@.copy $@
endef

# Objects of the host programs; guests bring rules and flags of their own.
$(BUILD)/obj/%.o: %.c $(BUILD)/obj/flags
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) $(PART_CFLAGS) -MMD -MP -c $< -o $@

# Changes with the flags, and then everything is compiled anew.
$(BUILD)/obj/flags: export flags = $(CC) $(HOST_CFLAGS)
$(BUILD)/obj/flags: always
	@mkdir -p $(@D)
	@echo "$$flags" | cmp -s - $@ || echo "$$flags" >$@

# Pull in the dependencies that earlier compilations wrote.
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

##@ Build
all: toolchain-check $(PROGRAMS) $(GUESTS) ## Build programs and guests

toolchain-check:
	@tools/deps --check build

deps: ## Install what is missing (root, Debian or Ubuntu), else say how
	@tools/deps build bench test $(if $(PEERS),peers)

# Manual pages and bash completion, from the programs' own help.
DOCUMENTED := ringside ringside-container ringside-vmm ringside-image

documents: $(DOCUMENTED:%=$(BUILD)/man/%.1) $(BUILD)/completion/ringside

$(BUILD)/man/%.1: $(BIN)/% tools/man-page
	@mkdir -p $(@D)
	tools/man-page $< > $@

$(BUILD)/completion/ringside: $(DOCUMENTED:%=$(BIN)/%) tools/completion
	@mkdir -p $(@D)
	tools/completion $(DOCUMENTED:%=$(BIN)/%) > $@

install: all documents ## Install under PREFIX (DESTDIR is honoured)
	@tools/install-tree "$(DESTDIR)$(PREFIX)" $(BUILD)

clean: ## Remove everything that was built
	rm -rf $(BUILD)

##@ Use
guest-kernel: ## Fetch Debian's cloud kernel for the Linux guest
	@guests/linux/fetch-kernel $(BUILD)/guests/linux

# Where no KVM can run a Linux guest its kernel is not worth fetching.
bench: ## Build, measure and draw: out/latest/report.html
	@tools/deps build bench
	@$(MAKE) --no-print-directory -s all
	@[ ! -w /dev/kvm ] || [ -e /sys/module/kvm_pvm ] || \
	  $(MAKE) --no-print-directory -s guest-kernel || true
	@$(BIN)/ringside bench --profile $(PROFILE) --out $(OUT)

bench-peers: ## The same with all other systems, slow ones too: about an hour
	@tools/deps build bench peers
	@$(MAKE) --no-print-directory -s all
	@$(MAKE) --no-print-directory -s guest-kernel || true
	@$(BIN)/ringside bench --profile peers --out $(OUT)

# As published in docs/sample-report: one run, its page in both languages and
# its Markdown with pictures. What is large and can be made again is left out.
sample-report: ## Measure and renew docs/sample-report (PROFILE=...)
	@$(MAKE) --no-print-directory bench OUT=$(BUILD)/sample
	@tools/sample-report $(BIN)/ringside $(BUILD)/sample/latest

##@ Check
test: ## Run every test that this machine can run (T=name for one file)
	@tools/deps build bench test test-vm
	@$(MAKE) --no-print-directory -s all unit-tests
	@$(MAKE) --no-print-directory -s guest-kernel || true
	@tests/run --build $(BUILD) $(T)

# Not in the SVM lane: sanitizers under emulation take longer than they tell.
sanitize: ## Run every test under ASan and UBSan
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/sanitize SANITIZE=1 \
	  all unit-tests
	@tests/run --build $(BUILD)/sanitize --no-lane $(T)

# Without a random layout: the older compilers' TSan knows few layouts and ends
# at once in another. The tests are those of the parts that threads share.
sanitize-threads: ## Run the tests of what threads share under TSan
	@$(MAKE) --no-print-directory -s BUILD=$(BUILD)/tsan SANITIZE=thread \
	  $(THREADED_TESTS:%=$(BUILD)/tsan/tests/%)
	@for test in $(THREADED_TESTS); do \
	  TSAN_OPTIONS=halt_on_error=1 setarch -R $(BUILD)/tsan/tests/$$test || \
	    exit; \
	done

test-faults: ## Have every system call of the runtimes fail in turn
	@$(MAKE) --no-print-directory -s all unit-tests
	@RINGSIDE_FAULTS_EVERY=1 tests/run --build $(BUILD) --no-lane fault.bats

test-kills: ## Kill every program at 200 random moments and look what stays
	@$(MAKE) --no-print-directory -s all
	@tests/fault/kill --build $(BUILD)

test-endurance: ## Start both runtimes 10,000 times and look what stays
	@$(MAKE) --no-print-directory -s all
	@tests/fault/endurance --build $(BUILD)

fuzz: ## Look for inputs that break something (T=target, TIME=seconds each)
	@tools/deps --check lint
	@$(MAKE) --no-print-directory -s BUILD=$(BUILD)/fuzz CC=clang \
	  SANITIZE=fuzz fuzzers
	@tests/fuzz/run --build $(BUILD)/fuzz --time $(or $(TIME),60) $(T)

check-reproducible: ## Build twice, elsewhere and otherwise, and compare
	@tools/check-reproducible

lint: ## Formatting and static analysis
	@tools/lint

format: ## Put every source file in the house style
	clang-format -i $$(git ls-files '*.c' '*.h')

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@ / {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: always documents all toolchain-check deps install clean guest-kernel bench \
        bench-peers sample-report test \
        unit-tests \
        sanitize sanitize-threads test-faults test-kills test-endurance fuzz \
        check-reproducible lint format help
.DELETE_ON_ERROR:
