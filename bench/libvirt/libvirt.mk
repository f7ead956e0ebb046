# ringside-libvirt: a bundle's guest in a machine that libvirt runs. Only where
# libvirt's headers are; nothing else depends on it.
LIBVIRT_PROGRAM := $(BIN)/ringside-libvirt

ifneq ($(wildcard /usr/include/libvirt/libvirt.h),)
PROGRAMS += $(LIBVIRT_PROGRAM)
endif

$(LIBVIRT_PROGRAM): $(call objects,$(wildcard bench/libvirt/*.c)) $(OCI_LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -pie $^ $(HOST_LDFLAGS) -lvirt -ljansson -lpthread -o $@

TEST_DEPENDS_libvirt := $(call objects,bench/libvirt/domain.c) $(OCI_LIBRARY)
