# The harness: everything but main() is a library, so that tests link it too.
BENCH_SOURCES := $(filter-out bench/main.c,$(wildcard bench/*.c))
BENCH_LIBRARY := $(BUILD)/bench.a
BENCH_LIBS    := -ljansson -lnettle -lgsl -lgslcblas -lm

$(BENCH_LIBRARY): $(call objects,$(BENCH_SOURCES))
	@rm -f $@
	ar rcs $@ $^

PROGRAMS += $(BIN)/ringside

$(BIN)/ringside: $(call objects,bench/main.c) $(BENCH_LIBRARY) \
                 $(BUILD)/report.a $(OCI_LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) $^ $(HOST_LDFLAGS) $(BENCH_LIBS) -o $@

# Installed as share/ringside/platforms.
DATA_FILES += $(wildcard bench/platforms/*.json bench/platforms/*.sh \
                         bench/configs/*.json)

TEST_DEPENDS_bench := $(BENCH_LIBRARY) $(OCI_LIBRARY)
TEST_LIBS_bench    := $(BENCH_LIBS)
