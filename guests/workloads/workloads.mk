# The benchmark programs: static ELFs that every platform runs, the same bytes.
# workload is small, because some platforms pay for a program's size at every
# start; workload-large has what may be larger. Each has a table of its own
# and, of the rest, only what is in it. They are built twice: with musl as
# guests, and for the host as a library (without main) that the unit tests link.
WORKLOADS_DIR     := guests/workloads
WORKLOADS_SOURCES := $(wildcard $(WORKLOADS_DIR)/*.c)
WORKLOADS_ELF     := $(BUILD)/guests/workload
WORKLOADS_LARGE   := $(BUILD)/guests/workload-large
WORKLOADS_LIBRARY := $(BUILD)/workloads.a
WORKLOADS_COMMON  := $(BUILD)/guests/workloads/common.a
WORKLOADS_OBJECTS := $(WORKLOADS_SOURCES:$(WORKLOADS_DIR)/%.c=$(BUILD)/guests/workloads/%.o)

GUESTS += $(WORKLOADS_ELF) $(WORKLOADS_LARGE)

# What a workload means must not depend on flags of the caller's: no CFLAGS
# here. A fixed load address (no PIE) puts the hot loops at the same place
# everywhere; no loop turned into memcpy; nothing of this directory's path in
# the file.
WORKLOADS_FLAGS := -std=gnu11 $(WARNINGS) -D_GNU_SOURCE -O2 -march=x86-64 \
    -mtune=generic -fno-pie -ffp-contract=off \
    -fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables \
    -ffunction-sections -ffile-prefix-map=$(CURDIR)/=

$(BUILD)/guests/workloads/%.o: $(WORKLOADS_DIR)/%.c $(WORKLOADS_DIR)/workloads.mk
	@mkdir -p $(@D)
	$(MUSL_CC) $(WORKLOADS_FLAGS) -MMD -MP -c $< -o $@

WORKLOADS_LINK := $(MUSL_CC) -static -no-pie -Wl,--build-id=none \
    -Wl,--gc-sections -Wl,-z,noexecstack
WORKLOADS_OWN  := $(BUILD)/guests/workloads

$(WORKLOADS_COMMON): $(filter-out %/main.o %/table.o %/table_large.o,$(WORKLOADS_OBJECTS))
	@rm -f $@
	ar rcsD $@ $^

$(WORKLOADS_ELF): $(WORKLOADS_OWN)/main.o $(WORKLOADS_OWN)/table.o $(WORKLOADS_COMMON)
	$(WORKLOADS_LINK) $^ -o $@

$(WORKLOADS_LARGE): $(WORKLOADS_OWN)/main.o $(WORKLOADS_OWN)/table_large.o $(WORKLOADS_COMMON)
	$(WORKLOADS_LINK) $^ -o $@

$(WORKLOADS_LIBRARY): PART_CFLAGS := -ffp-contract=off
$(WORKLOADS_LIBRARY): $(call objects,$(filter-out %/main.c %/table_large.c,$(WORKLOADS_SOURCES)))
	@rm -f $@
	ar rcs $@ $^

TEST_DEPENDS_workloads := $(WORKLOADS_LIBRARY)
TEST_LIBS_workloads    :=
