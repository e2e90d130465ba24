/* Clients that go away: at any octet of a request or of a response, in order or by reset. The
 * server goes on serving, and keeps nothing of them open (RFC 9112 §9.5, §9.6). */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <string.h>
#include <sys/socket.h>

enum { LARGE = 2000000, NARROW = 8 * 1024, SPARE_DESCRIPTORS = 8 };

static size_t sockets_at_rest;
static size_t descriptors_at_rest;

/* Another client is served, which comes after all that went; and all of those gets closed. */
static void expect_at_rest(void)
{
    struct client client;
    struct patience patience = patience_for(PATIENCE);
    client_connect(&client, world.port);
    expect_open(&client);
    client_close(&client);
    server_await_sockets(&world.server, sockets_at_rest);
    while (server_descriptors(&world.server) > descriptors_at_rest + SPARE_DESCRIPTORS)
        if (!patience_left(&patience))
            failed("%zu descriptors are open, %zu were before", server_descriptors(&world.server),
                descriptors_at_rest);
}

#define CHUNKS "5;x\r\nhello\r\n0\r\nX: y\r\n\r\n"

static const char *const requests[] = {
    "GET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n",
    "\r\n\r\nHEAD /file.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET /file.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world",
    "GET /file.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" CHUNKS,
    "GET /file.txt HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
    "BREW / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    "GET /\nHTTP/1.1\r\n\r\n",
    "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\nGET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n",
};

static void leave_after_every_octet(void (*leave)(struct client *client))
{
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        size_t length = strlen(requests[i]);
        for (size_t sent = 0; sent <= length; sent++) {
            struct client client;
            client_connect(&client, world.port);
            client_send(&client, requests[i], sent);
            leave(&client);
        }
        expect_at_rest();
    }
}

static void half_close_then_close(struct client *client)
{
    client_half_close(client);
    client_close(client);
}

/* Lets the server act on what was sent before the connection is reset. */
static void await_then_reset(struct client *client)
{
    client_receive(client, 0.002);
    client_reset(client);
}

/* RFC 9112 §9.5 */
static void test_a_reset_after_any_octet_of_a_request_is_survived(void **state)
{
    (void)state;
    leave_after_every_octet(client_reset);
}

/* RFC 9112 §9.5 */
static void test_a_reset_a_moment_after_any_octet_of_a_request_is_survived(void **state)
{
    (void)state;
    leave_after_every_octet(await_then_reset);
}

/* RFC 9112 §9.6 */
static void test_a_close_after_any_octet_of_a_request_is_survived(void **state)
{
    (void)state;
    leave_after_every_octet(client_close);
}

/* RFC 9112 §9.6 */
static void test_a_half_close_and_close_after_any_octet_of_a_request_is_survived(void **state)
{
    (void)state;
    leave_after_every_octet(half_close_then_close);
}

/* Takes so many octets of the response and no more. */
static void take(struct client *client, size_t count)
{
    char octets[4096];
    struct patience patience = patience_for(PATIENCE);
    while (count > 0) {
        size_t wanted = count < sizeof octets ? count : sizeof octets;
        ssize_t received = recv(client->socket, octets, wanted, MSG_DONTWAIT);
        if (received == 0) return;
        count -= received > 0 ? (size_t)received : 0;
        if (received < 0 && !patience_left(&patience))
            failed("%zu octets of the response did not come", count);
    }
}

/* RFC 9112 §9.5 */
static void test_a_reset_after_any_octet_of_a_small_response_is_survived(void **state)
{
    (void)state;
    for (size_t taken = 0; taken < 150; taken++) {
        struct client client;
        client_connect(&client, world.port);
        client_send_text(&client, requests[0]);
        take(&client, taken);
        client_reset(&client);
    }
    expect_at_rest();
}

/* RFC 9112 §9.5: the server is in the middle of sending a file. */
static void test_a_reset_anywhere_in_a_large_response_is_survived(void **state)
{
    (void)state;
    for (size_t taken = 0; taken < LARGE; taken = taken * 3 / 2 + 1) {
        struct client client;
        client_connect_narrow(&client, world.port, NARROW);
        client_send_text(&client, requests[7]);
        take(&client, taken);
        client_reset(&client);
    }
    expect_at_rest();
}

/* RFC 9112 §9.5: the answers to a pipeline meet a connection that is gone. */
static void test_a_reset_under_a_pipeline_is_survived(void **state)
{
    (void)state;
    char pipeline[12000] = "";
    for (size_t i = 0; i < 200; i++) strcat(pipeline, requests[0]);
    for (size_t i = 0; i < 60; i++) {
        struct client client;
        client_connect(&client, world.port);
        client_send_text(&client, pipeline);
        take(&client, i * 100);
        client_reset(&client);
    }
    expect_at_rest();
}

/* RFC 9112 §9.6: clients that close without reading what was sent to them. */
static void test_a_close_without_reading_is_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < 100; i++) {
        struct client client;
        client_connect(&client, world.port);
        client_send_text(&client, requests[i % 2 == 0 ? 0 : 7]);
        client_close(&client);
    }
    expect_at_rest();
}

/* RFC 9112 §9.5: connections that never say anything. */
static void test_connections_without_an_octet_are_survived(void **state)
{
    (void)state;
    struct client clients[100];
    for (size_t i = 0; i < 100; i++) client_connect(&clients[i], world.port);
    for (size_t i = 0; i < 100; i++) (i % 2 == 0 ? client_reset : client_close)(&clients[i]);
    expect_at_rest();
}

/* RFC 9112 §9.6: a refused client that resets instead of closing ends the lingering. */
static void test_a_reset_while_the_server_lingers_is_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        struct client client;
        struct response response;
        client_connect(&client, world.port);
        client_send_text(&client, requests[6]);
        response_expect(&client, &response, 400);
        response_release(&response);
        client_expect_end(&client);
        client_reset(&client);
    }
    expect_at_rest();
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    site_add_octets(&world.site, "large.bin", LARGE);
    world_begin(NULL);
    sockets_at_rest = server_sockets(&world.server);
    descriptors_at_rest = server_descriptors(&world.server);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_reset_after_any_octet_of_a_request_is_survived),
        TEST(test_a_reset_a_moment_after_any_octet_of_a_request_is_survived),
        TEST(test_a_close_after_any_octet_of_a_request_is_survived),
        TEST(test_a_half_close_and_close_after_any_octet_of_a_request_is_survived),
        TEST(test_a_reset_after_any_octet_of_a_small_response_is_survived),
        TEST(test_a_reset_anywhere_in_a_large_response_is_survived),
        TEST(test_a_reset_under_a_pipeline_is_survived),
        TEST(test_a_close_without_reading_is_survived),
        TEST(test_connections_without_an_octet_are_survived),
        TEST(test_a_reset_while_the_server_lingers_is_survived),
    };
    return cases_run("resets", NO_CASES, TESTS(tests), setup);
}
