/* The command line: what is understood. What is refused is in test_options_refused.c. */
#include "server/options.h"
#include "tests/support/captured.h"

#include <string.h>

enum { SECOND = 1000000000 };

/* Parses one argument, or two. */
static bool parse(struct options *options, const char *first, const char *second)
{
    char name[] = "strata";
    char *arguments[] = {name, strdup(first), second == NULL ? NULL : strdup(second), NULL};
    options_set_defaults(options);
    /* What the options point to lives on: a leak of a few octets, kept reachable. */
    static char *kept[256];
    static size_t kept_count;
    kept[kept_count++] = arguments[1];
    kept[kept_count++] = arguments[2];
    assert_true(kept_count + 2 < COUNT(kept));
    return options_parse(options, second == NULL ? 2 : 3, arguments);
}

static struct options parsed(const char *first, const char *second)
{
    struct options options;
    assert_true(parse(&options, first, second));
    return options;
}

static void test_without_arguments_everything_has_its_default(void **state)
{
    char name[] = "strata";
    char *arguments[] = {name, NULL};
    struct options options;
    (void)state;
    options_set_defaults(&options);
    assert_true(options_parse(&options, 1, arguments));
    assert_string_equal(options.directory, ".");
    assert_int_equal(options.addresses.count, 1);
    assert_string_equal(options.addresses.values[0], "localhost");
    assert_int_equal(options.port, 8080);
    assert_int_equal(options.threads, 0);
    assert_int_equal(options.max_connections, 0);
    assert_string_equal(options.access_log, "-");
    assert_int_equal(options.buffer_memory, 64 * 1024 * 1024);
    assert_false(options.list);
    assert_null(options.fallback);
    assert_int_equal(options.headers.count, 0);
    assert_string_equal(options.cache_control, "no-cache");
    assert_false(options.no_server_field);
    assert_false(options.no_deadlines);
    assert_false(options.help);
    assert_false(options.version);
}

static void test_the_default_deadlines_are_those_of_the_table(void **state)
{
    struct options options;
    (void)state;
    options_set_defaults(&options);
    assert_int_equal(options.limits[WAIT_HEAD], 10LL * SECOND);
    assert_int_equal(options.limits[WAIT_NEXT_REQUEST], 60LL * SECOND);
    assert_int_equal(options.limits[WAIT_CONTENT], 30LL * SECOND);
    assert_int_equal(options.limits[WAIT_PEER_READS], 30LL * SECOND);
    assert_int_equal(options.limits[WAIT_PEER_CLOSES], 5LL * SECOND);
    assert_int_equal(options.grace, 30LL * SECOND);
}

static void test_an_argument_without_dashes_is_the_directory(void **state)
{
    (void)state;
    assert_string_equal(parsed("/srv/www", NULL).directory, "/srv/www");
    assert_string_equal(parsed("--", "-p").directory, "-p");
}

static void test_an_address_is_given_short_or_long(void **state)
{
    (void)state;
    assert_string_equal(parsed("-a", "::1").addresses.values[0], "::1");
    assert_string_equal(parsed("-a127.0.0.1", NULL).addresses.values[0], "127.0.0.1");
    assert_string_equal(parsed("--address", "a.example").addresses.values[0], "a.example");
    assert_string_equal(parsed("--address=a.example", NULL).addresses.values[0], "a.example");
    assert_int_equal(parsed("-a", "::1").addresses.count, 1);
}

