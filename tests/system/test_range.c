/* Ranges (RFC 9110 §14): which octets come, of a small file and of large ones. In the requests
 * {tag} is the entity tag of letters.txt. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdlib.h>
#include <string.h>

#define LETTERS                    "abcdefghijklmnopqrstuvwxyz"
#define ASK(method, target, lines) method " " target " HTTP/1.1\r\nHost: a\r\n" lines "\r\n"
#define WITH(lines)                REQUEST(ASK("GET", "/letters.txt", lines))
#define RANGE(set)                 WITH("Range: " set "\r\n")
#define IF_RANGE(validator)        WITH("Range: bytes=0-4\r\nIf-Range: " validator "\r\n")

#define WHOLE 200, STAYS, .content = LETTERS, .lacks = "Content-Range:"
#define PART(range, octets)                                                                        \
    206, STAYS, .has = "\r\nContent-Range: bytes " range "/26\r\n", .content = (octets)
#define PART_OF_ALL PART("0-25", LETTERS)
#define UNSATISFIABLE                                                                              \
    416, STAYS, .has = "\r\nContent-Range: bytes */26\r\n", .has_too = "416 Range Not Satisfiable"
#define SAME "Sun, 13 Sep 2020 12:26:40 GMT"

static struct http_case cases[] = {
    {"the first octet is a range (RFC 9110 §14.1.2)", RANGE("bytes=0-0"), PART("0-0", "a")},
    {"the last octet is a range (RFC 9110 §14.1.2)", RANGE("bytes=25-25"), PART("25-25", "z")},
    {"both ends of a range are in it (RFC 9110 §14.1.2)", RANGE("bytes=2-5"), PART("2-5", "cdef")},
    {"all octets are a range (RFC 9110 §14.1.2)", RANGE("bytes=0-25"), PART_OF_ALL},
    {"an open range goes to the end (RFC 9110 §14.1.2)", RANGE("bytes=23-"), PART("23-25", "xyz")},
    {"an open range from the start is all (RFC 9110 §14.1.2)", RANGE("bytes=0-"), PART_OF_ALL},
    {"a range beyond the end goes to the end (RFC 9110 §14.1.2)", RANGE("bytes=24-99"),
        PART("24-25", "yz")},
    {"a suffix is the last octets (RFC 9110 §14.1.2)", RANGE("bytes=-3"), PART("23-25", "xyz")},
    {"a suffix of one is the last octet (RFC 9110 §14.1.2)", RANGE("bytes=-1"), PART("25-25", "z")},
    {"a suffix of all is all (RFC 9110 §14.1.2)", RANGE("bytes=-26"), PART_OF_ALL},
    {"a suffix longer than the file is all (RFC 9110 §14.1.2)", RANGE("bytes=-27"), PART_OF_ALL},
    {"leading zeros count for nothing (RFC 9110 §14.1.1)", RANGE("bytes=002-0000005"),
        PART("2-5", "cdef")},
    {"the unit is compared without case (RFC 9110 §14.1)", RANGE("BYTES=2-5"), PART("2-5", "cdef")},
    {"HTTP/1.0 may ask for a range (RFC 9110 §2.5)",
        REQUEST("GET /letters.txt HTTP/1.0\r\nRange: bytes=0-0\r\n\r\n"), 206, CLOSES,
        .content = "a"},

