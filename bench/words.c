/* Vectors of strings; see words.h for the contract. */
#include "bench/words.h"

#include <stdarg.h>
#include <string.h>

size_t words_count(char *const *words)
{
    size_t count = 0;

    while (words != NULL && words[count] != NULL)
        count++;
    return count;
}

int words_append(char ***words, const char *word)
{
    size_t count = words_count(*words);
    char *copy = strdup(word);
    char **grown;

    if (copy == NULL)
        return -ENOMEM;
    grown = reallocarray(*words, count + 2, sizeof(*grown));
    if (grown == NULL) {
        free(copy);
        return -ENOMEM;
    }
    grown[count] = copy;
    grown[count + 1] = NULL;
    *words = grown;
    return 0;
}

int words_append_all(char ***words, char *const *more)
{
    for (size_t i = 0; more != NULL && more[i] != NULL; i++) {
        if (words_append(words, more[i]) < 0)
            return -ENOMEM;
    }
    return 0;
}

char **words_copy(char *const *words)
{
    char **copy = calloc(1, sizeof(*copy));

    if (copy != NULL && words_append_all(&copy, words) < 0) {
        words_free(copy);
        return NULL;
    }
    return copy;
}

bool words_contain(char *const *words, const char *word)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

int words_split(const char *text, char ***words)
{
    _cleanup_free_ char *copy = strdup(text);
    _cleanup_words_ char **parts = calloc(1, sizeof(*parts));
    char *state = NULL;

    if (copy == NULL || parts == NULL)
        return -ENOMEM;
    for (char *part = strtok_r(copy, ",", &state); part != NULL;
         part = strtok_r(NULL, ",", &state)) {
        if (words_append(&parts, part) < 0)
            return -ENOMEM;
    }
    *words = take_pointer(parts);
    return 0;
}

void words_free(char **words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        free(words[i]);
    free(words);
}

char *text_format(const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return length < 0 ? NULL : text;
}
