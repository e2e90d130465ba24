/* The chunked transfer coding (RFC 9112 §7.1): sizes, extensions, trailers, and what ends the
 * reading. */
#include "tests/system/support/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD           "GET /file.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
#define CHUNKS(chunks) REQUEST(HEAD chunks)
#define NEXT           "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n"
#define REST                                                                                       \
    "\r\nhello\r\n0\r\n\r\n" NEXT /* after a bad size: nothing of it may be read as a request */

static const struct http_case cases[] = {
    /* Sizes */
    {"no chunk but the last is empty content (RFC 9112 §7.1)", CHUNKS("0\r\n\r\n"), 200, STAYS,
        .content = "file"},
    {"several chunks are one content (RFC 9112 §7.1)",
        CHUNKS("5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n"), 200, STAYS},
    {"a size is hexadecimal in upper case (RFC 9112 §7.1)", CHUNKS("A\r\n0123456789\r\n0\r\n\r\n"),
        200, STAYS},
    {"a size is hexadecimal in lower case (RFC 9112 §7.1)", CHUNKS("a\r\n0123456789\r\n0\r\n\r\n"),
        200, STAYS},
    {"a size may have leading zeros (RFC 9112 §7.1)", CHUNKS("0005\r\nhello\r\n0\r\n\r\n"), 200,
        STAYS},
    {"a size may have 16 digits (RFC 9112 §7.1)", CHUNKS("0000000000000005\r\nhello\r\n0\r\n\r\n"),
        200, STAYS},
    {"the last chunk may have several zeros (RFC 9112 §7.1)", CHUNKS("5\r\nhello\r\n0000\r\n\r\n"),
        200, STAYS},
    {"CR LF within a chunk is content (RFC 9112 §7.1)", CHUNKS("9\r\n\r\n0\r\n\r\nab\r\n0\r\n\r\n"),
        200, STAYS},
    {"a request within a chunk is content (RFC 9112 §7.1)", CHUNKS("24\r\n" NEXT "\r\n0\r\n\r\n"),
        200, STAYS, .content = "file"},
    {"a size of 17 digits is refused (RFC 9112 §7.1)", CHUNKS("00000000000000005" REST), 400,
        CLOSES},
    {"a size of 17 digits that overflows is refused (RFC 9112 §7.1)",
        CHUNKS("10000000000000005" REST), 400, CLOSES},
    {"the largest 64-bit size is too large (RFC 9110 §15.5.14)", CHUNKS("FFFFFFFFFFFFFFFF" REST),
        413, CLOSES, .or_status = 400},
    {"a sum of sizes does not wrap round (RFC 9112 §7.1)",
        CHUNKS("5\r\nhello\r\nFFFFFFFFFFFFFFFB" REST), 413, CLOSES, .or_status = 400},
    {"a size of two to the 31st is too large (RFC 9110 §15.5.14)", CHUNKS("80000000" REST), 413,
        CLOSES},
    {"a size of two to the 32nd is too large (RFC 9110 §15.5.14)", CHUNKS("100000000" REST), 413,
        CLOSES},
    {"a size with 0x is refused (RFC 9112 §7.1)", CHUNKS("0x5" REST), 400, CLOSES},
    {"a last chunk with 0x is refused (RFC 9112 §7.1)", CHUNKS("0x0\r\n\r\n" NEXT), 400, CLOSES},
    {"a size with a plus sign is refused (RFC 9112 §7.1)", CHUNKS("+5" REST), 400, CLOSES},
    {"a negative size is refused (RFC 9112 §7.1)", CHUNKS("-5" REST), 400, CLOSES},
    {"a negative zero is refused (RFC 9112 §7.1)", CHUNKS("-0\r\n\r\n" NEXT), 400, CLOSES},
    {"a size after a space is refused (RFC 9112 §7.1)", CHUNKS(" 5" REST), 400, CLOSES},
    {"a last chunk after a space is refused (RFC 9112 §7.1)", CHUNKS(" 0\r\n\r\n" NEXT), 400,
        CLOSES},
    {"a size before a space and nothing is refused (RFC 9112 §7.1)", CHUNKS("5 " REST), 400,
        CLOSES},
    {"a size with an underscore is refused (RFC 9112 §7.1)", CHUNKS("0_5" REST), 400, CLOSES},
    {"an empty size is refused (RFC 9112 §7.1)", CHUNKS(REST), 400, CLOSES},
    {"an empty size with an extension is refused (RFC 9112 §7.1)", CHUNKS(";a=b" REST), 400,
        CLOSES},
    {"a size with a letter beyond F is refused (RFC 9112 §7.1)", CHUNKS("5g" REST), 400, CLOSES},
    {"a size with letters after it is refused (RFC 9112 §7.1)", CHUNKS("1these-octets" REST), 400,
        CLOSES},
    {"a size with an octet above 0x7E is refused (RFC 9112 §7.1)", CHUNKS("5\xa0" REST), 400,
        CLOSES},
    {"a size with NUL is refused (RFC 9112 §7.1)", CHUNKS("5\0" REST), 400, CLOSES},

    /* Line ends */
    {"a size that ends in LF alone is refused (RFC 9112 §7.1)",
        CHUNKS("5\nhello\r\n0\r\n\r\n" NEXT), 400, CLOSES},
    {"a size that ends in CR alone is refused (RFC 9112 §7.1)",
        CHUNKS("5\rhello\r\n0\r\n\r\n" NEXT), 400, CLOSES},
    {"a chunk that ends in LF alone is refused (RFC 9112 §7.1)",
        CHUNKS("5\r\nhello\n0\r\n\r\n" NEXT), 400, CLOSES},
    {"a chunk that ends in CR alone is refused (RFC 9112 §7.1)",
        CHUNKS("5\r\nhello\r0\r\n\r\n" NEXT), 400, CLOSES},
    {"a chunk longer than its size is refused (RFC 9112 §7.1)",
        CHUNKS("5\r\nhello!\r\n0\r\n\r\n" NEXT), 400, CLOSES},
    {"a chunk shorter than its size is refused (RFC 9112 §7.1)",
        CHUNKS("6\r\nhello\r\n0\r\n\r\n" NEXT), 400, CLOSES},
    {"an empty trailer section that ends in LF alone is refused (RFC 9112 §7.1.2)",
        CHUNKS("5\r\nhello\r\n0\r\n\n" NEXT), 400, CLOSES},

    /* Extensions */
    {"an extension is ignored (RFC 9112 §7.1.1)", CHUNKS("5;a=b\r\nhello\r\n0\r\n\r\n"), 200,
        STAYS},
    {"an extension without a value is ignored (RFC 9112 §7.1.1)",
        CHUNKS("5;a\r\nhello\r\n0\r\n\r\n"), 200, STAYS},
    {"an extension with a quoted value is ignored (RFC 9112 §7.1.1)",
        CHUNKS("5;a=\"b; c\"\r\nhello\r\n0\r\n\r\n"), 200, STAYS},
    {"several extensions are ignored (RFC 9112 §7.1.1)",
        CHUNKS("5;a=b;c;d=e\r\nhello\r\n0;last\r\n\r\n"), 200, STAYS},
    {"white space around an extension's semicolon is ignored (RFC 9112 §7.1.1)",
        CHUNKS("5 ; a=b\r\nhello\r\n0\r\n\r\n"), 200, STAYS},
    {"an extension with LF alone is refused (RFC 9112 §7.1.1)", CHUNKS("5;a\nb" REST), 400, CLOSES},
    {"an extension with CR alone is refused (RFC 9112 §7.1.1)", CHUNKS("5;a\rb" REST), 400, CLOSES},

    /* Trailers */
    {"a trailer field is dropped (RFC 9112 §7.1.2)", CHUNKS("5\r\nhello\r\n0\r\nX: y\r\n\r\n"), 200,
        STAYS, .content = "file"},
    {"Content-Length in a trailer frames nothing (RFC 9110 §6.5.1)",
        CHUNKS("0\r\nContent-Length: 5\r\n\r\n"), 200, STAYS},
    {"Transfer-Encoding in a trailer frames nothing (RFC 9110 §6.5.1)",
        CHUNKS("0\r\nTransfer-Encoding: chunked\r\n\r\n"), 200, STAYS},
    {"Host in a trailer names nothing (RFC 9110 §6.5.1)", CHUNKS("0\r\nHost: b\r\n\r\n"), 200,
        STAYS},
    {"Connection in a trailer closes nothing (RFC 9110 §6.5.1)",
        CHUNKS("0\r\nConnection: close\r\n\r\n"), 200, STAYS},
    {"a trailer field without a colon is refused (RFC 9112 §5)",
        CHUNKS("0\r\nnonsense\r\n\r\n" NEXT), 400, CLOSES},
    {"a trailer field with a space before the colon is refused (RFC 9112 §5.1)",
        CHUNKS("0\r\nX : y\r\n\r\n" NEXT), 400, CLOSES},
    {"a folded trailer field is refused (RFC 9112 §5.2)", CHUNKS("0\r\nX: y\r\n z\r\n\r\n" NEXT),
        400, CLOSES},
    {"a trailer field that ends in LF alone is refused (RFC 9112 §2.2)",
        CHUNKS("0\r\nX: y\n\r\n" NEXT), 400, CLOSES},
    {"a trailer field with NUL is refused (RFC 9110 §5.5)", CHUNKS("0\r\nX: \0\r\n\r\n" NEXT), 400,
        CLOSES},
    {"the request after a bad chunk is not taken for one (RFC 9112 §6.3)",
        CHUNKS("zz\r\n\r\n" NEXT NEXT), 400, CLOSES},
};

