# The harness: everything but main() is a library, so that tests link it too.
BENCH_SOURCES := $(filter-out bench/main.c,$(wildcard bench/*.c))
BENCH_LIBRARY := $(BUILD)/bench.a
BENCH_LIBS    := -ljansson -lnettle -lgsl -lgslcblas -lm

$(BENCH_LIBRARY): $(call objects,$(BENCH_SOURCES)) \
                  $(BUILD)/obj/bench/trace_call_names.o
	@rm -f $@
	ar rcs $@ $^

# Names of system calls, out of the kernel's header.
BENCH_CALL_NAMES := $(BUILD)/obj/bench/trace_call_names

$(BENCH_CALL_NAMES).c: bench/bench.mk
	@mkdir -p $(@D)
	{ echo '#include "bench/trace.h"'; \
	  echo 'const char *const trace_call_names[TRACE_CALLS] = {'; \
	  echo '#include <asm/unistd_64.h>' | $(CC) -E -dM - | \
	    sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$$/[\2] = "\1",/p'; \
	  echo '};'; } >$@

$(BENCH_CALL_NAMES).o: $(BENCH_CALL_NAMES).c bench/trace.h
	$(CC) $(HOST_CFLAGS) -c $< -o $@

PROGRAMS += $(BIN)/ringside

$(BIN)/ringside: $(call objects,bench/main.c) $(BENCH_LIBRARY) \
                 $(BUILD)/report.a $(OCI_LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -pie $^ $(HOST_LDFLAGS) $(BENCH_LIBS) -o $@

# Installed as share/ringside/platforms.
DATA_FILES += $(wildcard bench/platforms/*.json bench/platforms/*.sh \
                         bench/configs/*.json)

# Spends known amounts, for the tests of costs.
TEST_PROGRAMS += $(BUILD)/tests/programs/spend

TEST_DEPENDS_bench := $(BENCH_LIBRARY) $(OCI_LIBRARY)
TEST_LIBS_bench    := $(BENCH_LIBS)
