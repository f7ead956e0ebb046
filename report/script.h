/*
 * The digest by which the page's content-security policy knows its script.
 */
#ifndef RINGSIDE_REPORT_SCRIPT_H
#define RINGSIDE_REPORT_SCRIPT_H

struct script_digest {
    char text[48]; /* base64 of 32 bytes, and a NUL */
};

/* SHA-256 as CSP writes it. Source: W3C, Content Security Policy Level 3. */
struct script_digest script_digest(const char *script);

#endif
