/*
 * Colours and markers. See palette.h.
 */
#include "report/palette.h"

#include <string.h>

enum marker {
    CIRCLE,
    RING,
    SQUARE,
    DIAMOND,
    TRIANGLE,
    TRIANGLE_DOWN,
    PENTAGON,
    OPEN_SQUARE,
    OPEN_TRIANGLE,
    OPEN_DIAMOND,
    CROSS,
    MARKERS,
};

static const struct {
    int point_type;
    bool filled;
    const char *path;
} markers[MARKERS] = {
    [CIRCLE] = {7, true, "M8 3a5 5 0 1 0 .01 0z"},
    [RING] = {6, false, "M8 3a5 5 0 1 0 .01 0z"},
    [SQUARE] = {5, true, "M3.5 3.5h9v9h-9z"},
    [DIAMOND] = {13, true, "M8 2l6 6-6 6-6-6z"},
    [TRIANGLE] = {9, true, "M8 2.5l6 10.5H2z"},
    [TRIANGLE_DOWN] = {11, true, "M8 13.5L2 3h12z"},
    [PENTAGON] = {15, true, "M8 2l6 4.4-2.3 7.1H4.3L2 6.4z"},
    [OPEN_SQUARE] = {4, false, "M3.5 3.5h9v9h-9z"},
    [OPEN_TRIANGLE] = {8, false, "M8 2.5l6 10.5H2z"},
    [OPEN_DIAMOND] = {12, false, "M8 2l6 6-6 6-6-6z"},
    [CROSS] = {2, false, "M3 3l10 10M13 3L3 13"},
};

#define BLUE       UINT32_C(0x0072b2)
#define VERMILLION UINT32_C(0xd55e00)
#define GREEN      UINT32_C(0x009e73)
#define PURPLE     UINT32_C(0xcc79a7)
#define ORANGE     UINT32_C(0xe69f00)
#define SKY_BLUE   UINT32_C(0x56b4e9)

/* Ours and native have filled markers of their own; a family shares one. */
static const struct {
    const char *name;
    uint32_t colour;
    enum marker marker;
} known[] = {
    {"native", COLOUR_INK, CIRCLE},
    {"native-again", COLOUR_MUTED, RING},
    {"container", BLUE, SQUARE},
    {"unikernel", VERMILLION, DIAMOND},
    {"unikernel-restored", PURPLE, DIAMOND},
    {"unikernel-pooled", ORANGE, DIAMOND},
    {"microvm", VERMILLION, OPEN_DIAMOND},
    {"runc", GREEN, TRIANGLE},
    {"crun", SKY_BLUE, TRIANGLE_DOWN},
    {"bwrap", ORANGE, PENTAGON},
    {"unshare", PURPLE, OPEN_SQUARE},
    {"nspawn", BLUE, PENTAGON},
    {"lxc", PURPLE, PENTAGON},
    {"podman", GREEN, OPEN_TRIANGLE},
    {"docker", BLUE, OPEN_TRIANGLE},
    {"containerd", SKY_BLUE, OPEN_TRIANGLE},
    {"gvisor-ptrace", GREEN, OPEN_SQUARE},
    {"gvisor-systrap", SKY_BLUE, OPEN_SQUARE},
    {"gvisor-kvm", ORANGE, OPEN_SQUARE},
    {"uml", BLUE, CROSS},
    {"qemu-microvm-kvm", GREEN, OPEN_DIAMOND},
    {"qemu-microvm-tcg", GREEN, CROSS},
    {"qemu-q35-kvm", PURPLE, OPEN_DIAMOND},
    {"qemu-q35-tcg", PURPLE, CROSS},
    {"libvirt-microvm-kvm", SKY_BLUE, OPEN_DIAMOND},
    {"libvirt-microvm-tcg", SKY_BLUE, CROSS},
    {"libvirt-q35-kvm", BLUE, OPEN_DIAMOND},
    {"libvirt-q35-tcg", VERMILLION, CROSS},
    {"firecracker", ORANGE, OPEN_DIAMOND},
    {"cloud-hypervisor", ORANGE, OPEN_TRIANGLE},
};

/* For platforms that nobody foresaw, in the order in which they come. */
static const struct {
    uint32_t colour;
    enum marker marker;
} others[] = {
    {PURPLE, OPEN_TRIANGLE}, {GREEN, PENTAGON},    {ORANGE, CROSS},
    {BLUE, TRIANGLE},        {SKY_BLUE, PENTAGON}, {VERMILLION, OPEN_TRIANGLE},
};

static const struct {
    uint32_t colour;
    double opacity;
} roles[] = {
    {COLOUR_INK, 1},     {COLOUR_MUTED, 0.72}, {COLOUR_AXIS, 0.45},
    {COLOUR_GRID, 0.16}, {COLOUR_BAND, 0.08},
};

static struct look make_look(uint32_t colour, enum marker marker)
{
    return (struct look){.colour = colour,
                         .point_type = markers[marker].point_type,
                         .path = markers[marker].path,
                         .filled = markers[marker].filled};
}

static int known_index(const char *name)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (strcmp(name, known[i].name) == 0)
            return (int)i;
    return -1;
}

struct look platform_look(const struct record *record,
                          const struct platform_entry *platform)
{
    const int index = known_index(platform->name);
    size_t other = 0;

    if (index >= 0)
        return make_look(known[index].colour, known[index].marker);
    for (const struct platform_entry *before = record->platforms;
         before < platform; before++)
        other += known_index(before->name) < 0;
    other %= sizeof(others) / sizeof(*others);
    return make_look(others[other].colour, others[other].marker);
}

bool colour_role(uint32_t colour, double *opacity)
{
    for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
        if (roles[i].colour == colour) {
            *opacity = roles[i].opacity;
            return true;
        }
    return false;
}
