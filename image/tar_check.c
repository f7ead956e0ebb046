/* Reading a layer's headers; see tar_check.h. */
#include "image/tar_check.h"

#include "image/tar_names.h"
#include "image/tar_pax.h"
#include "oci/cleanup.h"

#include <string.h>

/* Where the fields of a header are. Source: tar(5). */
enum {
    NAME = 0,
    NAME_SIZE = 100,
    SIZE = 124,
    SIZE_SIZE = 12,
    CHECKSUM = 148,
    CHECKSUM_SIZE = 8,
    TYPE = 156,
    LINK = 157,
    LINK_SIZE = 100,
    MAGIC = 257,
    PREFIX = 345,
    PREFIX_SIZE = 155,
    /* In GNU's format times stand where others have the prefix. */
    GNU_TIMES_SIZE = 24,
};

int tar_check_start(struct tar_check *check, struct tar_budget *budget,
                    struct error *error)
{
    *check = (struct tar_check){.budget = budget};
    check->extension = malloc(TAR_EXTENSION_MAX + 1);
    return check->extension != NULL
               ? 0
               : error_errno(error, ENOMEM, "checking a layer");
}

void tar_check_release(struct tar_check *check)
{
    free(check->extension);
    check->extension = NULL;
}

/* Octal digits between blanks or NULs, or GNU's binary numbers. */
static int parse_number(const unsigned char *field, size_t size,
                        uint64_t *number)
{
    size_t i = 0;
    uint64_t value = 0;

    if (field[0] & 0x80) {
        value = field[0] & 0x7f;
        for (i = 1; i < size; i++) {
            if (value >> 55 != 0)
                return -ERANGE;
            value = value << 8 | field[i];
        }
        *number = value;
        return 0;
    }
    while (i < size && field[i] == ' ')
        i++;
    for (; i < size && field[i] >= '0' && field[i] <= '7'; i++)
        value = value << 3 | (uint64_t)(field[i] - '0');
    for (; i < size; i++) {
        if (field[i] != ' ' && field[i] != '\0')
            return -EINVAL;
    }
    *number = value;
    return 0;
}

static bool checksum_is_right(const unsigned char *header)
{
    uint64_t stated, sum = 0;

    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += i >= CHECKSUM && i < CHECKSUM + CHECKSUM_SIZE ? ' ' : header[i];
    return parse_number(header + CHECKSUM, CHECKSUM_SIZE, &stated) == 0 &&
           stated == sum;
}

static void copy_field(char *to, const unsigned char *field, size_t size)
{
    size_t length = strnlen((const char *)field, size);

    memcpy(to, field, length);
    to[length] = '\0';
}

/* PREFIX/NAME where the format has a prefix. */
static void read_name(const unsigned char *header, char name[TAR_PATH_MAX + 1])
{
    char prefix[PREFIX_SIZE + 1] = "";
    size_t length;

    if (memcmp(header + MAGIC, "ustar\0", 6) == 0)
        copy_field(prefix, header + PREFIX, PREFIX_SIZE);
    length = strlen(prefix);
    memcpy(name, prefix, length);
    if (length > 0)
        name[length++] = '/';
    copy_field(name + length, header + NAME, NAME_SIZE);
}

/* Readers that find no times in a GNU header take it for a prefix. */
static bool is_ambiguous(const unsigned char *header)
{
    if (memcmp(header + MAGIC, "ustar ", 6) != 0)
        return false;
    for (size_t i = 0; i < GNU_TIMES_SIZE; i++) {
        unsigned char byte = header[PREFIX + i];

        if (byte != '\0' && byte != ' ' && (byte < '0' || byte > '7'))
            return true;
    }
    return false;
}

static int spend(struct tar_budget *budget, uint64_t size, struct error *error)
{
    if (budget->entries_left == 0)
        return error_set(error, E2BIG, "it has too many files");
    budget->entries_left--;
    if (size > UINT64_MAX - TAR_BLOCK || size + TAR_BLOCK > budget->bytes_left)
        return error_set(error, E2BIG, "its files are too large");
    budget->bytes_left -= size + TAR_BLOCK;
    return 0;
}

static int skip_data(struct tar_check *check, uint64_t size,
                     struct error *error)
{
    if (size > INT64_MAX - TAR_BLOCK)
        return error_set(error, EINVAL, "a size is out of range");
    check->data_left = size;
    check->padding_left = (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
    return 0;
}

static int begin_extension(struct tar_check *check, char kind, uint64_t size,
                           struct error *error)
{
    bool again = kind == 'x'   ? check->has_pax
                 : kind == 'L' ? check->has_path
                               : check->has_link;

    if (again)
        return error_set(error, EINVAL,
                         "two headers give one file a name (type '%c')", kind);
    if (size > TAR_EXTENSION_MAX)
        return error_set(error, EINVAL, "a header of %llu bytes (type '%c')",
                         (unsigned long long)size, kind);
    check->kind = kind;
    check->extension_size = 0;
    return spend(check->budget, 0, error);
}

/* A file, or what has no data: links, directories, devices, FIFOs. */
static int check_file(struct tar_check *check, char type, uint64_t size,
                      struct error *error)
{
    int status = tar_names_check("the name", check->path, error);

