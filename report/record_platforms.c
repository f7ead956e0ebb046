/*
 * What a platform is: native, a container, a virtual machine; see record.h.
 */
#include "report/record.h"

#include <string.h>

bool platform_is_native(const struct platform_entry *platform)
{
    return !platform->control && !platform->left_out &&
           strcmp(platform->class_name, "native") == 0;
}

bool platform_is_container(const struct platform_entry *platform)
{
    return strcmp(platform->class_name, "container") == 0;
}

bool platform_is_virtual(const struct platform_entry *platform)
{
    static const char *const classes[] = {"unikernel", "microVM", "full VM"};

    for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
        if (strcmp(platform->class_name, classes[i]) == 0)
            return true;
    return false;
}

bool record_starts_cold(const struct record *record,
                        const struct platform_entry *platform)
{
    for (size_t i = 0; i < record->cell_count; i++) {
        const struct cell *cell = &record->cells[i];

        if (cell->platform == platform && cell->value.n > 0)
            return strcmp(cell->start, "cold") == 0;
    }
    return true;
}

const struct platform_entry *record_native(const struct record *record)
{
    for (size_t i = 0; i < record->platform_count; i++)
        if (platform_is_native(&record->platforms[i]))
            return &record->platforms[i];
    return NULL;
}

const struct platform_entry *record_control(const struct record *record)
{
    for (size_t i = 0; i < record->platform_count; i++)
        if (record->platforms[i].control && !record->platforms[i].left_out)
            return &record->platforms[i];
    return NULL;
}
