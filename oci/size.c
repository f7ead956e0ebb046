/* Parsing sizes; see size.h. */
#include "oci/size.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t unit_of(const char *suffix)
{
    static const char letters[] = "KMGT";
    const char *letter;

    if (suffix[0] == '\0')
        return 1;
    letter = strchr(letters, toupper((unsigned char)suffix[0]));
    if (letter == NULL || suffix[1] != '\0')
        return 0;
    return 1ull << (10 * (letter - letters + 1));
}

int size_parse(const char *text, int64_t *bytes)
{
    unsigned long long number;
    uint64_t unit;
    char *end;

    if (!isdigit((unsigned char)text[0]))
        return -EINVAL;
    errno = 0;
    number = strtoull(text, &end, 10);
    unit = unit_of(end);
    if (unit == 0 || number == 0)
        return -EINVAL;
    if (errno == ERANGE || number > INT64_MAX / unit)
        return -ERANGE;
    *bytes = (int64_t)(number * unit);
    return 0;
}
