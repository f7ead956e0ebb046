# The cgroup of a container or a machine, of both runtimes.
CGROUP_SOURCES := $(wildcard cgroup/*.c)
CGROUP_LIBRARY := $(BUILD)/cgroup.a

TEST_DEPENDS_cgroup := $(CGROUP_LIBRARY) $(OCI_LIBRARY)
TEST_LIBS_cgroup    := $(OCI_LIBS)

$(CGROUP_LIBRARY): $(call objects,$(CGROUP_SOURCES))
	@rm -f $@
	ar rcs $@ $^