static void test_an_address_may_be_repeated_up_to_the_limit(void **state)
{
    char name[] = "strata";
    char option[] = "-a";
    char host[] = "127.0.0.1";
    char other[] = "::1";
    char *arguments[2 * OPTIONS_REPEATS_MAX + 4] = {name};
    int count = 1;
    struct options options;
    (void)state;
    for (int i = 0; i < OPTIONS_REPEATS_MAX; i++) {
        arguments[count++] = option;
        arguments[count++] = i == 1 ? other : host;
    }
    options_set_defaults(&options);
    assert_true(options_parse(&options, count, arguments));
    assert_int_equal(options.addresses.count, OPTIONS_REPEATS_MAX);
    assert_ptr_equal(options.addresses.values[0], host);
    assert_ptr_equal(options.addresses.values[1], other);
    arguments[count++] = option;
    arguments[count++] = host;
    options_set_defaults(&options);
    capture_begin(STDERR_FILENO);
    bool taken = options_parse(&options, count, arguments);
    const char *said = capture_end();
    assert_false(taken);
    assert_non_null(strstr(said, "address"));
}

static void test_whole_numbers_are_given_short_or_long(void **state)
{
    (void)state;
    assert_int_equal(parsed("-p", "80").port, 80);
    assert_int_equal(parsed("-p80", NULL).port, 80);
    assert_int_equal(parsed("--port", "80").port, 80);
    assert_int_equal(parsed("--port=80", NULL).port, 80);
    assert_int_equal(parsed("-t", "3").threads, 3);
    assert_int_equal(parsed("--threads=3", NULL).threads, 3);
    assert_int_equal(parsed("-c", "77").max_connections, 77);
    assert_int_equal(parsed("--max-connections=77", NULL).max_connections, 77);
}

static void test_a_port_reaches_from_0_to_65535(void **state)
{
    (void)state;
    assert_int_equal(parsed("-p", "0").port, 0);
    assert_int_equal(parsed("-p", "1").port, 1);
    assert_int_equal(parsed("-p", "65535").port, 65535);
}

static void test_one_thread_and_one_connection_are_enough(void **state)
{
    (void)state;
    assert_int_equal(parsed("-t", "1").threads, 1);
    assert_int_equal(parsed("-c", "1").max_connections, 1);
}

static void test_each_time_lands_in_its_own_member(void **state)
{
    (void)state;
    assert_int_equal(parsed("--head-timeout=7", NULL).limits[WAIT_HEAD], 7LL * SECOND);
    assert_int_equal(parsed("--idle-timeout=7", NULL).limits[WAIT_NEXT_REQUEST], 7LL * SECOND);
    assert_int_equal(parsed("--content-timeout=7", NULL).limits[WAIT_CONTENT], 7LL * SECOND);
    assert_int_equal(parsed("--send-timeout=7", NULL).limits[WAIT_PEER_READS], 7LL * SECOND);
    assert_int_equal(parsed("--linger-timeout=7", NULL).limits[WAIT_PEER_CLOSES], 7LL * SECOND);
    assert_int_equal(parsed("--grace=7", NULL).grace, 7LL * SECOND);
}

static void test_seconds_may_have_decimals(void **state)
{
    (void)state;
    assert_int_equal(parsed("--grace", "0.25").grace, SECOND / 4);
    assert_int_equal(parsed("--head-timeout", "1.5").limits[WAIT_HEAD], 3LL * SECOND / 2);
    assert_in_range(parsed("--idle-timeout", "0.1").limits[WAIT_NEXT_REQUEST], 99999999, 100000001);
}

static void test_a_grace_of_nothing_is_possible(void **state)
{
    (void)state;
    assert_int_equal(parsed("--grace", "0").grace, 0);
}

static void test_a_size_is_in_octets_or_has_a_unit(void **state)
{
    (void)state;
    assert_int_equal(parsed("--buffer-memory", "1000000").buffer_memory, 1000000);
    assert_int_equal(parsed("--buffer-memory", "512K").buffer_memory, 512 * 1024);
    assert_int_equal(parsed("--buffer-memory=3M", NULL).buffer_memory, 3 * 1024 * 1024);
    assert_int_equal(parsed("--buffer-memory=2G", NULL).buffer_memory, 2LL * 1024 * 1024 * 1024);
}

static void test_the_access_log_is_a_name(void **state)
{
    (void)state;
    assert_string_equal(parsed("--access-log", "none").access_log, "none");
    assert_string_equal(parsed("--access-log=-", NULL).access_log, "-");
    assert_string_equal(parsed("--access-log=/var/log/a b", NULL).access_log, "/var/log/a b");
}

