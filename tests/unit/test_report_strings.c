/*
 * The words of the report in two languages: the same keys, the same places
 * for what the program puts in, and no English left in Korean.
 */
#include "report/assets.h"
#include "report/claims.h"
#include "report/strings.h"

#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *english, *korean;

static int read_languages(void **state)
{
    (void)state;
    english = json_loads(report_asset_english, JSON_REJECT_DUPLICATES, NULL);
    korean = json_loads(report_asset_korean, JSON_REJECT_DUPLICATES, NULL);
    return english != NULL && korean != NULL ? 0 : -1;
}

static int forget_languages(void **state)
{
    (void)state;
    json_decref(english);
    json_decref(korean);
    return 0;
}

static void both_languages_have_the_same_keys(void **state)
{
    const char *key;
    json_t *text;

    (void)state;
    json_object_foreach(english, key,
                        text) if (json_object_get(korean, key) == NULL)
        fail_msg("ko.json lacks %s", key);
    json_object_foreach(korean, key,
                        text) if (json_object_get(english, key) == NULL)
        fail_msg("en.json lacks %s", key);
}

/* The places in a text, as bits: {3} is bit 6, {3!} is bit 7. */
static unsigned places(const char *text)
{
    unsigned found = 0;

    for (; (text = strchr(text, '{')) != NULL; text++)
        if (text[1] >= '1' && text[1] <= '9')
            found |= 1U << (2 * (text[1] - '0') + (text[2] == '!'));
    return found;
}

static void texts_have_the_same_places_in_both(void **state)
{
    const char *key;
    json_t *text;

    (void)state;
    json_object_foreach(english, key, text)
    {
        const unsigned here = places(json_string_value(text));
        const unsigned there =
            places(json_string_value(json_object_get(korean, key)));

        if (here != there)
            fail_msg("%s has other places in ko.json", key);
    }
}

/* Words of the alphabet in a row: a name has few, a sentence many. */
static size_t longest_run_of_words(const char *text)
{
    size_t words = 0, longest = 0;

    while (*text != '\0') {
        const size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz"
                                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ'-");

        words += letters > 0;
        text += letters;
        if (words > longest)
            longest = words;
        if (*text != ' ' && *text != ',' && *text != '\0')
            words = 0;
        text += *text != '\0';
    }
    return longest;
}

static void korean_has_no_english_sentence(void **state)
{
    const char *key;
    json_t *text;

    (void)state;
    json_object_foreach(korean, key, text)
    {
        const char *korean_text = json_string_value(text);

        /* A command stays as it is. */
        if (strstr(korean_text, "apt-get") == NULL &&
            longest_run_of_words(korean_text) > 3)
            fail_msg("%s: %s", key, korean_text);
    }
}

static void every_claim_has_its_words(void **state)
{
    json_t *document = json_loads(report_asset_claims, 0, NULL), *claim;
    size_t index;

    (void)state;
    json_array_foreach(json_object_get(document, "claims"), index, claim)
    {
        static const char *const parts[] = {"claim", "rule"};

        for (size_t i = 0; i < 2; i++) {
            char key[80];

            snprintf(key, sizeof(key), "claim.%s.%s",
                     json_string_value(json_object_get(claim, "id")), parts[i]);
            if (json_object_get(english, key) == NULL)
                fail_msg("en.json lacks %s", key);
        }
    }
    assert_true(json_array_size(json_object_get(document, "claims")) >= 10);
    json_decref(document);
}

static void every_kind_of_figure_has_its_words(void **state)
{
    static const char *const parts[] = {"topic", "lead", "note"};

    (void)state;
    for (size_t i = 0; i < figure_kind_count; i++)
        for (size_t k = 0; k < 3; k++) {
            char key[80];

            snprintf(key, sizeof(key), "figure.%s.%s", figure_kinds[i].name,
                     parts[k]);
            if (json_object_get(english, key) == NULL)
                fail_msg("en.json lacks %s", key);
        }
}

static void expect_text(enum text_form form, const char *argument,
                        const char *wanted)
{
    char *text = say_text(form, "answer.start.also-native", argument, NULL);

    assert_string_equal(text, wanted);
    free(text);
}

static void each_form_escapes_in_its_own_way(void **state)
{
    char *text;

    (void)state;
    text = say_text(FORM_HTML, "answer.that", "<b>", "1", "[*]", "2", NULL);
    assert_string_equal(text, "&lt;b&gt; <b>1</b> times native [*] "
                              "(n\u00a0=\u00a02).");
    free(text);
    text = say_text(FORM_MARKDOWN, "answer.that", "<b>", "1", "[*]", "2", NULL);
    assert_string_equal(text, "\\<b\\> **1** times native \\[\\*\\] "
                              "(n\u00a0=\u00a02).");
    free(text);
    text = say_text(FORM_PLAIN, "answer.that", "<b>", "1", "[*]", "2", NULL);
    assert_string_equal(text, "<b> 1 times native [*] (n\u00a0=\u00a02).");
    free(text);
    expect_text(FORM_HTML, "<i>ready</i>",
                "A native process needs "
                "<i>ready</i>.");
}

static void what_is_lacking_is_empty(void **state)
{
    char *text = say_text(FORM_PLAIN, "answer.start.also-native", NULL);

    (void)state;
    assert_string_equal(text, "A native process needs .");
    free(text);
}

static void an_unknown_language_is_refused(void **state)
{
    struct error error = {0};

    (void)state;
    assert_int_equal(strings_use("tlh", &error), -EINVAL);
    assert_non_null(strstr(error.text, "ko (Korean)"));
    assert_string_equal(strings_language(), "en");
}

static void a_title_of_ones_own_stays(void **state)
{
    struct error error = {0};

    (void)state;
    assert_int_equal(strings_use("ko", &error), 0);
    assert_string_equal(say_title("workload.", "noop", "Start and exit"),
                        "시작과 종료");
    assert_string_equal(say_title("workload.", "noop", "Mine"), "Mine");
    assert_string_equal(say_title("workload.", "mine", "Mine"), "Mine");
    assert_int_equal(strings_use("en", &error), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_languages_have_the_same_keys),
        cmocka_unit_test(texts_have_the_same_places_in_both),
        cmocka_unit_test(korean_has_no_english_sentence),
        cmocka_unit_test(every_claim_has_its_words),
        cmocka_unit_test(every_kind_of_figure_has_its_words),
        cmocka_unit_test(each_form_escapes_in_its_own_way),
        cmocka_unit_test(what_is_lacking_is_empty),
        cmocka_unit_test(an_unknown_language_is_refused),
        cmocka_unit_test(a_title_of_ones_own_stays),
    };

    return cmocka_run_group_tests(tests, read_languages, forget_languages);
}
