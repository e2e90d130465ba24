/* Clients that hold connections without letting them come to an end: they own no thread, and the
 * memory they hold is bounded. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"
#include "tests/system/support/threads.h"

#include <string.h>

enum { LARGE = 20000000, NARROW = 8 * 1024 };

#define GET_FILE "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n"

/* Deadlines far away, so that it is not they that free a thread. */
#define PATIENT                                                                                    \
    "--head-timeout", "900", "--idle-timeout", "900", "--content-timeout", "900",                  \
        "--send-timeout", "900", "--linger-timeout", "900"

enum {
    IDLE = 150,
    HALF_HEADS = 50,
    HALF_CONTENTS = 30,
    UNREAD = 20,
    LINGERING = 20,
    HELD = IDLE + HALF_HEADS + HALF_CONTENTS + UNREAD + LINGERING
};

/* One stalled client of the kind that its number falls to. */
static void begin_stall(struct client *client, int port, size_t number)
{
    if (number < IDLE) {
        client_connect(client, port);
        client_send_text(client, GET_FILE);
        expect_status(client, 200);
    } else if (number < IDLE + HALF_HEADS) {
        client_connect(client, port);
        client_send_text(client, "GET /probe.txt HTTP/1.1\r\nHost: ");
    } else if (number < IDLE + HALF_HEADS + HALF_CONTENTS) {
        client_connect(client, port);
        client_send_text(client, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
    } else if (number < IDLE + HALF_HEADS + HALF_CONTENTS + UNREAD) {
        client_connect_narrow(client, port, NARROW);
        client_send_text(client, "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    } else {
        client_connect(client, port);
        client_send_text(client, "GET /\n");
        expect_status(client, 400);
    }
}

static void expect_service(int port)
{
    struct client client;
    client_connect(&client, port);
    for (size_t i = 0; i < 100; i++) expect_open(&client);
    client_close(&client);
    for (size_t i = 0; i < 20; i++) {
        client_connect(&client, port);
        expect_open(&client);
        client_close(&client);
    }
}

/* RFC 9112 §9.5: a client that stalls must cost the others nothing. */
static void test_two_threads_serve_others_while_270_clients_stall(void **state)
{
    (void)state;
    struct server server;
    struct client clients[HELD];
    start_server(&server, ARGUMENTS("--threads", "2", PATIENT));
    for (size_t i = 0; i < HELD; i++) begin_stall(&clients[i], server.port, i);
    expect_service(server.port);
    server_expect_idle(&server);
    expect_service(server.port);
    expect_open(&clients[0]);
    for (size_t i = 0; i < HELD; i++) client_close(&clients[i]);
    server_stop(&server);
}

/* RFC 9112 §9.5: one thread is enough for that. */
static void test_one_thread_serves_others_while_downloads_stall(void **state)
{
    (void)state;
    struct server server;
    struct client clients[UNREAD];
    start_server(&server, ARGUMENTS("--threads", "1", PATIENT));
    for (size_t i = 0; i < UNREAD; i++)
        begin_stall(&clients[i], server.port, IDLE + HALF_HEADS + HALF_CONTENTS + i);
    expect_service(server.port);
    struct response response;
    response_expect(&clients[0], &response, 200);
    response_expect_octets(&response, LARGE);
    response_release(&response);
    for (size_t i = 0; i < UNREAD; i++) client_close(&clients[i]);
    server_stop(&server);
}

enum { HEADS = 40, HEAD_SIZE = 20000, MEMORY = 256 * 1024 };

/* A head of HEAD_SIZE octets without its end. */
static void make_half_head(char half[HEAD_SIZE])
{
    static const char start[] = "GET /probe.txt HTTP/1.1\r\nHost: a\r\nX: ";
    memset(half, 'x', HEAD_SIZE);
    memcpy(half, start, sizeof start - 1);
}

/* A large head in two halves: whether it was served. Where it met others in a rush it may not be.
 */
static bool is_served_in_halves(int port, const char half[HEAD_SIZE])
{
    struct client client;
    struct response response = {0};
    client_connect(&client, port);
    client_send(&client, half, HEAD_SIZE);
    enum arrival arrival = client_receive(&client, 0.1);
    if (arrival == SILENCE && client_try_send(&client, "\r\n\r\n", 4))
        arrival = client_receive(&client, PATIENCE);
    if (arrival == ARRIVED) response_read(&client, &response, TO_ANY);
    bool served = response.status == 200;
    response_release(&response);
    client_close(&client);
    return served;
}

/* RFC 9110 §15.5.9: where memory for half-sent heads runs out, the one that has waited longest is
 * answered with 408; what is held stays within the bound, and others are served, also when their
 * heads come in halves. */
static void test_half_sent_heads_beyond_the_memory_make_room_oldest_first(void **state)
{
    (void)state;
    struct server server;
    struct client clients[HEADS];
    char half[HEAD_SIZE];
    make_half_head(half);
    start_server(&server, ARGUMENTS("--buffer-memory", "256K", PATIENT));
    size_t sockets = server_sockets(&server);
    for (size_t i = 0; i < HEADS; i++) {
        client_connect(&clients[i], server.port);
        client_try_send(&clients[i], half, HEAD_SIZE);
    }
    expect_status(&clients[0], 408);
    client_expect_end(&clients[0]);
    client_close(&clients[0]);
    expect_service(server.port);
    struct patience patience = patience_for(PATIENCE);
    while (!is_served_in_halves(server.port, half))
        if (!patience_left(&patience)) failed("nobody whose head comes in halves is served");
    while (server_sockets(&server) > sockets + MEMORY / HEAD_SIZE) {
        for (size_t i = 1; i < HEADS; i++)
            if (clients[i].socket >= 0 && client_receive(&clients[i], 0) != SILENCE)
                client_close(&clients[i]); /* answered, or turned away */
        if (!patience_left(&patience)) failed("more heads are held than the memory allows");
    }
    for (size_t i = 1; i < HEADS; i++) client_close(&clients[i]);
    server_stop(&server);
}

/* RFC 9112 §9.5: answers that nobody reads are bounded by the same memory. */
static void test_answers_nobody_reads_leave_others_served(void **state)
{
    (void)state;
    enum { READERS = 60, REQUESTS = 600 };
    struct server server;
    struct client clients[READERS];
    char pipeline[REQUESTS * sizeof GET_FILE];
    for (size_t i = 0; i < REQUESTS; i++)
        memcpy(pipeline + i * (sizeof GET_FILE - 1), GET_FILE, sizeof GET_FILE);
    start_server(&server, ARGUMENTS("--buffer-memory", "256K", PATIENT));
    for (size_t i = 0; i < READERS; i++) {
        client_connect_narrow(&clients[i], server.port, NARROW);
        client_send(&clients[i], pipeline, strlen(pipeline));
    }
    expect_service(server.port);
    server_expect_idle(&server);
    for (size_t i = 0; i < READERS; i++) client_reset(&clients[i]);
    expect_service(server.port);
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
        TEST(test_two_threads_serve_others_while_270_clients_stall),
        TEST(test_one_thread_serves_others_while_downloads_stall),
        TEST(test_half_sent_heads_beyond_the_memory_make_room_oldest_first),
        TEST(test_answers_nobody_reads_leave_others_served),
    };
    return cmocka_run_group_tests_name("stalls", tests, setup, world_end);
}
