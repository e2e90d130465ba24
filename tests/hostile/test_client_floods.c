/* Floods: of connections, of requests, of field lines. Others are served while they last, and
 * nothing of them stays. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELD = 1000, FLOOD = 128 * 1024 };

#define GET_FILE "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n"

static struct client clients[HELD];

static void expect_served(int port)
{
    struct client client;
    client_connect(&client, port);
    expect_open(&client);
    client_close(&client);
}

/* RFC 9110 §9.2.2: who is closed before any octet of an answer asks again. */
static void expect_served_at_last(int port)
{
    struct client client;
    struct patience patience = patience_for(PATIENCE);
    client_connect(&client, port);
    while (!client_try_send(&client, GET_FILE, sizeof GET_FILE - 1) ||
        client_receive(&client, PATIENCE) != ARRIVED) {
        if (!patience_left(&patience)) failed("nobody else is served");
        client_close(&client);
        client_connect(&client, port);
    }
    expect_status(&client, 200);
    client_close(&client);
}

/* RFC 9112 §9.5: many more than the table holds, and all of them stay as long as they may. */
static void test_1000_connections_at_a_table_of_128_leave_room_for_others(void **state)
{
    (void)state;
    struct server server;
    start_server(&server, ARGUMENTS("--max-connections", "128", "--head-timeout", "0.4"));
    size_t sockets = server_sockets(&server);
    for (size_t i = 0; i < HELD; i++) client_connect(&clients[i], server.port);
    for (size_t i = 0; i < 10; i++) expect_served_at_last(server.port);
    for (size_t i = 0; i < HELD; i++) {
        client_expect_end(&clients[i]);
        client_close(&clients[i]);
    }
    server_await_sockets(&server, sockets);
    server_stop(&server);
}

/* RFC 9112 §9.5 */
static void test_5000_connections_that_come_and_go_leave_nothing(void **state)
{
    (void)state;
    size_t sockets = server_sockets(&world.server);
    for (size_t i = 0; i < 5000; i++) {
        client_connect(&clients[i % HELD], world.port);
        if (i % 3 == 1) client_send_text(&clients[i % HELD], "GET / HTTP/1.1\r\n");
        (i % 2 == 0 ? client_reset : client_close)(&clients[i % HELD]);
        if (i % 500 == 0) expect_served(world.port);
    }
    expect_served(world.port);
    server_await_sockets(&world.server, sockets);
}

enum { PIPELINES = 40, REQUESTS = 500, ANSWER_SIZE = 500 };

static char contents[PIPELINES][ANSWER_SIZE + 1];

/* Requests for /FIRST.txt, the next one, and so on in turn. */
static char *requests_from(size_t first)
{
    char *requests = malloc(REQUESTS * 50);
    size_t used = 0;
    for (size_t i = 0; i < REQUESTS; i++)
        used += (size_t)sprintf(
            requests + used, "GET /%zu.txt HTTP/1.1\r\nHost: a\r\n\r\n", (first + i) % PIPELINES);
    return requests;
}

/* RFC 9112 §9.3.2: 20,000 requests that wait, one thread, and others have their turns between. */
static void test_40_pipelines_of_500_requests_keep_their_order_and_let_others_in(void **state)
{
    (void)state;
    struct server server;
    struct client other;
    start_server(
        &server, ARGUMENTS("--threads", "1", "--send-timeout", "900", "--idle-timeout", "900"));
    client_connect(&other, server.port);
    for (size_t i = 0; i < PIPELINES; i++) {
        char *requests = requests_from(i);
        client_connect_narrow(&clients[i], server.port, 8 * 1024);
        client_send_text(&clients[i], requests);
        expect_open(&other);
        free(requests);
    }
    expect_open(&other);
    for (size_t i = 0; i < PIPELINES; i++) {
        for (size_t n = 0; n < REQUESTS; n++) {
            struct response response;
            response_expect(&clients[i], &response, 200);
            response_expect_content(&response, contents[(i + n) % PIPELINES]);
            response_release(&response);
        }
        client_close(&clients[i]);
    }
    client_close(&other);
    server_stop(&server);
}

/* A start, then the same again and again without end; the status that ends it. */
static const struct flood {
    const char *start, *again;
    int status;
} floods[] = {
    {"GET / HTTP/1.1\r\nHost: a\r\n", "X: y\r\n", 431},
    {"GET / HTTP/1.1\r\n", "Cookie: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 431},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: ", "yyyyyyyy", 431},
    {"GET / HTTP/1.1\r\nHost: a\r\n", "nnnnnnnn", 431},
    {"GET / HTTP/1.1\r\nHost: a\r\n", ":", 431},
    {"GET /", "../", 414},
    {"GET /", "%25", 414},
    {"", "BREW", 501},
    {"", "\r\n", 400},
    {"GET / HTTP/1.1", " ", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n", 431},
    {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0;", "a=b;", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "0", 400},
    {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "1;\r\nx\r\n", 400},
};

/* RFC 6585 §5, RFC 9112 §3: the answer comes while it grows, and is not lost to it. */
static void test_floods_of_14_kinds_by_20_clients_each_are_refused(void **state)
{
    (void)state;
    enum { KINDS = sizeof floods / sizeof floods[0], EACH = 20 };
    static char octets[FLOOD];
    for (size_t kind = 0; kind < KINDS; kind++) {
        size_t length = strlen(floods[kind].again);
        for (size_t i = 0; i < FLOOD; i++) octets[i] = floods[kind].again[i % length];
        for (size_t i = 0; i < EACH; i++) {
            client_connect(&clients[i], world.port);
            client_send_text(&clients[i], floods[kind].start);
        }
        for (size_t i = 0; i < EACH; i++) client_send(&clients[i], octets, FLOOD);
        expect_served(world.port);
        for (size_t i = 0; i < EACH; i++) {
            expect_status(&clients[i], floods[kind].status);
            client_expect_end(&clients[i]);
            client_close(&clients[i]);
        }
    }
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    for (size_t i = 0; i < PIPELINES; i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu.txt", i);
        for (size_t at = 0; at < ANSWER_SIZE; at++)
            contents[i][at] = (char)(1 + (i * 11 + at * 7 + at / 251) % 251);
        site_add(&world.site, name, contents[i]);
    }
    world_begin(ARGUMENTS("--head-timeout", "900", "--content-timeout", "900", "--linger-timeout",
        "900", "--send-timeout", "900"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_1000_connections_at_a_table_of_128_leave_room_for_others),
        TEST(test_5000_connections_that_come_and_go_leave_nothing),
        TEST(test_40_pipelines_of_500_requests_keep_their_order_and_let_others_in),
        TEST(test_floods_of_14_kinds_by_20_clients_each_are_refused),
    };
    return cases_run("floods", NO_CASES, TESTS(tests), setup);
}
