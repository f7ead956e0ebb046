/*
 * Out of a line of results.jsonl what the report needs, and nothing else: with
 * a million lines, building trees of all their members is most of the work.
 */
#ifndef RINGSIDE_REPORT_RECORD_PICK_H
#define RINGSIDE_REPORT_RECORD_PICK_H

#include <jansson.h>

/*
 * The line as an object of the members that are drawn (the table in
 * record_pick.c); all of its members where it is in another form than the
 * harness writes. The caller owns it; NULL: no JSON, or no memory.
 */
json_t *record_pick(const char *line, size_t length);

#endif
