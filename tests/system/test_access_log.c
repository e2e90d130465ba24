/* The access log: Combined Log Format, one line a request whatever its octets, never in the
 * server's way. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/log_lines.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char log_path[128];

static void start(struct server *server)
{
    snprintf(log_path, sizeof log_path, "%s/access.log", world.site.base);
    unlink(log_path);
    server_start(server,
        &(struct launch){.arguments = ARGUMENTS("--access-log", log_path, "--head-timeout", "1"),
            .directory = world.site.root});
}

/* Sends one request on a connection of its own; stops the server; gives back the one line of the
 * log. */
static void log_one(const char *request, size_t length, int status, struct log_line *line)
{
    struct server server;
    struct client client;
    struct response response;
    start(&server);
    client_connect(&client, server.port);
    client_send(&client, request, length);
    response_expect(&client, &response, status);
    client_close(&client);
    server_stop(&server);
    char *text = file_text(log_path, NULL);
    if (text == NULL) failed("no log");
    step_octets("logged", text, strlen(text));
    if (log_count_lines(text) != 1) failed("%zu lines, expected one", log_count_lines(text));
    const char *problem = log_parse_line(text, line);
    if (problem != NULL) failed("%s", problem);
    if (line->status != status || line->length != response.content_length)
        failed("status %d and length %zu are logged", line->status, line->length);
    response_release(&response);
    free(text);
}

#define LOG_ONE(request, status, line) log_one(request, sizeof(request) - 1, status, line)

static void expect_text(const char *what, const char *found, const char *expected)
{
    if (strcmp(found, expected) != 0)
        failed("%s is \"%s\", expected \"%s\"", what, found, expected);
}

/* Combined Log Format */
static void test_a_line_has_exactly_the_combined_format(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    struct response response;
    start(&server);
    client_connect(&client, server.port);
    client_send_text(&client,
        "GET /probe.txt?x=y HTTP/1.1\r\nHost: a\r\nUser-Agent: agent/1.0 (test)\r\n"
        "Referer: http://a/from\r\n\r\n");
    response_expect(&client, &response, 200);
    response_release(&response);
    client_close(&client);
    server_stop(&server);
    char *text = file_text(log_path, NULL);
    char *date = strchr(text, '[');
    char *rest = date == NULL ? NULL : strchr(date, ']');
    if (rest == NULL || rest - date != 27) failed("no date of 26 characters in brackets: %s", text);
    if (strncmp(text, "127.0.0.1 - - [", 15) != 0)
        failed("the start is not address, two dashes and bracket: %s", text);
    expect_text("what follows the date", rest,
        "] \"GET /probe.txt?x=y HTTP/1.1\" 200 5 \"http://a/from\" \"agent/1.0 (test)\"\n");
    free(text);
}

/* Combined Log Format: a field that the request does not have is a dash. */
static void test_missing_fields_are_dashes(void **state)
{
    (void)state;
    struct log_line line;
    LOG_ONE("GET /probe.txt HTTP/1.0\r\n\r\n", 200, &line);
    expect_text("the request line", line.request, "GET /probe.txt HTTP/1.0");
    expect_text("the referrer", line.referrer, "-");
    expect_text("the agent", line.agent, "-");
}

/* Combined Log Format: the date is that of the request, in a form with the offset from UTC. */
static void test_the_date_is_now(void **state)
{
    (void)state;
    struct log_line line;
    LOG_ONE("GET /probe.txt HTTP/1.0\r\n\r\n", 200, &line);
    if (!log_date_is_recent(line.date)) failed("the date is %s", line.date);
}

/* A quote or a backslash must not end or change what is quoted. */
static void test_quotes_and_backslashes_are_escaped(void **state)
{
    (void)state;
    struct log_line line;
    LOG_ONE("GET /a\"b\\c HTTP/1.1\r\nHost: a\r\nUser-Agent: \"q\" \\ \\\"\r\nReferer: \\\r\n\r\n",
        404, &line);
    expect_text("the request line", line.request, "GET /a\"b\\c HTTP/1.1");
    expect_text("the agent", line.agent, "\"q\" \\ \\\"");
    expect_text("the referrer", line.referrer, "\\");
}

