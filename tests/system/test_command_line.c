/* The command line: what is printed where, and the exit status. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BAD_USAGE = 64, NO_DIRECTORY = 66, CANNOT_LISTEN = 69, HELP_WIDTH = 80 };

/* Runs the program to its end. What it wrote is to be freed. */
static void run(const char *const *arguments, const char *directory, int exit_status, char **output,
    char **errors)
{
    struct server server;
    program_run(&server,
        &(struct launch){.arguments = arguments, .directory = directory, .bare = true},
        exit_status);
    *output = server_output(&server);
    *errors = server_errors(&server);
    server_forget(&server);
}

static void expect_contains(const char *what, const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL) failed("%s does not contain \"%s\":\n%s", what, wanted, text);
}

/* Diagnostics go to standard error, nothing to standard output. */
static void expect_refused(
    const char *const *arguments, const char *directory, int exit_status, const char *wanted)
{
    char *output;
    char *errors;
    run(arguments, directory, exit_status, &output, &errors);
    if (output[0] != '\0') failed("standard output holds \"%s\"", output);
    if (errors[0] == '\0' || errors[strlen(errors) - 1] != '\n')
        failed("standard error does not hold whole lines: \"%s\"", errors);
    expect_contains("standard error", errors, "strata");
    expect_contains("standard error", errors, wanted);
    free(output);
    free(errors);
}

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
    run(ARGUMENTS(option), NULL, 0, &output, &errors);
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
        run(ARGUMENTS(options[i]), NULL, 0, &output, &errors);
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
    expect_refused(ARGUMENTS("--nonsense"), world.site.root, BAD_USAGE, "nonsense");
    expect_refused(ARGUMENTS("--nonsense"), world.site.root, BAD_USAGE, "--help");
    expect_refused(ARGUMENTS("-Z"), world.site.root, BAD_USAGE, "--help");
}

static void test_an_option_without_its_value_is_bad_usage(void **state)
{
    (void)state;
    expect_refused(ARGUMENTS("--port"), NULL, BAD_USAGE, "port");
    expect_refused(ARGUMENTS("-p"), NULL, BAD_USAGE, "p");
}

static void test_two_directories_are_bad_usage(void **state)
{
    (void)state;
    expect_refused(ARGUMENTS(world.site.root), world.site.root, BAD_USAGE, "--help");
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
            world.site.root, BAD_USAGE, pairs[i][0] + 2);
}

static void test_a_directory_that_is_not_there_is_told(void **state)
{
    (void)state;
    expect_refused(
        ARGUMENTS("--port", "0"), "/no/such/directory", NO_DIRECTORY, "/no/such/directory");
}

static void test_a_file_is_no_directory(void **state)
{
    (void)state;
    expect_refused(ARGUMENTS("--port", "0"), site_path(&world.site, "probe.txt").text, NO_DIRECTORY,
        "probe.txt");
}

static void test_an_address_that_is_none_cannot_be_listened_on(void **state)
{
    (void)state;
    expect_refused(ARGUMENTS("--address", "nowhere.invalid", "--port", "0"), world.site.root,
        CANNOT_LISTEN, "nowhere.invalid");
}

static void test_an_address_of_another_machine_cannot_be_listened_on(void **state)
{
    (void)state;
    expect_refused(ARGUMENTS("--address", "192.0.2.1", "--port", "0"), world.site.root,
        CANNOT_LISTEN, "192.0.2.1");
}

/* A socket that listens on a free port of the IPv4 loopback. */
static int listen_somewhere(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        failed("no socket to listen on: %s", strerror(errno));
    *port = ntohs(address.sin_port);
    return listener;
}

static void test_a_port_in_use_is_told(void **state)
{
    (void)state;
    int port;
    char text[16];
    int listener = listen_somewhere(&port);
    snprintf(text, sizeof text, "%d", port);
    expect_refused(
        ARGUMENTS("--address", "127.0.0.1", "--port", text), world.site.root, CANNOT_LISTEN, text);
    expect_refused(ARGUMENTS("--address", "127.0.0.1", "--port", text), world.site.root,
        CANNOT_LISTEN, "--port"); /* what to do about it */
    close(listener);
}

