# Programs that are started often, from the same sources as ringside-vmm but
# with musl: a static glibc asks CPUID some 60 times before main, which takes a
# quarter of a millisecond where each of them traps to a hypervisor.
LIGHT_SOURCES := $(addprefix vmm/,boot_renew.c buffer.c checksum.c cpuid.c \
    cpuid_cache.c entry_check.c exits.c fault.c files.c hypercalls.c \
    interrupt.c jail.c jail_filter.c jail_seal.c kvm.c memory.c phases.c recorder.c snapshot_check.c \
    snapshot_load.c snapshot_run.c supervisor.c supervisor_child.c \
    supervisor_message.c supervisor_processors.c supervisor_ward.c terminal.c unikernel_jail.c \
    unikernel_vm.c unikernel_run.c \
    unikernel_vcpu.c upcall.c light/no_root.c light/read_only.c) \
    $(addprefix oci/,descriptors.c error.c file.c path.c stamps.c state.c \
    tree.c)
LIGHT_OBJECTS := $(patsubst %.c,$(BUILD)/light-obj/%.o,$(LIGHT_SOURCES))
# The kernel's headers and jansson's; the C library's own come first.
LIGHT_CFLAGS  := -std=gnu11 $(WARNINGS) $(DEFINES) $(HARDEN_CODE) $(NO_PATHS) -O2 -g \
    -ffunction-sections -idirafter /usr/include \
    -idirafter /usr/include/$(shell uname -m)-linux-gnu
# musl-gcc links static programs at a fixed address only. For one at any address
# it is told what to begin with, which lies beside what it would take.
number_sign   := \#
MUSL_START    := $(patsubst %/Scrt1.o,%/rcrt1.o,$(filter %/Scrt1.o, \
    $(shell command -v $(MUSL_CC) >/dev/null && \
      $(MUSL_CC) '-$(number_sign)$(number_sign)$(number_sign)' -x c /dev/null 2>&1)))
LIGHT_LINK     = $(MUSL_CC) -static -nostartfiles $(HARDEN_LINK) \
    -Wl,-pie,--no-dynamic-linker,-z,text,--fatal-warnings,--gc-sections \
    $(MUSL_START) $^ -o $@
RESTORE       := $(BIN)/ringside-restore
POOL          := $(BIN)/ringside-pool
PROGRAMS      += $(RESTORE) $(POOL)

$(BUILD)/light-obj/%.o: %.c vmm/light/light.mk $(BUILD)/obj/flags
	@mkdir -p $(@D)
	$(MUSL_CC) $(LIGHT_CFLAGS) -MMD -MP -c $< -o $@

$(RESTORE): $(BUILD)/light-obj/vmm/light/restore.o $(LIGHT_OBJECTS)
	@mkdir -p $(@D)
	$(LIGHT_LINK)
	$(in_large_pages)

$(POOL): $(patsubst %.c,$(BUILD)/light-obj/%.o,vmm/light/pool.c \
         vmm/light/read_only.c vmm/pool_client.c vmm/phases.c oci/error.c oci/stamps.c)
	@mkdir -p $(@D)
	$(LIGHT_LINK)
	$(in_large_pages)
