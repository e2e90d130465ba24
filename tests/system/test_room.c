/* A full table makes room: first what has been idle longest, then heads that have been half sent
 * longest (RFC 9112 §9.5: a server may close an idle connection at any time). */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"
#include "tests/system/support/threads.h"

#include <signal.h>
#include <sys/wait.h>

enum { PLACES = 16 }; /* one of 16 is to be free */

#define FULL_AT_16 "--max-connections", "16", "--linger-timeout", "0.2"
#define HALF_HEAD  "GET /probe.txt HTTP/1.1\r\n"

static void connect_half_sent(struct client *client, int port)
{
    client_connect(client, port);
    client_send_text(client, HALF_HEAD);
}

static void connect_idle(struct client *client, int port)
{
    client_connect(client, port);
    expect_open(client);
}

/* What it says is there when it is accepted: who has said nothing yet may have to go before. */
static void connect_saying(struct client *client, const struct server *server, const char *text)
{
    kill(server->pid, SIGSTOP);
    waitpid(server->pid, NULL, WUNTRACED);
    client_connect(client, server->port);
    client_send_text(client, text);
    kill(server->pid, SIGCONT);
}

static void close_all(struct client clients[PLACES])
{
    for (size_t i = 0; i < PLACES; i++) client_close(&clients[i]);
}

static void test_the_longest_idle_connection_makes_room(void **state)
{
    (void)state;
    struct server server;
    struct client clients[PLACES];
    start_server(&server, ARGUMENTS(FULL_AT_16));
    for (size_t i = 0; i < PLACES - 1; i++) connect_idle(&clients[i], server.port);
    server_await_rest(&server);
    connect_idle(&clients[PLACES - 1], server.port);
    client_expect_end(&clients[0]);
    for (size_t i = 1; i < PLACES; i++) expect_open(&clients[i]);
    close_all(clients);
    server_stop(&server);
}

static void test_a_connection_used_again_is_not_the_longest_idle(void **state)
{
    (void)state;
    struct server server;
    struct client clients[PLACES];
    start_server(&server, ARGUMENTS(FULL_AT_16));
    for (size_t i = 0; i < PLACES - 1; i++) connect_idle(&clients[i], server.port);
    expect_open(&clients[0]);
    server_await_rest(&server);
    connect_idle(&clients[PLACES - 1], server.port);
    client_expect_end(&clients[1]);
    expect_open(&clients[0]);
    close_all(clients);
    server_stop(&server);
}

static void test_an_idle_connection_makes_room_before_an_older_half_sent_head(void **state)
{
    (void)state;
    struct server server;
    struct client clients[PLACES];
    start_server(&server, ARGUMENTS(FULL_AT_16));
    for (size_t i = 0; i < PLACES - 1; i++) connect_half_sent(&clients[i], server.port);
    server_await_rest(&server);
    connect_saying(&clients[PLACES - 1], &server, HALF_HEAD "Host: a\r\n\r\n");
    expect_status(&clients[PLACES - 1], 200);
    client_expect_end(&clients[PLACES - 1]);
    for (size_t i = 0; i < PLACES - 1; i++) {
        client_send_text(&clients[i], "Host: a\r\n\r\n");
        expect_status(&clients[i], 200);
    }
    close_all(clients);
    server_stop(&server);
}

/* RFC 9110 §15.5.9 */
static void test_without_idle_connections_half_sent_heads_make_room_with_408(void **state)
{
    (void)state;
    struct server server;
    struct client clients[PLACES];
    start_server(&server, ARGUMENTS(FULL_AT_16));
    for (size_t i = 0; i < PLACES - 1; i++) {
        connect_half_sent(&clients[i], server.port);
        server_await_rest(&server);
        if (client_receive(&clients[i], 0) != SILENCE)
            failed("an answer to half a head while there is room");
    }
    connect_saying(&clients[PLACES - 1], &server, HALF_HEAD);
    expect_status(&clients[0], 408);
    client_send_text(&clients[PLACES - 2], "Host: a\r\n\r\n");
    expect_status(&clients[PLACES - 2], 200);
    close_all(clients);
    server_stop(&server);
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
        TEST(test_the_longest_idle_connection_makes_room),
        TEST(test_a_connection_used_again_is_not_the_longest_idle),
        TEST(test_an_idle_connection_makes_room_before_an_older_half_sent_head),
        TEST(test_without_idle_connections_half_sent_heads_make_room_with_408),
    };
    return cmocka_run_group_tests_name("room", tests, setup, world_end);
}
