/* What stands for a state of a file: RFC 9110 §8.8. */
#include "http/conditional.h"
#include "tests/support/http.h"

#include <limits.h>

static const struct timespec long_after = {1795395723, 0};

/* Writes against a guard page, over what was there. */
static struct http_validators describe(
    uint64_t size, struct timespec modified, const char *coding, struct timespec now)
{
    size_t length = strlen(coding) + 1;
    struct http_validators described;
    struct http_validators *validators = (void *)guard_space(0, sizeof *validators);
    memset(validators, 0xa5, sizeof *validators);
    http_describe_file(validators, size, modified, guard_end(1, coding, length), now);
    memcpy(&described, validators, sizeof described);
    return described;
}

/* entity-tag = [ %s"W/" ] DQUOTE *etagc DQUOTE; and §8.8.3 advises against a backslash. A comma
 * would trip recipients that split lists at any. */
static void assert_entity_tag(const char *tag, bool strong)
{
    const char *opaque = strong ? tag : tag + 2;
    size_t length = strlen(tag);
    assert_true(length < HTTP_ENTITY_TAG_SIZE);
    if (!strong) assert_memory_equal(tag, "W/", 2);
    assert_true(opaque[0] == '"' && strlen(opaque) > 2 && tag[length - 1] == '"');
    for (const char *etagc = opaque + 1; etagc < tag + length - 1; etagc++)
        assert_true(*etagc > 0x20 && *etagc < 0x7f && strchr("\"\\,", *etagc) == NULL);
}

struct age {
    struct timespec modified, now;
    bool strong;
};

static const struct age ages[] = {
    {{1000, 0}, {2000, 0}, true},
    {{1000, 500}, {1003, 0}, true},
    {{1000, 500}, {1003, 499}, true},
    {{1000, 999999999}, {1003, 0}, true}, /* two seconds and a nanosecond */
    {{1000, 500}, {1002, 501}, true},
    {{1000, 500}, {1002, 500}, true}, /* two seconds */
    {{1000, 500}, {1002, 499}, false},
    {{1000, 0}, {1002, 0}, true},
    {{1000, 1}, {1002, 0}, false},
    {{1000, 0}, {1001, 999999999}, false},
    {{1000, 999999999}, {1002, 999999998}, false},
    {{1000, 999999999}, {1002, 999999999}, true},
    {{1000, 0}, {1001, 0}, false},
    {{1000, 0}, {1000, 0}, false},
    {{1000, 0}, {1000, 1}, false},
    {{1000, 1}, {1000, 0}, false}, /* and from the future */
    {{1001, 0}, {1000, 999999999}, false},
    {{1002, 0}, {1000, 0}, false},
    {{2000, 0}, {1000, 0}, false},
    {{LONG_MAX, 999999999}, {1000, 0}, false},
    {{2, 0}, {0, 0}, false},
    {{2, 0}, {4, 0}, true},
    {{2, 0}, {-1795395723, 0}, false}, /* whatever the clock says */
    {{LONG_MAX, 0}, {-2, 0}, false},
};

static void test_validators_are_weak_for_the_first_two_seconds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ages); i++) {
        struct http_validators validators = describe(5, ages[i].modified, "", ages[i].now);
        if (validators.strong != ages[i].strong) fail_msg("row %zu", i);
        assert_entity_tag(validators.entity_tag, ages[i].strong);
    }
}

/* §8.8.3.2: while it is weak, If-None-Match recognizes the state by what will be its strong tag. */
static void test_growing_old_a_tag_loses_its_weakness_and_nothing_else(void **state)
{
    struct timespec modified = {1000, 500};
    struct http_validators weak = describe(5, modified, "gzip", (struct timespec){1002, 499});
    struct http_validators strong = describe(5, modified, "gzip", (struct timespec){1002, 500});
    struct http_validators later = describe(5, modified, "gzip", long_after);
    (void)state;
    assert_memory_equal(weak.entity_tag, "W/", 2);
    assert_string_equal(weak.entity_tag + 2, strong.entity_tag);
    assert_string_equal(later.entity_tag, strong.entity_tag);
    assert_int_equal(weak.last_modified, strong.last_modified);
}

struct state {
    uint64_t size;
    struct timespec modified;
    const char *coding;
};

/* Some differ only in where one number ends and the next begins. */
static const struct state states[] = {
    {0, {1000, 0}, ""},
    {5, {1000, 0}, ""},
    {6, {1000, 0}, ""},
    {5, {1001, 0}, ""},
    {5, {1000, 1}, ""},
    {5, {1000, 2}, ""},
    {5, {1000, 999999999}, ""},
    {5, {1000, 0}, "gzip"},
    {5, {1000, 0}, "br"},
    {5, {1000, 0}, "zstd"},
    {6, {1000, 0}, "br"},
    {5, {1001, 0}, "br"},
    {5, {1000, 1}, "br"},
    {1000, {5, 0}, ""},
    {0, {5, 1000}, ""},
    {0x11, {0x11, 0x11}, ""},
    {0x1, {0x111, 0x11}, ""},
    {0x111, {0x2, 0x11}, ""},
    {0x11, {0x111, 0x1}, ""},
    {0x111, {0x11, 0x1}, ""},
    {0x1, {0x11, 0x111}, ""},
    {5, {1000, 0xb}, ""},
    {5, {1000, 0}, "b"},
    {5, {1000, 1}, "b"},
    {5, {1000, 0x1b}, ""},
    {UINT64_MAX, {1000, 0}, ""},
    {UINT32_MAX, {1000, 0}, ""},
    {5, {1000 + (1L << 32), 0}, ""},
    {5 + (1ULL << 32), {1000, 0}, ""},
};

