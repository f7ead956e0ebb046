/* KVM's binary statistics: a header, descriptors, values. */
#include "vmm/statistics.h"

#include "oci/cleanup.h"
#include "vmm/files.h"

#include <inttypes.h>
#include <stdbool.h>
#include <sys/ioctl.h>

enum { MAX_NAME = 256, MAX_COUNTERS = 1024 };

/* Types that are one number: what only grows, what is now, what was most. */
static bool is_scalar(const struct kvm_stats_desc *descriptor)
{
    const uint32_t type = descriptor->flags & KVM_STATS_TYPE_MASK;

    return descriptor->size == 1 &&
           (type == KVM_STATS_TYPE_CUMULATIVE ||
            type == KVM_STATS_TYPE_INSTANT || type == KVM_STATS_TYPE_PEAK);
}

static int print_counter(int fd, const struct kvm_stats_header *header,
                         uint32_t number, unsigned int index, FILE *out,
                         const char *program)
{
    union {
        struct kvm_stats_desc head;
        char storage[sizeof(struct kvm_stats_desc) + MAX_NAME];
    } descriptor = {0};
    const uint64_t size = sizeof(descriptor.head) + header->name_size;
    uint64_t value;
    int status = file_read_at(fd, &descriptor, size,
                              header->desc_offset + number * size);

    if (status < 0 || !is_scalar(&descriptor.head))
        return status;
    status =
        file_read_at(fd, &value, sizeof(value),
                     (uint64_t)header->data_offset + descriptor.head.offset);
    descriptor.storage[sizeof(descriptor) - 1] = '\0';
    if (status == 0 && value != 0)
        fprintf(out, "%s: vcpu %u %s %" PRIu64 "\n", program, index,
                descriptor.head.name, value);
    return status;
}

int statistics_print(const struct vcpu *vcpu, unsigned int index, FILE *out,
                     const char *program, struct error *error)
{
    _cleanup_close_ int fd = ioctl(vcpu->fd, KVM_GET_STATS_FD, NULL);
    struct kvm_stats_header header;
    int status;

    if (fd < 0)
        return error_errno(error, errno, "KVM_GET_STATS_FD");
    status = file_read_at(fd, &header, sizeof(header), 0);
    if (status == 0 &&
        (header.name_size >= MAX_NAME || header.num_desc > MAX_COUNTERS))
        status = -EIO;
    for (uint32_t i = 0; status == 0 && i < header.num_desc; i++)
        status = print_counter(fd, &header, i, index, out, program);
    if (status < 0)
        return error_errno(error, -status, "cannot read KVM's statistics");
    return 0;
}