    {"ranges that touch are one (RFC 9110 §15.3.7.2)", RANGE("bytes=0-4,5-9"),
        PART("0-9", "abcdefghij")},
    {"ranges that overlap are one (RFC 9110 §15.3.7.2)", RANGE("bytes=0-6,3-9"),
        PART("0-9", "abcdefghij")},
    {"a range within another is no more (RFC 9110 §15.3.7.2)", RANGE("bytes=0-9,3-4"),
        PART("0-9", "abcdefghij")},
    {"the same range twice is one (RFC 9110 §15.3.7.2)", RANGE("bytes=3-4,3-4"), PART("3-4", "de")},
    {"ranges in any order are one (RFC 9110 §15.3.7.2)", RANGE("bytes=8-9,0-4,5-7"),
        PART("0-9", "abcdefghij")},
    {"a suffix and an open range are one (RFC 9110 §15.3.7.2)", RANGE("bytes=-2,22-"),
        PART("22-25", "wxyz")},
    {"white space and empty elements between ranges are ignored (RFC 9110 §5.6.1.2)",
        RANGE("bytes=0-4 ,\t5-9 ,,"), PART("0-9", "abcdefghij")},
    {"ranges that do not join are answered with all (RFC 9110 §14.2)", RANGE("bytes=0-1,20-21"),
        WHOLE},
    {"the first and the last octet are answered with all (RFC 9110 §14.2)", RANGE("bytes=0-0,-1"),
        WHOLE},
    {"a range that cannot be satisfied is left out (RFC 9110 §15.3.7.2)", RANGE("bytes=99-,2-5"),
        PART("2-5", "cdef")},

    {"a range that starts at the end is not satisfiable (RFC 9110 §14.1.2)", RANGE("bytes=26-"),
        UNSATISFIABLE},
    {"a range that starts beyond the end is not satisfiable (RFC 9110 §14.1.2)",
        RANGE("bytes=99-100"), UNSATISFIABLE},
    {"a suffix of none is not satisfiable (RFC 9110 §14.1.2)", RANGE("bytes=-0"), UNSATISFIABLE},
    {"several ranges beyond the end are not satisfiable (RFC 9110 §15.5.17)",
        RANGE("bytes=26-27,-0,99-"), UNSATISFIABLE},

    {"a range that ends before it starts is ignored (RFC 9110 §14.1.1)", RANGE("bytes=5-4"), WHOLE},
    {"one bad range spoils the others (RFC 9110 §14.2)", RANGE("bytes=0-4,5-4"), WHOLE},
    {"one malformed range spoils the others (RFC 9110 §14.2)", RANGE("bytes=0-4,x"), WHOLE},
    {"another unit is ignored (RFC 9110 §14.2)", RANGE("lines=0-4"), WHOLE},
    {"a unit that starts with bytes is another (RFC 9110 §14.1)", RANGE("bytesx=0-4"), WHOLE},
    {"a range without a unit is ignored (RFC 9110 §14.2)", RANGE("0-4"), WHOLE},
    {"a unit without = is ignored (RFC 9110 §14.2)", RANGE("bytes 0-4"), WHOLE},
    {"a unit without a range is ignored (RFC 9110 §14.2)", RANGE("bytes="), WHOLE},
    {"a hyphen alone is ignored (RFC 9110 §14.1.1)", RANGE("bytes=-"), WHOLE},
    {"a number alone is ignored (RFC 9110 §14.1.1)", RANGE("bytes=5"), WHOLE},
    {"three numbers are ignored (RFC 9110 §14.1.1)", RANGE("bytes=0-4-5"), WHOLE},
    {"a number with a sign is ignored (RFC 9110 §14.1.1)", RANGE("bytes=+0-4"), WHOLE},
    {"a second number with a sign is ignored (RFC 9110 §14.1.1)", RANGE("bytes=0-+4"), WHOLE},
    {"two hyphens are ignored (RFC 9110 §14.1.1)", RANGE("bytes=--5"), WHOLE},
    {"a hexadecimal number is ignored (RFC 9110 §14.1.1)", RANGE("bytes=0x0-4"), WHOLE},
    {"a space within a range is ignored (RFC 9110 §14.1.1)", RANGE("bytes=0 -4"), WHOLE},
    {"an empty Range is ignored (RFC 9110 §14.2)", RANGE(""), WHOLE},
    {"two Range lines are ignored (RFC 9110 §5.3)",
        WITH("Range: bytes=0-4\r\nRange: bytes=5-9\r\n"), WHOLE},
    {"HEAD has no ranges (RFC 9110 §14.2)",
        REQUEST(ASK("HEAD", "/letters.txt", "Range: bytes=0-4\r\n")), 200, STAYS, .to_head = true,
        .has = "\r\nContent-Length: 26\r\n", .lacks = "Content-Range:"},
    {"HEAD is not refused for its range (RFC 9110 §14.2)",
        REQUEST(ASK("HEAD", "/letters.txt", "Range: bytes=99-\r\n")), 200, STAYS, .to_head = true,
        .has = "\r\nContent-Length: 26\r\n", .lacks = "Content-Range:"},
    {"an empty file has no ranges (RFC 9110 §14.2)",
        REQUEST(ASK("GET", "/empty.txt", "Range: bytes=0-\r\n")), 200, STAYS, .content = ""},
    {"an empty file has no last octet (RFC 9110 §14.2)",
        REQUEST(ASK("GET", "/empty.txt", "Range: bytes=-1\r\n")), 200, STAYS, .content = ""},
    {"what is not there has no ranges (RFC 9110 §14.2)",
        REQUEST(ASK("GET", "/missing", "Range: bytes=0-4\r\n")), 404, STAYS,
        .lacks = "Content-Range:"},

