/* Precompressed variants (RFC 9110 §12.5.3): page.html lies beside page.html.br, .zst and .gz,
 * style.css beside style.css.gz, alone.txt beside nothing. In the requests {identity} and {gzip}
 * are the entity tags of two variants of the page. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdlib.h>
#include <string.h>

#define ASK(method, target, lines) method " " target " HTTP/1.1\r\nHost: a\r\n" lines "\r\n"
#define WITH(target, lines)        REQUEST(ASK("GET", target, lines))
#define ACCEPT(codings)            WITH("/page.html", "Accept-Encoding: " codings "\r\n")
#define GZIP                       "Accept-Encoding: gzip\r\n"

#define VARY "\r\nVary: Accept-Encoding\r\n"
#define IDENTITY                                                                                   \
    200, STAYS, .content = "the page itself", .has = VARY, .lacks = "\r\nContent-Encoding:"
#define CODED(coding, octets)                                                                      \
    200, STAYS, .content = (octets), .has = VARY, .has_too = "\r\nContent-Encoding: " coding "\r\n"
#define AS_GZIP  CODED("gzip", "page, gzip")
#define AS_BR    CODED("br", "page in br")
#define AS_ZSTD  CODED("zstd", "zstandard page")
#define AS_CODED 200, STAYS, .has = VARY, .has_too = "\r\nContent-Encoding: "

static struct http_case cases[] = {
    {"without Accept-Encoding the file itself is served (RFC 9110 §12.5.3)", WITH("/page.html", ""),
        IDENTITY},
    {"an empty Accept-Encoding wants no coding (RFC 9110 §12.5.3)", ACCEPT(""), IDENTITY},
    {"gzip is served as .gz (RFC 9110 §12.5.3)", ACCEPT("gzip"), AS_GZIP},
    {"br is served as .br (RFC 9110 §12.5.3)", ACCEPT("br"), AS_BR},
    {"zstd is served as .zst (RFC 9110 §12.5.3)", ACCEPT("zstd"), AS_ZSTD},
    {"codings are compared without case (RFC 9110 §8.4.1)", ACCEPT("GZip"), AS_GZIP},
    {"gzip has an old name (RFC 9110 §8.4.1.3)", ACCEPT("x-gzip"), AS_GZIP},
    {"a coding goes before none (RFC 9110 §12.5.3)", ACCEPT("deflate, gzip, br, zstd"), AS_CODED},
    {"a coding that is not here is not served (RFC 9110 §12.5.3)", ACCEPT("deflate, compress"),
        IDENTITY},
    {"a coding that starts with gzip is another (RFC 9110 §8.4.1)", ACCEPT("gzipped"), IDENTITY},
    {"a list split over lines is one (RFC 9110 §5.3)",
        WITH("/page.html", "Accept-Encoding: deflate\r\nAccept-Encoding: gzip\r\n"), AS_GZIP},
    {"the most weight wins (RFC 9110 §12.4.2)", ACCEPT("br;q=0.5, gzip;q=0.9, zstd;q=0.8"),
        AS_GZIP},
    {"no weight is the most (RFC 9110 §12.4.2)", ACCEPT("br;q=0.999, gzip;q=0.5, zstd"), AS_ZSTD},
    {"weights have three digits (RFC 9110 §12.4.2)", ACCEPT("br;q=0.001, gzip;q=0.002"), AS_GZIP},
    {"white space around a weight does not count (RFC 9110 §12.4.2)",
        ACCEPT("br ; q=0.1 , gzip\t;\tQ=0.2"), AS_GZIP},
    {"weight 0 is not acceptable (RFC 9110 §12.4.2)", ACCEPT("gzip;q=0"), IDENTITY},
    {"weight 0.000 is not acceptable (RFC 9110 §12.4.2)", ACCEPT("gzip;q=0.000, br;q=0."),
        IDENTITY},
    {"a little weight is acceptable (RFC 9110 §12.5.3)", ACCEPT("gzip;q=0.001"), AS_GZIP},
    {"a star stands for the others (RFC 9110 §12.5.3)", ACCEPT("*"), AS_CODED},
    {"a star does not bring back what is excluded (RFC 9110 §12.5.3)",
        ACCEPT("br;q=0, gzip;q=0, *"), AS_ZSTD},
    {"a star with weight 0 excludes the others (RFC 9110 §12.5.3)", ACCEPT("*;q=0, gzip"), AS_GZIP},
    {"a star with weight 0 leaves identity named (RFC 9110 §12.5.3)", ACCEPT("identity, *;q=0"),
        IDENTITY},
    {"identity may weigh more (RFC 9110 §12.5.3)", ACCEPT("identity, gzip;q=0.5"), IDENTITY},
    {"identity may weigh less (RFC 9110 §12.5.3)", ACCEPT("identity;q=0.3, gzip;q=0.5"), AS_GZIP},
    {"without identity the coding named is served (RFC 9110 §12.5.3)", ACCEPT("identity;q=0, gzip"),
        AS_GZIP},
    {"where identity is excluded a star is a coding (RFC 9110 §12.5.3)", ACCEPT("identity;q=0, *"),
        AS_CODED},
    {"where nothing is acceptable the file itself is served (RFC 9110 §12.5.3)",
        ACCEPT("identity;q=0"), IDENTITY},
    {"a star with weight 0 excludes all, and the file itself is served (RFC 9110 §12.5.3)",
        ACCEPT("*;q=0"), IDENTITY},

    {"a name with one variant is served in it (RFC 9110 §12.5.3)",
        WITH("/style.css", "Accept-Encoding: br, gzip;q=0.1\r\n"), CODED("gzip", "style, gzip")},
    {"a name with one variant varies without it (RFC 9110 §12.5.5)",
        WITH("/style.css", "Accept-Encoding: br\r\n"), 200, STAYS, .content = "the style",
        .has = VARY, .lacks = "Content-Encoding:"},
    {"a name without variants does not vary (RFC 9110 §12.5.5)", WITH("/alone.txt", GZIP), 200,
        STAYS, .content = "alone", .lacks = "Vary:"},
    {"a variant has the media type of its name (RFC 9110 §8.4)", WITH("/style.css", GZIP), 200,
        STAYS, .has = "\r\nContent-Type: text/css; charset=utf-8\r\n"},
    {"a variant asked for by its name is a file like any other (RFC 9110 §8.4)",
        WITH("/page.html.gz", GZIP), 200, STAYS, .content = "page, gzip",
        .has = "\r\nContent-Type: application/gzip\r\n", .lacks = "Content-Encoding:"},
    {"a variant asked for by its name does not vary (RFC 9110 §12.5.5)", WITH("/page.html.gz", ""),
        200, STAYS, .content = "page, gzip", .lacks = "Vary:"},
    {"a name without its suffix has variants (RFC 9110 §12.5.3)", WITH("/page", GZIP), AS_GZIP},
    {"an index has variants (RFC 9110 §12.5.3)", WITH("/dir/", GZIP), CODED("gzip", "index, gzip")},
    {"a variant without its file is nothing (RFC 9110 §15.5.5)", WITH("/orphan.txt", GZIP), 404,
        STAYS},
    {"a directory is no variant (RFC 9110 §12.5.3)", WITH("/odd1.txt", GZIP), 200, STAYS,
        .content = "odd", .lacks = "Vary:"},
    {"a FIFO is no variant (RFC 9110 §12.5.3)", WITH("/odd2.txt", GZIP), 200, STAYS,
        .content = "odd", .lacks = "Vary:"},
    {"a link out of the root is no variant (RFC 9110 §12.5.3)", WITH("/odd3.txt", GZIP), 200, STAYS,
        .content = "odd", .lacks = "outside"},
    {"an empty variant is one (RFC 9110 §12.5.3)", WITH("/empty.txt", GZIP), CODED("gzip", "")},
    {"a redirection has no coding (RFC 9110 §12.5.3)", WITH("/dir", GZIP), 301, STAYS,
        .lacks = "Content-Encoding:"},

    {"HEAD is answered for the variant (RFC 9110 §9.3.2)",
        REQUEST(ASK("HEAD", "/page.html", "Accept-Encoding: zstd\r\n")), 200, STAYS,
        .to_head = true, .has = "\r\nContent-Length: 14\r\n",
        .has_too = "\r\nContent-Encoding: zstd\r\n"},
    {"HEAD without a coding varies (RFC 9110 §12.5.5)", REQUEST(ASK("HEAD", "/page.html", "")), 200,
        STAYS, .to_head = true, .has = "\r\nContent-Length: 15\r\n", .has_too = VARY},

    {"the tag of a variant stands for it (RFC 9110 §8.8.3.3)",
        WITH("/page.html", GZIP "If-None-Match: {gzip}\r\n"), 304, STAYS, .has = VARY},
    {"the tag of the file itself stands for it (RFC 9110 §8.8.3.3)",
        WITH("/page.html", "If-None-Match: {identity}\r\n"), 304, STAYS, .has = VARY},
    {"the tag of the file itself does not stand for a variant (RFC 9110 §8.8.3.3)",
        WITH("/page.html", GZIP "If-None-Match: {identity}\r\n"), AS_GZIP},
    {"the tag of a variant does not stand for the file itself (RFC 9110 §8.8.3.3)",
        WITH("/page.html", "If-None-Match: {gzip}\r\n"), IDENTITY},
    {"a date that the file is not after is for its variants too (RFC 9110 §13.1.3)",
        WITH("/page.html", GZIP "If-Modified-Since: Sun, 13 Sep 2020 12:26:40 GMT\r\n"), 304, STAYS,
        .has = VARY},
    {"a failed condition varies (RFC 9110 §12.5.5)",
        WITH("/page.html", GZIP "If-Match: {identity}\r\n"), 412, STAYS, .has = "Accept-Encoding",
        .lacks = "Content-Encoding:"},

    {"a range is one of the variant (RFC 9110 §14.2)",
        WITH("/page.html", GZIP "Range: bytes=6-\r\n"), 206, STAYS, .content = "gzip",
        .has = "\r\nContent-Range: bytes 6-9/10\r\n", .has_too = "\r\nContent-Encoding: gzip\r\n"},
    {"a range of the file itself varies (RFC 9110 §12.5.5)",
        WITH("/page.html", "Range: bytes=-6\r\n"), 206, STAYS, .content = "itself",
        .has = "\r\nContent-Range: bytes 9-14/15\r\n", .has_too = VARY},
    {"a range beyond the variant is not satisfiable, and varies (RFC 9110 §15.5.17)",
        WITH("/page.html", GZIP "Range: bytes=12-\r\n"), 416, STAYS,
        .has = "\r\nContent-Range: bytes */10\r\n", .has_too = "Accept-Encoding"},
    {"If-Range with the tag of the file itself is not for a variant (RFC 9110 §13.1.5)",
        WITH("/page.html", GZIP "Range: bytes=0-3\r\nIf-Range: {identity}\r\n"), AS_GZIP},
    {"If-Range with the tag of the variant is (RFC 9110 §13.1.5)",
        WITH("/page.html", GZIP "Range: bytes=0-3\r\nIf-Range: {gzip}\r\n"), 206, STAYS,
        .content = "page", .has_too = "\r\nContent-Encoding: gzip\r\n"},
};

