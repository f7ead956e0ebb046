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
FUZZ_PART_image     := oci
FUZZ_PART_layer     := image

FUZZ_REPLAYS := $(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/%)
FUZZERS      := $(FUZZ_TARGETS:%=$(BUILD)/fuzzers/%)

$(FUZZ_REPLAYS): $(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o \
    $(call objects,$(FUZZ_SUPPORT) tests/fuzz/replay.c) \
    $$(TEST_DEPENDS_$$(call fuzz_part,$$*))
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -Wl,--start-group $^ -Wl,--end-group $(HOST_LDFLAGS) \
	  $(TEST_LIBS_$(call fuzz_part,$*)) -o $@

$(FUZZERS): $(BUILD)/fuzzers/%: $(BUILD)/obj/tests/fuzz/%.o \
    $(call objects,$(FUZZ_SUPPORT)) $$(TEST_DEPENDS_$$(call fuzz_part,$$*))
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -fsanitize=fuzzer -Wl,--start-group $^ -Wl,--end-group $(HOST_LDFLAGS) \
	  $(TEST_LIBS_$(call fuzz_part,$*)) -o $@

# The library OS as a part of a host process (unikernel/host.h): all but what
# only a guest can run, with its data in sections that can be begun anew.
FUZZ_UNIKERNEL := $(BUILD)/unikernel-fuzz.a
FUZZ_UNIKERNEL_OBJECTS := $(patsubst %.c,$(BUILD)/unikernel-fuzz/%.o, \
    $(filter-out %/clock.c %/string.c %/vmm_call.c, \
      $(wildcard $(UNIKERNEL_DIR)/*.c)))
FUZZ_UNIKERNEL_HOST := $(call objects,$(wildcard tests/fuzz/unikernel/*.c))

$(FUZZ_UNIKERNEL_OBJECTS): $(BUILD)/unikernel-fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(CC) -Itests/fuzz/unikernel $(HOST_CFLAGS) -ffreestanding -MMD -MP \
	  -c $< -o $@
	objcopy $(foreach section,.data .data.rel .data.rel.local, \
	    --rename-section $(section)=unikernel_data) \
	  --rename-section .bss=unikernel_bss $@

$(FUZZ_UNIKERNEL): $(FUZZ_UNIKERNEL_OBJECTS)
	@rm -f $@
	ar rcs $@ $^

$(call objects,tests/fuzz/unikernel/host.c): PART_CFLAGS := -ffreestanding

$(BUILD)/tests/fuzz/syscalls $(BUILD)/fuzzers/syscalls: \
    $(FUZZ_UNIKERNEL_HOST) $(FUZZ_UNIKERNEL)
$(BUILD)/tests/fuzz/syscalls $(BUILD)/fuzzers/syscalls: HOST_LDFLAGS += \
    $(foreach function,heap_allocate heap_allocate_zeroed heap_free \
      page_tables_map page_tables_unmap,-Wl,--wrap=$(function))

fuzzers: $(FUZZERS)
unit-tests: $(FUZZ_REPLAYS)

.PHONY: fuzzers
