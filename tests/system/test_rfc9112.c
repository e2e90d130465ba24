/* What RFC 9112 asks and no other test here shows; docs/rfc-map.md has the whole list. */
#include "tests/system/support/cases.h"

#define HOST          "Host: a\r\n\r\n"
#define NEXT          "GET /probe.txt HTTP/1.1\r\n" HOST
#define LINES(lines)  REQUEST("GET /file.txt HTTP/1.1\r\n" lines HOST)
#define CODING(value) LINES("Transfer-Encoding: " value "\r\n")

static const struct http_case cases[] = {
    {"a folded line that says Content-Length frames nothing (RFC 9112 §2.2)",
        REQUEST("GET /file.txt HTTP/1.1\r\n Content-Length: 38\r\n" HOST NEXT), 400, CLOSES,
        .lacks = "probe"},
    {"a folded line that says Transfer-Encoding frames nothing (RFC 9112 §5.2)",
        REQUEST("GET /file.txt HTTP/1.1\r\nX: y\r\n Transfer-Encoding: chunked\r\n" HOST NEXT), 400,
        CLOSES, .lacks = "probe"},
    {"a folded line is told that folding is obsolete (RFC 9112 §5.2)", LINES("X: y\r\n z\r\n"), 400,
        CLOSES, .has = "RFC 9112 §5.2", .has_too = "obsolete"},
    {"a target with a space is not corrected (RFC 9112 §3.2)",
        REQUEST("GET /a file.txt HTTP/1.1\r\n" HOST), 400, CLOSES, .lacks = "Location"},
    {"CR and LF in a target do not split the response (RFC 9112 §11.1)",
        REQUEST("GET /dir?%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\n" HOST), 301, STAYS,
        .has = "Location: /dir/?%0d%0aSet-Cookie:%20a=b\r\n", .lacks = "\nSet-Cookie"},

    {"chunked with a parameter is refused (RFC 9112 §7.1)", CODING("chunked;q=1"), 400, CLOSES},
    {"a compression coding with a parameter is not implemented (RFC 9112 §7.2)",
        CODING("gzip;level=9, chunked"), 501, CLOSES},
    {"x-gzip is not implemented either (RFC 9112 §7.2)", CODING("x-gzip, chunked"), 501, CLOSES},
    {"TE is ignored (RFC 9112 §7.4)", LINES("TE: trailers, gzip\r\nConnection: TE\r\n"), 200, STAYS,
        .lacks = "Trailer", .content = "file"},
    {"Transfer-Encoding beside Content-Length closes although keep-alive is asked (RFC 9112 §6.1)",
        LINES("Connection: keep-alive\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400,
        CLOSES},

    {"a field called Close does not close (RFC 9112 §9.6)", LINES("Close: close\r\n"), 200, STAYS,
        .content = "file"},
    {"Keep-Alive without Connection keeps no HTTP/1.0 alive (RFC 9112 §9.3)",
        REQUEST("GET /file.txt HTTP/1.0\r\nKeep-Alive: timeout=5\r\n\r\n"), 200, CLOSES,
        .lacks = "keep-alive", .content = "file"},
    {"Proxy-Connection keeps no HTTP/1.0 alive (RFC 9112 §9.3)",
        REQUEST("GET /file.txt HTTP/1.0\r\nProxy-Connection: keep-alive\r\n\r\n"), 200, CLOSES,
        .lacks = "keep-alive", .content = "file"},
};

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    site_add_directory(&world.site, "dir");
    world_begin(NULL);
    return 0;
}

int main(void)
{
    return cases_run("RFC 9112", CASES(cases), NO_TESTS, setup);
}
