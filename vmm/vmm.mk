# The hypervisor side. The library OS is linked into the program; its page
# tables are edited by the same code on both sides. The hash is that of the
# workloads.
VMM         := $(BIN)/ringside-vmm
VMM_LIBRARY := $(BUILD)/vmm.a
VMM_SOURCES := $(filter-out vmm/main.c,$(wildcard vmm/*.c)) \
               guests/unikernel/page_tables.c guests/workloads/sha256.c
PROGRAMS    += $(VMM)

# iasl names its output by a prefix, and says much that is no error.
$(BUILD)/obj/vmm/dsdt.aml: vmm/dsdt.asl vmm/microvm_layout.h
	@mkdir -p $(@D)
	$(CC) -E -P -x c -I. $< -o $(basename $@).asl
	iasl -p $(basename $@) $(basename $@).asl >$@.log 2>&1 || \
	  { cat $@.log; exit 1; }

# Names of system calls, out of the kernel's header.
SYSCALL_NAMES := $(BUILD)/obj/vmm/syscall_names

$(SYSCALL_NAMES).c: vmm/vmm.mk
	@mkdir -p $(@D)
	{ echo '#include "vmm/trace_line.h"'; \
	  echo 'const char *const trace_names[TRACE_NAMES] = {'; \
	  echo '#include <asm/unistd_64.h>' | $(CC) -E -dM - | \
	    sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$$/[\2] = "\1",/p'; \
	  echo '};'; } >$@

$(SYSCALL_NAMES).o: $(SYSCALL_NAMES).c vmm/trace_line.h
	$(CC) $(HOST_CFLAGS) -c $< -o $@

$(BUILD)/obj/vmm/image.o: vmm/image.S $(UNIKERNEL_IMAGE) $(BUILD)/obj/vmm/dsdt.aml
	@mkdir -p $(@D)
	$(CC) -DUNIKERNEL_FILE='"$(UNIKERNEL_IMAGE)"' \
	  -DDSDT_FILE='"$(BUILD)/obj/vmm/dsdt.aml"' -c $< -o $@

$(VMM_LIBRARY): $(call objects,$(VMM_SOURCES)) $(BUILD)/obj/vmm/image.o \
                $(SYSCALL_NAMES).o
	@rm -f $@
	ar rcs $@ $^

$(VMM): $(call objects,vmm/main.c) $(VMM_LIBRARY) $(CGROUP_LIBRARY) $(OCI_LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) $(STATIC) $^ $(HOST_LDFLAGS) $(OCI_LIBS) -o $@
	$(in_large_pages)

TEST_DEPENDS_vmm := $(VMM_LIBRARY) $(CGROUP_LIBRARY) $(OCI_LIBRARY)
TEST_LIBS_vmm    := $(OCI_LIBS)

# Programs that the tests run as unikernels: one libc and one layout each.
TEST_PROGRAMS += $(addprefix $(BUILD)/tests/programs/,fault echo clock-and-random devices restored \
                   hostile-root trace trace-nonsense make-elf exhaust \
                   echo-glibc echo-static-pie echo-dynamic)

# They speak to the VMM as the library OS does, by the same headers.
$(BUILD)/tests/programs/hostile-root $(BUILD)/tests/programs/trace-nonsense: \
    $(BUILD)/tests/programs/%: tests/programs/%.c \
    $(addprefix $(UNIKERNEL_DIR)/,boot_info.h hypercall.h layout.h \
      page_tables.h root_index.h)
	@mkdir -p $(@D)
	$(MUSL_CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -I. -O2 -static $< -o $@

$(BUILD)/tests/programs/echo-glibc: tests/programs/echo.c
	@mkdir -p $(@D)
	$(CC) $(WARNINGS) -O2 -static $< -o $@

$(BUILD)/tests/programs/echo-static-pie: tests/programs/echo.c
	@mkdir -p $(@D)
	$(CC) $(WARNINGS) -O2 -static-pie $< -o $@

$(BUILD)/tests/programs/echo-dynamic: tests/programs/echo.c
	@mkdir -p $(@D)
	$(CC) $(WARNINGS) -O2 $< -o $@