static void test_a_port_just_left_by_another_server_is_taken_at_once(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    char port[16];
    server_start(&server, &(struct launch){.directory = world.site.root});
    client_connect(&client, server.port);
    expect_open(&client);
    snprintf(port, sizeof port, "%d", server.port);
    server_stop(&server); /* closes first: its side of the connection waits in TIME_WAIT */
    client_close(&client);
    server_start(&server,
        &(struct launch){.arguments = ARGUMENTS("--address", "127.0.0.1", "--port", port),
            .directory = world.site.root,
            .bare = true});
    server_stop(&server);
}

static void test_the_ready_line_names_directory_and_address(void **state)
{
    (void)state;
    struct server server;
    char expected[300];
    server_start(&server, &(struct launch){.directory = world.site.root});
    snprintf(expected, sizeof expected, "strata: serving %s at http://127.0.0.1:%d/\n",
        world.site.root, server.port);
    char *errors = server_errors(&server);
    if (strcmp(errors, expected) != 0) failed("standard error holds \"%s\"", errors);
    free(errors);
    server_stop(&server);
}

/* The ready lines: how many, and whether all name the same port. */
static size_t count_ready_lines(const struct server *server)
{
    size_t count = 0;
    char port[16];
    snprintf(port, sizeof port, ":%d/", server->port);
    char *errors = server_errors(server);
    for (const char *line = errors; (line = strstr(line, "strata: serving ")) != NULL; line++) {
        const char *found = strstr(line, port);
        if (found == NULL || found > strchr(line, '\n'))
            failed("a ready line names another port than %d:\n%s", server->port, errors);
        count++;
    }
    free(errors);
    return count;
}

static void await_ready_lines(const struct server *server, size_t count)
{
    struct patience patience = patience_for(PATIENCE);
    while (count_ready_lines(server) < count)
        if (!patience_left(&patience))
            failed("%zu ready lines, expected %zu", count_ready_lines(server), count);
}

static void test_several_addresses_share_the_free_port(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    server_start(&server,
        &(struct launch){
            .arguments = ARGUMENTS("--address", "127.0.0.1", "-a", "127.0.0.2", "-p", "0"),
            .directory = world.site.root,
            .bare = true});
    await_ready_lines(&server, 2);
    client_connect(&client, server.port);
    expect_open(&client);
    client_close(&client);
    server_stop(&server);
}

static void test_the_default_address_is_local_with_one_port_for_all(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    server_start(&server,
        &(struct launch){
            .arguments = ARGUMENTS("--port", "0"), .directory = world.site.root, .bare = true});
    await_ready_lines(&server, 1);
    client_connect(&client, server.port);
    expect_open(&client);
    client_close(&client);
    server_stop(&server);
}

static bool has_ipv6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool works = probe >= 0 && bind(probe, (struct sockaddr *)&address, sizeof address) == 0;
    if (probe >= 0) close(probe);
    return works;
}

/* RFC 3986 §3.2.2: an IPv6 address stands in brackets. */
static void test_the_ipv6_loopback_is_served(void **state)
{
    (void)state;
    struct server server;
    struct client client = {.socket = -1};
    if (!has_ipv6()) skip();
    server_start(&server,
        &(struct launch){.arguments = ARGUMENTS("--address", "::1", "--port", "0"),
            .directory = world.site.root,
            .bare = true});
    char expected[32];
    snprintf(expected, sizeof expected, "http://[::1]:%d/", server.port);
    server_await_error(&server, expected);
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
        .sin6_port = htons((unsigned short)server.port),
        .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    client.socket = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(client.socket, (struct sockaddr *)&address, sizeof address) != 0)
        failed("cannot connect: %s", strerror(errno));
    expect_open(&client);
    client_close(&client);
    server_stop(&server);
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
        TEST(test_an_address_that_is_none_cannot_be_listened_on),
        TEST(test_an_address_of_another_machine_cannot_be_listened_on),
        TEST(test_a_port_in_use_is_told),
        TEST(test_a_port_just_left_by_another_server_is_taken_at_once),
        TEST(test_the_ready_line_names_directory_and_address),
        TEST(test_several_addresses_share_the_free_port),
        TEST(test_the_default_address_is_local_with_one_port_for_all),
        TEST(test_the_ipv6_loopback_is_served),
        TEST(test_options_and_values_are_taken_in_every_usual_form),
    };
    return cmocka_run_group_tests_name("command line", tests, setup, world_end);
}
