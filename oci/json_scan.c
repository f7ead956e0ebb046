/* JSON without a tree; see json_scan.h for the contract. */
#include "oci/json_scan.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXACT_DIGITS = 18, /* fit into int64_t whatever they are */
    EXACT_DOUBLE = 15, /* fit into a double */
    MAX_DEPTH = 8,
};

/* Goes on behind `end` and the space there (RFC 8259, section 2). */
static void go_on(struct json_scan *scan, char *end)
{
    while (*end == ' ' || *end == '\t' || *end == '\n' || *end == '\r')
        end++;
    scan->at = end;
}

bool scan_token(struct json_scan *scan, char token)
{
    if (*scan->at != token)
        return false;
    go_on(scan, scan->at + 1);
    return true;
}

bool scan_string(struct json_scan *scan, char **text)
{
    char *at = scan->at;

    if (*at != '"')
        return false;
    *text = ++at;
    while (*at >= 0x20 && *at < 0x7f && *at != '"' && *at != '\\')
        at++;
    if (*at != '"')
        return false;
    *at = '\0';
    go_on(scan, at + 1);
    return true;
}

bool scan_key(struct json_scan *scan, bool first, char **key)
{
    *key = NULL;
    if (scan_token(scan, '}'))
        return true;
    if (!first && !scan_token(scan, ','))
        return false;
    return scan_string(scan, key) && scan_token(scan, ':');
}

/* Takes a word such as null. */
static bool scan_word(struct json_scan *scan, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(scan->at, word, length) != 0)
        return false;
    go_on(scan, scan->at + length);
    return true;
}

bool scan_null(struct json_scan *scan)
{
    return scan_word(scan, "null");
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* Digits as JSON has them, without zeros in front; how many. */
static size_t scan_digits(const char *text, int64_t *number)
{
    size_t count = 0;

    *number = 0;
    for (; is_digit(text[count]) && count < EXACT_DIGITS; count++)
        *number = *number * 10 + (text[count] - '0');
    if (is_digit(text[count]) || (count > 1 && text[0] == '0'))
        return 0;
    return count;
}

bool scan_integer(struct json_scan *scan, int64_t *number)
{
    size_t digits = scan_digits(scan->at, number);
    char next = scan->at[digits];

    if (digits == 0 || next == '.' || next == 'e' || next == 'E')
        return false;
    go_on(scan, scan->at + digits);
    return true;
}

/* The end of ".5e-3" after the digits, or NULL where it is no such thing. */
static const char *skip_fraction(const char *text)
{
    if (*text == '.') {
        if (!is_digit(*++text))
            return NULL;
        while (is_digit(*text))
            text++;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        if (*text == '+' || *text == '-')
            text++;
        if (!is_digit(*text))
            return NULL;
        while (is_digit(*text))
            text++;
    }
    return text;
}

/* "12.0625" of so few digits that both parts are exact: their quotient is
 * the nearest double (Clinger 1990). */
static bool scan_short(struct json_scan *scan, double *number)
{
    static const double powers[] = {1,    1e1,  1e2,  1e3, 1e4,  1e5,
                                    1e6,  1e7,  1e8,  1e9, 1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15};
    int64_t value = 0;
    size_t digits = 0, fraction = 0;
    const char *at = scan->at;

    for (; is_digit(*at) && digits < EXACT_DOUBLE; at++, digits++)
        value = value * 10 + (*at - '0');
    if (*at == '.' && digits > 0)
        for (at++; is_digit(*at) && digits < EXACT_DOUBLE;
             at++, digits++, fraction++)
            value = value * 10 + (*at - '0');
    if (digits == 0 || is_digit(*at) || *at == '.' || *at == 'e' || *at == 'E')
        return false;
    *number = (double)value / powers[fraction];
    go_on(scan, scan->at + (at - scan->at));
    return true;
}

bool scan_number(struct json_scan *scan, double *number)
{
    const char *digits = scan->at, *end;

    if (!is_digit(*digits) || (digits[0] == '0' && is_digit(digits[1])))
        return false;
    while (is_digit(*digits))
        digits++;
    end = skip_fraction(digits);
    if (end == NULL)
        return false;
    if (scan_short(scan, number))
        return true;
    *number = strtod(scan->at, NULL);
    go_on(scan, scan->at + (end - scan->at));
    return true;
}

static bool skip_value(struct json_scan *scan, int depth);

static bool skip_object(struct json_scan *scan, int depth)
{
    char *key;

    for (bool first = true; scan_key(scan, first, &key); first = false) {
        if (key == NULL)
            return true;
        if (!skip_value(scan, depth))
            return false;
    }
    return false;
}

static bool skip_array(struct json_scan *scan, int depth)
{
    if (scan_token(scan, ']'))
        return true;
    do {
        if (!skip_value(scan, depth))
            return false;
    } while (scan_token(scan, ','));
    return scan_token(scan, ']');
}

static bool skip_value(struct json_scan *scan, int depth)
{
    double number;
    char *text;

    if (depth == MAX_DEPTH)
        return false;
    if (*scan->at == '"')
        return scan_string(scan, &text);
    if (scan_token(scan, '{'))
        return skip_object(scan, depth + 1);
    if (scan_token(scan, '['))
        return skip_array(scan, depth + 1);
    return scan_null(scan) || scan_word(scan, "true") ||
           scan_word(scan, "false") || scan_number(scan, &number);
}

bool scan_skip(struct json_scan *scan)
{
    return skip_value(scan, 0);
}