/* A request whose chunks are this text, repeated, and this end. */
static void deliver_repeated(
    const char *text, size_t count, const char *end, int status, enum after after)
{
    size_t length = strlen(text);
    char *request = malloc(sizeof HEAD + length * count + strlen(end) + 1);
    strcpy(request, HEAD);
    char *out = request + sizeof HEAD - 1;
    for (size_t i = 0; i < count; i++, out += length) memcpy(out, text, length);
    strcpy(out, end);
    size_t total = (size_t)(out - request) + strlen(end);
    case_deliver(&(struct http_case){.request = request,
        .length = total,
        .status = status,
        .after = after,
        .only_whole = total > 200000});
    free(request);
}

#define FIFTY_NINE "5;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nhello\r\n"

/* RFC 9112 §7.1.1: recipients ought to limit the total length of extensions. */
static void test_extensions_of_less_than_one_kib_are_ignored(void **state)
{
    (void)state;
    deliver_repeated(FIFTY_NINE, 15, "0\r\n\r\n", 200, STAYS);
}

/* RFC 9112 §7.1.1 */
static void test_extensions_over_one_kib_in_all_chunks_together_are_refused(void **state)
{
    (void)state;
    deliver_repeated(FIFTY_NINE, 20, "0\r\n\r\n" NEXT, 400, CLOSES);
}