/* Octets beyond US-ASCII, and tabs, come as \xHH. */
static void test_octets_that_are_not_printable_are_escaped(void **state)
{
    (void)state;
    struct log_line line;
    LOG_ONE("GET /probe.txt HTTP/1.1\r\nHost: a\r\nUser-Agent: a\tb\xe4\xff\r\n\r\n", 200, &line);
    expect_text("the agent", line.agent, "a\tb\xe4\xff");
    if (strcasestr(line.text, "a\\x09b\\xe4\\xff") == NULL &&
        strcasestr(line.text, "a\\tb\\xe4\\xff") == NULL)
        failed("the octets are not escaped as \\xHH");
}

/* One line, whatever a refused request held; no octet of it gets out of its quotes. */
static void test_refused_requests_are_one_line_each(void **state)
{
    (void)state;
    struct log_line line;
    LOG_ONE("GET /\nHTTP/1.1\r\nX: y\r\n\r\n", 400, &line);
    LOG_ONE("GET /\"\x01\x1b[31m\r\n\r\n", 400, &line);
    LOG_ONE("\x16\x03\x01\x02\n\n\"", 400, &line);
    LOG_ONE("GET /\xe4\r\n\r\n", 400, &line);
    LOG_ONE("GET / HTTP/1.1\r\nHost: a\r\n\rX", 400, &line);
    LOG_ONE("BREW /\" HTTP/1.1\r\nHost: a\r\n\r\n", 501, &line);
}

/* A head that did not come in time is a request, too. */
static void test_a_request_timeout_is_a_line(void **state)
{
    (void)state;
    struct log_line line;
    LOG_ONE("GET /half HT", 408, &line);
}

static size_t lines_in(const char *path)
{
    char *text = file_text(path, NULL);
    size_t count = text == NULL ? 0 : log_count_lines(text);
    free(text);
    return count;
}

static void await_lines(const char *path, size_t count)
{
    struct patience patience = patience_for(PATIENCE);
    while (lines_in(path) < count)
        if (!patience_left(&patience))
            failed("%zu lines in %s, expected %zu", lines_in(path), path, count);
}

/* Every request, from any connection, is one line; without being asked for, within a tick or two.
 */
static void test_a_thousand_requests_are_a_thousand_lines(void **state)
{
    (void)state;
    enum { CLIENTS = 10, REQUESTS = 100 };
    struct server server;
    start(&server);
    for (size_t i = 0; i < CLIENTS; i++) {
        struct client client;
        client_connect(&client, server.port);
        for (size_t k = 0; k < REQUESTS; k++) expect_open(&client);
        client_close(&client);
    }
    await_lines(log_path, CLIENTS * REQUESTS);
    server_stop(&server);
    char *text = file_text(log_path, NULL);
    if (log_count_lines(text) != CLIENTS * REQUESTS) failed("%zu lines", log_count_lines(text));
    for (const char *next = text; *next != '\0'; next = strchr(next, '\n') + 1) {
        struct log_line line;
        if (log_parse_line(next, &line) != NULL || line.status != 200 ||
            strcmp(line.request, "GET /probe.txt HTTP/1.1") != 0)
            failed("a line is not that of a request: %.200s", next);
    }
    free(text);
}

/* A log that exists is added to. */
static void test_a_log_that_exists_is_added_to(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start(&server);
    client_connect(&client, server.port);
    expect_open(&client);
    client_close(&client);
    server_stop(&server);
    server_start(&server,
        &(struct launch){
            .arguments = ARGUMENTS("--access-log", log_path), .directory = world.site.root});
    client_connect(&client, server.port);
    expect_open(&client);
    client_close(&client);
    server_stop(&server);
    if (lines_in(log_path) != 2) failed("%zu lines", lines_in(log_path));
}

/* SIGHUP: the log that was moved away is let go of, a new one begun, and no request is lost between
 * the two. */
static void test_sighup_begins_a_new_log_and_loses_nothing(void **state)
{
    (void)state;
    enum { BEFORE = 50, MOST_AFTER = 20000 };
    struct server server;
    struct client client;
    char moved[160];
    size_t requests = 0;
    start(&server);
    snprintf(moved, sizeof moved, "%s.1", log_path);
    client_connect(&client, server.port);
    while (requests < BEFORE) {
        expect_open(&client);
        requests++;
    }
    if (rename(log_path, moved) != 0) failed("rename");
    server_signal(&server, SIGHUP);
    while (access(log_path, F_OK) != 0 && requests < MOST_AFTER) {
        expect_open(&client);
        requests++;
    }
    for (size_t i = 0; i < BEFORE; i++, requests++) expect_open(&client);
    client_close(&client);
    server_stop(&server);
    step("%zu lines in the old log, %zu in the new one", lines_in(moved), lines_in(log_path));
    if (lines_in(log_path) < BEFORE / 2 || lines_in(moved) + lines_in(log_path) != requests)
        failed("%zu requests were made", requests);
    unlink(moved);
}

