# Programs that are started often, from the same sources as ringside-vmm but
# with musl: a static glibc asks CPUID some 60 times before main, which takes a
# quarter of a millisecond where each of them traps to a hypervisor.
LIGHT_SOURCES := $(addprefix vmm/,boot_renew.c buffer.c checksum.c cpuid.c \
    cpuid_cache.c entry_check.c exits.c fault.c files.c hypercalls.c \
    interrupt.c kvm.c memory.c phases.c recorder.c snapshot_check.c \
    snapshot_load.c snapshot_run.c terminal.c unikernel_vm.c unikernel_run.c \
    unikernel_vcpu.c upcall.c light/no_root.c) \
    $(addprefix oci/,error.c file.c path.c stamps.c state.c \
    tree.c)
LIGHT_OBJECTS := $(patsubst %.c,$(BUILD)/light-obj/%.o,$(LIGHT_SOURCES))
# The kernel's headers and jansson's; the C library's own come first.
LIGHT_CFLAGS  := -std=gnu11 $(WARNINGS) $(DEFINES) -O2 -g \
    -ffunction-sections -idirafter /usr/include \
    -idirafter /usr/include/$(shell uname -m)-linux-gnu
RESTORE       := $(BIN)/ringside-restore
POOL          := $(BIN)/ringside-pool
PROGRAMS      += $(RESTORE) $(POOL)

$(BUILD)/light-obj/%.o: %.c
	@mkdir -p $(@D)
	$(MUSL_CC) $(LIGHT_CFLAGS) -MMD -MP -c $< -o $@

$(RESTORE): $(BUILD)/light-obj/vmm/light/restore.o $(LIGHT_OBJECTS)
	@mkdir -p $(@D)
	$(MUSL_CC) -static -no-pie -Wl,--gc-sections $^ -o $@

$(POOL): $(patsubst %.c,$(BUILD)/light-obj/%.o,vmm/light/pool.c \
         vmm/pool_client.c vmm/phases.c oci/error.c oci/stamps.c)
	@mkdir -p $(@D)
	$(MUSL_CC) -static -no-pie -Wl,--gc-sections $^ -o $@
