/* A directory without its slash (RFC 9110 §15.4.2), and what may stand in Location (§10.2.2). */
#include "tests/system/support/cases.h"

#define TO(location) .has = "\r\nLocation: " location "\r\n"

static const struct http_case cases[] = {
    {"a directory is redirected to its slash (RFC 9110 §15.4.2)", GET("/dir"), 301, STAYS,
        TO("/dir/")},
    {"a directory without an index is redirected, too (RFC 9110 §15.4.2)", GET("/empty"), 301,
        STAYS, TO("/empty/")},
    {"a directory within a directory is redirected (RFC 9110 §15.4.2)", GET("/dir/sub"), 301, STAYS,
        TO("/dir/sub/")},
    {"the query is kept (RFC 9110 §15.4.2)", GET("/dir?a=b&c=d/e?f"), 301, STAYS,
        TO("/dir/?a=b&c=d/e?f")},
    {"an empty query is kept or dropped (RFC 3986 §6.2.3)", GET("/dir?"), 301, STAYS,
        .has = "\r\nLocation: /dir/"},
    {"percent-encoding in the query is kept (RFC 3986 §2.4)", GET("/dir?a=%2F%20%C3%BC"), 301,
        STAYS, TO("/dir/?a=%2F%20%C3%BC")},
    {"HEAD is redirected like GET (RFC 9110 §9.3.2)",
        REQUEST("HEAD /dir HTTP/1.1\r\nHost: a\r\n\r\n"), 301, STAYS, TO("/dir/"), .to_head = true},
    {"absolute-form is redirected to an absolute path (RFC 9110 §10.2.2)",
        REQUEST("GET http://a.example/dir HTTP/1.1\r\nHost: a\r\n\r\n"), 301, STAYS, TO("/dir/")},
    {"Host does not appear in Location (RFC 9110 §10.2.2)",
        REQUEST("GET /dir HTTP/1.1\r\nHost: evil.example\r\n\r\n"), 301, STAYS, TO("/dir/"),
        .lacks = "evil.example"},
    {"a redirect is not cached without asking (RFC 9111 §4.2.2)", GET("/dir"), 301, STAYS,
        .has = "\r\nCache-Control: no-cache\r\n"},

    {"two slashes do not lead to another host (RFC 3986 §4.2)", GET("//evil"), 301, STAYS,
        TO("/evil/")},
    {"three slashes do not lead to another host (RFC 3986 §4.2)", GET("///evil"), 301, STAYS,
        TO("/evil/")},
    {"two slashes and a host that is a directory stay here (RFC 3986 §4.2)", GET("//evil.example"),
        301, STAYS, TO("/evil.example/")},
    {"two slashes before dots do not lead to another host (RFC 3986 §5.2.4)", GET("/.//evil"), 301,
        STAYS, TO("/evil/")},
    {"dots between slashes do not lead to another host (RFC 3986 §5.2.4)", GET("/dir/..//evil"),
        301, STAYS, TO("/evil/")},
    {"two slashes in absolute-form do not lead to another host (RFC 3986 §4.2)",
        REQUEST("GET http://a//evil HTTP/1.1\r\nHost: a\r\n\r\n"), 301, STAYS, TO("/evil/")},
    {"a backslash after the slash does not lead to another host (RFC 3986 §3.3)", GET("/\\evil"),
        301, STAYS, TO("/%5Cevil/")},
    {"an encoded backslash does not lead to another host (RFC 3986 §3.3)", GET("/%5Cevil"), 301,
        STAYS, TO("/%5Cevil/")},
    {"slashes within are one in Location (RFC 3986 §3.3)", GET("/dir//sub"), 301, STAYS,
        TO("/dir/sub/")},
    {"dot segments do not appear in Location (RFC 3986 §5.2.4)", GET("/empty/../dir/./sub"), 301,
        STAYS, TO("/dir/sub/")},

    {"a space is encoded (RFC 3986 §2.1)", GET("/a%20b"), 301, STAYS, TO("/a%20b/")},
    {"octets beyond US-ASCII are encoded in upper case (RFC 3986 §2.1)", GET("/%c3%bc"), 301, STAYS,
        TO("/%C3%BC/")},
    {"a percent sign is encoded (RFC 3986 §2.4)", GET("/100%25"), 301, STAYS, TO("/100%25/")},
    {"a question mark of the name is encoded (RFC 3986 §2.2)", GET("/a%3Fb"), 301, STAYS,
        TO("/a%3Fb/")},
    {"a # of the name is encoded (RFC 3986 §2.2)", GET("/a%23b"), 301, STAYS, TO("/a%23b/")},
    {"markup is encoded (RFC 3986 §2.1)", GET("/\"<b>\""), 301, STAYS, TO("/%22%3Cb%3E%22/")},
    {"brackets are encoded (RFC 3986 §3.3)", GET("/[x]"), 301, STAYS, TO("/%5Bx%5D/")},
    {"braces, bar, caret and grave are encoded (RFC 3986 §3.3)", GET("/{a|b}^`"), 301, STAYS,
        TO("/%7Ba%7Cb%7D%5E%60/")},
    {"sub-delims, colon and at stay as they are (RFC 3986 §3.3)", GET("/%21%24%26%27()*+,;=:@"),
        301, STAYS, TO("/!$&'()*+,;=:@/")},
    {"unreserved characters are decoded (RFC 3986 §2.3)", GET("/%61-%2E_%7e"), 301, STAYS,
        TO("/a-._~/")},
};

static int setup(void **state)
{
    static const char *const directories[] = {
        "dir/sub",
        "empty",
        "evil",
        "evil.example",
        "\\evil",
        "a b",
        "\xc3\xbc",
        "100%",
        "a?b",
        "a#b",
        "[x]",
        "{a|b}^`",
        "!$&'()*+,;=:@",
        "a-._~",
        "\"<b>\"",
    };
    (void)state;
    world_begin_site();
    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++)
        site_add_directory(&world.site, directories[i]);
    world_begin(NULL);
    return 0;
}

int main(void)
{
    return cases_run("redirects", CASES(cases), NO_TESTS, setup);
}
