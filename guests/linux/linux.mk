# The Linux guests' kernel: Debian's cloud kernel, fetched and unpacked, never
# installed. Not part of `make all`: what runs it asks for it.
LINUX_KERNEL := $(BUILD)/guests/linux/vmlinuz

$(LINUX_KERNEL): | guests/linux/fetch-kernel
	@guests/linux/fetch-kernel $(@D)

# The guests' init: static, with musl. Its parts that need no guest around
# them are built for the host's unit tests too.
LINUX_INIT         := $(BUILD)/guests/linux/init
LINUX_INIT_SOURCES := $(wildcard guests/linux/init*.c)
LINUX_INIT_OBJECTS := $(patsubst %.c,$(BUILD)/guest-obj/%.o,$(LINUX_INIT_SOURCES))
LINUX_INIT_CFLAGS  := -std=gnu11 $(WARNINGS) -D_GNU_SOURCE -I. -O2 -g \
                      -fno-pie -ffunction-sections -ffile-prefix-map=$(CURDIR)=.

GUESTS += $(LINUX_INIT)

$(BUILD)/guest-obj/guests/linux/%.o: guests/linux/%.c
	@mkdir -p $(@D)
	$(MUSL_CC) $(LINUX_INIT_CFLAGS) -MMD -MP -c $< -o $@

# Stripped: it lies in the memory of every guest.
$(LINUX_INIT): $(LINUX_INIT_OBJECTS)
	@mkdir -p $(@D)
	$(MUSL_CC) -static -no-pie -Wl,--build-id=none -Wl,--gc-sections \
	  -Wl,-z,noexecstack -s $^ -o $@

LINUX_TESTABLE := $(BUILD)/linux-host.a

$(LINUX_TESTABLE): $(call objects,guests/linux/init_spec.c \
                     guests/linux/init_control.c)
	@rm -f $@
	ar rcs $@ $^

TEST_DEPENDS_linux = $(LINUX_TESTABLE) $(VMM_LIBRARY) $(CGROUP_LIBRARY) $(OCI_LIBRARY)
TEST_LIBS_linux    = $(OCI_LIBS)

# Makes the archives that the tests boot and look into.
MAKE_INITRAMFS := $(BUILD)/tests/make-initramfs
TEST_PROGRAMS  += $(MAKE_INITRAMFS) $(BUILD)/tests/programs/streams

$(MAKE_INITRAMFS): $(call objects,tests/programs/make-initramfs.c) \
                   $(BUILD)/vmm.a $(CGROUP_LIBRARY) $(OCI_LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) $^ $(HOST_LDFLAGS) $(OCI_LIBS) -o $@