static void test_different_states_have_different_tags(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(states); i++) {
        struct timespec now = {states[i].modified.tv_sec + 100, 0};
        struct http_validators one =
            describe(states[i].size, states[i].modified, states[i].coding, now);
        assert_entity_tag(one.entity_tag, true);
        for (size_t j = 0; j < i; j++) {
            struct http_validators other =
                describe(states[j].size, states[j].modified, states[j].coding, now);
            if (strcmp(one.entity_tag, other.entity_tag) == 0)
                fail_msg("rows %zu and %zu: %s", j, i, one.entity_tag);
        }
    }
}

/* Size, seconds, nanoseconds, coding: the largest there are, and weak. */
static void test_the_longest_tag_is_a_whole_one(void **state)
{
    struct timespec modified = {LONG_MAX, 999999999};
    struct http_validators validators =
        describe(UINT64_MAX, modified, "sixteen_letters_", long_after);
    struct http_validators shorter = describe(UINT64_MAX, modified, "sixteen_letters", long_after);
    (void)state;
    assert_entity_tag(validators.entity_tag, false);
    assert_int_equal(strlen(validators.entity_tag), strlen(shorter.entity_tag) + 1);
    assert_non_null(strstr(validators.entity_tag, "sixteen_letters_\""));
}

static void test_last_modified_is_the_second_of_the_time_stamp(void **state)
{
    static const struct timespec stamps[] = {
        {2, 0}, {1000, 0}, {1000, 1}, {1000, 999999999}, {2147483648, 5}, {4294967297, 0}};
    (void)state;
    for (size_t i = 0; i < COUNT(stamps); i++) {
        struct timespec same_second = {stamps[i].tv_sec, 0};
        struct timespec later = {stamps[i].tv_sec + 1, 0};
        struct timespec much_later = {stamps[i].tv_sec + 1795395723, 0};
        int64_t expected = stamps[i].tv_sec;
        assert_int_equal(describe(5, stamps[i], "", same_second).last_modified, expected);
        assert_int_equal(describe(5, stamps[i], "", later).last_modified, expected);
        assert_int_equal(describe(5, stamps[i], "", much_later).last_modified, expected);
    }
}

/* §8.8.2.1: replaced with the message origination date. */
static void test_last_modified_is_never_after_now(void **state)
{
    static const time_t ahead[] = {1, 2, 3, 60, 86400, LONG_MAX - 1000};
    (void)state;
    for (size_t i = 0; i < COUNT(ahead); i++) {
        struct timespec modified = {1000 + ahead[i], 0};
        struct http_validators validators =
            describe(5, modified, "", (struct timespec){1000, 999999999});
        assert_int_equal(validators.last_modified, 1000);
        assert_false(validators.strong);
    }
}

static void test_a_tag_tells_time_stamps_of_the_future_apart(void **state)
{
    struct timespec now = {1000, 0};
    (void)state;
    assert_string_not_equal(describe(5, (struct timespec){2000, 0}, "", now).entity_tag,
        describe(5, (struct timespec){2001, 0}, "", now).entity_tag);
}

/* What reproducible builds stamp says nothing of when, nor whether another build says the same. */
static void test_a_time_stamp_of_0_or_1_or_before_1970_gives_no_validator(void **state)
{
    static const struct timespec stamps[] = {{1, 999999999}, {1, 0}, {0, 0}, {0, 1}, {-1, 0},
        {-1, 999999999}, {-1795395723, 0}, {LONG_MIN, 0}};
    static const struct timespec clocks[] = {{1795395723, 0}, {2, 0}, {0, 0}};
    (void)state;
    for (size_t i = 0; i < COUNT(stamps); i++)
        for (size_t j = 0; j < COUNT(clocks); j++) {
            struct http_validators validators = describe(5, stamps[i], "gzip", clocks[j]);
            assert_string_equal(validators.entity_tag, "");
            assert_int_equal(validators.last_modified, 0);
            assert_false(validators.strong);
        }
}

static void test_a_time_stamp_of_2_gives_both(void **state)
{
    struct http_validators validators = describe(5, (struct timespec){2, 0}, "", long_after);
    (void)state;
    assert_entity_tag(validators.entity_tag, true);
    assert_int_equal(validators.last_modified, 2);
    assert_true(validators.strong);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validators_are_weak_for_the_first_two_seconds),
        cmocka_unit_test(test_growing_old_a_tag_loses_its_weakness_and_nothing_else),
        cmocka_unit_test(test_different_states_have_different_tags),
        cmocka_unit_test(test_the_longest_tag_is_a_whole_one),
        cmocka_unit_test(test_last_modified_is_the_second_of_the_time_stamp),
        cmocka_unit_test(test_last_modified_is_never_after_now),
        cmocka_unit_test(test_a_tag_tells_time_stamps_of_the_future_apart),
        cmocka_unit_test(test_a_time_stamp_of_0_or_1_or_before_1970_gives_no_validator),
        cmocka_unit_test(test_a_time_stamp_of_2_gives_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
