/* Messages to init; see init_control.h. */
#include "guests/linux/init_control.h"

#include <stdlib.h>
#include <string.h>

enum { LAST_SIGNAL = 64 };

static const char *const stream_names[] = {"stdin", "stdout", "stderr"};

static bool parse_signal(const char *text, struct control_message *message)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || number < 1 ||
        number > LAST_SIGNAL)
        return false;
    *message = (struct control_message){CONTROL_SIGNAL, (int)number};
    return true;
}

static bool parse_closed(const char *text, struct control_message *message)
{
    for (int i = 0; i < 3; i++) {
        if (strcmp(text, stream_names[i]) == 0) {
            *message = (struct control_message){CONTROL_CLOSED, i};
            return true;
        }
    }
    return false;
}

static const struct {
    const char *word;
    bool (*parse)(const char *text, struct control_message *message);
} messages[] = {
    {"signal ", parse_signal},
    {"closed ", parse_closed},
};

static bool parse(const char *line, struct control_message *message)
{
    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        size_t length = strlen(messages[i].word);

        if (strncmp(line, messages[i].word, length) == 0)
            return messages[i].parse(line + length, message);
    }
    return false;
}

bool control_reader_take(struct control_reader *reader, char byte,
                         struct control_message *message)
{
    size_t length = reader->length;

    if (byte != '\n') {
        if (length < sizeof(reader->line))
            reader->line[reader->length++] = byte;
        return false;
    }
    reader->length = 0;
    if (length == sizeof(reader->line))
        return false;
    reader->line[length] = '\0';
    return strlen(reader->line) == length && parse(reader->line, message);
}
