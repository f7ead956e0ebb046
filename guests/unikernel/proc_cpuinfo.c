/*
 * /proc/cpuinfo from CPUID, with the names that Linux gives to its bits.
 * Source: Intel SDM volume 2, CPUID; AMD64 manual volume 3, appendix E;
 * arch/x86/include/asm/cpufeatures.h of Linux for the names.
 */
#include "guests/unikernel/proc.h"
#include "guests/unikernel/process.h"
#include "guests/unikernel/string.h"

#include <cpuid.h>
#include <stddef.h>

enum { EAX, EBX, ECX, EDX, REGISTERS };

#define BASIC    1u
#define FEATURES 7u
#define EXTENDED 0x80000001u
#define BRAND    0x80000002u
#define SIZES    0x80000008u

/* 32 names, one a bit, separated by a space; "-" for a bit without. */
struct feature_word {
    uint32_t leaf;
    int word;
    const char *names;
};

static const struct feature_word feature_words[] = {
    {BASIC, EDX,
     "fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov pat "
     "pse36 pn clflush - dts acpi mmx fxsr sse sse2 ss ht tm ia64 pbe"},
    {EXTENDED, EDX,
     "- - - - - - - - - - - syscall - - - - - - - mp nx - mmxext - - "
     "fxsr_opt pdpe1gb rdtscp - lm 3dnowext 3dnow"},
    {BASIC, ECX,
     "pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma "
     "cx16 xtpr pdcm - pcid dca sse4_1 sse4_2 x2apic movbe popcnt "
     "tsc_deadline_timer aes xsave - avx f16c rdrand hypervisor"},
    {EXTENDED, ECX,
     "lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse "
     "3dnowprefetch osvw ibs xop skinit wdt - lwp fma4 tce - nodeid_msr - tbm "
     "topoext perfctr_core perfctr_nb - bpext ptsc perfctr_llc mwaitx - -"},
    {FEATURES, EBX,
     "fsgsbase tsc_adjust sgx bmi1 hle avx2 - smep bmi2 erms invpcid rtm cqm - "
     "mpx rdt_a avx512f avx512dq rdseed adx smap avx512ifma - clflushopt clwb "
     "intel_pt avx512pf avx512er avx512cd sha_ni avx512bw avx512vl"},
    {FEATURES, ECX,
     "- avx512vbmi umip pku ospke waitpkg avx512_vbmi2 - gfni vaes vpclmulqdq "
     "avx512_vnni avx512_bitalg - avx512_vpopcntdq - la57 - - - - - rdpid - "
     "bus_lock_detect cldemote - movdiri movdir64b enqcmd - -"},
    {FEATURES, EDX,
     "- - avx512_4vnniw avx512_4fmaps fsrm - - - avx512_vp2intersect - "
     "md_clear - - - serialize - tsxldtrk - pconfig arch_lbr - - amx_bf16 "
     "avx512_fp16 amx_tile amx_int8 - - flush_l1d arch_capabilities - -"},
};

/* All zeros for a leaf that the processor does not have. */
static void read_leaf(uint32_t leaf, uint32_t registers[REGISTERS])
{
    memset(registers, 0, REGISTERS * sizeof(registers[0]));
    if (leaf <= (uint32_t)__get_cpuid_max(leaf & 0x80000000, NULL))
        __cpuid_count(leaf, 0, registers[EAX], registers[EBX], registers[ECX],
                      registers[EDX]);
}

static void show_feature_word(struct text *text,
                              const struct feature_word *word)
{
    uint32_t registers[REGISTERS];
    const char *name = word->names;

    read_leaf(word->leaf, registers);
    for (uint32_t bit = 0; bit < 32; bit++) {
        uint64_t length = 0;

        while (name[length] != ' ' && name[length] != '\0')
            length++;
        if ((registers[word->word] >> bit & 1) && name[0] != '-') {
            text_add(text, " ", 1);
            text_add(text, name, length);
        }
        name += length + (name[length] == ' ');
    }
}

/* Family and model with their extensions, in the order of CPUID's eax. */
static void show_model(struct text *text)
{
    uint32_t vendor[REGISTERS], signature[REGISTERS], brand[12];
    uint32_t family, model;
    char name[sizeof(brand) + 1];

    read_leaf(0, vendor);
    read_leaf(BASIC, signature);
    for (uint32_t i = 0; i < 3; i++)
        read_leaf(BRAND + i, brand + i * REGISTERS);
    memcpy(name, brand, sizeof(brand));
    name[sizeof(brand)] = '\0';
    family = signature[EAX] >> 8 & 0xf;
    model = signature[EAX] >> 4 & 0xf;
    if (family == 6 || family == 15)
        model += signature[EAX] >> 12 & 0xf0;
    if (family == 15)
        family += signature[EAX] >> 20 & 0xff;
    text_format(text, "vendor_id\t: ");
    text_add(text, (const char *)&vendor[EBX], sizeof(uint32_t));
    text_add(text, (const char *)&vendor[EDX], sizeof(uint32_t));
    text_add(text, (const char *)&vendor[ECX], sizeof(uint32_t));
    text_format(text, "\ncpu family\t: %u\nmodel\t\t: %u\nmodel name\t: %s\n",
                family, model, name);
    text_format(text, "stepping\t: %u\n", signature[EAX] & 0xf);
}

void proc_show_cpuinfo(struct text *text, uint64_t id)
{
    const uint64_t khz = process_boot()->tsc_khz;
    uint32_t basic[REGISTERS], sizes[REGISTERS], highest[REGISTERS];

    (void)id;
    read_leaf(0, highest);
    read_leaf(BASIC, basic);
    read_leaf(SIZES, sizes);
    text_format(text, "processor\t: 0\n");
    show_model(text);
    text_format(text, "cpu MHz\t\t: %lu.%03lu\n", khz / 1000, khz % 1000);
    text_format(text, "physical id\t: 0\nsiblings\t: 1\ncore id\t\t: 0\n"
                      "cpu cores\t: 1\nfpu\t\t: yes\nfpu_exception\t: yes\n");
    text_format(text,
                "cpuid level\t: %u\nwp\t\t: yes\nflags\t\t:", highest[EAX]);
    for (uint64_t i = 0; i < sizeof(feature_words) / sizeof(feature_words[0]);
         i++)
        show_feature_word(text, &feature_words[i]);
    text_format(text, "\nbogomips\t: %lu.%02lu\nclflush size\t: %u\n",
                khz / 500, khz % 500 / 5, (basic[EBX] >> 8 & 0xff) * 8);
    text_format(text, "address sizes\t: %u bits physical, %u bits virtual\n\n",
                sizes[EAX] & 0xff, sizes[EAX] >> 8 & 0xff);
}
