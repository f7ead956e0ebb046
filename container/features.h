/* What this runtime can do, for the verb features. Source: runtime-spec 1.1,
 * features.md, features-linux.md. */
#ifndef RINGSIDE_CONTAINER_FEATURES_H
#define RINGSIDE_CONTAINER_FEATURES_H

#include <jansson.h>

/* The members of the document that are this runtime's; the caller owns it.
 * NULL when memory is short. */
json_t *container_features(void);

#endif
