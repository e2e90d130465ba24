/* Content that a method wants: kept up to its limit and handed over once it is complete. The server
 * is the one with the method ECHO, which answers with the content it got. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT = 65536 };

#define ECHO(lines) "ECHO /echo HTTP/1.1\r\nHost: a\r\n" lines "\r\n"
#define CHUNKED     ECHO("Transfer-Encoding: chunked\r\n")

static const struct http_case cases[] = {
    {"content by Content-Length is kept (RFC 9110 §6.4)",
        REQUEST(ECHO("Content-Length: 5\r\n") "hello"), 200, STAYS, .content = "hello"},
    {"no content is kept as none (RFC 9112 §6.3)", REQUEST(ECHO("")), 200, STAYS, .content = ""},
    {"empty content is kept as none (RFC 9110 §8.6)", REQUEST(ECHO("Content-Length: 0\r\n")), 200,
        STAYS, .content = ""},
    {"chunked content is kept without its framing (RFC 9112 §7.1)",
        REQUEST(CHUNKED "5\r\nhello\r\n1\r\n \r\n5;x=y\r\nworld\r\n0\r\nX: y\r\n\r\n"), 200, STAYS,
        .content = "hello world"},
    {"empty chunked content is kept as none (RFC 9112 §7.1)", REQUEST(CHUNKED "0\r\n\r\n"), 200,
        STAYS, .content = ""},
    {"content that looks like framing is kept as it is (RFC 9112 §7.1)",
        REQUEST(CHUNKED "9\r\n\r\n0\r\n\r\nab\r\n0\r\n\r\n"), 200, STAYS,
        .content = "\r\n0\r\n\r\nab"},
    {"content of HTTP/1.0 is kept (RFC 9112 §6.3)",
        REQUEST("ECHO /echo HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello"), 200, CLOSES,
        .content = "hello"},
    {"content beyond the limit is too large by its length (RFC 9110 §15.5.14)",
        REQUEST(ECHO("Content-Length: 65537\r\n")), 413, CLOSES},
    {"content beyond the limit is too large by its chunk (RFC 9110 §15.5.14)",
        REQUEST(CHUNKED "10001\r\n"), 413, CLOSES},
    {"a bad chunk after good ones is refused (RFC 9112 §7.1)",
        REQUEST(CHUNKED "5\r\nhello\r\nx\r\n"), 400, CLOSES, .lacks = "hello"},
    {"another target does not allow the method (RFC 9110 §15.5.6)",
        REQUEST("ECHO /file.txt HTTP/1.1\r\nHost: a\r\n\r\n"), 405, STAYS, .has = ", ECHO\r\n",
        .has_too = "405 Method Not Allowed"},
    {"the content for another target is read, and the connection lasts (RFC 9110 §15.5.6)",
        REQUEST("ECHO /file.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"), 405,
        STAYS},
    {"the method is compared with case (RFC 9110 §9.1)",
        REQUEST("echo /echo HTTP/1.1\r\nHost: a\r\n\r\n"), 501, STAYS},
    {"GET drops its content as before (RFC 9110 §9.3.1)",
        REQUEST("GET /file.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"), 200, STAYS,
        .content = "file"},
};

/* RFC 9112 §6.3: the same message wherever its octets are cut in two. */
static void test_chunked_content_cut_in_two_anywhere_is_kept(void **state)
{
    (void)state;
    static const char request[] =
        CHUNKED "5;a=\"b\"\r\nhello\r\n6\r\n world\r\n000\r\nX: y\r\n\r\n";
    struct client client;
    client_connect(&client, world.port);
    for (size_t cut = 1; cut < sizeof request - 1; cut++) {
        struct response response;
        client_send(&client, request, cut);
        client_receive(&client, 0); /* gives the server a moment on most machines */
        client_send(&client, request + cut, sizeof request - 1 - cut);
        response_expect(&client, &response, 200);
        response_expect_content(&response, "hello world");
        response_release(&response);
    }
    client_close(&client);
}

/* RFC 9112 §6.3 */
static void test_content_cut_in_two_anywhere_is_kept(void **state)
{
    (void)state;
    static const char request[] = ECHO("Content-Length: 11\r\n") "hello world";
    struct client client;
    client_connect(&client, world.port);
    for (size_t cut = 1; cut < sizeof request - 1; cut++) {
        struct response response;
        client_send(&client, request, cut);
        client_receive(&client, 0);
        client_send(&client, request + cut, sizeof request - 1 - cut);
        response_expect(&client, &response, 200);
        response_expect_content(&response, "hello world");
        response_release(&response);
    }
    client_close(&client);
}

