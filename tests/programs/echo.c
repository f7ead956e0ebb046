/* Prints its arguments and environment, a line each, and exits with argc. */
#include <stdio.h>

int main(int argc, char **argv, char **environment)
{
    for (int i = 0; i < argc; i++)
        printf("argv[%d]=%s\n", i, argv[i]);
    for (; *environment != NULL; environment++)
        printf("env %s\n", *environment);
    fprintf(stderr, "to stderr\n");
    return argc;
}