static char *tag_of_page(const char *coding)
{
    char request[200];
    snprintf(request, sizeof request, ASK("GET", "/page.html", "Accept-Encoding: %s\r\n"), coding);
    return fetch_field(request, "ETag");
}

/* RFC 9110 §8.8.3.3: the variants are made at one time here, and two have one length. */
static void test_no_two_variants_have_the_same_tag(void **state)
{
    (void)state;
    static const char *const codings[] = {"identity", "gzip", "br", "zstd"};
    char *tags[4];
    for (size_t i = 0; i < 4; i++) {
        tags[i] = tag_of_page(codings[i]);
        if (tags[i] == NULL || tags[i][0] != '"') failed("no strong tag for %s", codings[i]);
        for (size_t j = 0; j < i; j++)
            if (strcmp(tags[i], tags[j]) == 0)
                failed("%s and %s have the tag %s", codings[i], codings[j], tags[i]);
    }
    for (size_t i = 0; i < 4; i++) free(tags[i]);
}

/* However the choice ends, the variants that were not chosen do not stay open. */
static void test_variants_leave_no_descriptor_behind(void **state)
{
    (void)state;
    expect_descriptors_closed("/page.html", "Accept-Encoding: gzip\r\n");
    expect_descriptors_closed("/page.html", "Accept-Encoding: br\r\n");
    expect_descriptors_closed("/page.html", "Accept-Encoding: zstd\r\n");
    expect_descriptors_closed("/page.html", "Accept-Encoding: identity\r\n");
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "page.html", "the page itself");
    site_add(&world.site, "page.html.gz", "page, gzip");
    site_add(&world.site, "page.html.br", "page in br");
    site_add(&world.site, "page.html.zst", "zstandard page");
    site_add(&world.site, "style.css", "the style");
    site_add(&world.site, "style.css.gz", "style, gzip");
    site_add(&world.site, "alone.txt", "alone");
    site_add(&world.site, "dir/index.html", "index");
    site_add(&world.site, "dir/index.html.gz", "index, gzip");
    site_add(&world.site, "orphan.txt.gz", "orphan");
    for (size_t i = 1; i <= 3; i++) {
        char name[] = "odd0.txt";
        name[3] = (char)('0' + i);
        site_add(&world.site, name, "odd");
    }
    site_add_directory(&world.site, "odd1.txt.gz");
    site_add_fifo(&world.site, "odd2.txt.gz");
    site_add(&world.site, "../outside", "outside");
    site_add_link(&world.site, "odd3.txt.gz", "../outside");
    site_add(&world.site, "empty.txt", "empty");
    site_add(&world.site, "empty.txt.gz", "");
    world_begin(NULL);
    char *identity = tag_of_page("identity");
    char *gzip = tag_of_page("gzip");
    cases_put(CASES(cases), "{identity}", identity);
    cases_put(CASES(cases), "{gzip}", gzip);
    free(identity);
    free(gzip);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_two_variants_have_the_same_tag),
        TEST(test_variants_leave_no_descriptor_behind),
    };
    return cases_run("variants", CASES(cases), TESTS(tests), setup);
}