/* Standard output as log. */
static void test_a_dash_logs_to_standard_output(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    server_start(&server,
        &(struct launch){
            .arguments = ARGUMENTS("--access-log", "-"), .directory = world.site.root});
    client_connect(&client, server.port);
    expect_open(&client);
    client_close(&client);
    server_signal(&server, SIGTERM);
    server_wait(&server, 0);
    char *text = server_output(&server);
    if (log_count_lines(text) != 1) failed("standard output holds \"%s\"", text);
    free(text);
    server_forget(&server);
}

/* Without a log nothing is written anywhere. */
static void test_none_turns_the_log_off(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    server_start(&server,
        &(struct launch){
            .arguments = ARGUMENTS("--access-log", "none"), .directory = world.site.root});
    client_connect(&client, server.port);
    expect_open(&client);
    client_close(&client);
    server_signal(&server, SIGTERM);
    server_wait(&server, 0);
    char *text = server_output(&server);
    expect_text("standard output", text, "");
    free(text);
    server_forget(&server);
}

/* The number before "line" in what standard error tells, all such added. */
static size_t lines_told_lost(const char *errors)
{
    size_t total = 0;
    for (const char *found = errors; (found = strstr(found, " line")) != NULL; found++) {
        const char *start = found;
        while (start > errors && start[-1] != '\n') start--;
        const char *digits = strpbrk(start, "0123456789");
        if (digits != NULL && digits < found) total += strtoul(digits, NULL, 10);
    }
    return total;
}

/* A pipe that nobody reads must not stall the server; the lines it could not take are counted and
 * told. */
static void test_a_full_pipe_as_log_stalls_nothing_and_its_losses_are_told(void **state)
{
    (void)state;
    enum { REQUESTS = 3000 };
    int ends[2];
    struct server server;
    struct client client;
    if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[1], F_SETPIPE_SZ, 4096) < 0) failed("no pipe");
    server_start(&server,
        &(struct launch){.arguments = ARGUMENTS("--access-log", "-"),
            .directory = world.site.root,
            .output = ends[1]});
    close(ends[1]);
    client_connect(&client, server.port);
    for (size_t i = 0; i < REQUESTS; i++) expect_open(&client);
    client_close(&client);
    server_signal(&server, SIGTERM);
    server_wait(&server, 0);

    char text[8192] = "";
    ssize_t length = read(ends[0], text, sizeof text - 1);
    close(ends[0]);
    size_t written = log_count_lines(text);
    char *errors = server_errors(&server);
    size_t lost = lines_told_lost(errors);
    step("%zu lines in the pipe, %zu told lost", written, lost);
    if (length <= 0 || text[length - 1] != '\n') failed("the pipe does not end in a whole line");
    if (written + lost != REQUESTS)
        failed("%zu lines written and %zu told lost are not %d", written, lost, (int)REQUESTS);
    free(errors);
    server_forget(&server);
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
        TEST(test_a_line_has_exactly_the_combined_format),
        TEST(test_missing_fields_are_dashes),
        TEST(test_the_date_is_now),
        TEST(test_quotes_and_backslashes_are_escaped),
        TEST(test_octets_that_are_not_printable_are_escaped),
        TEST(test_refused_requests_are_one_line_each),
        TEST(test_a_request_timeout_is_a_line),
        TEST(test_a_thousand_requests_are_a_thousand_lines),
        TEST(test_a_log_that_exists_is_added_to),
        TEST(test_sighup_begins_a_new_log_and_loses_nothing),
        TEST(test_a_dash_logs_to_standard_output),
        TEST(test_none_turns_the_log_off),
        TEST(test_a_full_pipe_as_log_stalls_nothing_and_its_losses_are_told),
    };
    return cmocka_run_group_tests_name("access log", tests, setup, world_end);
}
