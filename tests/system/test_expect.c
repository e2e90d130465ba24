/* Expect (RFC 9110 §10.1.1): 100 (Continue) where the content is wanted, a final status where it is
 * not. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#define GET_WITH(lines) "GET /file.txt HTTP/1.1\r\nHost: a\r\n" lines "\r\n"
#define CONTINUE        "Expect: 100-continue\r\n"

static const struct http_case cases[] = {
    {"another expectation fails (RFC 9110 §15.5.18)", REQUEST(GET_WITH("Expect: tea\r\n")), 417,
        STAYS},
    {"another expectation beside 100-continue fails (RFC 9110 §15.5.18)",
        REQUEST(GET_WITH("Expect: 100-continue, tea\r\n")), 417, STAYS},
    {"an expectation that starts with 100-continue is another (RFC 9110 §15.5.18)",
        REQUEST(GET_WITH("Expect: 100-continues\r\n")), 417, STAYS},
    {"another expectation with content fails by its head and closes (RFC 9110 §15.5.18)",
        REQUEST(GET_WITH("Expect: tea\r\nContent-Length: 5\r\n") "hello"), 417, CLOSES},
    {"expectations split over lines are one list (RFC 9110 §5.3)",
        REQUEST(GET_WITH(CONTINUE "Expect: tea\r\n")), 417, STAYS},
    {"another expectation of HEAD fails (RFC 9110 §15.5.18)",
        REQUEST("HEAD /file.txt HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n"), 417, STAYS,
        .to_head = true},
    {"another expectation in HTTP/1.0 is ignored (RFC 9110 §10.1.1)",
        REQUEST("GET /file.txt HTTP/1.0\r\nExpect: tea\r\n\r\n"), 200, CLOSES, .content = "file"},
    {"an empty Expect expects nothing (RFC 9110 §5.6.1.2)", REQUEST(GET_WITH("Expect: ,\r\n")), 200,
        STAYS, .content = "file"},
    {"where no content is to come there is no 100 (RFC 9110 §10.1.1)", REQUEST(GET_WITH(CONTINUE)),
        200, STAYS, .content = "file"},
    {"empty content needs no 100 (RFC 9110 §10.1.1)",
        REQUEST(GET_WITH(CONTINUE "Content-Length: 0\r\n")), 200, STAYS, .content = "file"},
    {"content that is here needs no 100 (RFC 9110 §10.1.1)",
        REQUEST(GET_WITH(CONTINUE "Content-Length: 5\r\n") "hello"), 200, STAYS,
        .only_whole = true},
    {"chunked content that is here needs no 100 (RFC 9110 §10.1.1)",
        REQUEST(GET_WITH(CONTINUE "Transfer-Encoding: chunked\r\n") "5\r\nhello\r\n0\r\n\r\n"), 200,
        STAYS, .only_whole = true},
    {"100-continue in HTTP/1.0 is ignored (RFC 9110 §10.1.1)",
        REQUEST("GET /file.txt HTTP/1.0\r\n" CONTINUE "Content-Length: 5\r\n\r\nhello"), 200,
        CLOSES},
    {"content too large gets no 100 (RFC 9110 §10.1.1)",
        REQUEST(GET_WITH(CONTINUE "Content-Length: 1048577\r\n")), 413, CLOSES},
    {"a method not implemented gets no 100 (RFC 9110 §10.1.1)",
        REQUEST("BREW / HTTP/1.1\r\nHost: a\r\n" CONTINUE "Content-Length: 5\r\n\r\n"), 501,
        CLOSES},
    {"a request without Host gets no 100 (RFC 9110 §10.1.1)",
        REQUEST("GET / HTTP/1.1\r\n" CONTINUE "Content-Length: 5\r\n\r\n"), 400, CLOSES},
    {"a target that is refused gets no 100 (RFC 9110 §10.1.1)",
        REQUEST("GET /%zz HTTP/1.1\r\nHost: a\r\n" CONTINUE "Content-Length: 5\r\n\r\n"), 400,
        CLOSES},
};

static void expect_continue_then(const char *head, const char *content, int status)
{
    struct client client;
    struct response response;
    client_connect(&client, world.port);
    client_send_text(&client, head);
    response_expect(&client, &response, 100);
    response_release(&response);
    client_send_text(&client, content);
    response_expect(&client, &response, status);
    response_release(&response);
    expect_open(&client);
    client_close(&client);
}

/* RFC 9110 §10.1.1 */
static void test_content_that_waits_is_asked_for_by_100(void **state)
{
    (void)state;
    expect_continue_then(GET_WITH(CONTINUE "Content-Length: 5\r\n"), "hello", 200);
}