    if (status == 0 && type == '1')
        status =
            tar_names_check("the target of a hard link", check->link, error);
    if (status < 0)
        return status;
    if (strchr("123456", type) != NULL && size != 0)
        return error_set(error, EINVAL,
                         "\"%.200s\" is no file (type '%c') and has a size",
                         check->path, type);
    if (type == '3' || type == '4')
        check->budget->devices++;
    return spend(check->budget, size, error);
}

static int check_typed(struct tar_check *check, char type, uint64_t size,
                       struct error *error)
{
    int status;

    switch (type) {
    case 'x':
    case 'L':
    case 'K':
        status = begin_extension(check, type, size, error);
        break;
    case 'g': /* of no meaning to those who unpack layers */
        status = spend(check->budget, size, error);
        break;
    case '\0':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
        if (!check->has_path)
            read_name(check->header, check->path);
        if (!check->has_link)
            copy_field(check->link, check->header + LINK, LINK_SIZE);
        if (check->has_size)
            size = check->size;
        status = check_file(check, type == '\0' ? '0' : type, size, error);
        check->has_path = check->has_link = false;
        check->has_size = check->has_pax = false;
        break;
    default:
        return error_set(error, EINVAL,
                         "an entry of type '%c', which layers do not have",
                         type);
    }
    return status < 0 ? status : skip_data(check, size, error);
}

static int check_header(struct tar_check *check, struct error *error)
{
    static const unsigned char zero[TAR_BLOCK];
    const unsigned char *header = check->header;
    uint64_t size;

    check->filled = 0;
    if (memcmp(header, zero, TAR_BLOCK) == 0) {
        check->ended = ++check->zero_blocks == 2;
        return 0;
    }
    if (check->zero_blocks > 0)
        return error_set(error, EINVAL, "a single block of zeros in it");
    if (!checksum_is_right(header))
        return error_set(error, EINVAL, "it is no tar archive, or damaged");
    if (is_ambiguous(header))
        return error_set(error, EINVAL, "a header that mixes formats");
    if (parse_number(header + SIZE, SIZE_SIZE, &size) < 0)
        return error_set(error, EINVAL, "a size is no number");
    return check_typed(check, (char)header[TYPE], size, error);
}

/* A long name ends with a NUL, which is not part of it. */
static int take_long_name(struct tar_check *check, struct error *error)
{
    char *to = check->kind == 'L' ? check->path : check->link;
    size_t length = strnlen(check->extension, check->extension_size);

    if (length > TAR_PATH_MAX)
        return error_set(error, EINVAL, "a name of %zu bytes", length);
    memcpy(to, check->extension, length);
    to[length] = '\0';
    if (check->kind == 'L')
        check->has_path = true;
    else
        check->has_link = true;
    return 0;
}

static int end_extension(struct tar_check *check, struct error *error)
{
    int status;

    check->extension[check->extension_size] = '\0';
    if (check->kind == 'x') {
        check->has_pax = true;
        status = tar_pax_read(check, error);
    } else {
        status = take_long_name(check, error);
    }
    check->kind = 0;
    return status;
}

/* Takes what belongs to the data of an entry; returns how much that was. */
static size_t feed_data(struct tar_check *check, const char *bytes, size_t size)
{
    size_t taken = size < check->data_left ? size : (size_t)check->data_left;

    if (check->kind != 0) {
        memcpy(check->extension + check->extension_size, bytes, taken);
        check->extension_size += taken;
    }
    check->data_left -= taken;
    return taken;
}

static size_t feed_padding(struct tar_check *check, size_t size)
{
    size_t taken =
        size < check->padding_left ? size : (size_t)check->padding_left;

    check->padding_left -= taken;
    return taken;
}

static size_t feed_header(struct tar_check *check, const char *bytes,
                          size_t size)
{
    size_t room = TAR_BLOCK - check->filled;
    size_t taken = size < room ? size : room;

    memcpy(check->header + check->filled, bytes, taken);
    check->filled += taken;
    return taken;
}

int tar_check_feed(struct tar_check *check, const void *bytes, size_t size,
                   struct error *error)
{
    const char *at = bytes;
    int status = 0;

    while (size > 0 && !check->ended && status == 0) {
        size_t taken;

        if (check->data_left > 0)
            taken = feed_data(check, at, size);
        else if (check->padding_left > 0)
            taken = feed_padding(check, size);
        else
            taken = feed_header(check, at, size);
        at += taken;
        size -= taken;
        if (check->filled == TAR_BLOCK)
            status = check_header(check, error);
        if (status == 0 && check->kind != 0 && check->data_left == 0)
            status = end_extension(check, error);
    }
    return status;
}

/* umoci itself leaves out the zeros at the end, and the last file's padding:
 * what counts is that no entry is cut. */
int tar_check_finish(const struct tar_check *check, struct error *error)
{
    bool within = check->filled > 0 || check->data_left > 0;
    bool announced = check->has_pax || check->has_path || check->has_link;

    if (check->ended || (!within && !announced))
        return 0;
    return error_set(error, EINVAL, "it is cut short");
}
