/* A server with 64 descriptors: more clients than it can hold at once. It never spins, never dies,
 * and everyone is served in the end. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"
#include "tests/system/support/threads.h"

#include <errno.h>
#include <string.h>

enum { DESCRIPTORS = 64, CLIENTS = 120, LARGE = 20000000, NARROW = 8 * 1024 };

/* A short deadline makes the tick short, at which room is made. */
#define SHORT_TICK "--linger-timeout", "0.2"

static void start(struct server *server, const char *const *arguments)
{
    server_start(server,
        &(struct launch){
            .arguments = arguments, .directory = world.site.root, .descriptors = DESCRIPTORS});
}

static void close_all(struct client *clients, size_t count)
{
    for (size_t i = 0; i < count; i++) client_close(&clients[i]);
}

/* A new client is served once there is room. */
static void expect_service(int port)
{
    struct client client;
    client_connect(&client, port);
    expect_open(&client);
    client_close(&client);
}

/* RFC 9112 §9.5: idle connections may be closed at any time; that is how those that wait get their
 * turn. */
static void test_120_clients_that_stay_are_all_answered(void **state)
{
    (void)state;
    struct server server;
    struct client clients[CLIENTS];
    start(&server, ARGUMENTS(SHORT_TICK));
    for (size_t i = 0; i < CLIENTS; i++) {
        client_connect(&clients[i], server.port);
        client_send_text(&clients[i], "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        struct response response;
        response_expect(&clients[i], &response, 200);
        response_expect_content(&response, "probe");
        response_release(&response);
    }
    expect_service(server.port);
    close_all(clients, CLIENTS);
    expect_service(server.port);
    server_stop(&server);
}

/* RFC 9112 §9.5: connections that never say anything make room as well. */
static void test_120_silent_clients_make_room_for_one_that_asks(void **state)
{
    (void)state;
    struct server server;
    struct client clients[CLIENTS];
    start(&server, ARGUMENTS(SHORT_TICK, "--head-timeout", "100"));
    for (size_t i = 0; i < CLIENTS; i++) client_connect(&clients[i], server.port);
    expect_service(server.port);
    close_all(clients, CLIENTS);
    server_stop(&server);
}

/* RFC 9110 §15.5.9: so do half-sent heads. */
static void test_120_half_sent_heads_make_room_for_one_that_asks(void **state)
{
    (void)state;
    struct server server;
    struct client clients[CLIENTS];
    start(&server, ARGUMENTS(SHORT_TICK, "--head-timeout", "100"));
    for (size_t i = 0; i < CLIENTS; i++) {
        client_connect(&clients[i], server.port);
        client_send_text(&clients[i], "GET /probe.txt HTTP/1.1\r\n");
    }
    expect_service(server.port);
    close_all(clients, CLIENTS);
    server_stop(&server);
}

/* RFC 9112 §9.5: full of downloads that must not be cut, the server waits without work. */
static void test_full_of_downloads_the_server_waits_without_spinning(void **state)
{
    (void)state;
    struct server server;
    struct client clients[CLIENTS];
    struct response response;
    start(&server, ARGUMENTS("--send-timeout", "100"));
    for (size_t i = 0; i < CLIENTS; i++) {
        client_connect_narrow(&clients[i], server.port, NARROW);
        client_send_text(&clients[i], "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    if (client_receive(&clients[0], PATIENCE) != ARRIVED)
        failed("the first download does not start");
    server_expect_idle(&server);
    if (!server_is_running(&server)) failed("the server has ended");
    response_read(&clients[0], &response, TO_ANY);
    if (response.status == 200) response_expect_octets(&response, LARGE);
    response_release(&response);
    close_all(clients, CLIENTS);
    expect_service(server.port);
    server_stop(&server);
}

/* RFC 9110 §15.6.4: whoever is answered is answered well: with the file, or with 503 that names a
 * time. */
static void test_downloads_beyond_the_descriptors_are_whole_or_503(void **state)
{
    (void)state;
    enum { ROUNDS = 60 };
    struct server server;
    struct client clients[ROUNDS];
    size_t whole = 0;
    start(&server, ARGUMENTS(SHORT_TICK));
    for (size_t i = 0; i < ROUNDS; i++) {
        client_connect(&clients[i], server.port);
        client_send_text(
            &clients[i], "GET /medium.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }
    for (size_t i = 0; i < ROUNDS; i++) {
        struct response response;
        response_read(&clients[i], &response, TO_ANY);
        if (response.status == 503)
            response_expect_field(&response, "Retry-After", "1");
        else
            response_expect_octets(&response, 1000000);
        whole += response.status == 200;
        response_release(&response);
        client_expect_end(&clients[i]);
        client_close(&clients[i]);
    }
    if (whole == 0) failed("nobody got the file");
    server_stop(&server);
}

/* RFC 9112 §9.5: a bound that was asked for is held by the same means. */
static void test_max_connections_bounds_them_and_serves_everybody(void **state)
{
    (void)state;
    enum { MOST = 5, ASKING = 30 };
    struct server server;
    struct client clients[ASKING];
    server_start(&server,
        &(struct launch){.arguments = ARGUMENTS(SHORT_TICK, "--max-connections", "5"),
            .directory = world.site.root});
    size_t sockets = server_sockets(&server);
    for (size_t i = 0; i < ASKING; i++) {
        client_connect(&clients[i], server.port);
        client_send_text(&clients[i], "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    for (size_t i = 0; i < ASKING; i++) {
        struct response response;
        response_expect(&clients[i], &response, 200);
        response_release(&response);
        if (server_sockets(&server) > sockets + MOST)
            failed("%zu connections at once", server_sockets(&server) - sockets);
    }
    close_all(clients, ASKING);
    server_stop(&server);
}

/* From now on the server gets no new descriptor, or as many as before. It has one thread in these
 * tests: a thread sanitizer without descriptors could not name what it is told to suppress. */
static void allow_descriptors(const struct server *server, rlim_t limit)
{
    const struct rlimit limits = {limit, DESCRIPTORS};
    if (prlimit(server->pid, RLIMIT_NOFILE, &limits, NULL) != 0)
        failed("the server's limit cannot be set: %s", strerror(errno));
    step("the server may have %d descriptors", (int)limit);
}

/* RFC 9110 §15.6.4 */
static void test_without_a_descriptor_for_the_file_the_answer_is_503(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    struct response response;
    start(&server, ARGUMENTS(SHORT_TICK, "--threads", "1"));
    client_connect(&client, server.port);
    expect_open(&client);
    allow_descriptors(&server, 1);
    client_send_text(&client, "GET /medium.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    response_expect(&client, &response, 503);
    response_expect_field(&response, "Retry-After", "1");
    response_expect_field(&response, "Connection", "close");
    response_release(&response);
    client_expect_end(&client);
    client_close(&client);
    allow_descriptors(&server, DESCRIPTORS);
    get_once(server.port, "/medium.bin", &response, 200);
    response_expect_octets(&response, 1000000);
    response_release(&response);
    server_stop(&server);
}

/* RFC 9112 §9.5: a connection that cannot be accepted waits; the server neither spins nor forgets
 * it. */
static void test_without_a_descriptor_for_a_connection_it_waits(void **state)
{
    (void)state;
    struct server server;
    struct client held;
    struct client waiting;
    start(&server, ARGUMENTS(SHORT_TICK, "--threads", "1"));
    client_connect(&held, server.port);
    expect_open(&held);
    allow_descriptors(&server, 1);
    client_connect(&waiting, server.port);
    client_send_text(&waiting, "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n");
    server_expect_idle(&server);
    if (client_receive(&waiting, 0) != SILENCE) failed("an answer without a descriptor");
    allow_descriptors(&server, DESCRIPTORS);
    expect_status(&waiting, 200);
    expect_open(&held);
    client_close(&held);
    client_close(&waiting);
    server_stop(&server);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add_octets(&world.site, "large.bin", LARGE);
    site_add_octets(&world.site, "medium.bin", 1000000);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_120_clients_that_stay_are_all_answered),
        TEST(test_120_silent_clients_make_room_for_one_that_asks),
        TEST(test_120_half_sent_heads_make_room_for_one_that_asks),
        TEST(test_full_of_downloads_the_server_waits_without_spinning),
        TEST(test_downloads_beyond_the_descriptors_are_whole_or_503),
        TEST(test_max_connections_bounds_them_and_serves_everybody),
        TEST(test_without_a_descriptor_for_the_file_the_answer_is_503),
        TEST(test_without_a_descriptor_for_a_connection_it_waits),
    };
    return cmocka_run_group_tests_name("descriptors", tests, setup, world_end);
}
