/* The order in which a request is checked: each row breaks two neighbouring rules or more, and the
 * earlier one is what the answer is about. The server is the one with the method ECHO, which is
 * allowed for /echo alone and takes 65,536 octets of content. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdlib.h>
#include <string.h>

#define HOST                       "Host: a\r\n"
#define ASK(method, target, lines) method " " target " HTTP/1.1\r\n" lines "\r\n"

/* What breaks the rules that are checked late, for any method and target. */
#define TEA       "Expect: tea\r\n"
#define LENGTH    "Content-Length: "
#define MUCH      LENGTH "1048577\r\n"
#define UNMATCHED "If-Match: \"x\"\r\n"
#define BEYOND    "Range: bytes=99-\r\n"
#define LATE      MUCH TEA UNMATCHED BEYOND

static const struct http_case cases[] = {
    /* Syntax, 400. */
    {"syntax of the request line before version", REQUEST("GET  / HTTP/2.0\r\n" HOST "\r\n"), 400,
        CLOSES, .has = "RFC 9112 §3"},
    {"syntax of a field line before version", REQUEST("GET / HTTP/2.0\r\n" HOST "no colon\r\n\r\n"),
        400, CLOSES, .has = "RFC 9112 §5"},
    {"syntax before framing", REQUEST(ASK("GET", "/", HOST "Name : x\r\n" LENGTH "x\r\n")), 400,
        CLOSES, .has = "RFC 9112 §5.1"},
    {"syntax before everything after it",
        REQUEST("BREW nonsense HTTP/2.0\r\nName : x\r\nTransfer-Encoding: gzip\r\n" LATE "\r\n"),
        400, CLOSES, .has = "RFC 9112 §5.1"},

    /* Version, 505. Sizes are in a test below. */
    {"version before framing", REQUEST("GET / HTTP/2.0\r\n" HOST LENGTH "x\r\n\r\n"), 505, EITHER},
    {"version before Host", REQUEST("GET / HTTP/2.0\r\n\r\n"), 505, EITHER},
    {"version before method", REQUEST("BREW / HTTP/2.0\r\n" HOST "\r\n"), 505, EITHER},
    {"version before everything after it",
        REQUEST("BREW nonsense HTTP/2.0\r\nTransfer-Encoding: gzip\r\n" LATE "\r\n"), 505, EITHER},

    /* Framing, 400 and 501. */
    {"framing before Host", REQUEST(ASK("GET", "/", LENGTH "x\r\n")), 400, CLOSES,
        .has = "RFC 9110 §8.6"},
    {"framing of another coding before Host",
        REQUEST(ASK("GET", "/", "Transfer-Encoding: gzip, chunked\r\n")), 501, CLOSES,
        .has = "RFC 9112 §6.1"},
    {"framing before method", REQUEST(ASK("BREW", "/", HOST LENGTH "x\r\n")), 400, CLOSES,
        .has = "RFC 9110 §8.6"},
    {"framing before everything after it",
        REQUEST(ASK("BREW", "nonsense", "Transfer-Encoding: chunked\r\n" LATE)), 400, CLOSES,
        .has = "RFC 9112 §6.3"},

    /* Host, 400. */
    {"Host before method", REQUEST(ASK("BREW", "/", "")), 400, STAYS, .has = "RFC 9112 §3.2"},
    {"two Hosts before method", REQUEST(ASK("BREW", "/", HOST HOST)), 400, STAYS,
        .has = "RFC 9112 §3.2"},
    {"Host before target's form", REQUEST(ASK("GET", "https://a/", "")), 400, STAYS,
        .has = "RFC 9112 §3.2"},
    {"Host before everything after it", REQUEST(ASK("BREW", "nonsense", LATE)), 400, CLOSES,
        .has = "Host"},

    /* Method, 501. */
    {"method before target's form", REQUEST(ASK("BREW", "nonsense", HOST)), 501, STAYS},
    {"method before scheme", REQUEST(ASK("BREW", "https://a/", HOST)), 501, STAYS},
    {"method before path", REQUEST(ASK("BREW", "/..", HOST)), 501, STAYS},
    {"method before content limit", REQUEST(ASK("BREW", "/", HOST MUCH)), 501, CLOSES},
    {"method before Expect", REQUEST(ASK("BREW", "/", HOST TEA)), 501, STAYS},
    {"method before everything after it", REQUEST(ASK("BREW", "nonsense", HOST LATE)), 501, CLOSES},

    /* The target's form, 400 and 421. */
    {"scheme before path that leads above the root", REQUEST(ASK("GET", "https://a/..", HOST)), 421,
        STAYS},
    {"scheme before path that is badly encoded", REQUEST(ASK("GET", "https://a/%zz", HOST)), 421,
        STAYS},
    {"target's form before method allowed", REQUEST(ASK("ECHO", "nonsense", HOST)), 400, STAYS},
    {"target's form before content limit", REQUEST(ASK("GET", "nonsense", HOST MUCH)), 400, CLOSES},
    {"target's form before everything after it", REQUEST(ASK("ECHO", "https://a/%zz", HOST LATE)),
        421, CLOSES},

    /* The path, 400 and 404. */
    {"path above the root before method allowed", REQUEST(ASK("ECHO", "/..", HOST)), 400, STAYS},
    {"path that is badly encoded before method allowed", REQUEST(ASK("ECHO", "/%zz", HOST)), 400,
        STAYS},
    {"path with an encoded slash before method allowed", REQUEST(ASK("ECHO", "/a%2Fb", HOST)), 404,
        STAYS},
    {"path before content limit", REQUEST(ASK("GET", "/%zz", HOST MUCH)), 400, CLOSES},
    {"path before Expect", REQUEST(ASK("GET", "/%zz", HOST TEA)), 400, STAYS},
    {"path before everything after it", REQUEST(ASK("ECHO", "/%zz", HOST LATE)), 400, CLOSES},

    /* Whether the method is for this target, 405, is for its handler to say, which runs when the
     * content is complete: after what the head alone decides. */
    {"content limit before method allowed",
        REQUEST(ASK("ECHO", "/file.txt", HOST LENGTH "65537\r\n")), 413, CLOSES},
    {"Expect before method allowed", REQUEST(ASK("ECHO", "/file.txt", HOST TEA)), 417, STAYS},
    {"method allowed before preconditions and range",
        REQUEST(ASK("ECHO", "/file.txt", HOST UNMATCHED BEYOND)), 405, STAYS, .has = "\r\nAllow: "},

    /* The content limit, 413. */
    {"content limit before Expect", REQUEST(ASK("GET", "/file.txt", HOST MUCH TEA)), 413, CLOSES},
    {"content limit of a method before Expect",
        REQUEST(ASK("ECHO", "/echo", HOST LENGTH "65537\r\n" TEA)), 413, CLOSES},
    {"content limit before open", REQUEST(ASK("GET", "/missing", HOST MUCH)), 413, CLOSES},
    {"content limit before everything after it", REQUEST(ASK("GET", "/missing", HOST LATE)), 413,
        CLOSES},

    /* Expect, 417. */
    {"Expect before open", REQUEST(ASK("GET", "/missing", HOST TEA)), 417, STAYS},
    {"Expect before redirection", REQUEST(ASK("GET", "/dir", HOST TEA)), 417, STAYS},
    {"Expect before preconditions", REQUEST(ASK("GET", "/file.txt", HOST TEA UNMATCHED)), 417,
        STAYS},
    {"Expect before everything after it",
        REQUEST(ASK("GET", "/missing", HOST TEA UNMATCHED BEYOND)), 417, STAYS},

    /* Opening the file, 404 and 301. */
    {"open before preconditions", REQUEST(ASK("GET", "/missing", HOST UNMATCHED)), 404, STAYS},
    {"open before preconditions that find it unmodified",
        REQUEST(ASK("GET", "/missing", HOST "If-None-Match: *\r\n")), 404, STAYS},
    {"redirection before preconditions", REQUEST(ASK("GET", "/dir", HOST UNMATCHED)), 301, STAYS},
    {"open before range", REQUEST(ASK("GET", "/missing", HOST BEYOND)), 404, STAYS},
    {"open before everything after it", REQUEST(ASK("GET", "/missing", HOST UNMATCHED BEYOND)), 404,
        STAYS},

    /* Preconditions, 412 and 304; then the range, 416. */
    {"preconditions that fail before range",
        REQUEST(ASK("GET", "/file.txt", HOST BEYOND UNMATCHED)), 412, STAYS},
    {"preconditions that find it unmodified before range",
        REQUEST(ASK("GET", "/file.txt", HOST BEYOND "If-None-Match: *\r\n")), 304, STAYS},
    {"range is last", REQUEST(ASK("GET", "/file.txt", HOST BEYOND "If-Match: *\r\n")), 416, STAYS},
};

