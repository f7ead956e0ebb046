/* Help made when it is asked for; see help.h. */
#include "bench/help.h"

#include <stdlib.h>

char *help_below_options(int key, const char *text, void (*write)(FILE *stream))
{
    char *help = NULL;
    size_t size = 0;
    FILE *stream;

    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)text;
    stream = open_memstream(&help, &size);
    if (stream == NULL)
        return (char *)text;
    write(stream);
    fclose(stream);
    return help;
}
