/* The words, signs and classes of verdicts; see sentences.h. */
#include "report/sentences.h"

static const struct {
    const char *key, *memory_key, *sign, *class_name;
} verdicts[] = {
    [WORD_NONE] = {"verdict.none", "verdict.none", "", "none"},
    [WORD_FASTER] = {"verdict.faster", "verdict.less", "▲", "faster"},
    [WORD_SLOWER] = {"verdict.slower", "verdict.more", "▼", "slower"},
    [WORD_EQUIVALENT] = {"verdict.equivalent", "verdict.equivalent", "≈",
                         "equivalent"},
    [WORD_INCONCLUSIVE] = {"verdict.inconclusive", "verdict.inconclusive", "?",
                           "inconclusive"},
};

const char *verdict_text(enum verdict_word verdict, enum workload_group group)
{
    return say(group == GROUP_IDLE ? verdicts[verdict].memory_key
                                   : verdicts[verdict].key);
}

const char *verdict_sign(enum verdict_word verdict)
{
    return verdicts[verdict].sign;
}

const char *verdict_class(enum verdict_word verdict)
{
    return verdicts[verdict].class_name;
}