/* RFC 9112 §7.1.1: refused while it grows; its end need not come. */
static void test_an_extension_without_end_is_refused(void **state)
{
    (void)state;
    deliver_repeated("5;aaaaaaaaaaaaa", 100, "", 400, CLOSES);
}

#define TRAILER "X: yyyyyyyyy\r\n" /* 14 octets */

/* RFC 9112 §7.1.2 */
static void test_one_hundred_trailer_fields_are_dropped(void **state)
{
    (void)state;
    char lines[1500] = "0\r\n";
    for (size_t i = 0; i < 100; i++) strcat(lines, TRAILER);
    strcat(lines, "\r\n");
    deliver_repeated("5\r\nhello\r\n", 1, lines, 200, STAYS);
}

/* RFC 6585 §5 */
static void test_one_hundred_and_one_trailer_fields_are_too_many(void **state)
{
    (void)state;
    char lines[1600] = "0\r\n";
    for (size_t i = 0; i < 101; i++) strcat(lines, TRAILER);
    strcat(lines, "\r\n");
    deliver_repeated("5\r\nhello\r\n", 1, lines, 431, CLOSES);
}

static void deliver_long_trailer(size_t length, int status, enum after after)
{
    char *lines = malloc(length + 20);
    strcpy(lines, "0\r\nX: ");
    memset(lines + 6, 'y', length);
    strcpy(lines + 6 + length, "\r\n\r\n");
    deliver_repeated("5\r\nhello\r\n", 1, lines, status, after);
    free(lines);
}

/* RFC 9112 §7.1.2 */
static void test_a_trailer_section_of_30_kib_is_dropped(void **state)
{
    (void)state;
    deliver_long_trailer(30 * 1024, 200, STAYS);
}

/* RFC 6585 §5 */
static void test_a_trailer_section_over_32_kib_is_too_large(void **state)
{
    (void)state;
    deliver_long_trailer(33 * 1024, 431, CLOSES);
}

/* RFC 9112 §7.1 */
static void test_a_thousand_chunks_of_one_octet_are_dropped(void **state)
{
    (void)state;
    deliver_repeated("1\r\nx\r\n", 1000, "0\r\n\r\n", 200, STAYS);
}

#define CHUNK_OF_64 "40\r\n0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n"

/* RFC 9110 §15.5.14 */
static void test_chunked_content_of_one_mib_is_dropped(void **state)
{
    (void)state;
    deliver_repeated(CHUNK_OF_64, (1 << 20) / 64, "0\r\n\r\n", 200, STAYS);
}

/* RFC 9110 §15.5.14 */
static void test_chunked_content_of_one_octet_more_is_too_large(void **state)
{
    (void)state;
    deliver_repeated(CHUNK_OF_64, (1 << 20) / 64, "1\r\nx\r\n0\r\n\r\n" NEXT, 413, CLOSES);
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
        TEST(test_extensions_of_less_than_one_kib_are_ignored),
        TEST(test_extensions_over_one_kib_in_all_chunks_together_are_refused),
        TEST(test_an_extension_without_end_is_refused),
        TEST(test_one_hundred_trailer_fields_are_dropped),
        TEST(test_one_hundred_and_one_trailer_fields_are_too_many),
        TEST(test_a_trailer_section_of_30_kib_is_dropped),
        TEST(test_a_trailer_section_over_32_kib_is_too_large),
        TEST(test_a_thousand_chunks_of_one_octet_are_dropped),
        TEST(test_chunked_content_of_one_mib_is_dropped),
        TEST(test_chunked_content_of_one_octet_more_is_too_large),
    };
    return cases_run("chunked", CASES(cases), TESTS(tests), setup);
}