/* RFC 9110 §10.1.1 */
static void test_chunked_content_that_waits_is_asked_for_by_100(void **state)
{
    (void)state;
    expect_continue_then(
        GET_WITH(CONTINUE "Transfer-Encoding: chunked\r\n"), "5\r\nhello\r\n0\r\n\r\n", 200);
}

/* RFC 9110 §10.1.1: the expectation is compared without case. */
static void test_100_continue_is_compared_without_case(void **state)
{
    (void)state;
    expect_continue_then(GET_WITH("Expect: 100-Continue\r\nContent-Length: 5\r\n"), "hello", 200);
}

/* RFC 9110 §15.2.1: one interim response, however the content comes. */
static void test_content_in_single_octets_is_asked_for_once(void **state)
{
    (void)state;
    struct client client;
    struct response response;
    client_connect(&client, world.port);
    client_send_text(&client, GET_WITH(CONTINUE "Content-Length: 5\r\n"));
    response_expect(&client, &response, 100);
    response_release(&response);
    client_send_in_pieces(&client, "hello", 5, 1);
    response_expect(&client, &response, 200);
    response_release(&response);
    expect_open(&client);
    client_close(&client);
}

/* RFC 9110 §10.1.1: HTTP/1.0 clients do not know interim responses. */
static void test_http_1_0_gets_no_100_while_its_content_waits(void **state)
{
    (void)state;
    struct client client;
    struct response response;
    client_connect(&client, world.port);
    client_send_text(&client, "GET /file.txt HTTP/1.0\r\n" CONTINUE "Content-Length: 5\r\n\r\n");
    if (client_receive(&client, 0.3) != SILENCE) failed("an answer before the content");
    client_send_text(&client, "hello");
    response_expect(&client, &response, 200);
    response_release(&response);
    client_expect_end(&client);
    client_close(&client);
}

/* RFC 9112 §9.3.2: 100 belongs to its request, after the answers to those before it. */
static void test_100_comes_after_the_answers_to_earlier_requests(void **state)
{
    (void)state;
    static const int statuses[] = {200, 404, 100};
    struct client client;
    struct response response;
    client_connect(&client, world.port);
    client_send_text(&client,
        GET_WITH("") "GET /missing HTTP/1.1\r\nHost: a\r\n\r\n" GET_WITH(
            CONTINUE "Content-Length: 5\r\n"));
    for (size_t i = 0; i < 3; i++) {
        response_expect(&client, &response, statuses[i]);
        response_release(&response);
    }
    client_send_text(&client, "hello");
    response_expect(&client, &response, 200);
    response_release(&response);
    expect_open(&client);
    client_close(&client);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_content_that_waits_is_asked_for_by_100),
        TEST(test_chunked_content_that_waits_is_asked_for_by_100),
        TEST(test_100_continue_is_compared_without_case),
        TEST(test_content_in_single_octets_is_asked_for_once),
        TEST(test_http_1_0_gets_no_100_while_its_content_waits),
        TEST(test_100_comes_after_the_answers_to_earlier_requests),
    };
    return cases_run("expect", CASES(cases), TESTS(tests), setup);
}
