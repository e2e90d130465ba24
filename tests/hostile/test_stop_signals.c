/* Signals by the thousand while clients ask: none is taken for another, no answer is cut, no line
 * of the log lost; and the one that stops the server stops it in order. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENTS = 20, ROUNDS = 50, EACH = 5, LARGE = 1000000, NARROW = 16 * 1024 };

#define GET_FILE "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n"

/* Those that a server does not act on, or goes on after. */
static const int harmless[] = {SIGHUP, SIGPIPE, SIGCHLD, SIGURG, SIGWINCH, SIGCONT, SIGXFSZ};
enum { HARMLESS = sizeof harmless / sizeof harmless[0] };

static void send_harmless(const struct server *server, size_t count)
{
    for (size_t i = 0; i < count; i++) kill(server->pid, harmless[i % HARMLESS]);
}

static size_t count_lines(const char *path)
{
    size_t lines = 0;
    char *text = file_text(path, NULL);
    for (const char *at = text; at != NULL && (at = strchr(at, '\n')) != NULL; at++) lines++;
    free(text);
    return lines;
}

/* Behaviour: SIGHUP reopens the log; no other of these is for the server. */
static void test_7000_signals_under_load_cut_no_answer_and_lose_no_line(void **state)
{
    (void)state;
    struct server server;
    static struct client clients[CLIENTS];
    struct site_path log = site_path(&world.site, "../access.log");
    start_server(&server, ARGUMENTS("--access-log", log.text, "--threads", "2"));
    for (size_t i = 0; i < CLIENTS; i++) client_connect(&clients[i], server.port);
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < CLIENTS; i++) {
            for (size_t n = 0; n < EACH; n++) client_send_text(&clients[i], GET_FILE);
            send_harmless(&server, HARMLESS);
        }
        for (size_t i = 0; i < CLIENTS * EACH; i++) expect_status(&clients[i / EACH], 200);
    }
    for (size_t i = 0; i < CLIENTS; i++) client_close(&clients[i]);
    server_stop(&server);
    if (count_lines(log.text) != CLIENTS * ROUNDS * EACH)
        failed("%zu lines in the log", count_lines(log.text));
}

/* A download with signals under every piece of it. */
static void test_a_download_under_signals_comes_whole(void **state)
{
    (void)state;
    struct client client;
    struct response response;
    client_connect_narrow(&client, world.port, NARROW);
    client_send_text(&client, "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    while (client_pending(&client) < LARGE) {
        if (client_receive(&client, PATIENCE) != ARRIVED) failed("the download ended");
        send_harmless(&world.server, 2 * HARMLESS);
    }
    response_expect(&client, &response, 200);
    response_expect_octets(&response, LARGE);
    response_release(&response);
    client_close(&client);
}

/* Stopped by the terminal or a debugger, it goes on where it was. */
static void test_a_server_stopped_and_continued_goes_on(void **state)
{
    (void)state;
    struct client client;
    client_connect(&client, world.port);
    for (size_t i = 0; i < 200; i++) {
        kill(world.server.pid, i % 2 == 0 ? SIGSTOP : SIGTSTP);
        client_send_text(&client, GET_FILE GET_FILE);
        kill(world.server.pid, SIGCONT);
        expect_status(&client, 200);
        expect_status(&client, 200);
    }
    client_close(&client);
}

/* Exit status 0, whenever they come: the second ends it, the others find it ending. */
static void test_a_storm_of_sigterm_and_sigint_ends_the_server_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        struct server server;
        struct client client;
        start_server(&server, ARGUMENTS("--grace", "100"));
        client_connect(&client, server.port);
        expect_open(&client);
        client_send_text(&client, "GET / HTTP/1.1\r\n"); /* keeps it until the second */
        for (size_t n = 0; n < 500 && server_is_running(&server); n++) {
            kill(server.pid, n % 2 == 0 ? SIGTERM : SIGINT);
            kill(server.pid, SIGHUP);
        }
        server_wait(&server, 0);
        server_forget(&server);
        client_close(&client);
    }
}

/* SIGHUP while the log's directory has gone: told, and nothing else happens. */
static void test_sighups_that_cannot_be_obeyed_stop_nothing(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    struct site_path log = site_path(&world.site, "../logs/access.log");
    struct site_path directory = site_path(&world.site, "../logs");
    struct site_path elsewhere = site_path(&world.site, "../elsewhere");
    site_add_directory(&world.site, "../logs");
    start_server(&server, ARGUMENTS("--access-log", log.text));
    if (rename(directory.text, elsewhere.text) != 0) failed("the directory cannot be renamed");
    client_connect(&client, server.port);
    for (size_t i = 0; i < 500; i++) {
        kill(server.pid, SIGHUP);
        expect_open(&client);
    }
    client_close(&client);
    server_stop(&server);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add_octets(&world.site, "large.bin", LARGE);
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_7000_signals_under_load_cut_no_answer_and_lose_no_line),
        TEST(test_a_download_under_signals_comes_whole),
        TEST(test_a_server_stopped_and_continued_goes_on),
        TEST(test_a_storm_of_sigterm_and_sigint_ends_the_server_in_order),
        TEST(test_sighups_that_cannot_be_obeyed_stop_nothing),
    };
    return cases_run("signals", NO_CASES, TESTS(tests), setup);
}
