# ringside-container: the workload in namespaces. Linked statically, because
# a dynamic linker's work would count as start-up time of every container.
CONTAINER_SOURCES := $(filter-out container/main.c container/seal.c,$(wildcard container/*.c))
CONTAINER_LIBRARY := $(BUILD)/container.a

CONTAINER_LIBS    := $(OCI_LIBS) -lseccomp -lnettle

TEST_DEPENDS_container := $(CONTAINER_LIBRARY) $(CGROUP_LIBRARY) $(OCI_LIBRARY)
TEST_LIBS_container    := $(CONTAINER_LIBS)

PROGRAMS += $(BIN)/ringside-container

$(CONTAINER_LIBRARY): $(call objects,$(CONTAINER_SOURCES))
	@rm -f $@
	ar rcs $@ $^

# container/seal.c has its entry point, which a sanitizer's start-up precedes.
comma := ,
$(BIN)/ringside-container: $(call objects,container/main.c container/seal.c) \
                           $(CONTAINER_LIBRARY) $(CGROUP_LIBRARY) $(OCI_LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) $(STATIC) $(if $(STATIC),-Wl$(comma)-e$(comma)seal_start) \
	  $^ $(HOST_LDFLAGS) $(CONTAINER_LIBS) -o $@
	$(in_large_pages)

# Static programs that the tests run inside.
TEST_PROGRAMS += $(BUILD)/tests/programs/inspect $(BUILD)/tests/programs/probe \
                 $(BUILD)/tests/programs/console \
                 $(BUILD)/tests/programs/intruder \
                 $(BUILD)/tests/programs/peak

$(BUILD)/tests/programs/%: tests/programs/%.c
	@mkdir -p $(@D)
	$(MUSL_CC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -O2 -static \
	  $< -o $@
