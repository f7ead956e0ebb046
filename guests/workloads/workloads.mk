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

# SQLite and zlib as the system has them, built with glibc: what they ask of a C
# library musl has too, under these names or those of glibc_names.c. Where they
# are not there, or cannot be linked, the program does without what needs them.
STATIC_LIBRARIES := $(wildcard $(foreach library,libsqlite3.a libz.a, \
    $(shell $(CC) -print-file-name=$(library) 2>/dev/null)))
LIBRARY_OBJECTS  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(WORKLOADS_DIR)/libraries/*.c))
LARGE_OBJECTS    := $(WORKLOADS_OWN)/main.o $(WORKLOADS_OWN)/table_large.o $(WORKLOADS_COMMON)

$(LIBRARY_OBJECTS) $(WORKLOADS_OWN)/table_libraries.o: WORKLOADS_FLAGS += \
    -idirafter /usr/include \
    -idirafter /usr/include/$(shell $(CC) -print-multiarch 2>/dev/null) -DWORKLOAD_LIBRARIES

$(WORKLOADS_OWN)/table_libraries.o: $(WORKLOADS_DIR)/table_large.c $(WORKLOADS_DIR)/workloads.mk
	@mkdir -p $(@D)
	$(MUSL_CC) $(WORKLOADS_FLAGS) -MMD -MP -c $< -o $@

ifeq ($(words $(STATIC_LIBRARIES)),2)
$(WORKLOADS_LARGE): $(WORKLOADS_OWN)/table_libraries.o $(LIBRARY_OBJECTS) $(LARGE_OBJECTS)
	$(WORKLOADS_LINK) $(WORKLOADS_OWN)/main.o $(WORKLOADS_OWN)/table_libraries.o \
	  $(LIBRARY_OBJECTS) $(WORKLOADS_COMMON) $(STATIC_LIBRARIES) -o $@ 2>$@.log || \
	{ echo "workload-large: without SQLite and zlib, see $@.log"; \
	  $(WORKLOADS_LINK) $(LARGE_OBJECTS) -o $@; }
else
$(WORKLOADS_LARGE): $(LARGE_OBJECTS)
	$(WORKLOADS_LINK) $^ -o $@
endif

$(WORKLOADS_LIBRARY): PART_CFLAGS := -ffp-contract=off
$(WORKLOADS_LIBRARY): $(call objects,$(filter-out %/main.c %/table_large.c,$(WORKLOADS_SOURCES)))
	@rm -f $@
	ar rcs $@ $^

TEST_DEPENDS_workloads := $(WORKLOADS_LIBRARY)
TEST_LIBS_workloads    :=
