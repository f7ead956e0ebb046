/* Checked access to the program's memory. */
#include "guests/unikernel/address_space_parts.h"

#include "guests/unikernel/layout.h"
#include "guests/unikernel/page_tables.h"
#include "guests/unikernel/string.h"

#include <asm/errno.h>

static uint64_t user_reach(uint64_t address, uint64_t length, uint64_t rights)
{
    uint64_t end = address_space.window_end;

    if (in_files(address, 0))
        end = FILE_MAPPING_BASE + FILE_MAPPING_SIZE;
    else if (!in_window(address, 0))
        return 0;
    if (length > end - address)
        length = end - address;
    return page_tables_reach(&address_space.tables, address, length, rights);
}

uint64_t user_reach_read(uint64_t address, uint64_t length)
{
    return user_reach(address, length, PAGE_USER);
}

uint64_t user_reach_write(uint64_t address, uint64_t length)
{
    return user_reach(address, length, PAGE_USER | PAGE_WRITE);
}

static int64_t user_check(uint64_t address, uint64_t length, uint64_t rights)
{
    if (length == 0)
        return 0;
    if ((!in_window(address, length) && !in_files(address, length)) ||
        page_tables_reach(&address_space.tables, address, length, rights) <
            length)
        return -EFAULT;
    return 0;
}

int64_t user_check_read(uint64_t address, uint64_t length)
{
    return user_check(address, length, PAGE_USER);
}

int64_t user_check_write(uint64_t address, uint64_t length)
{
    return user_check(address, length, PAGE_USER | PAGE_WRITE);
}

int64_t user_copy_in(void *to, uint64_t address, uint64_t length)
{
    int64_t status = user_check_read(address, length);

    if (status == 0)
        memcpy(to, (const void *)address, length);
    return status;
}

int64_t user_copy_out(uint64_t address, const void *from, uint64_t length)
{
    int64_t status = user_check_write(address, length);

    if (status == 0)
        memcpy((void *)address, from, length);
    return status;
}

int64_t user_copy_string(char *to, uint64_t address, uint64_t size)
{
    const uint64_t reach = user_reach_read(address, size);

    for (uint64_t i = 0; i < reach; i++) {
        to[i] = ((const char *)address)[i];
        if (to[i] == '\0')
            return (int64_t)i;
    }
    return reach < size ? -EFAULT : -ENAMETOOLONG;
}
