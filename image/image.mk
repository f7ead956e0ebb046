# ringside-image: a process of its own for reading archives and checking layers,
# and what it takes to do so is no part of a runtime.
IMAGE_SOURCES := $(filter-out image/main.c,$(wildcard image/*.c))
IMAGE_LIBRARY := $(BUILD)/image.a
IMAGE_LIBS    := $(OCI_LIBS) -lnettle -lz

TEST_DEPENDS_image := $(IMAGE_LIBRARY) $(OCI_LIBRARY)
TEST_LIBS_image    := $(IMAGE_LIBS)

PROGRAMS += $(BIN)/ringside-image

$(IMAGE_LIBRARY): $(call objects,$(IMAGE_SOURCES))
	@rm -f $@
	ar rcs $@ $^

$(BIN)/ringside-image: $(call objects,image/main.c) $(IMAGE_LIBRARY) \
                       $(OCI_LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -pie $^ $(HOST_LDFLAGS) $(IMAGE_LIBS) -o $@
