/* The request target: its forms (RFC 9112 §3.2), percent-encoding (RFC 3986 §2.1), dot segments
 * (§5.2.4). */
#include "tests/system/support/cases.h"

#define ABSOLUTE(target) REQUEST("GET " target " HTTP/1.1\r\nHost: a\r\n\r\n")

static const struct http_case cases[] = {
    /* Forms */
    {"origin-form is served (RFC 9112 §3.2.1)", GET("/file.txt"), 200, STAYS, .content = "file"},
    {"the empty path's index is served (RFC 9112 §3.2.1)", GET("/"), 200, STAYS,
        .content = "start"},
    {"a query does not change the file (RFC 9110 §4.2.1)", GET("/file.txt?a=b&c"), 200, STAYS,
        .content = "file"},
    {"an empty query does not change the file (RFC 3986 §3.4)", GET("/file.txt?"), 200, STAYS,
        .content = "file"},
    {"dot segments in a query are text (RFC 3986 §3.4)", GET("/file.txt?/../../.."), 200, STAYS,
        .content = "file"},
    {"absolute-form is served (RFC 9112 §3.2.2)", ABSOLUTE("http://a/file.txt"), 200, STAYS,
        .content = "file"},
    {"absolute-form with a port is served (RFC 9112 §3.2.2)", ABSOLUTE("http://a:8080/file.txt"),
        200, STAYS, .content = "file"},
    {"absolute-form with an authority other than Host is served (RFC 9112 §3.2.2)",
        ABSOLUTE("http://b.example/file.txt"), 200, STAYS, .content = "file"},
    {"absolute-form with an IPv6 address is served (RFC 3986 §3.2.2)",
        ABSOLUTE("http://[::1]:80/file.txt"), 200, STAYS, .content = "file"},
    {"the scheme is compared without case (RFC 9110 §4.2.3)", ABSOLUTE("HTTP://a/file.txt"), 200,
        STAYS, .content = "file"},
    {"an absolute-form without path means / (RFC 9110 §4.2.3)", ABSOLUTE("http://a"), 200, STAYS,
        .content = "start"},
    {"an absolute-form of authority and query means / (RFC 9110 §4.2.3)", ABSOLUTE("http://a?b"),
        200, STAYS, .content = "start"},
    {"absolute-form in HTTP/1.1 does not excuse a missing Host (RFC 9112 §3.2)",
        REQUEST("GET http://a/file.txt HTTP/1.1\r\n\r\n"), 400, STAYS},
    {"absolute-form does not excuse an invalid Host (RFC 9112 §3.2)",
        REQUEST("GET http://a/file.txt HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400, STAYS},
    {"an empty authority is refused (RFC 9110 §4.2.1)", ABSOLUTE("http:///file.txt"), 400, STAYS},
    {"an empty authority without a path is refused (RFC 9110 §4.2.1)", ABSOLUTE("http://"), 400,
        STAYS},
    {"an authority of a port alone is refused (RFC 9110 §4.2.1)", ABSOLUTE("http://:80/file.txt"),
        400, STAYS},
    {"an authority with a port of letters is refused (RFC 3986 §3.2.3)", ABSOLUTE("http://a:b/"),
        400, STAYS},
    {"an http target without an authority is refused (RFC 9110 §4.2.1)", ABSOLUTE("http:/file.txt"),
        400, STAYS},
    {"https is misdirected (RFC 9110 §15.5.20)", ABSOLUTE("https://a/file.txt"), 421, STAYS},
    {"HTTPS is misdirected whatever its case (RFC 9110 §15.5.20)", ABSOLUTE("HTTPS://a/file.txt"),
        421, STAYS},
    {"another scheme is refused (RFC 9112 §3.2.2)", ABSOLUTE("ftp://a/file.txt"), 400, STAYS},
    {"a scheme that starts with http is another scheme (RFC 9110 §4.2.1)", ABSOLUTE("httpx://a/"),
        400, STAYS},
    {"authority-form is refused for GET (RFC 9112 §3.2.3)", GET("a:80"), 400, STAYS},
    {"asterisk-form is refused for GET (RFC 9112 §3.2.4)", GET("*"), 400, STAYS},
    {"asterisk-form is refused for HEAD (RFC 9112 §3.2.4)",
        REQUEST("HEAD * HTTP/1.1\r\nHost: a\r\n\r\n"), 400, STAYS, .to_head = true},
    {"a path without its slash is refused (RFC 9112 §3.2.1)", GET("file.txt"), 400, STAYS},
    {"a query alone is refused (RFC 9112 §3.2.1)", GET("?a"), 400, STAYS},

    /* Percent-encoding */
    {"an encoded letter is that letter (RFC 3986 §2.3)", GET("/fil%65.txt"), 200, STAYS,
        .content = "file"},
    {"hexadecimal digits are read in either case (RFC 3986 §2.1)", GET("/%66i%6C%6c%65d%2etxt"),
        200, STAYS, .content = "filled"},
    {"a percent sign at the end is refused (RFC 3986 §2.1)", GET("/%"), 400, STAYS},
    {"a percent sign and one digit are refused (RFC 3986 §2.1)", GET("/%4"), 400, STAYS},
    {"a percent sign and letters that are no digits are refused (RFC 3986 §2.1)", GET("/%zz"), 400,
        STAYS},
    {"a percent sign, a digit and another letter are refused (RFC 3986 §2.1)", GET("/%4g"), 400,
        STAYS},
    {"a percent sign and a signed digit are refused (RFC 3986 §2.1)", GET("/%+4"), 400, STAYS},
    {"an encoded NUL is refused (RFC 3986 §7.3)", GET("/%00"), 400, STAYS},
    {"an encoded NUL does not end the path early (RFC 3986 §7.3)", GET("/file.txt%00.png"), 400,
        STAYS},
    {"an encoded LF is refused (RFC 3986 §7.3)", GET("/a%0ab"), 400, STAYS},
    {"an encoded CR LF is refused (RFC 3986 §7.3)", GET("/dir%0d%0aX:%20y"), 400, STAYS},
    {"an encoded tab is refused (RFC 3986 §7.3)", GET("/a%09b"), 400, STAYS},
    {"an encoded control is refused (RFC 3986 §7.3)", GET("/a%1fb"), 400, STAYS},
    {"an encoded DEL is refused (RFC 3986 §7.3)", GET("/a%7fb"), 400, STAYS},
    {"other encoded octets are octets of a file name (RFC 3986 §2.5)", GET("/%80%ff"), 404, STAYS},
    {"an encoded space is a space in the name (RFC 3986 §2.1)", GET("/a%20b.txt"), 200, STAYS,
        .content = "space"},
    {"a plus sign is a plus sign (RFC 3986 §2.2)", GET("/a+b.txt"), 200, STAYS, .content = "plus"},
    {"an encoded question mark is part of the name (RFC 3986 §2.2)", GET("/a%3Fb.txt"), 200, STAYS,
        .content = "question"},
    {"an encoded # is part of the name (RFC 3986 §2.2)", GET("/a%23b.txt"), 200, STAYS,
        .content = "hash"},
    {"an encoded percent sign is decoded once (RFC 3986 §2.4)", GET("/%252e"), 200, STAYS,
        .content = "percent"},
    {"twice encoded dots are no dot segment (RFC 3986 §2.4)", GET("/dir/%252e%252e/file.txt"), 404,
        STAYS},
    {"an encoded slash is in no file name (RFC 3986 §2.2)", GET("/dir%2Findex.html"), 404, STAYS},
    {"an encoded slash in lower case is in no file name (RFC 3986 §2.2)", GET("/dir%2findex.html"),
        404, STAYS},
    {"an encoded slash at the start is in no file name (RFC 3986 §2.2)", GET("/%2Ffile.txt"), 404,
        STAYS},
    {"encoded slashes lead nowhere above the root (RFC 3986 §7.3)", GET("/x..%2f..%2fetc%2fpasswd"),
        404, STAYS},

    /* Dot segments */
    {"a single dot is removed (RFC 3986 §5.2.4)", GET("/./file.txt"), 200, STAYS,
        .content = "file"},
    {"two dots remove the segment before them (RFC 3986 §5.2.4)", GET("/dir/../file.txt"), 200,
        STAYS, .content = "file"},
    {"the segment that two dots remove need not exist (RFC 3986 §5.2.4)",
        GET("/missing/../file.txt"), 200, STAYS, .content = "file"},
    {"a single dot at the end means the directory (RFC 3986 §5.2.4)", GET("/dir/."), 200, STAYS,
        .content = "index"},
    {"two dots at the end mean the directory above (RFC 3986 §5.2.4)", GET("/dir/.."), 200, STAYS,
        .content = "start"},
    {"encoded dots are dots (RFC 3986 §2.3)", GET("/dir/%2E%2e/file.txt"), 200, STAYS,
        .content = "file"},
    {"two dots above the root are refused (RFC 3986 §7.3)", GET("/../file.txt"), 400, STAYS},
    {"two dots alone are refused (RFC 3986 §7.3)", GET("/.."), 400, STAYS},
    {"two encoded dots above the root are refused (RFC 3986 §7.3)", GET("/%2e%2e/file.txt"), 400,
        STAYS},
    {"a half encoded pair of dots above the root is refused (RFC 3986 §7.3)", GET("/.%2e/file.txt"),
        400, STAYS},
    {"dots that leave the root and come back are refused (RFC 3986 §7.3)",
        GET("/dir/../../root/file.txt"), 400, STAYS},
    {"dots above the root in absolute-form are refused (RFC 3986 §7.3)",
        ABSOLUTE("http://a/../file.txt"), 400, STAYS},

    /* Repeated slashes */
    {"two slashes at the start are one for the look-up (RFC 3986 §3.3)", GET("//file.txt"), 200,
        STAYS, .content = "file"},
    {"two slashes within are one for the look-up (RFC 3986 §3.3)", GET("/dir//index.html"), 200,
        STAYS, .content = "index"},
    {"slashes alone mean the root (RFC 3986 §3.3)", GET("///"), 200, STAYS, .content = "start"},
    {"slashes at both ends are one each (RFC 3986 §3.3)", GET("//dir///"), 200, STAYS,
        .content = "index"},
    {"two slashes and a name are a path, not an authority (RFC 9112 §3.2.1)",
        GET("//evil.example/"), 404, STAYS},
};

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "index.html", "start");
    site_add(&world.site, "file.txt", "file");
    site_add(&world.site, "filled.txt", "filled");
    site_add(&world.site, "dir/index.html", "index");
    site_add(&world.site, "a b.txt", "space");
    site_add(&world.site, "a+b.txt", "plus");
    site_add(&world.site, "a?b.txt", "question");
    site_add(&world.site, "a#b.txt", "hash");
    site_add(&world.site, "%2e", "percent");
    world_begin(NULL);
    return 0;
}

int main(void)
{
    return cases_run("target", CASES(cases), NO_TESTS, setup);
}
