/* What RFC 9110 asks and no other test here shows; docs/rfc-map.md has the whole list. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <string.h>

#define HOST          "Host: a\r\n\r\n"
#define WITH(lines)   REQUEST("GET /file.txt HTTP/1.1\r\n" lines HOST)
#define METHOD(token) REQUEST(token " /file.txt HTTP/1.1\r\n" HOST)
#define MODIFIED      "Sun, 13 Sep 2020 12:26:40 GMT" /* as site.h makes files */

static const struct http_case cases[] = {
    {"an https target with an empty host is refused (RFC 9110 §4.2.2)",
        REQUEST("GET https:///file.txt HTTP/1.1\r\n" HOST), 421, STAYS},
    {"an authority with user information is refused (RFC 9110 §4.2.4)",
        REQUEST("GET http://user@a/file.txt HTTP/1.1\r\n" HOST), 400, STAYS,
        .has = "RFC 9110 §4.2"},
    {"fields that nobody knows are ignored (RFC 9110 §5.1)",
        WITH("X-Unknown: close\r\nKeep: Connection: close\r\nContent: 5\r\n"), 200, STAYS,
        .content = "file"},
    {"an upgrade in HTTP/1.0 is ignored (RFC 9110 §7.8)",
        REQUEST("GET /file.txt HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"), 200,
        CLOSES, .lacks = "Upgrade", .content = "file"},
    {"Content-Location in a request changes nothing (RFC 9110 §8.7)",
        WITH("Content-Location: /other.txt\r\n"), 200, STAYS, .content = "file"},
    {"content of HEAD is read and dropped (RFC 9110 §9.3.2)",
        REQUEST("HEAD /file.txt HTTP/1.1\r\nContent-Length: 9\r\n" HOST "GET / HTT"), 200, STAYS,
        .to_head = true},

    {"a method without a row is not implemented (RFC 9110 §9.1)", METHOD("BREW"), 501, STAYS,
        .lacks = "Allow"},
    {"TRACE is not implemented, and nothing is echoed (RFC 9110 §9.3.8)",
        REQUEST("TRACE /file.txt HTTP/1.1\r\nCookie: secret\r\n" HOST), 501, STAYS,
        .lacks = "secret"},
    {"CONNECT without a port is refused (RFC 9110 §9.3.6)", REQUEST("CONNECT a HTTP/1.1\r\n" HOST),
        501, STAYS, .or_status = 400},
    {"CONNECT with an empty port is refused (RFC 9110 §9.3.6)",
        REQUEST("CONNECT a: HTTP/1.1\r\n" HOST), 501, STAYS, .or_status = 400},

    {"From and Referer open nothing (RFC 9110 §10.1.2)",
        REQUEST("GET /.hidden HTTP/1.1\r\nFrom: root@a\r\nReferer: http://a/.hidden\r\n" HOST), 404,
        STAYS},
    {"credentials open nothing and are not asked for (RFC 9110 §11.6.1)",
        REQUEST("GET /.hidden HTTP/1.1\r\nAuthorization: Basic cm9vdDpyb290\r\n" HOST), 404, STAYS,
        .lacks = "WWW-Authenticate"},
    {"a weight after other parameters of text/html counts (RFC 9110 §12.5.1)",
        REQUEST("GET /missing HTTP/1.1\r\nAccept: text/html;level=1;q=0\r\n" HOST), 404, STAYS,
        .has = "Content-Type: text/plain"},
    {"where no media type is acceptable there is an answer all the same (RFC 9110 §12.4.1)",
        WITH("Accept: image/png, */*;q=0\r\n"), 200, STAYS, .content = "file"},
    {"other languages and charsets are not asked about (RFC 9110 §12.4.1)",
        WITH("Accept-Language: tlh, *;q=0\r\nAccept-Charset: ebcdic, *;q=0\r\n"), 200, STAYS,
        .content = "file"},
    {"Content-Range in a GET changes nothing (RFC 9110 §14.4)",
        WITH("Content-Range: bytes 0-0/4\r\n"), 200, STAYS, .lacks = "Content-Range",
        .content = "file"},
    {"a file says that it takes ranges of bytes (RFC 9110 §14.3)", WITH(""), 200, STAYS,
        .has = "\r\nAccept-Ranges: bytes\r\n"},
    {"If-Range in HEAD is ignored (RFC 9110 §13.1.5)",
        REQUEST("HEAD /file.txt HTTP/1.1\r\nRange: bytes=1-2\r\nIf-Range: " MODIFIED "\r\n" HOST),
        200, STAYS, .has = "Content-Length: 4\r\n", .lacks = "Content-Range", .to_head = true},
    {"If-Range for an empty file is ignored (RFC 9110 §13.1.5)",
        REQUEST("GET /empty.txt HTTP/1.1\r\nRange: bytes=0-\r\nIf-Range: " MODIFIED "\r\n" HOST),
        200, STAYS, .lacks = "Content-Range", .content = ""},
};

/* RFC 9110 §4.1: at least 8000 octets ought to be taken. */
static void test_a_target_of_8000_octets_is_served(void **state)
{
    static const char path[] = "/file.txt?";
    char request[8100] = "GET ";
    (void)state;
    memset(request + 4, 'A', 8000);
    memcpy(request + 4, path, strlen(path));
    strcpy(request + 4 + 8000, " HTTP/1.1\r\n" HOST);
    case_deliver(&(struct http_case){.request = request,
        .length = strlen(request),
        .status = 200,
        .after = STAYS,
        .content = "file"});
}

/* RFC 9110 §7.8: an upgrade is not offered; §10.1.1: the content is asked for all the same. */
static void test_an_upgrade_beside_an_expectation_gets_100_and_no_101(void **state)
{
    struct client client;
    struct response response;
    (void)state;
    client_connect(&client, world.port);
    client_send_text(&client,
        "GET /file.txt HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
        "Expect: 100-continue\r\nContent-Length: 5\r\n" HOST);
    response_expect(&client, &response, 100);
    response_release(&response);
    client_send_text(&client, "hello");
    response_expect(&client, &response, 200);
    response_expect_field(&response, "Upgrade", NULL);
    response_expect_content(&response, "file");
    response_release(&response);
    expect_open(&client);
    client_close(&client);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    site_add(&world.site, "empty.txt", "");
    site_add(&world.site, "other.txt", "other");
    site_add(&world.site, ".hidden", "hidden");
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_target_of_8000_octets_is_served),
        TEST(test_an_upgrade_beside_an_expectation_gets_100_and_no_101),
    };
    return cases_run("RFC 9110", CASES(cases), TESTS(tests), setup);
}
