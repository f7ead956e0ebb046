# The workload interface: bundles, lifecycle, errors. Linked into every program.
OCI_SOURCES := $(wildcard oci/*.c)
OCI_LIBRARY := $(BUILD)/oci.a
OCI_LIBS    := -ljansson

$(OCI_LIBRARY): $(call objects,$(OCI_SOURCES))
	@rm -f $@
	ar rcs $@ $^
