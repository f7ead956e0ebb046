# The attempts to get out of a container, a static program that runs inside,
# and what writes the settings that they are made in. With glibc, as musl has
# no access to the kernel's headers; without sanitizers.
ESCAPE_SETTING := tests/escape/setting.c
ESCAPE_SOURCES := $(filter-out $(ESCAPE_SETTING),$(wildcard tests/escape/*.c))
ESCAPE_CC       = $(CC) -std=gnu11 $(WARNINGS) -D_GNU_SOURCE -O2 -static

TEST_PROGRAMS += $(BUILD)/tests/programs/attempts \
                 $(BUILD)/tests/programs/escape-setting

$(BUILD)/tests/programs/attempts: $(ESCAPE_SOURCES) tests/escape/attempt.h
	@mkdir -p $(@D)
	$(ESCAPE_CC) $(ESCAPE_SOURCES) -o $@

$(BUILD)/tests/programs/escape-setting: $(ESCAPE_SETTING)
	@mkdir -p $(@D)
	$(ESCAPE_CC) $< -ljansson -o $@
