# Programs of the kinds that people have, linked statically for the tests that
# run them as unikernels. Each needs a library or a compiler that may be
# absent; it is left out then, and its tests say so.
REAL_DIR := tests/programs/real
REAL_OUT := $(BUILD)/tests/programs

# Libraries that could load plug-ins warn when they are linked statically.
comma := ,
REAL_LINK := -static $(if $(shell ld --help 2>/dev/null | grep -e --no-warnings),-Wl$(comma)--no-warnings)

# $(call real_program,NAME,what must exist)
real_program = $(if $(wildcard $(2)),$(REAL_OUT)/$(1))

REAL_PROGRAMS := \
  $(call real_program,database,/usr/include/sqlite3.h) \
  $(call real_program,script,/usr/include/lua5.4/lua.h) \
  $(call real_program,compiler,/usr/include/libtcc.h) \
  $(if $(shell command -v $(CXX)),$(REAL_OUT)/exceptions) \
  $(if $(shell command -v rustc),$(REAL_OUT)/collections)

unit-tests: $(REAL_PROGRAMS)

$(REAL_OUT)/database: $(REAL_DIR)/database.c guests/workloads/sha256.c
	@mkdir -p $(@D)
	$(CC) $(WARNINGS) -I. -O2 $(REAL_LINK) $^ -lsqlite3 -ldl -lm -o $@

$(REAL_OUT)/script: $(REAL_DIR)/script.c
	@mkdir -p $(@D)
	$(CC) $(WARNINGS) -O2 $(REAL_LINK) $< -llua5.4 \
	  -lm -ldl -o $@

$(REAL_OUT)/compiler: $(REAL_DIR)/compiler.c
	@mkdir -p $(@D)
	$(CC) $(WARNINGS) -O2 $(REAL_LINK) $< -ltcc -ldl -o $@

$(REAL_OUT)/exceptions: $(REAL_DIR)/exceptions.cc
	@mkdir -p $(@D)
	$(CXX) -Wall -Wextra -Werror -O2 $(REAL_LINK) $< -o $@

$(REAL_OUT)/collections: $(REAL_DIR)/collections.rs
	@mkdir -p $(@D)
	MAKEFLAGS= rustc --edition 2018 -O -C target-feature=+crt-static -o $@ $<
