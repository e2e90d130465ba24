/* What the command line adds to every response: --header, --cache-control, --no-server-field. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/program.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASK(method, target, lines) method " " target " HTTP/1.1\r\nHost: a\r\n" lines "\r\n"

#define BOTH .has = "\r\nX-One: 1\r\n", .has_too = "\r\nX-Two: two words, \"2\"\r\n"

static const struct http_case cases[] = {
    {"200 has them (RFC 9110 §15.3.1)", GET("/file.txt"), 200, STAYS, BOTH, .content = "file"},
    {"206 has them (RFC 9110 §15.3.7)", REQUEST(ASK("GET", "/file.txt", "Range: bytes=0-0\r\n")),
        206, STAYS, BOTH, .content = "f"},
    {"301 has them (RFC 9110 §15.4.2)", GET("/dir"), 301, STAYS, BOTH},
    {"304 has them (RFC 9110 §15.4.5)", REQUEST(ASK("GET", "/file.txt", "If-None-Match: *\r\n")),
        304, STAYS, BOTH},
    {"400 for a syntax has them (RFC 9110 §15.5.1)", REQUEST("GET  / HTTP/1.1\r\n\r\n"), 400,
        CLOSES, BOTH},
    {"400 for a target has them (RFC 9110 §15.5.1)", GET("/%zz"), 400, STAYS, BOTH},
    {"404 has them (RFC 9110 §15.5.5)", GET("/missing"), 404, STAYS, BOTH},
    {"404 with the site's page has them (RFC 9110 §15.5.5)",
        REQUEST(ASK("GET", "/missing", "Accept: text/html\r\n")), 404, STAYS, BOTH,
        .content = "page"},
    {"412 has them (RFC 9110 §15.5.13)", REQUEST(ASK("GET", "/file.txt", "If-Match: \"x\"\r\n")),
        412, STAYS, BOTH},
    {"413 has them (RFC 9110 §15.5.14)",
        REQUEST(ASK("GET", "/file.txt", "Content-Length: 9000000\r\n")), 413, CLOSES, BOTH},
    {"416 has them (RFC 9110 §15.5.17)", REQUEST(ASK("GET", "/file.txt", "Range: bytes=9-\r\n")),
        416, STAYS, BOTH},
    {"417 has them (RFC 9110 §15.5.18)", REQUEST(ASK("GET", "/file.txt", "Expect: tea\r\n")), 417,
        STAYS, BOTH},
    {"501 has them (RFC 9110 §15.6.2)", REQUEST(ASK("BREW", "/", "")), 501, STAYS, BOTH},
    {"505 has them (RFC 9110 §15.6.6)", REQUEST("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505, EITHER,
        BOTH},
    {"the answer to HEAD has them (RFC 9110 §9.3.2)", REQUEST(ASK("HEAD", "/file.txt", "")), 200,
        STAYS, BOTH, .to_head = true},
};

static const char *const answers[] = {ASK("GET", "/file.txt", ""), ASK("GET", "/missing", ""),
    ASK("GET", "/dir", ""), ASK("GET", "/file.txt", "If-None-Match: *\r\n"),
    ASK("GET", "/file.txt", "Range: bytes=0-0\r\n"), ASK("GET", "/%zz", "")};
static const int statuses[] = {200, 404, 301, 304, 206, 400};
enum { ANSWERS = sizeof statuses / sizeof statuses[0] };

/* A server with these arguments says the field, or says it not, whatever it answers. */
static void expect_everywhere(const char *const *arguments, const char *name, const char *value)
{
    struct server server;
    start_server(&server, arguments);
    for (size_t i = 0; i < ANSWERS; i++) {
        struct response response;
        request_once(server.port, answers[i], &response, statuses[i]);
        response_expect_field(&response, name, value);
        response_release(&response);
    }
    server_stop(&server);
}

/* RFC 9111 §5.2.2.4 */
static void test_cache_control_is_no_cache_where_it_is_not_given(void **state)
{
    (void)state;
    expect_everywhere(NULL, "Cache-Control", "no-cache");
}

/* RFC 9111 §5.2 */
static void test_cache_control_is_what_is_given(void **state)
{
    (void)state;
    expect_everywhere(ARGUMENTS("--cache-control", "public, max-age=3600"), "Cache-Control",
        "public, max-age=3600");
}

/* RFC 9110 §10.2.4: a server may keep silent about itself. */
static void test_no_server_field_says_no_server(void **state)
{
    (void)state;
    response_names_server = false;
    expect_everywhere(ARGUMENTS("--no-server-field"), "Server", NULL);
}

