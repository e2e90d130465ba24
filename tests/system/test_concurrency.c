/* Many clients at once, some leaving while others ask: everybody gets the answer to the own request
 * and nobody another's. A descriptor closed in one thread, in use in another, would show here. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>

enum { CLIENTS = 48, ROUNDS = 25, LARGEST = 100000 };

/* Each client asks for the file whose size is its own. */
static size_t size_of(size_t number)
{
    return number * 37 % CLIENTS * (LARGEST / CLIENTS) + number;
}

static void ask(struct client *client, size_t number, const char *fields)
{
    char request[120];
    snprintf(request, sizeof request, "GET /%zu.bin HTTP/1.1\r\nHost: a\r\n%s\r\n", size_of(number),
        fields);
    client_send_text(client, request);
}

static void expect_own_answer(struct client *client, size_t number)
{
    struct response response;
    response_expect(client, &response, 200);
    response_expect_octets(&response, size_of(number));
    response_release(&response);
}

/* RFC 9112 §9.3 */
static void test_everybody_gets_the_answer_to_the_own_request(void **state)
{
    (void)state;
    struct client clients[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) client_connect(&clients[i], world.port);
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < CLIENTS; i++) ask(&clients[i], i, "");
        for (size_t i = 0; i < CLIENTS; i++) expect_own_answer(&clients[i], i);
    }
    for (size_t i = 0; i < CLIENTS; i++) client_close(&clients[i]);
}

/* RFC 9112 §9.5: a third resets or closes under its answer, and comes again on a new connection. */
static void test_clients_that_leave_disturb_no_others(void **state)
{
    (void)state;
    struct client clients[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) client_connect(&clients[i], world.port);
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < CLIENTS; i++) ask(&clients[i], i, "");
        for (size_t i = round % 3; i < CLIENTS; i += 3) {
            (i % 2 == 0 ? client_reset : client_close)(&clients[i]);
            client_connect(&clients[i], world.port);
            ask(&clients[i], i, "");
        }
        for (size_t i = 0; i < CLIENTS; i++) expect_own_answer(&clients[i], i);
    }
    for (size_t i = 0; i < CLIENTS; i++) client_close(&clients[i]);
}

/* RFC 9112 §9.6: connections that last for one request each, as old clients have it. */
static void test_a_thousand_short_connections_are_served(void **state)
{
    (void)state;
    struct client clients[CLIENTS];
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < CLIENTS; i++) {
            client_connect(&clients[i], world.port);
            ask(&clients[i], i, "Connection: close\r\n");
        }
        for (size_t i = 0; i < CLIENTS; i++) {
            expect_own_answer(&clients[i], i);
            client_expect_end(&clients[i]);
            client_close(&clients[i]);
        }
    }
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    for (size_t i = 0; i < CLIENTS; i++) {
        char name[32];
        snprintf(name, sizeof name, "%zu.bin", size_of(i));
        site_add_octets(&world.site, name, size_of(i));
    }
    world_begin(ARGUMENTS("--threads", "8"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_everybody_gets_the_answer_to_the_own_request),
        TEST(test_clients_that_leave_disturb_no_others),
        TEST(test_a_thousand_short_connections_are_served),
    };
    return cases_run("concurrency", NO_CASES, TESTS(tests), setup);
}
