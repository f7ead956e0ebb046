# The report: charts by gnuplot and one HTML page. Linked into ringside.
REPORT_SOURCES := $(wildcard report/*.c)
REPORT_LIBRARY := $(BUILD)/report.a
REPORT_LIBS    := -ljansson -lgsl -lgslcblas -lnettle -lm

$(REPORT_LIBRARY): $(call objects,$(REPORT_SOURCES))
	@mkdir -p $(@D)
	@rm -f $@
	ar rcs $@ $^

# What report/assets.c carries into the program with .incbin.
$(call objects,report/assets.c): $(wildcard report/*.css report/*.csv \
                                   report/*.json report/*.js \
                                   report/strings/*.json report/gnuplot/*.gp)

TEST_DEPENDS_report := $(REPORT_LIBRARY) $(OCI_LIBRARY)
TEST_LIBS_report    := $(REPORT_LIBS)