/* A request of a request line and 101 field lines, and some lines before those. */
static void expect_of_101_lines(const char *start, int status, const char *has)
{
    char *request = malloc(20000);
    size_t used = (size_t)sprintf(request, "%s", start);
    for (size_t i = 0; i < 101; i++) used += (size_t)sprintf(request + used, "X-%zu: y\r\n", i);
    used += (size_t)sprintf(request + used, "\r\n");
    const struct http_case row = {
        .request = request, .length = used, .status = status, .after = CLOSES, .has = has};
    case_deliver(&row);
    free(request);
}

static void test_syntax_before_number_of_fields(void **state)
{
    (void)state;
    expect_of_101_lines("GET / HTTP/1.1\r\nName : x\r\n", 400, "RFC 9112 §5.1");
}

static void test_version_before_number_of_fields(void **state)
{
    (void)state;
    expect_of_101_lines("GET / HTTP/2.0\r\n" HOST, 505, "HTTP/1.1");
}

static void test_number_of_fields_before_framing(void **state)
{
    (void)state;
    expect_of_101_lines("GET / HTTP/1.1\r\n" HOST LENGTH "x\r\n", 431, NULL);
}

static void test_number_of_fields_before_everything_after_it(void **state)
{
    (void)state;
    expect_of_101_lines("BREW nonsense HTTP/1.1\r\nTransfer-Encoding: gzip\r\n" LATE, 431, NULL);
}

