/* The command line: what is printed where, and the exit status. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/program.h"
#include "tests/system/support/steps.h"

#include <stdlib.h>
#include <string.h>

enum { HELP_WIDTH = 80 };

static void expect_help(const char *option)
{
    static const char *const wanted[] = {
        "--address",
        "--port",
        "--threads",
        "--max-connections",
        "--access-log",
        "--head-timeout",
        "--idle-timeout",
        "--send-timeout",
        "--content-timeout",
        "--linger-timeout",
        "--grace",
        "--help",
        "--version",
        "--buffer-memory",
        "--no-deadlines",
    };
    char *output;
    char *errors;
    program_run(ARGUMENTS(option), NULL, 0, &output, &errors);
    if (errors[0] != '\0') failed("standard error holds \"%s\"", errors);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (strcasestr(output, wanted[i]) == NULL) failed("the help does not name %s", wanted[i]);
    for (const char *line = output; *line != '\0'; line += strcspn(line, "\n") + 1)
        if (strcspn(line, "\n") > HELP_WIDTH)
            failed("a line is %zu characters wide: %.100s", strcspn(line, "\n"), line);
    free(output);
    free(errors);
}

static void test_help_fits_80_columns_and_goes_to_standard_output(void **state)
{
    (void)state;
    expect_help("--help");
}

static void test_h_is_help(void **state)
{
    (void)state;
    expect_help("-h");
}

static void test_version_is_one_line_on_standard_output(void **state)
{
    (void)state;
    static const char *const options[] = {"--version", "-V"};
    for (size_t i = 0; i < 2; i++) {
        char *output;
        char *errors;
        program_run(ARGUMENTS(options[i]), NULL, 0, &output, &errors);
        if (strncmp(output, "strata ", 7) != 0 ||
            strchr(output, '\n') != output + strlen(output) - 1)
            failed("standard output holds \"%s\"", output);
        free(output);
        free(errors);
    }
}

static void test_an_unknown_option_is_bad_usage_with_a_hint(void **state)
{
    (void)state;
    expect_refused(ARGUMENTS("--nonsense"), world.site.root, EXIT_BAD_USAGE, "nonsense");
    expect_refused(ARGUMENTS("--nonsense"), world.site.root, EXIT_BAD_USAGE, "--help");
    expect_refused(ARGUMENTS("-Z"), world.site.root, EXIT_BAD_USAGE, "--help");
}

static void test_an_option_without_its_value_is_bad_usage(void **state)
{
    (void)state;
    expect_refused(ARGUMENTS("--port"), NULL, EXIT_BAD_USAGE, "port");
    expect_refused(ARGUMENTS("-p"), NULL, EXIT_BAD_USAGE, "p");
}

static void test_two_directories_are_bad_usage(void **state)
{
    (void)state;
    expect_refused(ARGUMENTS(world.site.root), world.site.root, EXIT_BAD_USAGE, "--help");
}

static void test_numbers_that_are_none_are_bad_usage(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"--port", "x"},
        {"--port", ""},
        {"--port", "-1"},
        {"--port", "65536"},
        {"--port", "80x"},
        {"--port", "99999999999999999999"},
        {"--threads", "0"},
        {"--threads", "x"},
        {"--threads", "-2"},
        {"--threads", "1.5"},
        {"--max-connections", "0"},
        {"--max-connections", "many"},
        {"--head-timeout", "soon"},
        {"--head-timeout", "-1"},
        {"--head-timeout", "1s"},
        {"--head-timeout", "nan"},
        {"--head-timeout", ""},
        {"--idle-timeout", "1,5"},
        {"--content-timeout", "x"},
        {"--send-timeout", "x"},
        {"--linger-timeout", "x"},
        {"--grace", "x"},
        {"--buffer-memory", "x"},
        {"--buffer-memory", "1Q"},
        {"--buffer-memory", "-1M"},
        {"--buffer-memory", "M"},
        {"--buffer-memory", "99999999999999999999G"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        expect_refused(ARGUMENTS("--address", "127.0.0.1", pairs[i][0], pairs[i][1]),
            world.site.root, EXIT_BAD_USAGE, pairs[i][0] + 2);
}

static void test_a_directory_that_is_not_there_is_told(void **state)
{
    (void)state;
    expect_refused(
        ARGUMENTS("--port", "0"), "/no/such/directory", EXIT_NO_DIRECTORY, "/no/such/directory");
}

static void test_a_file_is_no_directory(void **state)
{
    (void)state;
    expect_refused(ARGUMENTS("--port", "0"), site_path(&world.site, "probe.txt").text,
        EXIT_NO_DIRECTORY, "probe.txt");
}

static void expect_served_with(const char *const *arguments)
{
    struct server server;
    struct client client;
    server_start(&server, &(struct launch){.arguments = arguments, .directory = world.site.root});
    client_connect(&client, server.port);
    expect_open(&client);
    client_close(&client);
    server_stop(&server);
}

static void test_options_and_values_are_taken_in_every_usual_form(void **state)
{
    (void)state;
    expect_served_with(ARGUMENTS("--threads=1", "--max-connections=10"));
    expect_served_with(ARGUMENTS("-t", "1", "-c", "10"));
    expect_served_with(ARGUMENTS("-t1", "-c10"));
    expect_served_with(ARGUMENTS("--buffer-memory", "1G", "--grace", "0.5"));
    expect_served_with(ARGUMENTS("--buffer-memory=512K", "--head-timeout=2.5"));
    expect_served_with(ARGUMENTS("--buffer-memory", "300000", "--idle-timeout", "1000000"));
    expect_served_with(ARGUMENTS("--"));
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_help_fits_80_columns_and_goes_to_standard_output),
        TEST(test_h_is_help),
        TEST(test_version_is_one_line_on_standard_output),
        TEST(test_an_unknown_option_is_bad_usage_with_a_hint),
        TEST(test_an_option_without_its_value_is_bad_usage),
        TEST(test_two_directories_are_bad_usage),
        TEST(test_numbers_that_are_none_are_bad_usage),
        TEST(test_a_directory_that_is_not_there_is_told),
        TEST(test_a_file_is_no_directory),
        TEST(test_options_and_values_are_taken_in_every_usual_form),
    };
    return cmocka_run_group_tests_name("command line", tests, setup, world_end);
}
