/* Clients that reset after any octet of any answer, against one thread; system/test_resets.c has
 * the same for any octet of a request. Another client is served all the while, and nothing stays
 * open (RFC 9112 §9.5). */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <string.h>
#include <sys/socket.h>

enum { SPARE_DESCRIPTORS = 8 };

#define HEAD_OF(method) method " HTTP/1.1\r\nHost: a\r\n"
#define WHOLE(method)   HEAD_OF(method) "\r\n"

/* Conversations, and how many answers there are in each. */
static const struct conversation {
    const char *name, *sent;
    size_t answers;
} conversations[] = {
    {"a file", WHOLE("GET /file.txt"), 1},
    {"a part", HEAD_OF("GET /file.txt") "Range: bytes=1-2\r\n\r\n", 1},
    {"a 304", HEAD_OF("GET /file.txt") "If-None-Match: *\r\n\r\n", 1},
    {"a 416", HEAD_OF("GET /file.txt") "Range: bytes=9-\r\n\r\n", 1},
    {"a redirect", WHOLE("GET /dir"), 1},
    {"a listing", WHOLE("GET /dir/"), 1},
    {"a 404", WHOLE("GET /missing"), 1},
    {"a refusal", "GET /\n", 1},
    {"a 100 and what follows",
        HEAD_OF("GET /file.txt") "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n", 1},
    {"the last answer", HEAD_OF("GET /file.txt") "Connection: close\r\n\r\n", 1},
    {"three answers", WHOLE("GET /file.txt") WHOLE("GET /missing") WHOLE("GET /file.txt"), 3},
};

/* All the octets that the server says to it. */
static size_t length_of_answers(const struct conversation *conversation)
{
    struct client client;
    size_t length = 0;
    client_connect(&client, world.port);
    client_send_text(&client, conversation->sent);
    for (size_t i = 0; i < conversation->answers; i++) {
        struct response response;
        response_read(&client, &response, TO_ANY);
        length += response.length;
        response_release(&response);
    }
    client_close(&client);
    return length;
}

static void take(struct client *client, size_t count)
{
    char octets[4096];
    while (count > 0) {
        size_t wanted = count < sizeof octets ? count : sizeof octets;
        ssize_t received = recv(client->socket, octets, wanted, 0);
        if (received <= 0) failed("%zu octets of the answers did not come", count);
        count -= (size_t)received;
    }
}

static void reset_after_every_octet(const struct conversation *conversation)
{
    struct client other;
    size_t sockets = server_sockets(&world.server);
    size_t descriptors = server_descriptors(&world.server);
    size_t length = length_of_answers(conversation);
    step("%s: %zu octets of answers", conversation->name, length);
    client_connect(&other, world.port);
    for (size_t taken = 0; taken <= length; taken++) {
        struct client client;
        client_connect(&client, world.port);
        client_send_text(&client, conversation->sent);
        take(&client, taken);
        client_reset(&client);
        if (taken % 16 == 0) expect_open(&other);
    }
    client_close(&other);
    server_await_sockets(&world.server, sockets);
    if (server_descriptors(&world.server) > descriptors + SPARE_DESCRIPTORS)
        failed("%zu descriptors are open, %zu were before", server_descriptors(&world.server),
            descriptors);
}

/* RFC 9112 §9.5 */
static void test_a_reset_after_any_octet_of_11_kinds_of_answers_is_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof conversations / sizeof conversations[0]; i++)
        reset_after_every_octet(&conversations[i]);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    site_add(&world.site, "dir/a.txt", "a");
    world_begin(ARGUMENTS("--threads", "1", "--list", "--linger-timeout", "1"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_reset_after_any_octet_of_11_kinds_of_answers_is_survived),
    };
    return cases_run("resets of answers", NO_CASES, TESTS(tests), setup);
}
