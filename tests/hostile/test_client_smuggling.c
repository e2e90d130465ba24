/* Requests hidden in what another reader may take for content, or the other way round (RFC 9112
 * §11.2): whatever the spelling, nothing behind a message in doubt is taken for a request. Beside
 * the rows of system/test_framing.c and system/test_chunked.c. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <string.h>

#define LINES(lines) "GET /file.txt HTTP/1.1\r\nHost: a\r\n" lines "\r\n"
#define HIDDEN       "GET /secret.txt HTTP/1.1\r\nHost: a\r\n\r\n"
#define CHUNKED      "Transfer-Encoding: chunked\r\n"
#define NOTHING      "0\r\n\r\n"

#define REFUSED 400, CLOSES, .lacks = "secret"
#define SERVED  200, STAYS, .lacks = "secret", .content = "file"

static const struct http_case cases[] = {
    {"a length beside a coding in another case is refused (RFC 9112 §6.1)",
        REQUEST(LINES("content-length: 5\r\ntRANSFER-eNCODING: cHUNKED\r\n") NOTHING HIDDEN),
        REFUSED},
    {"a length beside identity is refused (RFC 9112 §6.1)",
        REQUEST(LINES("Content-Length: 5\r\nTransfer-Encoding: identity\r\n") "hello" HIDDEN),
        REFUSED},
    {"a coding with a parameter is refused (RFC 9112 §7)",
        REQUEST(LINES("Transfer-Encoding: chunked;q=1\r\n") NOTHING HIDDEN), REFUSED},
    {"an unknown coding in a second line is refused (RFC 9112 §6.3)",
        REQUEST(LINES(CHUNKED "Transfer-Encoding: x\r\n") NOTHING HIDDEN), REFUSED},
    {"a coding behind a folded line is refused (RFC 9112 §5.2)",
        REQUEST(LINES("X: y\r\n " CHUNKED) NOTHING HIDDEN), REFUSED},
    {"a coding folded behind its name is refused (RFC 9112 §5.2)",
        REQUEST(LINES("Transfer-Encoding:\r\n chunked\r\n") NOTHING HIDDEN), REFUSED},
    {"a coding behind LF in a value is refused (RFC 9112 §2.2)",
        REQUEST(LINES("X: y\n" CHUNKED) NOTHING HIDDEN), REFUSED},
    {"a coding behind CR in a value is refused (RFC 9112 §2.2)",
        REQUEST(LINES("X: y\r" CHUNKED) NOTHING HIDDEN), REFUSED},
    {"a coding behind NUL is refused (RFC 9110 §5.5)",
        REQUEST(LINES("X: \0" CHUNKED) NOTHING HIDDEN), REFUSED},
    {"a coding in the first line with white space is refused (RFC 9112 §2.2)",
        REQUEST("GET /file.txt HTTP/1.1\r\n " CHUNKED "Host: a\r\n\r\n" NOTHING HIDDEN), REFUSED},
    {"a tab before the colon of a coding is refused (RFC 9112 §5.1)",
        REQUEST(LINES("Transfer-Encoding\t: chunked\r\n") NOTHING HIDDEN), REFUSED},
    {"a space before the colon of a length is refused (RFC 9112 §5.1)",
        REQUEST(LINES("Content-Length : 5\r\n") "hello" HIDDEN), REFUSED},
    {"a length folded is refused (RFC 9112 §5.2)",
        REQUEST(LINES("Content-Length:\r\n 5\r\n") "hello" HIDDEN), REFUSED},
    {"three lengths of which one differs are refused (RFC 9112 §6.3)",
        REQUEST(LINES("Content-Length: 5, 5, 6\r\n") "hello!" HIDDEN), REFUSED},
    {"a length that another line calls nothing is refused (RFC 9112 §6.3)",
        REQUEST(LINES("Content-Length: 0\r\nContent-Length: 37\r\n") HIDDEN), REFUSED},
    {"a length with a parameter is refused (RFC 9112 §6.3)",
        REQUEST(LINES("Content-Length: 5;x\r\n") "hello" HIDDEN), REFUSED},
    {"a coding that Connection names frames all the same (RFC 9112 §6.3)",
        REQUEST(LINES("Connection: Transfer-Encoding\r\n" CHUNKED) "25\r\n" HIDDEN "\r\n" NOTHING),
        SERVED},
    {"a length that Connection names frames all the same (RFC 9112 §6.3)",
        REQUEST(LINES("Connection: Content-Length\r\nContent-Length: 37\r\n") HIDDEN), SERVED},
    {"content that is not waited for is content (RFC 9110 §10.1.1)",
        REQUEST(LINES("Expect: 100-continue\r\nContent-Length: 37\r\n") HIDDEN), SERVED,
        .only_whole = true},
    {"content of HEAD is content (RFC 9112 §6.3)",
        REQUEST("HEAD /file.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 37\r\n\r\n" HIDDEN), 200,
        STAYS, .lacks = "secret", .to_head = true},
    {"content of a method not known is not taken for a request (RFC 9112 §6.3)",
        REQUEST("BREW / HTTP/1.1\r\nHost: a\r\nContent-Length: 37\r\n\r\n" HIDDEN), 501, CLOSES,
        .lacks = "secret"},
    {"content of HTTP/1.0 is content (RFC 9112 §6.3)",
        REQUEST("GET /file.txt HTTP/1.0\r\nConnection: Keep-Alive\r\nContent-Length: 37\r\n"
                "\r\n" HIDDEN),
        SERVED},
    {"a coding in HTTP/1.0 beside a length is refused (RFC 9112 §6.1)",
        REQUEST("GET /file.txt HTTP/1.0\r\nContent-Length: 5\r\n" CHUNKED "\r\n" NOTHING HIDDEN),
        REFUSED},
    {"a chunk's LF alone hides no chunk (RFC 9112 §7.1)",
        REQUEST(LINES(CHUNKED) "2\nxx\r\n" NOTHING HIDDEN), REFUSED},
    {"an extension's LF alone hides no chunk (RFC 9112 §7.1.1)",
        REQUEST(LINES(CHUNKED) "2;\nxx\r\n25\r\n" HIDDEN "\r\n" NOTHING), REFUSED},
    {"an extension's quoted CR LF hides no chunk (RFC 9112 §7.1.1)",
        REQUEST(LINES(CHUNKED) "2;a=\"\r\nxx\r\n\"\r\n" NOTHING HIDDEN), REFUSED},
    {"a chunk followed by two other octets is refused (RFC 9112 §7.1)",
        REQUEST(LINES(CHUNKED) "2\r\nxxyy0\r\n\r\n" HIDDEN), REFUSED},
    {"a chunk that ends in LF alone hides no request (RFC 9112 §7.1)",
        REQUEST(LINES(CHUNKED) "2\r\nxx\n" NOTHING HIDDEN), REFUSED},
    {"an empty trailer section that ends in CR alone is refused (RFC 9112 §7.1.2)",
        REQUEST(LINES(CHUNKED) "0\r\n\r" HIDDEN), REFUSED},
    {"an end of chunks without its empty line is refused (RFC 9112 §7.1)",
        REQUEST(LINES(CHUNKED) "0\r\n" HIDDEN), REFUSED},
    {"a size with white space and LF is refused (RFC 9112 §7.1)",
        REQUEST(LINES(CHUNKED) "0 \n\n" HIDDEN), REFUSED},
    {"a size with a line before it is refused (RFC 9112 §7.1)",
        REQUEST(LINES(CHUNKED) "\r\n" NOTHING HIDDEN), REFUSED},
};

/* Sends a head with these lines, chunks or what looks like them, and a hidden request. */
static void expect_never_answered(const char *lines, size_t length, bool may_be_served)
{
    static const char start[] = "GET /file.txt HTTP/1.1\r\nHost: a\r\n";
    static const char chunks[] = "\r\n25\r\n" HIDDEN "\r\n0\r\n\r\n";
    char request[1000];
    struct client client;
    struct response response;
    size_t used = sizeof start - 1 + length;
    memcpy(request, start, sizeof start - 1);
    memcpy(request + sizeof start - 1, lines, length);
    memcpy(request + used, chunks, sizeof chunks);
    client_connect(&client, world.port);
    client_send(&client, request, used + sizeof chunks - 1);
    response_read(&client, &response, TO_ANY);
    if (response.status != 400 && response.status != 501 &&
        !(may_be_served && response.status == 200))
        failed("status %d", response.status);
    if (response.status == 200)
        expect_open(&client);
    else
        client_expect_end(&client);
    response_release(&response);
    client_close(&client);
}

