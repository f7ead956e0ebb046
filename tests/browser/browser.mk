# What the browser tests of the report write pages with.
REPORT_WRITER := $(BUILD)/tests/programs/write-report

unit-tests: $(REPORT_WRITER)

$(REPORT_WRITER): $(call objects,tests/browser/write.c) \
                  $(REPORT_LIBRARY) $(OCI_LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) $^ $(HOST_LDFLAGS) $(REPORT_LIBS) -o $@
