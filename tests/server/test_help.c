/* --help: what it prints. */
#include "server/options.h"
#include "tests/support/captured.h"

#include <string.h>

static const char *help(void)
{
    capture_begin(STDOUT_FILENO);
    options_print_help();
    return capture_end();
}

static void test_help_is_at_most_80_columns_wide(void **state)
{
    (void)state;
    for (const char *line = help(); *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (length > 80)
            fail_msg("%zu columns: %.*s", length, (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static void test_help_names_every_option_and_its_argument(void **state)
{
    static const char *const left[] = {"-a, --address HOST", "-p, --port PORT", "-t, --threads N",
        "-c, --max-connections N", "--access-log FILE", "--head-timeout SECONDS",
        "--idle-timeout SECONDS", "--content-timeout SECONDS", "--send-timeout SECONDS",
        "--linger-timeout SECONDS", "--grace SECONDS", "--buffer-memory SIZE", "--no-deadlines",
        "-h, --help", "-V, --version"};
    const char *text = help();
    (void)state;
    for (size_t i = 0; i < COUNT(left); i++)
        if (strstr(text, left[i]) == NULL)
            fail_msg("no %s in:\n%s", left[i], text);
}

/* What starts with dashes is followed by white space, then by what it means. */
static void test_help_separates_an_option_from_what_it_means(void **state)
{
    static const char *const left[] = {"--address HOST", "--port PORT", "--threads N",
        "--max-connections N", "--access-log FILE", "--head-timeout SECONDS",
        "--idle-timeout SECONDS", "--content-timeout SECONDS", "--send-timeout SECONDS",
        "--linger-timeout SECONDS", "--grace SECONDS", "--buffer-memory SIZE", "--no-deadlines",
        "--help", "--version"};
    const char *text = help();
    (void)state;
    for (size_t i = 0; i < COUNT(left); i++) {
        const char *at = strstr(text, left[i]);
        assert_non_null(at);
        at += strlen(left[i]);
        if (*at != ' ' && *at != '\n')
            fail_msg("nothing between %s and %.12s", left[i], at);
    }
}

static void test_help_says_how_the_command_is_used(void **state)
{
    (void)state;
    assert_non_null(strstr(help(), "strata [OPTION]... [DIRECTORY]"));
}

static void test_help_says_the_defaults(void **state)
{
    static const char *const defaults[] = {"8080", "localhost", "default: 10)", "default: 60)",
        "default: 30)", "default: 5)", "64M"};
    const char *text = help();
    (void)state;
    for (size_t i = 0; i < COUNT(defaults); i++)
        if (strstr(text, defaults[i]) == NULL)
            fail_msg("no %s in:\n%s", defaults[i], text);
}

static void test_help_says_what_each_exit_status_means(void **state)
{
    static const char *const statuses[] = {" 0 ", " 64 ", " 66 ", "69 ", "71 "};
    const char *text = strstr(help(), "Exit status");
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < COUNT(statuses); i++)
        assert_non_null(strstr(text, statuses[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help_is_at_most_80_columns_wide),
        cmocka_unit_test(test_help_names_every_option_and_its_argument),
        cmocka_unit_test(test_help_separates_an_option_from_what_it_means),
        cmocka_unit_test(test_help_says_how_the_command_is_used),
        cmocka_unit_test(test_help_says_the_defaults),
        cmocka_unit_test(test_help_says_what_each_exit_status_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