static void test_the_fallback_is_a_name(void **state)
{
    (void)state;
    assert_string_equal(parsed("--fallback", "app.html").fallback, "app.html");
    assert_string_equal(parsed("--fallback=/a b.html", NULL).fallback, "/a b.html");
}

static void test_cache_control_is_a_value(void **state)
{
    (void)state;
    assert_string_equal(
        parsed("--cache-control", "public, max-age=60").cache_control, "public, max-age=60");
    assert_string_equal(parsed("--cache-control=no-store", NULL).cache_control, "no-store");
}

/* In their order: which lines make a head is not decided here. */
static void test_lines_may_be_given_several_times(void **state)
{
    const struct options once = parsed("--header", "X-A: b=c");
    const struct options twice = parsed("--header=X-A: 1", "--header=X-B: 2");
    (void)state;
    assert_int_equal(once.headers.count, 1);
    assert_string_equal(once.headers.values[0], "X-A: b=c");
    assert_int_equal(twice.headers.count, 2);
    assert_string_equal(twice.headers.values[0], "X-A: 1");
    assert_string_equal(twice.headers.values[1], "X-B: 2");
    assert_int_equal(twice.addresses.count, 1);
}

static void test_switches_are_off_until_they_are_given(void **state)
{
    (void)state;
    assert_true(parsed("--no-deadlines", NULL).no_deadlines);
    assert_true(parsed("--list", NULL).list);
    assert_true(parsed("-l", NULL).list);
    assert_true(parsed("--no-server-field", NULL).no_server_field);
    assert_false(parsed("-l", NULL).no_server_field);
    assert_true(parsed("--help", NULL).help);
    assert_true(parsed("-h", NULL).help);
    assert_true(parsed("--version", NULL).version);
    assert_true(parsed("-V", NULL).version);
    assert_false(parsed("-V", NULL).help);
    assert_false(parsed("-h", NULL).version);
}

static void test_options_may_follow_the_directory(void **state)
{
    char name[] = "strata";
    char directory[] = "www";
    char port[] = "-p81";
    char *arguments[] = {name, directory, port, NULL};
    struct options options;
    (void)state;
    options_set_defaults(&options);
    assert_true(options_parse(&options, 3, arguments));
    assert_string_equal(options.directory, "www");
    assert_int_equal(options.port, 81);
}

static void test_the_last_of_several_values_counts(void **state)
{
    (void)state;
    assert_int_equal(parsed("-p80", "--port=81").port, 81);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_arguments_everything_has_its_default),
        cmocka_unit_test(test_the_default_deadlines_are_those_of_the_table),
        cmocka_unit_test(test_an_argument_without_dashes_is_the_directory),
        cmocka_unit_test(test_an_address_is_given_short_or_long),
        cmocka_unit_test(test_an_address_may_be_repeated_up_to_the_limit),
        cmocka_unit_test(test_whole_numbers_are_given_short_or_long),
        cmocka_unit_test(test_a_port_reaches_from_0_to_65535),
        cmocka_unit_test(test_one_thread_and_one_connection_are_enough),
        cmocka_unit_test(test_each_time_lands_in_its_own_member),
        cmocka_unit_test(test_seconds_may_have_decimals),
        cmocka_unit_test(test_a_grace_of_nothing_is_possible),
        cmocka_unit_test(test_a_size_is_in_octets_or_has_a_unit),
        cmocka_unit_test(test_the_access_log_is_a_name),
        cmocka_unit_test(test_the_fallback_is_a_name),
        cmocka_unit_test(test_cache_control_is_a_value),
        cmocka_unit_test(test_lines_may_be_given_several_times),
        cmocka_unit_test(test_switches_are_off_until_they_are_given),
        cmocka_unit_test(test_options_may_follow_the_directory),
        cmocka_unit_test(test_the_last_of_several_values_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
