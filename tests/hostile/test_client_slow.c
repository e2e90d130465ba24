/* Hundreds of clients at once that are slow on purpose, each kind alone against one thread: all of
 * them are sent away by their deadlines, and others are served meanwhile. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <poll.h>
#include <sys/socket.h>

enum { SLOW = 500, READERS = 200, SILENT = 1000, LARGE = 20000000, NARROW = 1024 };

#define GET_FILE "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n"
#define CONTENT  "GET /probe.txt HTTP/1.1\r\nHost: a\r\n"

static struct client slow[SILENT];

/* What a client says at first, and then octet by octet for ever. */
struct drip {
    const char *start;
    char octet;
};

/* Reads what it is told when its time is up. */
static void expect_408_and_end(struct client *client)
{
    struct response response;
    response_expect(client, &response, 408);
    if (!response.closes) failed("408 does not announce the close");
    response_release(&response);
    client_expect_end(client);
    client_close(client);
}

/* Every client goes on dripping until it is answered with 408; others are served in between. */
static void expect_all_told(const char *option, const struct drip *drips, size_t count)
{
    struct server server;
    struct client other;
    size_t left = SLOW;
    start_server(&server, ARGUMENTS("--threads", "1", option, "1"));
    size_t sockets = server_sockets(&server);
    for (size_t i = 0; i < SLOW; i++) {
        client_connect(&slow[i], server.port);
        client_send_text(&slow[i], drips[i % count].start);
    }
    client_connect(&other, server.port);
    struct patience patience = patience_for(PATIENCE);
    while (left > 0) {
        for (size_t i = 0; i < SLOW; i++) {
            if (slow[i].socket < 0) continue;
            if (client_receive(&slow[i], 0) == SILENCE) {
                client_try_send(&slow[i], &drips[i % count].octet, 1);
                continue;
            }
            expect_408_and_end(&slow[i]);
            left--;
        }
        expect_open(&other);
        if (!patience_left(&patience)) failed("%zu drip for ever", left);
    }
    client_close(&other);
    server_await_sockets(&server, sockets);
    server_stop(&server);
}

/* RFC 9110 §15.5.9: octets do not buy a head time. */
static void test_500_heads_that_drip_are_told_and_others_served(void **state)
{
    (void)state;
    static const struct drip drips[] = {{"G", 'E'}, {"GET /", 'a'}, {"GET / HTTP/1.1\r\nX", 'y'},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: ", 'z'}, {"\r\n", 'P'}};
    expect_all_told("--head-timeout", drips, 5);
}

/* RFC 9110 §15.5.9: content has to keep up 1 KiB a second, whatever it is made of. */
static void test_500_contents_that_drip_are_told_and_others_served(void **state)
{
    (void)state;
    static const struct drip drips[] = {{CONTENT "Content-Length: 1000000\r\n\r\n", 'x'},
        {CONTENT "Transfer-Encoding: chunked\r\n\r\nFFFF\r\n", 'x'},
        {CONTENT "Transfer-Encoding: chunked\r\n\r\n5;", 'x'},
        {CONTENT "Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", 'y'}};
    expect_all_told("--content-timeout", drips, 4);
}

/* Takes one octet, if there is one; whether the server has given the client up. */
static bool is_cut_off(const struct client *client)
{
    char octet;
    struct pollfd poll_set = {client->socket, POLLRDHUP, 0};
    if (recv(client->socket, &octet, 1, MSG_DONTWAIT) == 0)
        failed("a part of the file ended like the whole");
    return poll(&poll_set, 1, 0) == 1;
}

/* RFC 9112 §9.5: a reader of an octet now and then is reset, and never takes the part for all. */
static void test_200_readers_that_drip_are_cut_off_and_others_served(void **state)
{
    (void)state;
    struct server server;
    struct client other;
    size_t left = READERS;
    start_server(&server, ARGUMENTS("--threads", "1", "--send-timeout", "1"));
    size_t sockets = server_sockets(&server);
    for (size_t i = 0; i < READERS; i++) {
        client_connect_narrow(&slow[i], server.port, NARROW);
        client_send_text(&slow[i], "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    client_connect(&other, server.port);
    struct patience patience = patience_for(PATIENCE);
    for (size_t round = 0; left > 0; round++) {
        for (size_t i = round % 10; i < READERS; i += 10) { /* some 30 octets a second each */
            if (slow[i].socket < 0 || !is_cut_off(&slow[i])) continue;
            if (client_drain(&slow[i], PATIENCE) != WAS_RESET) failed("a part ended in order");
            client_close(&slow[i]);
            left--;
        }
        expect_open(&other);
        if (!patience_left(&patience)) failed("%zu read for ever", left);
    }
    client_close(&other);
    server_await_sockets(&server, sockets);
    server_stop(&server);
}

/* RFC 9112 §9.5: half of them never say a word, half have been answered once. */
static void test_1000_idle_clients_are_closed_silently_and_others_served(void **state)
{
    (void)state;
    struct server server;
    struct client other;
    start_server(
        &server, ARGUMENTS("--threads", "1", "--idle-timeout", "3", "--head-timeout", "3"));
    size_t sockets = server_sockets(&server);
    for (size_t i = 0; i < SILENT; i++) {
        client_connect(&slow[i], server.port);
        if (i % 2 == 0) expect_open(&slow[i]);
    }
    for (size_t i = 0; i < SILENT; i++) {
        if (i % 50 == 0) {
            client_connect(&other, server.port);
            expect_open(&other);
            client_close(&other);
        }
        client_expect_end(&slow[i]);
        client_close(&slow[i]);
    }
    server_await_sockets(&server, sockets);
    server_stop(&server);
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
        TEST(test_500_heads_that_drip_are_told_and_others_served),
        TEST(test_500_contents_that_drip_are_told_and_others_served),
        TEST(test_200_readers_that_drip_are_cut_off_and_others_served),
        TEST(test_1000_idle_clients_are_closed_silently_and_others_served),
    };
    return cmocka_run_group_tests_name("slow clients", tests, setup, world_end);
}
