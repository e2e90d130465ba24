/* The access log as a file, a pipe, or nothing: no request is lost, and the server never waits for
 * it. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/log_lines.h"
#include "tests/system/support/patience.h"
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
        &(struct launch){
            .arguments = ARGUMENTS("--access-log", log_path), .directory = world.site.root});
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

/* Every request, from any connection, is one line, within a tick or two. */
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
    enum { BEFORE = 50 };
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
    struct patience patience = patience_for(PATIENCE);
    for (; lines_in(log_path) < BEFORE; requests++) {
        expect_open(&client);
        if (!patience_left(&patience)) failed("the new log has %zu lines", lines_in(log_path));
    }
    client_close(&client);
    server_stop(&server);
    step("%zu lines in the old log, %zu in the new one", lines_in(moved), lines_in(log_path));
    if (lines_in(moved) + lines_in(log_path) != requests)
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
    if (text[0] != '\0') failed("standard output holds \"%s\"", text);
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
        TEST(test_a_thousand_requests_are_a_thousand_lines),
        TEST(test_a_log_that_exists_is_added_to),
        TEST(test_sighup_begins_a_new_log_and_loses_nothing),
        TEST(test_a_dash_logs_to_standard_output),
        TEST(test_none_turns_the_log_off),
        TEST(test_a_full_pipe_as_log_stalls_nothing_and_its_losses_are_told),
    };
    return cmocka_run_group_tests_name("access log files", tests, setup, world_end);
}
