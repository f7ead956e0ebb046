# The library OS: freestanding, general registers only (a system call leaves
# the program's vector state alone), linked to its place in the guest.
UNIKERNEL_DIR     := guests/unikernel
UNIKERNEL_SOURCES := $(wildcard $(UNIKERNEL_DIR)/*.c $(UNIKERNEL_DIR)/*.S)
UNIKERNEL_OBJECTS := $(patsubst %,$(BUILD)/guest-obj/%.o,$(UNIKERNEL_SOURCES))
UNIKERNEL         := $(BUILD)/guests/unikernel.elf
UNIKERNEL_CFLAGS  := -std=gnu11 $(WARNINGS) -I. -O2 -g -ffreestanding -fpie \
                     -nostdlib -mgeneral-regs-only -fno-stack-protector \
                     -fno-asynchronous-unwind-tables -fcf-protection=none \
                     -fvisibility=hidden -ffunction-sections -fdata-sections \
                     -ffile-prefix-map=$(CURDIR)=.

# gcc would turn the loops of string.c into calls of themselves.
ifeq ($(findstring clang,$(CC)),)
UNIKERNEL_CFLAGS += -fno-tree-loop-distribute-patterns
else
# Everything is linked into one image; clang would go through a table.
UNIKERNEL_CFLAGS += -fdirect-access-external-data
endif

$(BUILD)/guest-obj/$(UNIKERNEL_DIR)/%.c.o: $(UNIKERNEL_DIR)/%.c
	@mkdir -p $(@D)
	$(CC) $(UNIKERNEL_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/guest-obj/$(UNIKERNEL_DIR)/%.S.o: $(UNIKERNEL_DIR)/%.S
	@mkdir -p $(@D)
	$(CC) $(UNIKERNEL_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/guest-obj/$(UNIKERNEL_DIR)/unikernel.lds: \
    $(UNIKERNEL_DIR)/unikernel.lds $(UNIKERNEL_DIR)/layout.h
	@mkdir -p $(@D)
	$(CC) -E -P -x c -I. $< -o $@

$(UNIKERNEL): $(UNIKERNEL_OBJECTS) \
              $(BUILD)/guest-obj/$(UNIKERNEL_DIR)/unikernel.lds
	@mkdir -p $(@D)
	$(CC) -nostdlib -static -Wl,--build-id=none -Wl,-z,norelro \
	  -Wl,-z,max-page-size=0x1000 -Wl,--fatal-warnings \
	  -T $(BUILD)/guest-obj/$(UNIKERNEL_DIR)/unikernel.lds \
	  $(UNIKERNEL_OBJECTS) -o $@

# What the VMM carries: without symbols and what is for debuggers, which would
# lie between what it reads, in memory as well.
UNIKERNEL_IMAGE := $(BUILD)/guests/unikernel.image

$(UNIKERNEL_IMAGE): $(UNIKERNEL)
	objcopy --strip-all $< $@

# The parts that need no guest around them, built for the host's unit tests.
UNIKERNEL_TESTABLE := $(BUILD)/unikernel-host.a

UNIKERNEL_FILES := $(call objects,$(addprefix $(UNIKERNEL_DIR)/, \
                     heap.c heap_pages.c node.c credentials.c page_map.c \
                     ramfs.c ramfs_archive.c ramfs_directory.c ramfs_file.c \
                     path.c))

# The kernel's headers give their constants only where no C library does.
$(UNIKERNEL_FILES): PART_CFLAGS := -ffreestanding

$(UNIKERNEL_TESTABLE): $(UNIKERNEL_FILES) \
                       $(call objects,$(addprefix $(UNIKERNEL_DIR)/, \
                         page_tables.c intervals.c random.c text.c signal_queue.c))
	@rm -f $@
	ar rcs $@ $^

TEST_DEPENDS_unikernel := $(UNIKERNEL_TESTABLE)

# Programs whose output is compared with that of a native run.
UNIKERNEL_TEST_PROGRAMS := $(addprefix $(BUILD)/tests/programs/,identity \
                             process pipes polling proc-files terminal sockets \
                             random-calls pipe-threads \
                             file-names file-data file-rights file-mapping \
                             file-full file-random)
TEST_PROGRAMS += $(UNIKERNEL_TEST_PROGRAMS) $(BUILD)/tests/programs/full-memory

$(UNIKERNEL_TEST_PROGRAMS): $(BUILD)/tests/programs/%: tests/programs/%.c \
    tests/programs/show.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -I. $(WARNINGS) -O2 -static $< -o $@

# The same with both C libraries: they make threads and signal frames their
# own ways.
UNIKERNEL_BOTH_LIBCS := threads signals
TEST_PROGRAMS += $(BUILD)/tests/programs/scribble
TEST_PROGRAMS += $(foreach program,$(UNIKERNEL_BOTH_LIBCS), \
                   $(BUILD)/tests/programs/$(program) \
                   $(BUILD)/tests/programs/$(program)-glibc)

$(UNIKERNEL_BOTH_LIBCS:%=$(BUILD)/tests/programs/%-glibc): \
    $(BUILD)/tests/programs/%-glibc: tests/programs/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -I. $(WARNINGS) -O2 -static -pthread $< -o $@

$(BUILD)/tests/programs/scribble \
$(UNIKERNEL_BOTH_LIBCS:%=$(BUILD)/tests/programs/%): \
    $(BUILD)/tests/programs/%: tests/programs/%.c
	@mkdir -p $(@D)
	$(MUSL_CC) -std=gnu11 -D_GNU_SOURCE -I. $(WARNINGS) -O2 -static $< -o $@
