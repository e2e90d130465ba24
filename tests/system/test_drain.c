/* Stopping: what is under way is finished within --grace, what is idle is closed, nobody new is let
 * in. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { LARGE = 20000000, NARROW = 16 * 1024 };

#define GET_FILE "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n"

static void begin_download(struct client *client, int port)
{
    client_connect_narrow(client, port, NARROW);
    client_send_text(client, "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    if (client_receive(client, PATIENCE) != ARRIVED) failed("the download does not start");
}

static void finish_download(struct client *client)
{
    struct response response;
    response_expect(client, &response, 200);
    response_expect_octets(&response, LARGE);
    response_release(&response);
    client_expect_end(client);
    client_close(client);
}

static void expect_refused(int port)
{
    struct patience patience = patience_for(PATIENCE);
    struct client client;
    while (client_try_connect(&client, port)) {
        client_close(&client);
        if (!patience_left(&patience)) failed("the server still takes connections");
    }
    step("a new connection is refused");
}

static void expect_end(struct server *server)
{
    server_wait(server, 0);
    server_forget(server);
}

static void expect_stopped_after_the_download(int signal_number)
{
    struct server server;
    struct client download;
    struct client idle;
    struct client silent;
    start_server(&server, ARGUMENTS("--grace", "100"));
    client_connect(&silent, server.port);
    client_connect(&idle, server.port);
    expect_open(&idle);
    begin_download(&download, server.port);
    server_signal(&server, signal_number);
    client_expect_end(&idle);
    client_expect_end(&silent);
    client_close(&idle);
    client_close(&silent);
    expect_refused(server.port);
    if (!server_is_running(&server)) failed("the server ended before the download");
    finish_download(&download);
    expect_end(&server);
}

/* RFC 9112 §9.6 */
static void test_sigterm_lets_a_download_finish_and_closes_what_is_idle(void **state)
{
    (void)state;
    expect_stopped_after_the_download(SIGTERM);
}

/* RFC 9112 §9.6 */
static void test_sigint_lets_a_download_finish_and_closes_what_is_idle(void **state)
{
    (void)state;
    expect_stopped_after_the_download(SIGINT);
}

/* Exit status 0: stopped in order. */
static void test_without_connections_the_server_ends_at_once(void **state)
{
    (void)state;
    struct server server;
    start_server(&server, ARGUMENTS("--grace", "100"));
    double began = seconds_now();
    server_stop(&server);
    if (seconds_now() - began > PATIENCE / 2) failed("it took %.1f s", seconds_now() - began);
}

/* RFC 9112 §9.6: a request that comes while the server stops is answered, and the answer says that
 * it is the last. */
static void test_a_request_completed_while_stopping_is_answered_with_close(void **state)
{
    (void)state;
    struct server server;
    struct client download;
    struct client client;
    struct response response;
    start_server(&server, ARGUMENTS("--grace", "100"));
    begin_download(&download, server.port);
    client_connect(&client, server.port);
    client_send_text(&client, "GET /probe.txt HTTP/1.1\r\n");
    if (client_receive(&client, 0.3) !=
        SILENCE) /* the server has read it and parked the connection */
        failed("an answer to half a head");
    server_signal(&server, SIGTERM);
    expect_refused(server.port);
    client_send_text(&client, "Host: a\r\n\r\n");
    response_expect(&client, &response, 200);
    if (!response.closes) failed("the answer does not announce the close");
    response_release(&response);
    client_expect_end(&client);
    client_close(&client);
    finish_download(&download);
    expect_end(&server);
}

/* Exit status 0 even so; the number of connections cut is told. */
static void test_a_stalled_download_is_cut_when_grace_is_over(void **state)
{
    (void)state;
    struct server server;
    struct client downloads[3];
    start_server(&server, ARGUMENTS("--grace", "0.4"));
    for (size_t i = 0; i < 3; i++) begin_download(&downloads[i], server.port);
    double began = seconds_now();
    server_signal(&server, SIGTERM);
    server_wait(&server, 0);
    if (seconds_now() - began < 0.38) failed("cut after %.2f s", seconds_now() - began);
    char *errors = server_errors(&server);
    if (strstr(errors, "3 connections") == NULL)
        failed("standard error does not tell that 3 connections were cut");
    free(errors);
    for (size_t i = 0; i < 3; i++) {
        client_drain(&downloads[i], PATIENCE);
        client_close(&downloads[i]);
    }
    server_forget(&server);
}