    {"an end of 64 bits is the end (RFC 9110 §14.1.2)", RANGE("bytes=5-18446744073709551615"),
        PART("5-25", "fghijklmnopqrstuvwxyz")},
    {"an end of 64 bits does not wrap round (RFC 9110 §14.1.2)",
        RANGE("bytes=0-18446744073709551615"), PART_OF_ALL},
    {"an end of more than 64 bits does not wrap round (RFC 9110 §14.1.2)",
        RANGE("bytes=0-18446744073709551620"), PART_OF_ALL, .or_status = 200},
    {"an end of a hundred digits does not wrap round (RFC 9110 §14.1.2)",
        RANGE("bytes=0-99999999999999999999999999999999999999999999999999"
              "99999999999999999999999999999999999999999999999999"),
        PART_OF_ALL, .or_status = 200},
    {"a suffix of 64 bits is all (RFC 9110 §14.1.2)", RANGE("bytes=-18446744073709551615"),
        PART_OF_ALL},
    {"a suffix of 63 bits is all (RFC 9110 §14.1.2)", RANGE("bytes=-9223372036854775808"),
        PART_OF_ALL},
    {"a start of 32 bits does not wrap round (RFC 9110 §14.1.2)",
        RANGE("bytes=4294967296-4294967300"), UNSATISFIABLE},
    {"a start of 64 bits does not wrap round (RFC 9110 §14.1.2)",
        RANGE("bytes=18446744073709551615-18446744073709551615"), UNSATISFIABLE},
    {"a start of 63 bits is beyond the end (RFC 9110 §14.1.2)", RANGE("bytes=9223372036854775808-"),
        UNSATISFIABLE},

