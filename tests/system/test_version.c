/* Protocol versions (RFC 9112 §2.3, RFC 9110 §2.5). */
#include "tests/system/support/cases.h"

#define HOST             "Host: a\r\n\r\n"
#define VERSION(version) REQUEST("GET /file.txt " version "\r\n" HOST)

static const struct http_case cases[] = {
    {"HTTP/1.1 is served (RFC 9112 §2.3)", VERSION("HTTP/1.1"), 200, STAYS, .content = "file"},
    {"HTTP/1.0 is served and closes (RFC 9112 §9.3)", VERSION("HTTP/1.0"), 200, CLOSES,
        .content = "file"},
    {"HTTP/1.2 is served as the highest minor version known (RFC 9110 §2.5)", VERSION("HTTP/1.2"),
        200, STAYS, .content = "file"},
    {"HTTP/1.9 is served as the highest minor version known (RFC 9110 §2.5)", VERSION("HTTP/1.9"),
        200, STAYS, .content = "file"},
    {"HTTP/2.0 is not supported (RFC 9110 §15.6.6)", VERSION("HTTP/2.0"), 505, EITHER,
        .has = "HTTP/1.1", .has_too = "HTTP/1.0"},
    {"HTTP/3.0 is not supported (RFC 9110 §15.6.6)", VERSION("HTTP/3.0"), 505, EITHER},
    {"HTTP/9.9 is not supported (RFC 9110 §15.6.6)", VERSION("HTTP/9.9"), 505, EITHER},
    {"HTTP/0.9 is not supported (RFC 9110 §15.6.6)", VERSION("HTTP/0.9"), 505, EITHER},
    {"the preface of HTTP/2 is told what is spoken here (RFC 9113 §3.4)",
        REQUEST("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, EITHER, .has = "HTTP/1.1"},
    {"a version in lower case is malformed (RFC 9112 §2.3)", VERSION("http/1.1"), 400, EITHER},
    {"a version in mixed case is malformed (RFC 9112 §2.3)", VERSION("Http/1.1"), 400, EITHER},
    {"HTTP/1.10 is malformed (RFC 9112 §2.3)", VERSION("HTTP/1.10"), 400, EITHER},
    {"HTTP/1.32 is malformed (RFC 9112 §2.3)", VERSION("HTTP/1.32"), 400, EITHER},
    {"HTTP/11 is malformed (RFC 9112 §2.3)", VERSION("HTTP/11"), 400, EITHER},
    {"HTTP/1 is malformed (RFC 9112 §2.3)", VERSION("HTTP/1"), 400, EITHER},
    {"HTTP/1. is malformed (RFC 9112 §2.3)", VERSION("HTTP/1."), 400, EITHER},
    {"HTTP/.1 is malformed (RFC 9112 §2.3)", VERSION("HTTP/.1"), 400, EITHER},
    {"HTTP/ is malformed (RFC 9112 §2.3)", VERSION("HTTP/"), 400, EITHER},
    {"HTTP alone is malformed (RFC 9112 §2.3)", VERSION("HTTP"), 400, EITHER},
    {"HTTP/01.1 is malformed (RFC 9112 §2.3)", VERSION("HTTP/01.1"), 400, EITHER},
    {"HTTP/+1.1 is malformed (RFC 9112 §2.3)", VERSION("HTTP/+1.1"), 400, EITHER},
    {"HTTP/1,1 is malformed (RFC 9112 §2.3)", VERSION("HTTP/1,1"), 400, EITHER},
    {"HTTP-1.1 is malformed (RFC 9112 §2.3)", VERSION("HTTP-1.1"), 400, EITHER},
    {"HTTP/1.1x is malformed (RFC 9112 §2.3)", VERSION("HTTP/1.1x"), 400, EITHER},
    {"HTTP/x.1 is malformed (RFC 9112 §2.3)", VERSION("HTTP/x.1"), 400, EITHER},
    {"HTTP/4294967297.1 does not wrap round to HTTP/1.1 (RFC 9112 §2.3)",
        VERSION("HTTP/4294967297.1"), 400, EITHER},
    {"HTTP/257.257 does not wrap round to HTTP/1.1 (RFC 9112 §2.3)", VERSION("HTTP/257.257"), 400,
        EITHER},
    {"another protocol is malformed (RFC 9112 §2.3)", VERSION("HTTPS/1.1"), 400, EITHER},
    {"RTSP is malformed (RFC 9112 §2.3)", VERSION("RTSP/1.0"), 400, EITHER},
};

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
    return cases_run("version", CASES(cases), NO_TESTS, setup);
}
