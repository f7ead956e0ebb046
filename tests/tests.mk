# Unit tests: tests/unit/test_<part>_<what>.c is linked with that part's
# library (TEST_LIBS_<part>, set by the part's own .mk) and cmocka.
UNIT_TEST_SOURCES := $(wildcard tests/unit/test_*.c)
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_TEST_SOURCES))
THREADED_TESTS := test_vmm_io_loop test_vmm_initramfs

TEST_DEPENDS_oci := $(OCI_LIBRARY)
TEST_LIBS_oci    := $(OCI_LIBS)

test_part = $(word 2,$(subst _, ,$(notdir $(1))))

.SECONDEXPANSION:
$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $$(TEST_DEPENDS_$$(call test_part,$$*))
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) $< $(TEST_DEPENDS_$(call test_part,$*)) \
	  $(HOST_LDFLAGS) $(TEST_LIBS_$(call test_part,$*)) -lcmocka -o $@

# The parts have said by now what programs their tests run.
unit-tests: $(UNIT_TESTS) $(TEST_PROGRAMS)

include tests/programs/programs.mk
include tests/browser/browser.mk
include tests/hostile/hostile.mk
