/* Requests that are cheap to send and might be dear to answer: chunks of one octet, ranges by the
 * thousand. One thread serves others meanwhile, and no answer is larger than the file. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENTS = 20, MEBIBYTE = 1 << 20, FILE_SIZE = 100000, SET_SIZE = 30000, REQUESTS = 3 };

static struct client clients[CLIENTS];

/* All send the same; another client is served after each of them. */
static void send_by_all(const char *octets, size_t length)
{
    struct client other;
    client_connect(&other, world.port);
    for (size_t i = 0; i < CLIENTS; i++) {
        client_connect(&clients[i], world.port);
        client_send(&clients[i], octets, length);
        expect_open(&other);
    }
    client_close(&other);
}

/* A request of so many chunks, each this text, without their end. */
static char *make_chunks(const char *chunk, size_t count, size_t *length)
{
    static const char head[] =
        "GET /probe.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    size_t size = strlen(chunk);
    char *request = malloc(sizeof head + count * size);
    *length = sizeof head - 1 + count * size;
    memcpy(request, head, sizeof head);
    for (size_t i = 0; i < count; i++) memcpy(request + sizeof head - 1 + i * size, chunk, size);
    return request;
}

static void expect_chunks_dropped(const char *chunk, size_t count)
{
    size_t length;
    char *request = make_chunks(chunk, count, &length);
    send_by_all(request, length);
    for (size_t i = 0; i < CLIENTS; i++) {
        client_send_text(&clients[i], "0\r\n\r\n");
        expect_status(&clients[i], 200);
        client_close(&clients[i]);
    }
    free(request);
}

/* RFC 9112 §7.1: sizes of 16 digits, 20 octets around each. */
static void test_20_clients_with_10000_chunks_of_one_octet_are_served(void **state)
{
    (void)state;
    expect_chunks_dropped("0000000000000001\r\nx\r\n", 10000);
}

/* RFC 9110 §15.5.14: the limit counts what the chunks hold, to the octet. */
static void test_a_mebibyte_in_chunks_of_one_octet_is_the_limit(void **state)
{
    (void)state;
    size_t length;
    struct client client;
    char *request = make_chunks("1\r\nx\r\n", MEBIBYTE, &length);
    for (size_t more = 0; more < 2; more++) {
        client_connect(&client, world.port);
        client_send(&client, request, length);
        client_send_text(&client, more == 0 ? "0\r\n\r\n" : "1\r\nx\r\n0\r\n\r\n");
        expect_status(&client, more == 0 ? 200 : 413);
        if (more == 0) expect_open(&client);
        client_close(&client);
    }
    free(request);
}

/* RFC 9112 §7.1: the head waits in the input while content comes; the longest one, and content in
 * single octets, each of which makes the server look at both. */
static void test_20_clients_with_32_kib_heads_and_single_octets_are_served(void **state)
{
    (void)state;
    enum { OCTETS = 200 };
    static char head[32000];
    size_t used = (size_t)sprintf(
        head, "GET /probe.txt HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nX: ", (int)OCTETS);
    memset(head + used, 'x', sizeof head - used);
    memcpy(head + sizeof head - 4, "\r\n\r\n", 4);
    send_by_all(head, sizeof head);
    for (size_t octet = 0; octet < OCTETS; octet++)
        for (size_t i = 0; i < CLIENTS; i++) client_try_send(&clients[i], "x", 1);
    for (size_t i = 0; i < CLIENTS; i++) {
        expect_status(&clients[i], 200);
        client_close(&clients[i]);
    }
}

/* Sets of ranges, as many as a head holds. */
static const struct range_set {
    const char *name, *again; /* #: a number that grows */
    int status;
} sets[] = {
    {"ranges that overlap are one", "0-,", 206},
    {"ranges of one octet each more are one", "0-#,", 206},
    {"suffixes are one", "-#,", 206},
    {"ranges that touch, two by two, are one", "#-#,", 206},
    {"ranges apart are the whole", "##-##,", 200},
    {"the first and the last octet are the whole", "0-0,-1,", 200},
    {"ranges beyond the end are none", "99999#-,", 416},
    {"numbers of 20 digits are none", "99999999999999999999-99999999999999999999,", 416},
    {"ranges backwards are the whole", "9-#,", 200},
    {"commas are nothing but commas", ",", 200},
};

static char *make_set(const struct range_set *set, size_t *length)
{
    char *request = malloc(SET_SIZE + 200);
    size_t used = (size_t)sprintf(request, "GET /octets.bin HTTP/1.1\r\nHost: a\r\nRange: bytes=");
    for (size_t number = 1; used < SET_SIZE; number++)
        for (const char *octet = set->again; *octet != '\0'; octet++)
            used += (size_t)(*octet == '#' ? sprintf(request + used, "%zu", number)
                                           : sprintf(request + used, "%c", *octet));
    *length = used + (size_t)sprintf(request + used, "\r\n\r\n");
    return request;
}

/* RFC 9110 §14.2: the answer is never more than the file, however many ranges ask for it. */
static void test_range_bombs_of_10_kinds_by_20_clients_are_no_more_than_the_file(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < sizeof sets / sizeof sets[0]; kind++) {
        size_t length;
        char *request = make_set(&sets[kind], &length);
        step("%s", sets[kind].name);
        send_by_all(request, length);
        for (size_t i = 0; i < CLIENTS; i++) {
            for (size_t n = 0; n < REQUESTS; n++) {
                struct response response;
                if (n > 0) client_send(&clients[i], request, length);
                response_read(&clients[i], &response, TO_ANY);
                if (response.status != sets[kind].status) failed("status %d", response.status);
                if (response.content_length > FILE_SIZE)
                    failed("%zu octets of content", response.content_length);
                response_release(&response);
            }
            client_close(&clients[i]);
        }
        free(request);
    }
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add_octets(&world.site, "octets.bin", FILE_SIZE);
    world_begin(ARGUMENTS("--threads", "1", "--head-timeout", "900", "--idle-timeout", "900",
        "--content-timeout", "900", "--send-timeout", "900"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_20_clients_with_10000_chunks_of_one_octet_are_served),
        TEST(test_a_mebibyte_in_chunks_of_one_octet_is_the_limit),
        TEST(test_20_clients_with_32_kib_heads_and_single_octets_are_served),
        TEST(test_range_bombs_of_10_kinds_by_20_clients_are_no_more_than_the_file),
    };
    return cases_run("overhead", NO_CASES, TESTS(tests), setup);
}
