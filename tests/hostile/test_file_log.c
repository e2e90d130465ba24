/* A log that can take no more, and requests that would write lines of their own into it: everybody
 * is answered, what is lost is told, and each line is that of one request. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/log_lines.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* A short deadline makes the tick short, at which the log is written. */
#define SHORT_TICK "--linger-timeout", "0.2"

static char log_path[128];

static void start(struct server *server, const char *path)
{
    start_server(server, ARGUMENTS(SHORT_TICK, "--access-log", path));
}

static void ask(int port, size_t times)
{
    struct client client;
    client_connect(&client, port);
    for (size_t i = 0; i < times; i++) expect_open(&client);
    client_close(&client);
}

static size_t log_size(void)
{
    struct stat status;
    return stat(log_path, &status) == 0 ? (size_t)status.st_size : 0;
}

static void await_log(size_t size)
{
    struct patience patience = patience_for(PATIENCE);
    while (log_size() < size)
        if (!patience_left(&patience)) failed("%zu octets are in the log", log_size());
}

static void test_a_log_on_a_full_disk_costs_no_answer(void **state)
{
    (void)state;
    struct server server;
    start(&server, "/dev/full");
    ask(server.port, 300);
    server_await_error(&server, "the access log lost ");
    ask(server.port, 1);
    server_stop(&server);
}

/* As if the disk were full after some lines, and then free again: SIGXFSZ must not end the server.
 */
static void test_a_log_that_may_not_grow_costs_no_answer_and_goes_on_later(void **state)
{
    (void)state;
    const struct rlimit any = {RLIM_INFINITY, RLIM_INFINITY};
    struct server server;
    start(&server, log_path);
    ask(server.port, 3);
    await_log(200);
    const struct rlimit full = {log_size(), RLIM_INFINITY};
    assert_int_equal(prlimit(server.pid, RLIMIT_FSIZE, &full, NULL), 0);
    ask(server.port, 200);
    server_await_error(&server, "the access log lost ");
    assert_int_equal(log_size(), full.rlim_cur);
    assert_int_equal(prlimit(server.pid, RLIMIT_FSIZE, &any, NULL), 0);
    ask(server.port, 3);
    await_log(full.rlim_cur + 200);
    server_stop(&server);
}

/* Fails unless each line of the log is that of one request, but for the one that was cut. */
static void expect_lines(size_t cut)
{
    static struct log_line line;
    size_t wrong = 0;
    char *text = file_text(log_path, NULL);
    for (const char *at = text; *at != '\0'; at = strchr(at, '\n') + 1)
        wrong += log_parse_line(at, &line) != NULL;
    step("the log: %s", text);
    free(text);
    if (wrong > cut) failed("%zu lines are not whole", wrong);
}

/* A line that was cut by the end of the room is lost, and does not spoil the one after it. */
static void test_a_line_that_had_no_room_does_not_spoil_the_next(void **state)
{
    (void)state;
    const struct rlimit any = {RLIM_INFINITY, RLIM_INFINITY};
    struct server server;
    start(&server, log_path);
    ask(server.port, 3);
    await_log(200);
    const struct rlimit full = {log_size() + 37, RLIM_INFINITY};
    assert_int_equal(prlimit(server.pid, RLIMIT_FSIZE, &full, NULL), 0);
    ask(server.port, 20);
    server_await_error(&server, "the access log lost ");
    assert_int_equal(prlimit(server.pid, RLIMIT_FSIZE, &any, NULL), 0);
    ask(server.port, 3);
    size_t size = full.rlim_cur + 200;
    await_log(size);
    server_stop(&server);
    char *text = file_text(log_path, NULL);
    size_t lines = log_count_lines(text);
    free(text);
    if (lines < 7) failed("%zu lines: one was joined to the piece of another", lines);
    expect_lines(1);
}

/* What is sent for each octet, in three places of a request; a line must come of it. */
static void send_octet(int octet, int port)
{
    char request[400];
    struct client client;
    int length = sprintf(request,
        "GET /%c%c127.0.0.1%c-%cforged HTTP/1.1\r\nHost: a\r\nReferer: x%c\"y%c\r\n"
        "User-Agent: %c127.0.0.1 - - [forged] \"\\%c\r\nConnection: close\r\n\r\n",
        octet, octet, octet, octet, octet, octet, octet, octet);
    client_connect(&client, port);
    client_send(&client, request, (size_t)length);
    client_half_close(&client);
    client_drain(&client, PATIENCE);
    client_close(&client);
}

/* Every octet but NUL, which needs no text, is sent; however it is answered, it is one line. */
static void test_whatever_octet_a_request_holds_its_line_is_one(void **state)
{
    (void)state;
    static struct log_line line;
    struct server server;
    size_t lines = 0;
    start(&server, log_path);
    for (int octet = 0; octet <= 0xff; octet++) send_octet(octet, server.port);
    server_stop(&server);
    char *text = file_text(log_path, NULL);
    for (const char *at = text; *at != '\0'; at = strchr(at, '\n') + 1, lines++) {
        const char *wrong = log_parse_line(at, &line);
        if (wrong != NULL) failed("%s: %.200s", wrong, at);
        assert_string_equal(line.address, "127.0.0.1");
    }
    free(text);
    assert_int_equal(lines, 256);
}

static int begin(void **state)
{
    remove(log_path);
    return test_begin(state);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    snprintf(log_path, sizeof log_path, "%s/access.log", world.site.base);
    return 0;
}

#define LOGGED(function)                                                                           \
    {                                                                                              \
#function, function, begin, test_end, NULL                                                 \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOGGED(test_a_log_on_a_full_disk_costs_no_answer),
        LOGGED(test_a_log_that_may_not_grow_costs_no_answer_and_goes_on_later),
        LOGGED(test_a_line_that_had_no_room_does_not_spoil_the_next),
        LOGGED(test_whatever_octet_a_request_holds_its_line_is_one),
    };
    return cmocka_run_group_tests_name("log", tests, setup, world_end);
}
