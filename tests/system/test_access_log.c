/* The access log: Combined Log Format, one line a request whatever its octets, never in the
 * server's way. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/log_lines.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

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
        &(struct launch){.arguments = ARGUMENTS("--access-log", log_path, "--head-timeout", "3"),
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
    };
    return cmocka_run_group_tests_name("access log", tests, setup, world_end);
}
