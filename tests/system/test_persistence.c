/* Persistent connections (RFC 9112 §9.3) and their end (§9.6). */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"

#include <string.h>

#define NEW(lines) REQUEST("GET /file.txt HTTP/1.1\r\nHost: a\r\n" lines "\r\n")
#define OLD(lines) REQUEST("GET /file.txt HTTP/1.0\r\n" lines "\r\n")

static const struct http_case cases[] = {
    {"HTTP/1.1 persists (RFC 9112 §9.3)", NEW(""), 200, STAYS, .lacks = "Connection: close"},
    {"HTTP/1.1 with close closes (RFC 9112 §9.6)", NEW("Connection: close\r\n"), 200, CLOSES},
    {"close is compared without case (RFC 9110 §7.6.1)", NEW("Connection: CLOSE\r\n"), 200, CLOSES},
    {"close among other options closes (RFC 9110 §7.6.1)", NEW("Connection: x, close, y\r\n"), 200,
        CLOSES},
    {"close wins over keep-alive (RFC 9112 §9.3)", NEW("Connection: keep-alive, close\r\n"), 200,
        CLOSES},
    {"close before keep-alive wins, too (RFC 9112 §9.3)", NEW("Connection: close, keep-alive\r\n"),
        200, CLOSES},
    {"an option that starts with close is another (RFC 9110 §7.6.1)", NEW("Connection: closed\r\n"),
        200, STAYS},
    {"an option that ends in close is another (RFC 9110 §7.6.1)", NEW("Connection: x-close\r\n"),
        200, STAYS},
    {"HTTP/1.1 with keep-alive persists (RFC 9112 §9.3)", NEW("Connection: keep-alive\r\n"), 200,
        STAYS},
    {"HTTP/1.0 closes (RFC 9112 §9.3)", OLD(""), 200, CLOSES},
    {"HTTP/1.0 with keep-alive persists and is told so (RFC 9112 §9.3)",
        OLD("Connection: keep-alive\r\n"), 200, STAYS, .has = "\r\nConnection: keep-alive\r\n"},
    {"keep-alive is compared without case (RFC 9110 §7.6.1)", OLD("Connection: Keep-Alive\r\n"),
        200, STAYS, .has = "\r\nConnection: keep-alive\r\n"},
    {"HTTP/1.0 with keep-alive and close closes (RFC 9112 §9.3)",
        OLD("Connection: keep-alive\r\nConnection: close\r\n"), 200, CLOSES},
    {"HTTP/1.0 with another option closes (RFC 9112 §9.3)", OLD("Connection: keep-alives\r\n"), 200,
        CLOSES},
    {"HTTP/1.0 with keep-alive and content persists (RFC 9112 §9.3)",
        REQUEST(
            "GET /file.txt HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello"),
        200, STAYS},
    {"an upgrade that is not offered is ignored (RFC 9110 §7.8)",
        NEW("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"),
        200, STAYS, .content = "file"},
    {"a 404 persists (RFC 9112 §9.3)", GET("/missing"), 404, STAYS},
    {"a 404 to HTTP/1.0 with keep-alive persists (RFC 9112 §9.3)",
        REQUEST("GET /missing HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), 404, STAYS},
    {"a 404 with close closes (RFC 9112 §9.6)",
        REQUEST("GET /missing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 404, CLOSES},
    {"a redirect persists (RFC 9112 §9.3)", GET("/dir"), 301, STAYS},
    {"an answer to HEAD persists (RFC 9112 §9.3)",
        REQUEST("HEAD /file.txt HTTP/1.1\r\nHost: a\r\n\r\n"), 200, STAYS, .to_head = true},
    {"an answer to HEAD with close closes (RFC 9112 §9.6)",
        REQUEST("HEAD /file.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 200, CLOSES,
        .to_head = true},
    {"a 501 to HTTP/1.0 closes (RFC 9112 §9.3)", REQUEST("BREW / HTTP/1.0\r\n\r\n"), 501, CLOSES},
};

/* What is sent is followed by the end of the client's stream; so many answers of 200 must come,
 * then the end. */
static void expect_answers_after_half_close(const char *requests, size_t answers)
{
    struct client client;
    struct response response;
    client_connect(&client, world.port);
    client_send_text(&client, requests);
    client_half_close(&client);
    for (size_t i = 0; i < answers; i++) {
        response_expect(&client, &response, 200);
        response_release(&response);
    }
    client_expect_end(&client);
    client_close(&client);
}

#define WHOLE "GET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n"

/* RFC 9112 §9.6 */
static void test_a_half_close_before_any_octet_is_answered_by_a_close(void **state)
{
    (void)state;
    expect_answers_after_half_close("", 0);
}

/* RFC 9112 §9.3 */
static void test_a_request_sent_whole_is_answered_after_a_half_close(void **state)
{
    (void)state;
    expect_answers_after_half_close(WHOLE, 1);
}

/* RFC 9112 §9.3.2 */
static void test_three_requests_sent_whole_are_answered_after_a_half_close(void **state)
{
    (void)state;
    expect_answers_after_half_close(WHOLE WHOLE WHOLE, 3);
}

/* RFC 9112 §8 */
static void test_part_of_a_head_before_the_end_of_the_stream_is_dropped_silently(void **state)
{
    (void)state;
    expect_answers_after_half_close("GET /file.txt HTTP/1.1\r\nHost: a\r\n", 0);
}

/* RFC 9112 §8 */
static void test_part_of_a_head_after_a_whole_request_is_dropped_silently(void **state)
{
    (void)state;
    expect_answers_after_half_close(WHOLE "GET /file.txt HT", 1);
}

/* RFC 9112 §8 */
static void test_part_of_a_content_before_the_end_of_the_stream_is_dropped_silently(void **state)
{
    (void)state;
    expect_answers_after_half_close(
        "GET /file.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell", 0);
}

/* RFC 9112 §8: chunked content without its last chunk is incomplete. */
static void test_chunked_content_without_its_end_is_dropped_silently(void **state)
{
    (void)state;
    expect_answers_after_half_close(
        "GET /file.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
        "\r\n5\r\nhello\r\n0\r\n",
        0);
}

/* RFC 9112 §2.2 */
static void test_an_empty_line_before_the_end_of_the_stream_is_no_request(void **state)
{
    (void)state;
    expect_answers_after_half_close(WHOLE "\r\n", 1);
}

/* RFC 9112 §9.6: the closing side may go on receiving. */
static void test_a_large_file_is_sent_whole_after_a_half_close(void **state)
{
    (void)state;
    struct client client;
    struct response response;
    client_connect(&client, world.port);
    client_send_text(&client, "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    client_half_close(&client);
    response_expect(&client, &response, 200);
    response_expect_octets(&response, 5000000);
    response_release(&response);
    client_expect_end(&client);
    client_close(&client);
}

/* RFC 9112 §9.6: requests after one that asked to close are not answered, and nothing is reset
 * under the answer. */
static void test_requests_after_a_close_are_not_answered(void **state)
{
    (void)state;
    struct client client;
    struct response response;
    client_connect(&client, world.port);
    client_send_text(&client,
        WHOLE "GET /file.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" WHOLE WHOLE);
    response_expect(&client, &response, 200);
    response_release(&response);
    response_expect(&client, &response, 200);
    if (!response.closes) fail_msg("the answer does not announce the close");
    response_release(&response);
    client_expect_end(&client);
    client_close(&client);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    site_add(&world.site, "dir/index.html", "index");
    site_add_octets(&world.site, "large.bin", 5000000);
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_half_close_before_any_octet_is_answered_by_a_close),
        TEST(test_a_request_sent_whole_is_answered_after_a_half_close),
        TEST(test_three_requests_sent_whole_are_answered_after_a_half_close),
        TEST(test_part_of_a_head_before_the_end_of_the_stream_is_dropped_silently),
        TEST(test_part_of_a_head_after_a_whole_request_is_dropped_silently),
        TEST(test_part_of_a_content_before_the_end_of_the_stream_is_dropped_silently),
        TEST(test_chunked_content_without_its_end_is_dropped_silently),
        TEST(test_an_empty_line_before_the_end_of_the_stream_is_no_request),
        TEST(test_a_large_file_is_sent_whole_after_a_half_close),
        TEST(test_requests_after_a_close_are_not_answered),
    };
    return cases_run("persistence", CASES(cases), TESTS(tests), setup);
}