/* RFC 9112 §6.1: there is no pair of the two that is served, in either order. */
static void test_of_500_pairs_of_coding_and_length_none_is_served(void **state)
{
    (void)state;
    static const char *const codings[] = {"chunked", "Chunked", "chunked ", "\tchunked", "gzip",
        "identity", "gzip, chunked", "chunked, gzip", "xchunked", "chunked, chunked", ",", "",
        "chunked,", ",chunked", "\"chunked\"", "'chunked'", "chunked;a=b", "chunked\x80",
        "chun ked", "0", "deflate, chunked", "x", "compress", "chunke", "CHUNKED"};
    static const char *const lengths[] = {
        "0", "5", "37", "55", "+5", "-1", "0x25", "5, 5", "", "9999999"};
    char lines[200];
    for (size_t i = 0; i < 25; i++)
        for (size_t j = 0; j < 20; j++) {
            bool first = j < 10;
            const char *length = lengths[j % 10];
            int used = snprintf(lines, sizeof lines, "%s: %s\r\n%s: %s\r\n",
                first ? "Content-Length" : "Transfer-Encoding", first ? length : codings[i],
                first ? "Transfer-Encoding" : "Content-Length", first ? codings[i] : length);
            expect_never_answered(lines, (size_t)used, false);
        }
}

/* RFC 9110 §5.1, §5.5: an octet that no other reader may see as nothing, at any place of the line.
 * Beside tabs and spaces around the value, which count for nothing, all are refused. */
static void test_of_the_octets_that_might_hide_a_coding_none_does(void **state)
{
    (void)state;
    static const char line[] = "Transfer-Encoding: chunked\r\n";
    static const size_t value = sizeof "Transfer-Encoding:" - 1;
    char changed[sizeof line];
    for (int octet = 0; octet < 256; octet++) {
        if (octet > ' ' && octet < 0x7f) continue; /* another name, or another coding */
        for (size_t at = 0; at < sizeof line - 1; at++) {
            bool space = octet == ' ' || octet == '\t';
            memcpy(changed, line, at);
            changed[at] = (char)octet;
            memcpy(changed + at + 1, line + at, sizeof line - 1 - at);
            expect_never_answered(changed, sizeof line,
                space && at >= value && (at <= value + 1 || at == sizeof line - 3));
        }
    }
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    site_add(&world.site, "secret.txt", "secret");
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_of_500_pairs_of_coding_and_length_none_is_served),
        TEST(test_of_the_octets_that_might_hide_a_coding_none_does),
    };
    return cases_run("smuggling", CASES(cases), TESTS(tests), setup);
}