/* A request line that is too long is refused before the version at its end is there. */
static void test_length_of_request_line_before_number_of_fields_and_framing(void **state)
{
    (void)state;
    static char start[10000] = "GET /";
    memset(start + strlen(start), 'x', 8300);
    strcat(start, " HTTP/1.1\r\n" LENGTH "x\r\n");
    expect_of_101_lines(start, 414, NULL);
}

/* And a head that is too long before what is wrong in it as a whole. */
static void test_length_of_head_before_framing_and_host(void **state)
{
    (void)state;
    static char request[40000] = "BREW nonsense HTTP/1.1\r\n" LENGTH "x\r\nX: ";
    memset(request + strlen(request), 'y', 33000);
    strcat(request, "\r\n\r\n");
    const struct http_case row = {
        .request = request, .length = strlen(request), .status = 431, .after = CLOSES};
    case_deliver(&row);
}

static int setup(void **state)
{
    (void)state;
    const char *program = getenv("STRATA_ECHO_PROGRAM");
    if (program == NULL) failed("STRATA_ECHO_PROGRAM does not name the server with ECHO");
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    site_add_directory(&world.site, "dir");
    server_start(&world.server, &(struct launch){.program = program, .directory = world.site.root});
    world.port = world.server.port;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_syntax_before_number_of_fields),
        TEST(test_version_before_number_of_fields),
        TEST(test_number_of_fields_before_framing),
        TEST(test_number_of_fields_before_everything_after_it),
        TEST(test_length_of_request_line_before_number_of_fields_and_framing),
        TEST(test_length_of_head_before_framing_and_host),
    };
    return cases_run("order of checks", CASES(cases), TESTS(tests), setup);
}