static void echo_by_length(size_t size, size_t piece)
{
    struct client client;
    struct response response;
    char head[200];
    const unsigned char *content = site_octets(size);
    snprintf(head, sizeof head, ECHO("Content-Length: %zu\r\n"), size);
    client_connect(&client, world.port);
    client_send_text(&client, head);
    client_send_in_pieces(&client, content, size, piece);
    response_expect(&client, &response, 200);
    response_expect_octets(&response, size);
    response_release(&response);
    expect_open(&client);
    client_close(&client);
}

/* RFC 9110 §6.4 */
static void test_content_of_many_sizes_is_kept(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 4095, 4096, 32767, 32768, 36864, 65535, LIMIT};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        echo_by_length(sizes[i], sizes[i]);
        echo_by_length(sizes[i], 997);
    }
}

static void echo_in_chunks(size_t size, size_t chunk)
{
    struct client client;
    struct response response;
    const unsigned char *content = site_octets(size);
    client_connect(&client, world.port);
    client_send_text(&client, CHUNKED);
    for (size_t done = 0; done < size; done += chunk) {
        char line[32];
        size_t length = size - done < chunk ? size - done : chunk;
        int line_length = snprintf(line, sizeof line, "%zx\r\n", length);
        client_try_send(&client, line, (size_t)line_length);
        client_try_send(&client, content + done, length);
        client_try_send(&client, "\r\n", 2);
    }
    client_send_text(&client, "0\r\n\r\n");
    response_expect(&client, &response, 200);
    response_expect_octets(&response, size);
    response_release(&response);
    expect_open(&client);
    client_close(&client);
}

/* RFC 9112 §7.1 */
static void test_chunked_content_of_many_sizes_is_kept(void **state)
{
    (void)state;
    echo_in_chunks(1, 1);
    echo_in_chunks(5000, 7);
    echo_in_chunks(LIMIT, 1000);
    echo_in_chunks(LIMIT, 40000);
    echo_in_chunks(LIMIT, LIMIT);
}

/* RFC 9110 §15.5.14: chunks that pass the limit together are refused where they do. */
static void test_chunks_beyond_the_limit_are_refused(void **state)
{
    (void)state;
    struct client client;
    struct response response;
    client_connect(&client, world.port);
    client_send_text(&client, CHUNKED "10000\r\n");
    client_send(&client, site_octets(LIMIT), LIMIT);
    client_send_text(&client, "\r\n1\r\nx\r\n0\r\n\r\n");
    response_expect(&client, &response, 413);
    response_release(&response);
    client_expect_end(&client);
    client_close(&client);
}

/* RFC 9110 §10.1.1 */
static void test_content_is_asked_for_by_100_and_kept(void **state)
{
    (void)state;
    static const char *const heads[] = {ECHO("Expect: 100-continue\r\nContent-Length: 5\r\n"),
        ECHO("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n")};
    static const char *const contents[] = {"hello", "5\r\nhello\r\n0\r\n\r\n"};
    for (size_t i = 0; i < 2; i++) {
        struct client client;
        struct response response;
        client_connect(&client, world.port);
        client_send_text(&client, heads[i]);
        response_expect(&client, &response, 100);
        response_release(&response);
        client_send_text(&client, contents[i]);
        response_expect(&client, &response, 200);
        response_expect_content(&response, "hello");
        response_release(&response);
        expect_open(&client);
        client_close(&client);
    }
}

/* RFC 9112 §9.3.2 */
static void test_contents_in_a_pipeline_are_kept_apart(void **state)
{
    (void)state;
    static const char *const contents[] = {"one", "two", "", "four"};
    struct client client;
    client_connect(&client, world.port);
    client_send_text(&client,
        ECHO("Content-Length: 3\r\n") "one" CHUNKED "3\r\ntwo\r\n0\r\n\r\n" ECHO("")
            ECHO("Content-Length: 4\r\n") "four");
    for (size_t i = 0; i < 4; i++) {
        struct response response;
        response_expect(&client, &response, 200);
        response_expect_content(&response, contents[i]);
        response_release(&response);
    }
    client_close(&client);
}

static int setup(void **state)
{
    const char *program = getenv("STRATA_ECHO_PROGRAM");
    (void)state;
    if (program == NULL) failed("STRATA_ECHO_PROGRAM does not name the server with ECHO");
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    server_start(&world.server, &(struct launch){.program = program, .directory = world.site.root});
    world.port = world.server.port;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_chunked_content_cut_in_two_anywhere_is_kept),
        TEST(test_content_cut_in_two_anywhere_is_kept),
        TEST(test_content_of_many_sizes_is_kept),
        TEST(test_chunked_content_of_many_sizes_is_kept),
        TEST(test_chunks_beyond_the_limit_are_refused),
        TEST(test_content_is_asked_for_by_100_and_kept),
        TEST(test_contents_in_a_pipeline_are_kept_apart),
    };
    return cases_run("kept content", CASES(cases), TESTS(tests), setup);
}
