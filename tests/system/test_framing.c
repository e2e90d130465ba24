/* Where a message ends: Content-Length and Transfer-Encoding (RFC 9112 §6). */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_OF(lines)         "GET /file.txt HTTP/1.1\r\nHost: a\r\n" lines "\r\n"
#define LENGTH(value, content) REQUEST(HEAD_OF("Content-Length:" value "\r\n") content)
#define CODING(value)          REQUEST(HEAD_OF("Transfer-Encoding:" value "\r\n") CHUNKED)
#define CHUNKED                "5\r\nhello\r\n0\r\n\r\n"
#define NEXT                   "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n"

static const struct http_case cases[] = {
    /* Content-Length */
    {"content of GET is read and dropped (RFC 9110 §9.3.1)", LENGTH(" 5", "hello"), 200, STAYS,
        .content = "file"},
    {"a Content-Length of zero means no content (RFC 9112 §6.2)", LENGTH(" 0", ""), 200, STAYS},
    {"content that looks like a request is content (RFC 9112 §6.3)", LENGTH(" 36", NEXT), 200,
        STAYS, .content = "file"},
    {"010 is ten (RFC 9110 §8.6)", LENGTH(" 010", "0123456789"), 200, STAYS},
    {"equal values in a list are one (RFC 9110 §8.6)", LENGTH(" 5, 5", "hello"), 200, STAYS},
    {"equal values in two lines are one (RFC 9110 §8.6)",
        REQUEST(HEAD_OF("Content-Length: 5\r\nContent-Length: 5\r\n") "hello"), 200, STAYS},
    {"different values in a list are refused (RFC 9112 §6.3)", LENGTH(" 5, 6", "hello"), 400,
        CLOSES},
    {"different values in two lines are refused (RFC 9112 §6.3)",
        REQUEST(HEAD_OF("Content-Length: 5\r\nContent-Length: 6\r\n") "hello"), 400, CLOSES},
    {"an empty Content-Length is refused (RFC 9112 §6.3)", LENGTH("", ""), 400, CLOSES},
    {"an empty Content-Length before a real one is refused (RFC 9112 §6.3)",
        REQUEST(HEAD_OF("Content-Length:\r\nContent-Length: 5\r\n") "hello"), 400, CLOSES},
    {"a Content-Length with a plus sign is refused (RFC 9112 §6.3)", LENGTH(" +1", "h"), 400,
        CLOSES},
    {"a negative Content-Length is refused (RFC 9112 §6.3)", LENGTH(" -48", ""), 400, CLOSES},
    {"a hexadecimal Content-Length is refused (RFC 9112 §6.3)", LENGTH(" 0x10", ""), 400, CLOSES},
    {"a Content-Length with a letter is refused (RFC 9112 §6.3)", LENGTH(" 1Z", "h"), 400, CLOSES},
    {"a Content-Length with an underscore is refused (RFC 9112 §6.3)", LENGTH(" 1_0", ""), 400,
        CLOSES},
    {"a Content-Length with a fraction is refused (RFC 9112 §6.3)", LENGTH(" 5.0", "hello"), 400,
        CLOSES},
    {"a Content-Length with an exponent is refused (RFC 9112 §6.3)", LENGTH(" 1e1", ""), 400,
        CLOSES},
    {"a Content-Length in quotes is refused (RFC 9112 §6.3)", LENGTH(" \"5\"", "hello"), 400,
        CLOSES},
    {"a Content-Length with a space within is refused (RFC 9112 §6.3)", LENGTH(" 5 5", "hello"),
        400, CLOSES},
    {"a Content-Length after a no-break space is refused (RFC 9112 §6.3)",
        LENGTH(" \xa0"
               "5",
            "hello"),
        400, CLOSES},
    {"a Content-Length with NUL is refused (RFC 9110 §5.5)", LENGTH(" 5\0", "hello"), 400, CLOSES},
    {"a Content-Length of twenty nines overflows (RFC 9110 §8.6)",
        LENGTH(" 99999999999999999999", ""), 400, CLOSES},
    {"a Content-Length that would wrap round to 5 is refused (RFC 9110 §8.6)",
        LENGTH(" 18446744073709551621", "hello"), 400, CLOSES},
    {"the largest 64-bit Content-Length is too large (RFC 9110 §15.5.14)",
        LENGTH(" 18446744073709551615", ""), 413, CLOSES, .or_status = 400},
    {"a Content-Length of two to the 63rd is too large (RFC 9110 §15.5.14)",
        LENGTH(" 9223372036854775808", ""), 413, CLOSES, .or_status = 400},
    {"a Content-Length of two to the 32nd is too large (RFC 9110 §15.5.14)",
        LENGTH(" 4294967296", ""), 413, CLOSES},
    {"a field whose name starts with Content-Length is another (RFC 9110 §5.1)",
        REQUEST(HEAD_OF("Content-Lengths: x\r\n")), 200, STAYS},
    {"a field whose name ends in Content-Length is another (RFC 9110 §5.1)",
        REQUEST(HEAD_OF("X-Content-Length: x\r\n")), 200, STAYS},

    /* Transfer-Encoding */
    {"chunked content is read and dropped (RFC 9112 §7.1)", CODING(" chunked"), 200, STAYS,
        .content = "file"},
    {"chunked is compared without case (RFC 9112 §7)", CODING(" cHuNkEd"), 200, STAYS},
    {"an empty element before chunked is ignored (RFC 9110 §5.6.1.2)", CODING(" ,chunked"), 200,
        STAYS},
    {"an empty element after chunked is ignored (RFC 9110 §5.6.1.2)", CODING(" chunked ,"), 200,
        STAYS},
    {"Content-Length beside Transfer-Encoding is refused (RFC 9112 §6.1)",
        REQUEST(HEAD_OF("Content-Length: 15\r\nTransfer-Encoding: chunked\r\n") CHUNKED NEXT), 400,
        CLOSES},
    {"Transfer-Encoding beside Content-Length is refused (RFC 9112 §6.1)",
        REQUEST(HEAD_OF("Transfer-Encoding: chunked\r\nContent-Length: 15\r\n") CHUNKED NEXT), 400,
        CLOSES},
    {"Transfer-Encoding in HTTP/1.0 is refused (RFC 9112 §6.1)",
        REQUEST(
            "GET /file.txt HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" CHUNKED NEXT),
        400, CLOSES},
    {"Transfer-Encoding in a persistent HTTP/1.0 is refused (RFC 9112 §6.1)",
        REQUEST("GET /file.txt HTTP/1.0\r\nConnection: keep-alive\r\n"
                "Transfer-Encoding: chunked\r\n\r\n" CHUNKED NEXT),
        400, CLOSES},
    {"an empty Transfer-Encoding is refused (RFC 9112 §6.3)", CODING(""), 400, CLOSES},
    {"a Transfer-Encoding of empty elements is refused (RFC 9112 §6.3)", CODING(" , ,"), 400,
        CLOSES},
    {"chunked twice is refused (RFC 9112 §6.1)", CODING(" chunked, chunked"), 400, CLOSES},
    {"chunked twice in two lines is refused (RFC 9112 §6.1)",
        REQUEST(HEAD_OF("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") CHUNKED),
        400, CLOSES},
    {"chunked around another coding is refused (RFC 9112 §6.1)", CODING(" chunked, gzip, chunked"),
        400, CLOSES},
    {"a word that ends in chunked is refused (RFC 9112 §6.3)", CODING(" xchunked"), 400, CLOSES},
    {"a word that starts with chunked is refused (RFC 9112 §6.3)", CODING(" chunkedx"), 400,
        CLOSES},
    {"a word that is the start of chunked is refused (RFC 9112 §6.3)", CODING(" chunke"), 400,
        CLOSES},
    {"chunked in quotes is refused (RFC 9112 §6.3)", CODING(" \"chunked\""), 400, CLOSES},
    {"chunked in two words is refused (RFC 9112 §6.3)", CODING(" chun ked"), 400, CLOSES},
    {"a no-break space before chunked is refused (RFC 9112 §6.3)",
        CODING(" \xa0"
               "chunked"),
        400, CLOSES},
    {"octet 0xff after chunked is refused (RFC 9112 §6.3)", CODING(" chunked\xff"), 400, CLOSES},
    {"gzip alone is refused (RFC 9112 §6.3)", CODING(" gzip"), 400, CLOSES},
    {"identity alone is refused (RFC 9112 §6.3)", CODING(" identity"), 400, CLOSES},
    {"another coding after chunked is refused (RFC 9112 §6.3)", CODING(" chunked, gzip"), 400,
        CLOSES},
    {"another coding before chunked is not implemented (RFC 9112 §6.1)", CODING(" gzip, chunked"),
        501, CLOSES},
    {"another coding in a line before chunked is not implemented (RFC 9112 §6.1)",
        REQUEST(HEAD_OF("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n") CHUNKED), 501,
        CLOSES},
    {"a space before the colon of Transfer-Encoding is refused (RFC 9112 §5.1)",
        REQUEST(HEAD_OF("Transfer-Encoding : chunked\r\n") CHUNKED NEXT), 400, CLOSES},
};

