/* If-Range: RFC 9110 §13.1.5. */
#include "http/conditional.h"
#include "tests/support/http_request.h"

static const int64_t in_2026 = 1795395723; /* Mon, 23 Nov 2026 01:02:03 GMT */

static const struct http_validators file = {"\"a,b\\c\"", 784111777, true};
static const struct http_validators weak_file = {"W/\"a,b\\c\"", 784111777, false};
static const struct http_validators without_validators = {"", 0, false};

static bool allows(const struct http_validators *validators, const char *lines, int64_t now)
{
    struct http_request request = request_with(1, lines);
    return http_allows_range(&request, validators, now);
}

static bool allows_value(const struct http_validators *validators, const char *value)
{
    char lines[256];
    snprintf(lines, sizeof lines, "Range: bytes=0-0\r\nif-range: %s\r\n", value);
    return allows(validators, lines, in_2026);
}

static void test_without_if_range_a_range_is_allowed_whatever_the_validators(void **state)
{
    static const char *const lines[] = {
        "",
        "Range: bytes=0-0\r\n",
        "If-Match: \"x\"\r\nIf-Ranges: \"x\"\r\nRange: bytes=0-0\r\n",
        "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        assert_true(allows(&file, lines[i], in_2026));
        assert_true(allows(&weak_file, lines[i], in_2026));
        assert_true(allows(&without_validators, lines[i], in_2026));
    }
}

static void test_the_strong_tag_of_this_very_state_allows_a_range(void **state)
{
    (void)state;
    assert_true(allows_value(&file, "\"a,b\\c\""));
}

static const char *const other_tags[] = {
    "",
    "*",
    "\"",
    "\"\"",
    "\"x\"",
    "\"A,b\\c\"",
    "\"a,b\\c",
    "a,b\\c",
    "a,b\\c\"",
    "\"a,b\\\\c\"",
    "\"a,bc\"",
    "\"a,b\\cd\"",
    "\"a\"",
    "\"a,b\\c\",",
    ",\"a,b\\c\"",
    "\"a,b\\c\" ",
    "\"a,b\\c\", \"a,b\\c\"",
    "\"x\", \"a,b\\c\"",
    "W/\"a,b\\c\"",
    "w/\"a,b\\c\"",
    "W/",
    "W/\"\"",
};

static void test_any_other_tag_does_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(other_tags); i++) {
        if (allows_value(&file, other_tags[i])) fail_msg("%s", other_tags[i]);
        if (allows_value(&without_validators, other_tags[i])) fail_msg("%s", other_tags[i]);
    }
}

/* The strong comparison, §8.8.3.2: neither may be weak. */
static void test_a_weak_tag_never_allows_a_range(void **state)
{
    (void)state;
    assert_false(allows_value(&weak_file, "W/\"a,b\\c\""));
    assert_false(allows_value(&weak_file, "\"a,b\\c\""));
    assert_false(allows_value(&file, "W/\"a,b\\c\""));
}

static void test_the_exact_date_allows_a_range_in_any_form(void **state)
{
    (void)state;
    assert_true(allows_value(&file, "Sun, 06 Nov 1994 08:49:37 GMT"));
    assert_true(allows_value(&file, "Sunday, 06-Nov-94 08:49:37 GMT"));
    assert_true(allows_value(&file, "Sun Nov  6 08:49:37 1994"));
}

static const char *const other_dates[] = {
    "Sun, 06 Nov 1994 08:49:36 GMT",
    "Sun, 06 Nov 1994 08:49:38 GMT",
    "Sunday, 06-Nov-94 08:49:36 GMT",
    "Sun Nov  6 08:49:38 1994",
    "Sat, 05 Nov 1994 08:49:37 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Mon, 23 Nov 2026 01:02:03 GMT",
    "Mon, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 gmt",
    "Sun, 06 Nov 1994 08:49:37",
    "\"Sun, 06 Nov 1994 08:49:37 GMT\"",
    "Sun, 06 Nov 1994 08:49:37 GMT, \"a,b\\c\"",
    "784111777",
};

