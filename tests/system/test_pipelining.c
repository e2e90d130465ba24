/* Pipelining (RFC 9112 §9.3.2): requests sent without waiting are answered in their order. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGE = 3000000, FILES = 10 };

#define GET_LINE(target) "GET " target " HTTP/1.1\r\nHost: a\r\n\r\n"

static void expect_content(struct client *client, const char *content)
{
    struct response response;
    response_expect(client, &response, 200);
    response_expect_content(&response, content);
    response_release(&response);
}

/* Requests for file 0, 1, 2 … in turn. */
static char *requests_in_turn(size_t count)
{
    char *requests = malloc(count * 60 + 1);
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        used += (size_t)sprintf(requests + used, GET_LINE("/%zu.txt"), i % FILES);
    return requests;
}

static void expect_answers_in_turn(struct client *client, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char content[16];
        snprintf(content, sizeof content, "file %zu", i % FILES);
        expect_content(client, content);
    }
}

static void send_at_once(size_t count)
{
    struct client client;
    char *requests = requests_in_turn(count);
    client_connect(&client, world.port);
    client_send_text(&client, requests);
    expect_answers_in_turn(&client, count);
    expect_open(&client);
    client_close(&client);
    free(requests);
}

/* RFC 9112 §9.3.2 */
static void test_three_requests_in_one_send_are_answered_in_order(void **state)
{
    (void)state;
    send_at_once(3);
}

/* RFC 9112 §9.3.2: no octet will come to start another turn, so what is left must not be forgotten.
 */
static void test_the_33rd_request_in_one_send_is_answered(void **state)
{
    (void)state;
    send_at_once(32);
    send_at_once(33);
    send_at_once(65);
}

/* RFC 9112 §9.3.2 */
static void test_two_thousand_requests_in_one_send_are_answered_in_order(void **state)
{
    (void)state;
    send_at_once(2000);
}

/* RFC 9112 §9.3.2: the answers to a pipeline that the client reads late wait for it. */
static void test_a_pipeline_whose_answers_are_read_late_is_answered_whole(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    struct client client;
    char *requests = requests_in_turn(COUNT);
    client_connect_narrow(&client, world.port, 4096);
    client_send_text(&client, requests); /* reads only while the server takes no more */
    expect_answers_in_turn(&client, COUNT);
    client_close(&client);
    free(requests);
}

/* RFC 9112 §2.2: octets in any number of deliveries are the same messages. */
static void test_two_requests_cut_in_two_anywhere_are_answered(void **state)
{
    (void)state;
    static const char requests[] = GET_LINE("/1.txt") GET_LINE("/2.txt");
    struct client client;
    client_connect(&client, world.port);
    for (size_t cut = 1; cut < sizeof requests - 1; cut++) {
        client_send(&client, requests, cut);
        client_send(&client, requests + cut, sizeof requests - 1 - cut);
        expect_content(&client, "file 1");
        expect_content(&client, "file 2");
    }
    client_close(&client);
}

/* RFC 9112 §9.3.2 */
static void test_a_large_file_between_small_ones_keeps_its_place(void **state)
{
    (void)state;
    struct client client;
    struct response response;
    client_connect(&client, world.port);
    client_send_text(&client,
        GET_LINE("/1.txt") GET_LINE("/large.bin") GET_LINE("/2.txt") GET_LINE("/large.bin")
            GET_LINE("/3.txt"));
    expect_content(&client, "file 1");
    for (size_t i = 0; i < 2; i++) {
        response_expect(&client, &response, 200);
        response_expect_octets(&response, LARGE);
        response_release(&response);
        expect_content(&client, i == 0 ? "file 2" : "file 3");
    }
    client_close(&client);
}

/* RFC 9110 §9.3.2: an answer to HEAD has no content that could be taken for the next answer. */
static void test_head_in_a_pipeline_is_answered_without_content(void **state)
{
    (void)state;
    struct client client;
    struct response response;
    client_connect(&client, world.port);
    client_send_text(&client,
        "HEAD /1.txt HTTP/1.1\r\nHost: a\r\n\r\n" GET_LINE(
            "/2.txt") "HEAD /missing HTTP/1.1\r\nHost: a\r\n\r\n" GET_LINE("/3.txt"));
    response_read(&client, &response, TO_HEAD);
    response_release(&response);
    expect_content(&client, "file 2");
    response_read(&client, &response, TO_HEAD);
    response_release(&response);
    expect_content(&client, "file 3");
    client_close(&client);
}

