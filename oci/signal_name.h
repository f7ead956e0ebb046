/* Signals as users and engines name them. */
#ifndef RINGSIDE_OCI_SIGNAL_NAME_H
#define RINGSIDE_OCI_SIGNAL_NAME_H

/* The number of "15", "TERM", "SIGTERM", "sigterm", "RTMIN+2" or "RTMAX-1";
 * 0 for what is none. Source: kill(1), signal(7). */
int signal_number(const char *name);

#endif