/* Unlike If-Unmodified-Since, which is content with a later one. */
static void test_any_other_date_does_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(other_dates); i++)
        if (allows_value(&file, other_dates[i])) fail_msg("%s", other_dates[i]);
}

/* §8.8.2.2: while the file may change again within that second. */
static void test_a_weak_date_never_allows_a_range(void **state)
{
    (void)state;
    assert_false(allows_value(&weak_file, "Sun, 06 Nov 1994 08:49:37 GMT"));
    assert_false(allows_value(&weak_file, "Sunday, 06-Nov-94 08:49:37 GMT"));
    assert_false(allows_value(&weak_file, "Sun Nov  6 08:49:37 1994"));
}

static void test_a_file_without_validators_has_no_date_to_be_equal_to(void **state)
{
    (void)state;
    assert_false(allows_value(&without_validators, "Thu, 01 Jan 1970 00:00:00 GMT"));
    assert_false(allows_value(&without_validators, "Thu Jan  1 00:00:00 1970"));
}

static void test_two_digits_of_a_year_are_read_at_the_time_of_the_request(void **state)
{
    static const char lines[] = "If-Range: Sunday, 06-Nov-94 08:49:37 GMT\r\n";
    (void)state;
    assert_true(allows(&file, lines, 784111778));
    assert_false(allows(&file, lines, 3939840000)); /* in 2094 it is that year's, a Saturday */
}

static void test_if_range_sent_twice_names_nothing(void **state)
{
    static const char *const values[] = {
        "\"a,b\\c\"", "Sun, 06 Nov 1994 08:49:37 GMT", "\"x\"", ""};
    (void)state;
    for (size_t i = 0; i < COUNT(values) * COUNT(values); i++) {
        char lines[256];
        snprintf(lines, sizeof lines, "If-Range: %s\r\nRange: bytes=0-0\r\nIF-RANGE: %s\r\n",
            values[i % COUNT(values)], values[i / COUNT(values)]);
        assert_false(allows(&file, lines, in_2026));
        assert_false(allows(&weak_file, lines, in_2026));
        assert_false(allows(&without_validators, lines, in_2026));
    }
}

/* From the first answer to the next: described, told to the client, and asked again. */
static void test_a_range_is_allowed_once_a_file_is_two_seconds_old(void **state)
{
    struct timespec modified = {784111777, 500};
    struct http_validators sent;
    struct http_validators validators;
    char lines[128];
    (void)state;
    http_describe_file(&sent, 5, modified, "", (struct timespec){784111779, 500});
    snprintf(lines, sizeof lines, "If-Range: %s\r\n", sent.entity_tag);
    http_describe_file(&validators, 5, modified, "", (struct timespec){784111790, 0});
    assert_true(allows(&validators, lines, in_2026));
    http_describe_file(&validators, 6, modified, "", (struct timespec){784111790, 0});
    assert_false(allows(&validators, lines, in_2026));
    http_describe_file(&sent, 5, modified, "", (struct timespec){784111779, 499});
    snprintf(lines, sizeof lines, "If-Range: %s\r\n", sent.entity_tag);
    http_describe_file(&validators, 5, modified, "", (struct timespec){784111790, 0});
    assert_false(allows(&validators, lines, in_2026));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_if_range_a_range_is_allowed_whatever_the_validators),
        cmocka_unit_test(test_the_strong_tag_of_this_very_state_allows_a_range),
        cmocka_unit_test(test_any_other_tag_does_not),
        cmocka_unit_test(test_a_weak_tag_never_allows_a_range),
        cmocka_unit_test(test_the_exact_date_allows_a_range_in_any_form),
        cmocka_unit_test(test_any_other_date_does_not),
        cmocka_unit_test(test_a_weak_date_never_allows_a_range),
        cmocka_unit_test(test_a_file_without_validators_has_no_date_to_be_equal_to),
        cmocka_unit_test(test_two_digits_of_a_year_are_read_at_the_time_of_the_request),
        cmocka_unit_test(test_if_range_sent_twice_names_nothing),
        cmocka_unit_test(test_a_range_is_allowed_once_a_file_is_two_seconds_old),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
