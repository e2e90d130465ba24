/* The command line: what is refused, and that it is said on standard error. */
#include "server/options.h"
#include "tests/support/captured.h"

#include <string.h>

/* Refused, with a message that holds this (the option, or the value). */
static void assert_refused(const char *first, const char *second, const char *named)
{
    char name[] = "strata";
    static char one[64]; /* getopt(3) may remember it */
    static char two[64];
    char *arguments[] = {name, one, second == NULL ? NULL : two, NULL};
    struct options options;
    snprintf(one, sizeof one, "%s", first);
    snprintf(two, sizeof two, "%s", second == NULL ? "" : second);
    options_set_defaults(&options);
    capture_begin(STDERR_FILENO);
    bool taken = options_parse(&options, second == NULL ? 2 : 3, arguments);
    const char *said = capture_end();
    if (taken) fail_msg("%s %s was taken", first, second == NULL ? "" : second);
    if (strstr(said, named) == NULL || strncmp(said, "strata: ", 8) != 0 ||
        said[strlen(said) - 1] != '\n')
        fail_msg("%s %s: said \"%s\"", first, two, said);
}

static void test_what_is_not_a_number_is_refused(void **state)
{
    static const char *const wrong[] = {"", "-", "-1", "+1", "1x", "x1", "0x10", "1e3", "nan",
        "inf", "infinity", " 5", "5 ", "5\n", "1,5", "1.2.3", "--1", "1-", "0b1", "1'000", "."};
    static const char *const options[] = {"--port", "--threads", "--max-connections",
        "--head-timeout", "--idle-timeout", "--content-timeout", "--send-timeout",
        "--linger-timeout", "--grace", "--buffer-memory"};
    (void)state;
    for (size_t i = 0; i < COUNT(options); i++)
        for (size_t j = 0; j < COUNT(wrong); j++) assert_refused(options[i], wrong[j], options[i]);
}

static void test_a_number_out_of_bounds_is_refused(void **state)
{
    (void)state;
    assert_refused("--port", "65536", "65536");
    assert_refused("--port", "4294967376", "4294967376");
    assert_refused("--threads", "0", "--threads");
    assert_refused("--max-connections", "0", "--max-connections");
    assert_refused("--head-timeout", "0", "--head-timeout");
    assert_refused("--idle-timeout", "0", "--idle-timeout");
    assert_refused("--content-timeout", "0", "--content-timeout");
    assert_refused("--send-timeout", "0", "--send-timeout");
    assert_refused("--linger-timeout", "0", "--linger-timeout");
    assert_refused("--buffer-memory", "0", "--buffer-memory");
}

static void test_a_number_that_no_type_holds_is_refused(void **state)
{
    static const char *const options[] = {
        "--port", "--threads", "--max-connections", "--head-timeout", "--grace", "--buffer-memory"};
    (void)state;
    for (size_t i = 0; i < COUNT(options); i++) {
        assert_refused(options[i], "9223372036854775808", options[i]);
        assert_refused(options[i], "99999999999999999999999999999999", options[i]);
    }
    assert_refused("--buffer-memory", "99999999999G", "--buffer-memory");
}

static void test_what_is_counted_has_no_fractions(void **state)
{
    (void)state;
    assert_refused("--port", "80.5", "--port");
    assert_refused("--threads", "1.5", "--threads");
    assert_refused("--max-connections", "10.1", "--max-connections");
    assert_refused("--buffer-memory", "100000.5", "--buffer-memory");
}

static void test_units_are_for_sizes_and_one_is_enough(void **state)
{
    (void)state;
    assert_refused("--port", "1K", "--port");
    assert_refused("--grace", "1M", "--grace");
    assert_refused("--buffer-memory", "1MM", "--buffer-memory");
    assert_refused("--buffer-memory", "1MB", "--buffer-memory");
    assert_refused("--buffer-memory", "1T", "--buffer-memory");
    assert_refused("--buffer-memory", "M", "--buffer-memory");
}

static void test_an_unknown_option_is_refused(void **state)
{
    (void)state;
    assert_refused("--colour", NULL, "colour");
    assert_refused("-x", NULL, "x");
    assert_refused("-1", NULL, "1");
}

static void test_an_option_that_lacks_its_value_is_refused(void **state)
{
    (void)state;
    assert_refused("--port", NULL, "port");
    assert_refused("-p", NULL, "p");
    assert_refused("--access-log", NULL, "access-log");
    assert_refused("--fallback", NULL, "fallback");
    assert_refused("--header", NULL, "header");
    assert_refused("--cache-control", NULL, "cache-control");
}

static void test_a_switch_with_a_value_is_refused(void **state)
{
    (void)state;
    assert_refused("--help=yes", NULL, "help");
    assert_refused("--no-deadlines=1", NULL, "no-deadlines");
    assert_refused("--list=yes", NULL, "list");
    assert_refused("--no-server-field=1", NULL, "no-server-field");
}

static void test_two_directories_are_refused(void **state)
{
    (void)state;
    assert_refused("one", "two", "two");
}

static void test_more_lines_than_there_may_be_are_refused(void **state)
{
    char name[] = "strata";
    char line[] = "--header=X-A: b";
    char *arguments[OPTIONS_REPEATS_MAX + 3] = {name};
    struct options options;
    (void)state;
    for (int i = 1; i <= OPTIONS_REPEATS_MAX + 1; i++) arguments[i] = line;
    options_set_defaults(&options);
    assert_true(options_parse(&options, OPTIONS_REPEATS_MAX + 1, arguments));
    assert_int_equal(options.headers.count, OPTIONS_REPEATS_MAX);
    options_set_defaults(&options);
    capture_begin(STDERR_FILENO);
    bool taken = options_parse(&options, OPTIONS_REPEATS_MAX + 2, arguments);
    const char *said = capture_end();
    assert_false(taken);
    assert_non_null(strstr(said, "header"));
}

/* getopt(3) remembers where it was in a cluster such as -xh. */
static void test_after_a_refusal_parsing_begins_anew(void **state)
{
    char name[] = "strata";
    char directory[] = "www";
    char *arguments[] = {name, directory, NULL};
    struct options options;
    (void)state;
    assert_refused("-xh", NULL, "x");
    options_set_defaults(&options);
    assert_true(options_parse(&options, 2, arguments));
    assert_false(options.help);
    assert_string_equal(options.directory, "www");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_a_number_is_refused),
        cmocka_unit_test(test_a_number_out_of_bounds_is_refused),
        cmocka_unit_test(test_a_number_that_no_type_holds_is_refused),
        cmocka_unit_test(test_what_is_counted_has_no_fractions),
        cmocka_unit_test(test_units_are_for_sizes_and_one_is_enough),
        cmocka_unit_test(test_an_unknown_option_is_refused),
        cmocka_unit_test(test_an_option_that_lacks_its_value_is_refused),
        cmocka_unit_test(test_a_switch_with_a_value_is_refused),
        cmocka_unit_test(test_two_directories_are_refused),
        cmocka_unit_test(test_more_lines_than_there_may_be_are_refused),
        cmocka_unit_test(test_after_a_refusal_parsing_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
