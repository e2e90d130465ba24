/* One thread, and so many clients that stall at one point of the conversation: whatever the point,
 * they own no thread, and another client is answered (RFC 9112 §9.5). */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <string.h>

enum { CLIENTS = 100, LARGE = 20000000, NARROW = 8 * 1024, REQUESTS = 300 };

#define GET_FILE "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n"
#define HEAD_OF  "GET /probe.txt HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED  HEAD_OF "Transfer-Encoding: chunked\r\n\r\n"

/* Where it stalls: what it has sent, and the status of the answer that it has read, if any. */
static const struct stall {
    const char *name, *sent;
    int status;
    bool half_closes;
} stalls[] = {
    {"clients that say nothing", "", 0, false},
    {"clients in an empty line", "\r", 0, false},
    {"clients in a method", "GE", 0, false},
    {"clients in a target", "GET /pro", 0, false},
    {"clients in a field name", "GET / HTTP/1.1\r\nHo", 0, false},
    {"clients in a field value", "GET / HTTP/1.1\r\nHost: a", 0, false},
    {"clients before the last LF of a head", "GET / HTTP/1.1\r\nHost: a\r\n\r", 0, false},
    {"clients in a second head", GET_FILE "GET /", 200, false},
    {"clients in content with a length", HEAD_OF "Content-Length: 10\r\n\r\nhello", 0, false},
    {"clients in a chunk's size", CHUNKED "5", 0, false},
    {"clients in a chunk's extension", CHUNKED "5;a", 0, false},
    {"clients in a chunk", CHUNKED "5\r\nhe", 0, false},
    {"clients in a trailer", CHUNKED "0\r\nX: ", 0, false},
    {"clients before the last LF of chunks", CHUNKED "0\r\n\r", 0, false},
    {"clients told to continue", HEAD_OF "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n", 100,
        false},
    {"clients between two requests", GET_FILE, 200, false},
    {"clients that do not close after a refusal", "GET /\n", 400, false},
    {"clients that speak TLS", "\x16\x03\x01\x02", 400, false},
    {"clients that read no file", "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n", 0, false},
    {"clients that read no file and send no more", "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n", 0,
        true},
    {"clients that read none of their answers", NULL, 0, false},
};

enum { KINDS = sizeof stalls / sizeof stalls[0] };

static char pipeline[REQUESTS * sizeof GET_FILE];

static void begin_stall(struct client *client, const struct stall *stall)
{
    bool unread = stall->sent == NULL || stall->status == 0;
    client_connect_narrow(client, world.port, unread ? NARROW : 0);
    client_send_text(client, stall->sent == NULL ? pipeline : stall->sent);
    if (stall->half_closes) client_half_close(client);
    if (stall->status != 0) expect_status(client, stall->status);
}

/* Clients that were connected before, and new ones. */
static void expect_service(struct client *before)
{
    for (size_t i = 0; i < 20; i++) {
        struct client client;
        client_connect(&client, world.port);
        expect_open(&client);
        client_close(&client);
        expect_open(before);
    }
}

/* RFC 9112 §9.5 */
static void test_100_clients_stalled_at_any_of_21_points_leave_the_thread_to_others(void **state)
{
    (void)state;
    static struct client clients[CLIENTS];
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct client other;
        step("%s", stalls[kind].name);
        client_connect(&other, world.port);
        for (size_t i = 0; i < CLIENTS; i++) begin_stall(&clients[i], &stalls[kind]);
        expect_service(&other);
        for (size_t i = 0; i < CLIENTS; i++)
            (i % 2 == 0 ? client_reset : client_close)(&clients[i]);
        expect_service(&other);
        client_close(&other);
    }
}

/* RFC 9112 §9.5: all kinds at once, and the one thread still has time for another. */
static void test_clients_of_every_kind_at_once_leave_the_thread_to_others(void **state)
{
    (void)state;
    static struct client clients[KINDS * 20];
    struct client other;
    client_connect(&other, world.port);
    for (size_t i = 0; i < KINDS * 20; i++) begin_stall(&clients[i], &stalls[i % KINDS]);
    expect_service(&other);
    for (size_t i = 0; i < KINDS * 20; i++) client_close(&clients[i]);
    client_close(&other);
}

/* Deadlines far away, so that it is not they that free the thread. */
static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add_octets(&world.site, "large.bin", LARGE);
    for (size_t i = 0; i < REQUESTS; i++)
        memcpy(pipeline + i * (sizeof GET_FILE - 1), GET_FILE, sizeof GET_FILE);
    world_begin(ARGUMENTS("--threads", "1", "--head-timeout", "900", "--idle-timeout", "900",
        "--content-timeout", "900", "--send-timeout", "900", "--linger-timeout", "900"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_100_clients_stalled_at_any_of_21_points_leave_the_thread_to_others),
        TEST(test_clients_of_every_kind_at_once_leave_the_thread_to_others),
    };
    return cases_run("stalls of every kind", NO_CASES, TESTS(tests), setup);
}