static void deliver_content(size_t size, int status, enum after after)
{
    char *request = malloc(size + 200);
    int head = sprintf(request, HEAD_OF("Content-Length: %zu\r\n"), size);
    memcpy(request + head, site_octets(size), size);
    case_deliver(&(struct http_case){.request = request,
        .length = (size_t)head + size,
        .status = status,
        .after = after,
        .only_whole = size > 200000});
    free(request);
}

/* RFC 9110 §9.3.1: content of GET has no meaning; it is not a reason to lose the connection. */
static void test_content_of_one_hundred_thousand_octets_is_dropped(void **state)
{
    (void)state;
    deliver_content(100000, 200, STAYS);
}

/* RFC 9110 §15.5.14 */
static void test_content_of_one_mib_is_dropped(void **state)
{
    (void)state;
    deliver_content(1 << 20, 200, STAYS);
}

/* RFC 9110 §15.5.14: the answer must not be lost to a reset while the content is on the way. */
static void test_content_of_one_octet_more_is_too_large(void **state)
{
    (void)state;
    deliver_content((1 << 20) + 1, 413, CLOSES);
}

/* RFC 9110 §15.5.14: the length says so before any of it is here. */
static void test_content_too_large_is_refused_before_it_comes(void **state)
{
    (void)state;
    case_deliver(&(struct http_case){
        REQUEST(HEAD_OF("Content-Length: 1048577\r\n")), .status = 413, .after = CLOSES});
}

/* RFC 9112 §6.3: after a framing error nothing more of the connection is a request. */
static void test_requests_after_a_framing_error_are_not_answered(void **state)
{
    (void)state;
    case_deliver(&(struct http_case){
        REQUEST(HEAD_OF("Content-Length: 5x\r\n") NEXT NEXT NEXT), .status = 400, .after = CLOSES});
}

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
    const struct CMUnitTest tests[] = {
        TEST(test_content_of_one_hundred_thousand_octets_is_dropped),
        TEST(test_content_of_one_mib_is_dropped),
        TEST(test_content_of_one_octet_more_is_too_large),
        TEST(test_content_too_large_is_refused_before_it_comes),
        TEST(test_requests_after_a_framing_error_are_not_answered),
    };
    return cases_run("framing", CASES(cases), TESTS(tests), setup);
}
