/* The last answer of a connection is not lost: neither to a reset at its close nor to a stop. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <signal.h>
#include <string.h>

enum { LARGE = 4000000, NARROW = 16 * 1024, FLOOD = 256 * 1024 };

#define GET_FILE  "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n"
#define GET_LARGE "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n"

static void await_start(struct client *client)
{
    if (client_receive(client, PATIENCE) != ARRIVED) failed("the download does not start");
}

/* The whole file must come, then the end of the stream, not a reset. */
static void expect_large_and_end(struct client *client)
{
    struct response response;
    response_expect(client, &response, 200);
    response_expect_octets(&response, LARGE);
    if (!response.closes) failed("the answer does not announce the close");
    response_release(&response);
    client_expect_end(client);
    client_close(client);
}

/* Asks for the large file, and sends more while it is on its way. */
static void send_under_the_last_answer(const char *request, const char *more)
{
    struct client client;
    client_connect_narrow(&client, world.port, NARROW);
    client_send_text(&client, request);
    await_start(&client);
    client_send_text(&client, more);
    expect_large_and_end(&client);
}

/* RFC 9112 §9.6: the octets do not make the server's close a reset, which would destroy what is on
 * its way. RFC 9112 §2.2 knows clients that send an empty line too many. */
static void test_an_empty_line_under_the_last_answer_does_not_destroy_it(void **state)
{
    (void)state;
    send_under_the_last_answer(
        "GET /large.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "\r\n");
}

/* RFC 9112 §9.6 */
static void test_nor_does_it_destroy_the_answer_to_http_1_0(void **state)
{
    (void)state;
    send_under_the_last_answer("GET /large.bin HTTP/1.0\r\n\r\n", "\r\n");
}

/* RFC 9112 §9.6 */
static void test_nor_does_a_request_that_is_not_answered(void **state)
{
    (void)state;
    send_under_the_last_answer(
        "GET /large.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", GET_FILE GET_FILE);
}

/* A server that a large download keeps from stopping, and what it has parked of the client. */
static void begin_to_stop(struct server *server, struct client *download, struct client *client)
{
    start_server(server, ARGUMENTS("--grace", "100"));
    client_connect_narrow(download, server->port, NARROW);
    client_send_text(download, GET_LARGE);
    await_start(download);
    client_connect_narrow(client, server->port, NARROW);
    client_send_text(client, "GET /large.bin HTTP/1.1\r\n");
    if (client_receive(client, 0.2) != SILENCE) failed("an answer to half a head");
    server_signal(server, SIGTERM);
    struct client late;
    struct patience patience = patience_for(PATIENCE);
    while (client_try_connect(&late, server->port)) {
        client_close(&late);
        if (!patience_left(&patience)) failed("the server still takes connections");
    }
}

static void end_download(struct server *server, struct client *download)
{
    client_drain(download, PATIENCE);
    client_close(download);
    server_wait(server, 0);
    server_forget(server);
}

/* RFC 9112 §9.6: the client did not ask for the close, and may have sent the next request. */
static void test_a_pipelined_request_does_not_destroy_the_last_answer_of_a_stop(void **state)
{
    (void)state;
    struct server server;
    struct client download;
    struct client client;
    begin_to_stop(&server, &download, &client);
    client_send_text(&client, "Host: a\r\n\r\n");
    await_start(&client);
    client_send_text(&client, GET_FILE);
    expect_large_and_end(&client);
    end_download(&server, &download);
}

/* RFC 9112 §9.6: so many clients that go on asking while the server stops; every answer that begins
 * is whole, and the last one says that it is. */
static void test_no_answer_is_cut_while_200_clients_ask_on_under_a_stop(void **state)
{
    (void)state;
    enum { CLIENTS = 200, ROUNDS = 200 };
    struct server server;
    static struct client clients[CLIENTS];
    size_t answers = 0;
    size_t open = CLIENTS;
    start_server(&server, ARGUMENTS("--grace", "100", "--threads", "2"));
    for (size_t i = 0; i < CLIENTS; i++) client_connect(&clients[i], server.port);
    for (size_t round = 0; round < ROUNDS && open > 0; round++) {
        if (round == 5) server_signal(&server, SIGTERM);
        for (size_t i = 0; i < CLIENTS; i++)
            if (clients[i].socket >= 0) client_try_send(&clients[i], GET_FILE, sizeof GET_FILE - 1);
        for (size_t i = 0; i < CLIENTS; i++) {
            struct response response;
            if (clients[i].socket < 0) continue;
            bool closes = client_receive(&clients[i], PATIENCE) != ARRIVED;
            if (!closes) {
                response_expect(&clients[i], &response, 200);
                response_expect_content(&response, "probe");
                closes = response.closes;
                if (closes) client_expect_end(&clients[i]);
                response_release(&response);
                answers++;
            }
            if (!closes) continue;
            client_close(&clients[i]);
            open--;
        }
    }
    if (open > 0 || answers < 5 * CLIENTS) failed("%zu open after %zu answers", open, answers);
    server_wait(&server, 0);
    server_forget(&server);
}

/* RFC 9112 §9.6: who is connected, and has asked before the signal, is answered: accepted or still
 * queued at the listener. */
static void test_who_asked_before_the_signal_is_answered(void **state)
{
    (void)state;
    enum { CLIENTS = 300 };
    struct server server;
    static struct client clients[CLIENTS];
    start_server(&server, ARGUMENTS("--grace", "100", "--threads", "1"));
    for (size_t i = 0; i < CLIENTS; i++) client_connect(&clients[i], server.port);
    for (size_t i = 0; i < CLIENTS; i++) client_send_text(&clients[i], GET_FILE);
    server_signal(&server, SIGTERM);
    for (size_t i = 0; i < CLIENTS; i++) {
        expect_status(&clients[i], 200);
        client_expect_end(&clients[i]);
        client_close(&clients[i]);
    }
    server_wait(&server, 0);
    server_forget(&server);
}

/* Floods a server that refuses at the first octets, and fails unless its answer comes whole, and
 * the end after it. */
static void expect_refused_under_a_flood(int port, const char *start, int status)
{
    static char flood[FLOOD];
    struct client client;
    struct response response;
    memset(flood, 'x', FLOOD);
    client_connect(&client, port);
    client_send_text(&client, start);
    client_send(&client, flood, FLOOD);
    response_expect(&client, &response, status);
    if (!response.closes) failed("the answer does not announce the close");
    response_release(&response);
    client_expect_end(&client);
    client_close(&client);
}

/* RFC 9112 §9.6 */
static void test_what_is_sent_after_a_refusal_does_not_destroy_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        expect_refused_under_a_flood(world.port, "GET / HTTP/1.1\n", 400);
        expect_refused_under_a_flood(world.port, "\x16\x03\x01", 400);
        expect_refused_under_a_flood(world.port, "GET / HTTP/1.1\r\nX: ", 431);
        expect_refused_under_a_flood(world.port, "GET /", 414);
        expect_refused_under_a_flood(world.port, "BREW", 501);
        expect_refused_under_a_flood(
            world.port, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", 413);
        expect_refused_under_a_flood(world.port,
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFF\r\n", 413);
        expect_refused_under_a_flood(
            world.port, "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
    }
}

/* RFC 9110 §15.5.9, RFC 9112 §9.6 */
static void test_what_is_sent_after_a_408_does_not_destroy_it(void **state)
{
    (void)state;
    struct server server;
    start_server(&server, ARGUMENTS("--head-timeout", "3", "--linger-timeout", "100"));
    for (size_t i = 0; i < 2; i++) {
        struct client client;
        client_connect(&client, server.port);
        client_send_text(&client, "GET / HTTP/1.1\r\nHost: ");
        if (client_receive(&client, PATIENCE) != ARRIVED) failed("no 408");
        client_send_text(&client, "a\r\n\r\n" GET_FILE GET_FILE);
        expect_status(&client, 408);
        client_expect_end(&client);
        client_close(&client);
    }
    server_stop(&server);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add_octets(&world.site, "large.bin", LARGE);
    world_begin(ARGUMENTS("--linger-timeout", "100"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_empty_line_under_the_last_answer_does_not_destroy_it),
        TEST(test_nor_does_it_destroy_the_answer_to_http_1_0),
        TEST(test_nor_does_a_request_that_is_not_answered),
        TEST(test_a_pipelined_request_does_not_destroy_the_last_answer_of_a_stop),
        TEST(test_no_answer_is_cut_while_200_clients_ask_on_under_a_stop),
        TEST(test_who_asked_before_the_signal_is_answered),
        TEST(test_what_is_sent_after_a_refusal_does_not_destroy_it),
        TEST(test_what_is_sent_after_a_408_does_not_destroy_it),
    };
    return cases_run("stop: answers", NO_CASES, TESTS(tests), setup);
}