/* RFC 9110 §15.5.9 */
static void test_408_has_them(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    struct response response;
    start_server(&server, ARGUMENTS("--header", "X-One: 1", "--head-timeout", "0.2"));
    client_connect(&client, server.port);
    client_send_text(&client, "GET /file.txt HTTP/1.1\r\nHost:");
    response_expect(&client, &response, 408);
    response_expect_field(&response, "X-One", "1");
    response_release(&response);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9110 §15.2.1: an interim response has no fields; the reader of responses sees to it. */
static void test_100_does_not_have_them(void **state)
{
    (void)state;
    struct client client;
    client_connect(&client, world.port);
    client_send_text(
        &client, ASK("GET", "/file.txt", "Expect: 100-continue\r\nContent-Length: 5\r\n"));
    expect_status(&client, 100);
    client_send_text(&client, "hello");
    expect_status(&client, 200);
    client_close(&client);
}

/* RFC 9110 §5.3: lists may come in several lines. */
static void test_a_name_may_be_given_twice(void **state)
{
    (void)state;
    struct server server;
    struct response response;
    start_server(&server, ARGUMENTS("--header", "Link: </a>", "--header", "Link: </b>"));
    get_once(server.port, "/file.txt", &response, 200);
    if (!response_contains(&response, "\r\nLink: </a>\r\n") ||
        !response_contains(&response, "\r\nLink: </b>\r\n"))
        failed("not both are there");
    response_release(&response);
    server_stop(&server);
}

/* RFC 9112 §3: all that may be added leaves room for the longest Location. */
static void test_long_fields_leave_room_for_a_long_location(void **state)
{
    (void)state;
    enum { LENGTH = 3900, QUERY = 8000 };
    struct server server;
    struct response response;
    static char field[LENGTH + 1] = "X: ";
    static char target[QUERY + 6] = "/dir?";
    static char location[QUERY + 7] = "/dir/?";
    memset(field + 3, 'v', LENGTH - 3);
    memset(target + 5, 'q', QUERY);
    memset(location + 6, 'q', QUERY);
    start_server(&server, ARGUMENTS("--header", field));
    get_once(server.port, target, &response, 301);
    response_expect_field(&response, "X", field + 3);
    response_expect_field(&response, "Location", location);
    response_release(&response);
    server_stop(&server);
}

static void refuse(const char *option, const char *value, const char *wanted)
{
    expect_refused(
        ARGUMENTS("--port", "0", option, value), world.site.root, EXIT_BAD_USAGE, wanted);
}

/* RFC 9112 §5: what is no field line would break the head of every response. */
static void test_what_is_no_field_line_is_refused(void **state)
{
    (void)state;
    static const char *const values[] = {"", "Name", ": value", " Name: value", "\tName: value",
        "Na me: value", "Name : value", "Name\t: value", "Na(me: value", "N\xc3\xa4me: value",
        "X: a\rb", "X: a\nb", "X: a\r\nY: b", "X: a\r\n", "X: a\x01", "X: a\x7f", "X\r\nY: b"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        refuse("--header", values[i], "strata: ");
}

/* A value that would end its line. */
static void test_a_cache_control_that_breaks_its_line_is_refused(void **state)
{
    (void)state;
    static const char *const values[] = {"no-cache\r\nX: y", "no-cache\n", "no\x01"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        refuse("--cache-control", values[i], "strata: ");
}

/* RFC 9110 §5.3: what the server says itself would be there twice, or be untrue. */
static void test_what_the_server_says_itself_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"Accept-Ranges", "Cache-Control", "Connection",
        "Content-Encoding", "Content-Length", "Content-Range", "Content-Type", "Date", "ETag",
        "Last-Modified", "Location", "Server", "Transfer-Encoding", "X-Content-Type-Options"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char value[64];
        snprintf(value, sizeof value, "%s: x", names[i]);
        refuse("--header", value, names[i]);
    }
    refuse("--header", "content-LENGTH: 5", "Content-Length");
}

/* More than there is room for. */
static void test_fields_that_are_too_long_are_refused(void **state)
{
    (void)state;
    static char value[9000] = "X: ";
    memset(value + 3, 'v', sizeof value - 4);
    refuse("--header", value, "strata: ");
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    site_add(&world.site, "404.html", "page");
    site_add_directory(&world.site, "dir");
    world_begin(ARGUMENTS("--header", "X-One: 1", "--header", "X-Two: two words, \"2\""));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_cache_control_is_no_cache_where_it_is_not_given),
        TEST(test_cache_control_is_what_is_given),
        TEST(test_no_server_field_says_no_server),
        TEST(test_408_has_them),
        TEST(test_100_does_not_have_them),
        TEST(test_a_name_may_be_given_twice),
        TEST(test_long_fields_leave_room_for_a_long_location),
        TEST(test_what_is_no_field_line_is_refused),
        TEST(test_a_cache_control_that_breaks_its_line_is_refused),
        TEST(test_what_the_server_says_itself_is_refused),
        TEST(test_fields_that_are_too_long_are_refused),
    };
    return cases_run("extra fields", CASES(cases), TESTS(tests), setup);
}
