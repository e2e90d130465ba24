/* Connections by the thousand in few descriptors, each with a file of its own to ask for: whoever
 * came before in a descriptor or a slot, and however it went, nobody sees an octet of another's. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <string.h>

enum { PLACES = 64, FILES = 97, CONNECTIONS = 6000, SIZE_STEP = 1500, WAYS = 8 };

static struct client clients[PLACES];
static size_t asked_for[PLACES]; /* the file of the answer that is awaited, … */
static bool is_awaited[PLACES];  /* … where one is */
static size_t answers;           /* that have come whole */
static char contents[FILES][1 +
    FILES * SIZE_STEP]; /* every octet of a file is its own: no two agree anywhere */

static size_t size_of(size_t file)
{
    return 1 + file * SIZE_STEP;
}

static uint64_t next_random(void)
{
    static uint64_t seed = 20260101;
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return seed >> 33;
}

static void ask(size_t place, size_t file, const char *lines)
{
    char request[120];
    int length = snprintf(
        request, sizeof request, "GET /%zu.bin HTTP/1.1\r\nHost: a\r\n%s\r\n", file, lines);
    asked_for[place] = file;
    is_awaited[place] = true;
    client_try_send(&clients[place], request, (size_t)length);
}

/* Closed before any octet of an answer, as its time was up, it has seen nothing of another's. */
static void expect_own_answer(size_t place)
{
    size_t file = asked_for[place];
    struct response response;
    is_awaited[place] = false;
    if (client_pending(&clients[place]) == 0 &&
        client_receive(&clients[place], PATIENCE) != ARRIVED)
        return;
    response_expect(&clients[place], &response, 200);
    if (response.content_length != size_of(file) ||
        memcmp(response.content, contents[file], size_of(file)) != 0)
        failed("the content of file %zu is not its own", file);
    response_release(&response);
    answers++;
}

/* Fails unless what has come of an answer, if anything, is the client's own. */
static void expect_own_part(size_t place)
{
    struct client *client = &clients[place];
    client_receive(client, 0);
    size_t pending = client_pending(client);
    char *start = client->input + client->start;
    char *end = start == NULL || pending < 4 ? NULL : memmem(start, pending, "\r\n\r\n", 4);
    if (end == NULL || strncmp(start, "HTTP/1.1 200", 12) != 0) return;
    size_t length = pending - (size_t)(end + 4 - start);
    if (length > size_of(asked_for[place]) ||
        memcmp(end + 4, contents[asked_for[place]], length) != 0)
        failed("a part of file %zu is not its own", asked_for[place]);
}

/* Ends what is in the place in some way, and begins something else there. */
static void replace(size_t place)
{
    struct client *client = &clients[place];
    uint64_t way = next_random() % WAYS;
    if (client->socket >= 0 && is_awaited[place] && way < 4) expect_own_answer(place);
    if (client->socket >= 0 && is_awaited[place]) expect_own_part(place);
    if (client->socket >= 0) (way % 2 == 0 ? client_reset : client_close)(client);
    is_awaited[place] = false;
    client_connect_narrow(client, world.port, way == 3 ? 4096 : 0);
    size_t file = next_random() % FILES;
    if (way == 0) client_try_send(client, "GET /0.bin HTTP/1.1\r\n", 21); /* times out */
    if (way == 1) return;                                                 /* says nothing */
    if (way == 2) ask(place, file, "Connection: close\r\n");
    if (way == 3 || way > 4) ask(place, file, "");
    if (way != 4) return;
    client_try_send(client, "GET /\n", 6); /* lingers */
    if (client_receive(client, PATIENCE) == ARRIVED) expect_status(client, 400);
}

/* RFC 9112 §9.3 */
static void test_6000_connections_in_64_places_see_nothing_of_one_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < PLACES; i++) clients[i].socket = -1;
    for (size_t i = 0; i < CONNECTIONS; i++) replace(next_random() % PLACES);
    for (size_t i = 0; i < PLACES; i++) {
        if (clients[i].socket >= 0 && is_awaited[i]) expect_own_answer(i);
        if (clients[i].socket >= 0) client_close(&clients[i]);
    }
    if (answers < CONNECTIONS / 10) failed("only %zu answers came", answers);
}

/* RFC 9112 §9.3: the same number of a descriptor, in the server too: one client after the other,
 * and each leaves an answer half read. */
static void test_2000_connections_one_after_the_other_get_their_own_octets(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2000; i++) {
        size_t file = i % FILES;
        client_connect(&clients[0], world.port);
        ask(0, FILES - 1 - file, "");
        ask(0, file, ""); /* pipelined: the first is not looked at where this one is reset */
        if (i % 2 == 0) {
            asked_for[0] = FILES - 1 - file;
            expect_own_answer(0);
            asked_for[0] = file;
            expect_own_answer(0);
        }
        client_reset(&clients[0]);
    }
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    for (size_t file = 0; file < FILES; file++) {
        char name[32];
        for (size_t i = 0; i < size_of(file); i++)
            contents[file][i] = (char)(1 + (file + i % 151 * 31) % 251);
        contents[file][size_of(file)] = '\0';
        snprintf(name, sizeof name, "%zu.bin", file);
        site_add(&world.site, name, contents[file]);
    }
    world_begin(ARGUMENTS("--threads", "4", "--head-timeout", "0.2", "--linger-timeout", "0.2"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_6000_connections_in_64_places_see_nothing_of_one_another),
        TEST(test_2000_connections_one_after_the_other_get_their_own_octets),
    };
    return cases_run("churn", NO_CASES, TESTS(tests), setup);
}
