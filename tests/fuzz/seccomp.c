/* linux.seccomp, compiled to BPF by libseccomp and our builder around it. */
#include "tests/fuzz/fuzz.h"

#include "container/seccomp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seccomp_program program = {.listener = -1};
    struct error error = {0};
    struct json_node node;
    json_t *document =
        json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);

    if (document == NULL)
        return 0;
    node = json_root(document);
    if (seccomp_compile(&node, false, &program, &error) == 0)
        fuzz_require((program.filter == NULL) == (program.count == 0));
    seccomp_program_release(&program);
    json_decref(document);
    return 0;
}
