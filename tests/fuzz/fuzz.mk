# Fuzz targets: tests/fuzz/NAME.c, linked with the part that it attacks. With
# replay.c they run files (make test); with libFuzzer, which is clang's, they
# look for inputs (make fuzz).
FUZZ_SUPPORT := tests/fuzz/support.c
FUZZ_TARGETS := $(filter-out support replay, \
                  $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))

# The part that each one attacks.
fuzz_part = $(or $(FUZZ_PART_$(1)),vmm)
FUZZ_PART_config    := oci
FUZZ_PART_seccomp   := container
FUZZ_PART_results   := bench
FUZZ_PART_output    := bench
FUZZ_PART_platform  := bench
FUZZ_PART_report    := report

FUZZ_REPLAYS := $(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/%)
FUZZERS      := $(FUZZ_TARGETS:%=$(BUILD)/fuzzers/%)

$(FUZZ_REPLAYS): $(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o \
    $(call objects,$(FUZZ_SUPPORT) tests/fuzz/replay.c) \
    $$(TEST_DEPENDS_$$(call fuzz_part,$$*))
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) $^ $(HOST_LDFLAGS) \
	  $(TEST_LIBS_$(call fuzz_part,$*)) -o $@

$(FUZZERS): $(BUILD)/fuzzers/%: $(BUILD)/obj/tests/fuzz/%.o \
    $(call objects,$(FUZZ_SUPPORT)) $$(TEST_DEPENDS_$$(call fuzz_part,$$*))
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -fsanitize=fuzzer $^ $(HOST_LDFLAGS) \
	  $(TEST_LIBS_$(call fuzz_part,$*)) -o $@

fuzzers: $(FUZZERS)
unit-tests: $(FUZZ_REPLAYS)

.PHONY: fuzzers
