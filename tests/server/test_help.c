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
        if (length > 80) fail_msg("%zu columns: %.*s", length, (int)length, line);
        line += length + (line[length] == '\n');
    }
}

/* What each option's row has to hold. */
static const struct {
    const char *letter;
    const char *name;
    const char *argument;
    const char *by_default;
} rows[] = {
    {"-a", "address", "HOST", "localhost"},
    {"-p", "port", "PORT", "8080"},
    {"-t", "threads", "N", "2 x processors"},
    {"-c", "max-connections", "N", "10000"},
    {"-l", "list", "", ""},
    {"", "fallback", "FILE", ""},
    {"", "header", "'NAME: VALUE'", ""},
    {"", "cache-control", "VALUE", "no-cache"},
    {"", "no-server-field", "", ""},
    {"", "access-log", "FILE", ""},
    {"", "head-timeout", "SECONDS", "10)"},
    {"", "idle-timeout", "SECONDS", "60)"},
    {"", "content-timeout", "SECONDS", "30)"},
    {"", "send-timeout", "SECONDS", "30)"},
    {"", "linger-timeout", "SECONDS", "5)"},
    {"", "grace", "SECONDS", "30)"},
    {"", "buffer-memory", "SIZE", "64M"},
    {"", "no-deadlines", "", ""},
    {"-h", "help", "", ""},
    {"-V", "version", "", ""},
};

/* The row of an option: its line, and those after it that are about no other option. */
static const char *row_of(const char *name)
{
    static char row[1024];
    char start[32];
    const char *text = help();
    snprintf(start, sizeof start, "--%s", name);
    const char *at = strstr(text, start);
    if (at == NULL || strchr(" \n", at[strlen(start)]) == NULL)
        fail_msg("no %s with white space behind it in:\n%s", start, text);
    while (at > text && at[-1] != '\n') at--;
    size_t length = strcspn(at, "\n");
    while (at[length] == '\n' && strncmp(at + length + 1, "        ", 8) == 0)
        length += 1 + strcspn(at + length + 1, "\n");
    snprintf(row, sizeof row, "%.*s", (int)length, at);
    return row;
}

static void test_help_names_every_option_and_its_argument(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *row = row_of(rows[i].name);
        assert_non_null(strstr(row, rows[i].letter));
        const char *argument = strstr(row, rows[i].argument);
        if (argument == NULL ||
            (*rows[i].argument != '\0' &&
                strchr(" \n", argument[strlen(rows[i].argument)]) == NULL))
            fail_msg("no %s with white space behind it in: %s", rows[i].argument, row);
    }
}

static void test_help_says_what_every_option_means(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) assert_true(strlen(row_of(rows[i].name)) > 35);
}

static void test_help_says_the_defaults(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (strstr(row_of(rows[i].name), rows[i].by_default) == NULL)
            fail_msg("no default %s in: %s", rows[i].by_default, row_of(rows[i].name));
}

static void test_help_says_how_the_command_is_used(void **state)
{
    (void)state;
    assert_non_null(strstr(help(), "strata [OPTION]... [DIRECTORY]"));
}

static void test_help_says_what_each_exit_status_means(void **state)
{
    static const char *const statuses[] = {" 0 ", " 64 ", " 66 ", "69 ", "71 "};
    const char *text = strstr(help(), "Exit status");
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < COUNT(statuses); i++) assert_non_null(strstr(text, statuses[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help_is_at_most_80_columns_wide),
        cmocka_unit_test(test_help_names_every_option_and_its_argument),
        cmocka_unit_test(test_help_says_what_every_option_means),
        cmocka_unit_test(test_help_says_how_the_command_is_used),
        cmocka_unit_test(test_help_says_the_defaults),
        cmocka_unit_test(test_help_says_what_each_exit_status_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
