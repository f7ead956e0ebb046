/*
 * A compiler at run time: libtcc compiles C source into memory of the process
 * and runs it there, so that memory must become executable after it was
 * written.
 */
#include <libtcc.h>
#include <stdio.h>

static const char source[] =
    "int add(int left, int right);\n"
    "int fibonacci(int n)\n"
    "{\n"
    "    return n < 2 ? n : add(fibonacci(n - 1), fibonacci(n - 2));\n"
    "}\n";

static int add(int left, int right)
{
    return left + right;
}

static void print_error(void *context, const char *message)
{
    (void)context;
    printf("libtcc: %s\n", message);
}

int main(void)
{
    TCCState *compiler = tcc_new();
    int (*fibonacci)(int);

    if (compiler == NULL)
        return 2;
    tcc_set_error_func(compiler, NULL, print_error);
    tcc_set_options(compiler, "-nostdlib -nostdinc");
    tcc_set_output_type(compiler, TCC_OUTPUT_MEMORY);
    if (tcc_compile_string(compiler, source) < 0)
        return 3;
    tcc_add_symbol(compiler, "add", add);
    if (tcc_relocate(compiler, TCC_RELOCATE_AUTO) < 0)
        return 4;
    fibonacci = (int (*)(int))tcc_get_symbol(compiler, "fibonacci");
    if (fibonacci == NULL)
        return 5;
    printf("%d\n", fibonacci(20));
    tcc_delete(compiler);
    return 0;
}