/* RFC 9112 §6.3: dropped content ends exactly where its framing says. */
static void test_contents_in_a_pipeline_are_dropped_exactly(void **state)
{
    (void)state;
    struct client client;
    client_connect(&client, world.port);
    client_send_text(&client,
        "GET /1.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\nGET / H" GET_LINE(
            "/2.txt") "GET /3.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "4\r\nGET \r\n0\r\nX: y\r\n\r\n" GET_LINE("/4.txt"));
    expect_content(&client, "file 1");
    expect_content(&client, "file 2");
    expect_content(&client, "file 3");
    expect_content(&client, "file 4");
    expect_open(&client);
    client_close(&client);
}

static void expect_one_answer_then(const char *requests, int status)
{
    struct client client;
    client_connect(&client, world.port);
    client_send_text(&client, requests);
    expect_content(&client, "file 1");
    expect_status(&client, status);
    client_expect_end(&client);
    client_close(&client);
}

/* RFC 9112 §9.3.2: what was valid is answered although what follows is not. */
static void test_the_answer_before_a_bad_request_is_not_lost(void **state)
{
    (void)state;
    expect_one_answer_then(GET_LINE("/1.txt") "GET /\nHTTP/1.1\r\n\r\n" GET_LINE("/2.txt"), 400);
}

/* RFC 9112 §9.3.2 */
static void test_the_answer_before_a_request_with_bad_framing_is_not_lost(void **state)
{
    (void)state;
    expect_one_answer_then(
        GET_LINE("/1.txt") "GET /2.txt HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n" GET_LINE(
            "/3.txt"),
        400);
}

/* RFC 9112 §9.3.2 */
static void test_the_answer_before_a_tls_hello_is_not_lost(void **state)
{
    (void)state;
    expect_one_answer_then(GET_LINE("/1.txt") "\x16\x03\x01\x02", 400);
}

/* RFC 9112 §9.6: content of a refused request is not read, so what follows it cannot be found. */
static void test_requests_after_a_refused_one_with_content_are_not_answered(void **state)
{
    (void)state;
    expect_one_answer_then(
        GET_LINE("/1.txt") "BREW / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" GET_LINE(
            "/2.txt"),
        501);
}

/* RFC 9112 §9.3.2: a refusal without content is an answer like any other. */
static void test_requests_after_a_refused_one_without_content_are_answered(void **state)
{
    (void)state;
    struct client client;
    client_connect(&client, world.port);
    client_send_text(&client,
        GET_LINE("/1.txt") "BREW / HTTP/1.1\r\nHost: a\r\n\r\n" GET_LINE("/missing")
            GET_LINE("/%zz") GET_LINE("/2.txt"));
    expect_content(&client, "file 1");
    expect_status(&client, 501);
    expect_status(&client, 404);
    expect_status(&client, 400);
    expect_content(&client, "file 2");
    client_close(&client);
}

/* RFC 9112 §2.2: empty lines between requests, as some clients send after content. */
static void test_an_empty_line_between_requests_is_skipped(void **state)
{
    (void)state;
    struct client client;
    client_connect(&client, world.port);
    client_send_text(
        &client, GET_LINE("/1.txt") "\r\n" GET_LINE("/2.txt") "\r\n\r\n" GET_LINE("/3.txt"));
    expect_content(&client, "file 1");
    expect_content(&client, "file 2");
    expect_content(&client, "file 3");
    client_close(&client);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    for (int i = 0; i < FILES; i++) {
        char name[16];
        char content[16];
        snprintf(name, sizeof name, "%d.txt", i);
        snprintf(content, sizeof content, "file %d", i);
        site_add(&world.site, name, content);
    }
    site_add_octets(&world.site, "large.bin", LARGE);
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_three_requests_in_one_send_are_answered_in_order),
        TEST(test_the_33rd_request_in_one_send_is_answered),
        TEST(test_two_thousand_requests_in_one_send_are_answered_in_order),
        TEST(test_a_pipeline_whose_answers_are_read_late_is_answered_whole),
        TEST(test_two_requests_cut_in_two_anywhere_are_answered),
        TEST(test_a_large_file_between_small_ones_keeps_its_place),
        TEST(test_head_in_a_pipeline_is_answered_without_content),
        TEST(test_contents_in_a_pipeline_are_dropped_exactly),
        TEST(test_the_answer_before_a_bad_request_is_not_lost),
        TEST(test_the_answer_before_a_request_with_bad_framing_is_not_lost),
        TEST(test_the_answer_before_a_tls_hello_is_not_lost),
        TEST(test_requests_after_a_refused_one_with_content_are_not_answered),
        TEST(test_requests_after_a_refused_one_without_content_are_answered),
        TEST(test_an_empty_line_between_requests_is_skipped),
    };
    return cases_run("pipelining", NO_CASES, TESTS(tests), setup);
}