    {"If-Range with the tag allows the range (RFC 9110 §13.1.5)", IF_RANGE("{tag}"),
        PART("0-4", "abcde")},
    {"If-Range with another tag wants all (RFC 9110 §13.1.5)", IF_RANGE("\"x\""), WHOLE},
    {"If-Range with a weak tag wants all (RFC 9110 §13.1.5)", IF_RANGE("W/{tag}"), WHOLE},
    {"If-Range is no list of tags (RFC 9110 §13.1.5)", IF_RANGE("\"x\", {tag}"), WHOLE},
    {"a star in If-Range is no validator (RFC 9110 §13.1.5)", IF_RANGE("*"), WHOLE},
    {"If-Range with the date allows the range (RFC 9110 §13.1.5)", IF_RANGE(SAME),
        PART("0-4", "abcde")},
    {"If-Range with the date in another form allows the range (RFC 9110 §5.6.7)",
        IF_RANGE("Sun Sep 13 12:26:40 2020"), PART("0-4", "abcde")},
    {"If-Range with an earlier date wants all (RFC 9110 §13.1.5)",
        IF_RANGE("Sun, 13 Sep 2020 12:26:39 GMT"), WHOLE},
    {"If-Range with a later date wants all (RFC 9110 §13.1.5)",
        IF_RANGE("Sun, 13 Sep 2020 12:26:41 GMT"), WHOLE},
    {"If-Range with neither wants all (RFC 9110 §13.1.5)", IF_RANGE("yesterday"), WHOLE},
    {"If-Range without Range is ignored (RFC 9110 §13.1.5)", WITH("If-Range: {tag}\r\n"), WHOLE},
    {"If-Range with the tag and a range beyond the end is not satisfiable (RFC 9110 §13.1.5)",
        WITH("Range: bytes=99-\r\nIf-Range: {tag}\r\n"), UNSATISFIABLE},
    {"If-Range with another tag hides a range beyond the end (RFC 9110 §13.1.5)",
        WITH("Range: bytes=99-\r\nIf-Range: \"x\"\r\n"), WHOLE},
};

/* RFC 9110 §15.3.7: a part has the fields that a 200 would have. */
static void test_a_part_has_the_fields_of_the_whole(void **state)
{
    (void)state;
    static const char *const same[] = {
        "Content-Type", "ETag", "Last-Modified", "Cache-Control", "Accept-Ranges"};
    struct response whole;
    struct response part;
    request_once(world.port, ASK("GET", "/letters.txt", ""), &whole, 200);
    request_once(world.port, ASK("GET", "/letters.txt", "Range: bytes=3-5\r\n"), &part, 206);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        const char *value = response_field(&whole, same[i]);
        if (value == NULL) failed("200 without %s", same[i]);
        response_expect_field(&part, same[i], value);
    }
    response_expect_field(&part, "Content-Length", "3");
    response_release(&whole);
    response_release(&part);
}

/* RFC 9110 §14.2: many small ranges, and many that overlap, are what an attack looks like; the
 * answer is never more than the file. */
static void ask_for_a_thousand(const char *form, int status)
{
    char *request = malloc(20000);
    size_t used = (size_t)sprintf(request, "GET /letters.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=");
    for (size_t i = 0; i < 1000; i++)
        used += (size_t)sprintf(request + used, form, i == 0 ? "" : ",", i);
    used += (size_t)sprintf(request + used, "\r\n\r\n");
    const struct http_case row = {.request = request,
        .length = used,
        .status = status,
        .after = STAYS,
        .content = status < 400 ? LETTERS : NULL,
        .or_status = status == 206 ? 200 : 0};
    case_deliver(&row);
    free(request);
}

/* RFC 9110 §14.2 */
static void test_a_thousand_overlapping_ranges_are_one(void **state)
{
    (void)state;
    ask_for_a_thousand("%s0-%zu", 206);
}

/* RFC 9110 §14.2 */
static void test_a_thousand_ranges_apart_are_answered_with_all(void **state)
{
    (void)state;
    ask_for_a_thousand("%s0-0,25-9%zu", 200);
}

/* RFC 9110 §15.5.17 */
static void test_a_thousand_ranges_beyond_the_end_are_refused(void **state)
{
    (void)state;
    ask_for_a_thousand("%s9%zu-", 416);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "letters.txt", LETTERS);
    site_add(&world.site, "empty.txt", "");
    world_begin(NULL);
    char *tag = fetch_field(ASK("GET", "/letters.txt", ""), "ETag");
    cases_put(CASES(cases), "{tag}", tag);
    free(tag);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_part_has_the_fields_of_the_whole),
        TEST(test_a_thousand_overlapping_ranges_are_one),
        TEST(test_a_thousand_ranges_apart_are_answered_with_all),
        TEST(test_a_thousand_ranges_beyond_the_end_are_refused),
    };
    return cases_run("range", CASES(cases), TESTS(tests), setup);
}
