/* Deadlines of heads and of idle connections. Each test starts a server with the one deadline short
 * that it is about. What must not come too early is timed; what must come has PATIENCE. Where a
 * client has to do something before its deadline, it has seconds: the machine may be busy. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#define GET_FILE "GET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n"

static void expect_408_and_end(struct client *client)
{
    struct response response;
    response_expect(client, &response, 408);
    if (!response.closes) failed("408 does not announce the close");
    response_release(&response);
    client_expect_end(client);
}

/* RFC 9112 §9.5: a connection that never says anything is owed no answer. */
static void test_a_connection_without_an_octet_is_closed_silently(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--head-timeout", "0.4"));
    double began = seconds_now();
    client_connect(&client, server.port);
    client_expect_end(&client);
    expect_no_earlier(began, 0.4);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9110 §15.5.9 */
static void test_a_head_that_stops_is_answered_with_408(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--head-timeout", "2"));
    client_connect(&client, server.port);
    double began = seconds_now();
    client_send_text(&client, "GET /file.txt HTTP/1.1\r\nHost: a\r\nX: ");
    expect_408_and_end(&client);
    expect_no_earlier(began, 2);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9110 §15.5.9: the deadline is one for the whole head; octets do not buy time. */
static void test_a_head_that_dribbles_is_answered_with_408_all_the_same(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--head-timeout", "2"));
    client_connect(&client, server.port);
    client_send_text(&client, "GET /file.txt HTTP/1.1\r\nX: ");
    struct patience patience = patience_for(PATIENCE);
    while (client_receive(&client, 0.02) == SILENCE) {
        if (!client_try_send(&client, "x", 1)) failed("the connection is gone without an answer");
        if (!patience_left(&patience)) failed("octet by octet a head lasts for ever");
    }
    expect_408_and_end(&client);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9112 §2.2: empty lines before a request are no request, but no reason to wait longer. */
static void test_an_empty_line_and_nothing_more_ends(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--head-timeout", "2"));
    client_connect(&client, server.port);
    client_send_text(&client, "\r\n");
    if (client_drain(&client, PATIENCE) != ENDED) failed("the connection does not end in order");
    client_close(&client);
    server_stop(&server);
}

/* RFC 9112 §9.5 */
static void test_an_idle_connection_is_closed_silently(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--idle-timeout", "0.4"));
    client_connect(&client, server.port);
    double began = seconds_now();
    client_send_text(&client, GET_FILE);
    expect_status(&client, 200);
    client_expect_end(&client);
    expect_no_earlier(began, 0.4);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9112 §9.5: each answer starts the idle clock anew. */
static void test_a_connection_in_use_outlives_the_idle_deadline(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--idle-timeout", "2"));
    client_connect(&client, server.port);
    double began = seconds_now();
    while (seconds_now() < began + 3) {
        client_send_text(&client, GET_FILE);
        expect_status(&client, 200);
        if (client_receive(&client, 0.1) != SILENCE)
            failed("the connection ended while it was in use");
    }
    client_close(&client);
    server_stop(&server);
}

/* RFC 9110 §15.5.9: what follows an answer in the same delivery is a head begun, not an idle
 * connection. */
static void test_half_a_head_after_an_answer_is_held_to_the_head_deadline(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--idle-timeout", "0.2", "--head-timeout", "2"));
    client_connect(&client, server.port);
    double began = seconds_now();
    client_send_text(&client, GET_FILE "GET /fi");
    expect_status(&client, 200);
    expect_408_and_end(&client);
    expect_no_earlier(began, 2);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9110 §15.5.9: the second head's clock starts at the end of the first, not when the connection
 * did. */
static void test_the_clock_of_a_second_head_starts_at_the_end_of_the_first(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--head-timeout", "3"));
    client_connect(&client, server.port);
    client_send_text(&client, "GET /file.txt HTTP/1.1\r\n");
    if (client_receive(&client, 0.7) != SILENCE) failed("an answer to half a head");
    double began = seconds_now();
    client_send_text(&client, "Host: a\r\n\r\nGET /fi");
    expect_status(&client, 200);
    expect_408_and_end(&client);
    expect_no_earlier(began, 3);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9110 §15.5.9: an idle connection's next head has the whole time, too. */
static void test_the_clock_of_a_later_head_starts_at_its_first_octet(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--head-timeout", "2"));
    client_connect(&client, server.port);
    client_send_text(&client, GET_FILE);
    expect_status(&client, 200);
    if (client_receive(&client, 2.2) != SILENCE)
        failed("the head's deadline ended an idle connection");
    double began = seconds_now();
    client_send_text(&client, "GET /fi");
    expect_408_and_end(&client);
    expect_no_earlier(began, 2);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9110 §15.5.9 */
static void test_408_explains_itself(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    struct response response;
    start_server(&server, ARGUMENTS("--head-timeout", "2"));
    client_connect(&client, server.port);
    client_send_text(&client, "G");
    response_expect(&client, &response, 408);
    if (!response_contains(&response, "408 Request Timeout") ||
        !response_contains(&response, "RFC 9110 §15.5.9"))
        failed("the content does not say what happened");
    response_release(&response);
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
        TEST(test_a_connection_without_an_octet_is_closed_silently),
        TEST(test_a_head_that_stops_is_answered_with_408),
        TEST(test_a_head_that_dribbles_is_answered_with_408_all_the_same),
        TEST(test_an_empty_line_and_nothing_more_ends),
        TEST(test_an_idle_connection_is_closed_silently),
        TEST(test_a_connection_in_use_outlives_the_idle_deadline),
        TEST(test_half_a_head_after_an_answer_is_held_to_the_head_deadline),
        TEST(test_the_clock_of_a_second_head_starts_at_the_end_of_the_first),
        TEST(test_the_clock_of_a_later_head_starts_at_its_first_octet),
        TEST(test_408_explains_itself),
    };
    return cmocka_run_group_tests_name("deadlines", tests, setup, world_end);
}
