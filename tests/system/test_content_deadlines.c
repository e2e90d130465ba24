/* The deadline of a request's content: so long without an octet, after that so much a second. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <string.h>

#define GET_WITH(length) "GET /file.txt HTTP/1.1\r\nHost: a\r\nContent-Length: " length "\r\n\r\n"

/* RFC 9110 §15.5.9 */
static void test_content_that_stops_is_answered_with_408(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--content-timeout", "0.5"));
    client_connect(&client, server.port);
    double began = seconds_now();
    client_send_text(&client, GET_WITH("10") "hello");
    expect_status(&client, 408);
    expect_no_earlier(began, 0.5);
    client_expect_end(&client);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9110 §15.5.9 */
static void test_content_that_does_not_come_after_100_is_answered_with_408(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--content-timeout", "0.5"));
    client_connect(&client, server.port);
    client_send_text(&client,
        "GET /file.txt HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
        "Content-Length: 5\r\n\r\n");
    expect_status(&client, 100);
    expect_status(&client, 408);
    client_expect_end(&client);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9110 §15.5.9: after its deadline, content has to keep up 1 KiB a second. */
static void test_content_that_dribbles_is_answered_with_408(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--content-timeout", "0.5"));
    client_connect(&client, server.port);
    client_send_text(&client, GET_WITH("100000"));
    struct patience patience = patience_for(PATIENCE);
    while (client_receive(&client, 0.02) == SILENCE) {
        if (!client_try_send(&client, "x", 1)) failed("the connection is gone without an answer");
        if (!patience_left(&patience)) failed("octet by octet content lasts for ever");
    }
    expect_status(&client, 408);
    client_expect_end(&client);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9110 §15.5.9: content that keeps coming may take longer than its deadline. */
static void test_content_that_keeps_coming_outlives_its_deadline(void **state)
{
    (void)state;
    enum { PIECES = 175, PIECE = 2000 };
    struct server server;
    struct client client;
    char piece[PIECE];
    memset(piece, 'x', sizeof piece);
    start_server(&server, ARGUMENTS("--content-timeout", "3"));
    client_connect(&client, server.port);
    client_send_text(&client, GET_WITH("350000"));
    for (size_t i = 0; i < PIECES; i++) {
        client_send(&client, piece, PIECE);
        if (i < PIECES - 1 && client_receive(&client, 0.02) != SILENCE)
            failed("an answer before the content is complete");
    }
    expect_status(&client, 200);
    client_close(&client);
    server_stop(&server);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_content_that_stops_is_answered_with_408),
        TEST(test_content_that_does_not_come_after_100_is_answered_with_408),
        TEST(test_content_that_dribbles_is_answered_with_408),
        TEST(test_content_that_keeps_coming_outlives_its_deadline),
    };
    return cmocka_run_group_tests_name("content deadlines", tests, setup, world_end);
}
