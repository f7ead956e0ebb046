/* Path names as text; nothing here touches a file system. */
#ifndef RINGSIDE_OCI_PATH_H
#define RINGSIDE_OCI_PATH_H

/*
 * Simplifies an absolute path in place: no empty, "." or ".." component
 * remains, and ".." above the root is the root, as the kernel has it. Only
 * for paths that are yet to be resolved inside a container: with symbolic
 * links "a/../b" need not be "b".
 */
void path_normalise(char *path);

/* "DIRECTORY/NAME"; the caller frees it. NULL when memory is short. */
char *path_join(const char *directory, const char *name);

/* What follows the last '/'. */
const char *path_basename(const char *path);

#endif