static void expect_second_signal_to_end_it(int first, int second)
{
    struct server server;
    struct client download;
    start_server(&server, ARGUMENTS("--grace", "100"));
    begin_download(&download, server.port);
    server_signal(&server, first);
    expect_refused(server.port); /* the first has been acted on */
    server_signal(&server, second);
    expect_end(&server);
    client_drain(&download, PATIENCE);
    client_close(&download);
}

/* Exit status 0 */
static void test_a_second_signal_ends_the_server_at_once(void **state)
{
    (void)state;
    expect_second_signal_to_end_it(SIGTERM, SIGTERM);
}

/* Exit status 0 */
static void test_a_second_signal_of_the_other_kind_ends_the_server_at_once(void **state)
{
    (void)state;
    expect_second_signal_to_end_it(SIGINT, SIGTERM);
}

/* RFC 9112 §9.3.2: requests that are here when the signal comes are answered before the end. */
static void test_a_pipeline_under_way_ends_with_whole_answers(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    static char pipeline[400 * sizeof GET_FILE];
    for (size_t i = 0; i < 400; i++)
        memcpy(pipeline + i * (sizeof GET_FILE - 1), GET_FILE, sizeof GET_FILE);
    start_server(&server, ARGUMENTS("--grace", "100"));
    client_connect(&client, server.port);
    client_send_text(&client, pipeline);
    server_signal(&server, SIGTERM);
    for (bool last = false; !last;) {
        struct response response;
        if (client_pending(&client) == 0 && client_receive(&client, PATIENCE) != ARRIVED)
            break; /* closed as idle: all were answered */
        response_expect(&client, &response, 200);
        response_expect_content(&response, "probe");
        last = response.closes;
        response_release(&response);
    }
    client_close(&client);
    expect_end(&server);
}

/* RFC 9112 §9.6: many clients at the moment of the signal; nobody sees half an answer. */
static void test_clients_in_the_middle_of_asking_get_whole_answers_or_none(void **state)
{
    (void)state;
    enum { CLIENTS = 100 };
    struct server server;
    struct client clients[CLIENTS];
    start_server(&server, ARGUMENTS("--grace", "100"));
    for (size_t i = 0; i < CLIENTS; i++) client_connect(&clients[i], server.port);
    for (size_t i = 0; i < CLIENTS; i++) {
        client_try_send(&clients[i], GET_FILE, sizeof GET_FILE - 1);
        if (i == CLIENTS / 2) server_signal(&server, SIGTERM);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        struct response response;
        if (client_receive(&clients[i], PATIENCE) == ARRIVED) {
            response_expect(&clients[i], &response, 200);
            response_expect_content(&response, "probe");
            response_release(&response);
        }
        client_close(&clients[i]);
    }
    expect_end(&server);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add_octets(&world.site, "large.bin", LARGE);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sigterm_lets_a_download_finish_and_closes_what_is_idle),
        TEST(test_sigint_lets_a_download_finish_and_closes_what_is_idle),
        TEST(test_without_connections_the_server_ends_at_once),
        TEST(test_a_request_completed_while_stopping_is_answered_with_close),
        TEST(test_a_stalled_download_is_cut_when_grace_is_over),
        TEST(test_a_second_signal_ends_the_server_at_once),
        TEST(test_a_second_signal_of_the_other_kind_ends_the_server_at_once),
        TEST(test_a_pipeline_under_way_ends_with_whole_answers),
        TEST(test_clients_in_the_middle_of_asking_get_whole_answers_or_none),
    };
    return cmocka_run_group_tests_name("drain", tests, setup, world_end);
}
