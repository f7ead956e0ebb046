# Hostile guests: programs that attack the VMM, and the VMM that they attack,
# with guards around what it has (guarded.c).
HOSTILE_OUT    := $(BUILD)/tests/hostile
HOSTILE_CFLAGS := -std=gnu11 $(WARNINGS) -I. -O2 -g -ffreestanding -fno-pie \
                  -mno-red-zone -mgeneral-regs-only -fno-stack-protector \
                  -fno-asynchronous-unwind-tables -fcf-protection=none

unit-tests: $(addprefix $(HOSTILE_OUT)/,judge program kernel ringside-vmm)

HOSTILE_PROGRAM := $(patsubst %,$(HOSTILE_OUT)/obj/%.o, \
                     $(wildcard tests/hostile/unikernel/*.[cS]))

$(HOSTILE_OUT)/judge: tests/hostile/judge.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -O2 $< -o $@

$(HOSTILE_OUT)/obj/%.o: %
	@mkdir -p $(@D)
	$(CC) $(HOSTILE_CFLAGS) -MMD -MP -c $< -o $@

$(HOSTILE_OUT)/program: $(HOSTILE_PROGRAM)
	$(CC) -nostdlib -static -no-pie -Wl,--build-id=none $^ -o $@

HOSTILE_KERNEL := $(patsubst %,$(HOSTILE_OUT)/obj/%.o, \
                    $(wildcard tests/hostile/kernel/*.[cS]))

$(HOSTILE_OUT)/kernel: $(HOSTILE_KERNEL) tests/hostile/kernel/kernel.lds
	$(CC) -nostdlib -static -no-pie -Wl,--build-id=none \
	  -Wl,-z,max-page-size=0x1000 \
	  -T tests/hostile/kernel/kernel.lds $(HOSTILE_KERNEL) -o $@

$(HOSTILE_OUT)/ringside-vmm: $(call objects,vmm/main.c tests/hostile/guarded.c) \
                             $(VMM_LIBRARY) $(CGROUP_LIBRARY) \
                             $(OCI_LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) $(STATIC) $^ $(HOST_LDFLAGS) $(OCI_LIBS) \
	  -Wl,--wrap=guest_memory_create -Wl,--wrap=guest_memory_release -o $@
