/* Preconditions (RFC 9110 §13): asked of a file whose validators are strong. In the requests {tag}
 * is its entity tag, {opaque} the same without quotes. Validators are in test_validators.c. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdlib.h>
#include <string.h>

#define ASK(method, target, lines) method " " target " HTTP/1.1\r\nHost: a\r\n" lines "\r\n"
#define GET_IF(lines)              REQUEST(ASK("GET", "/file.txt", lines))
#define HEAD_IF(lines)             REQUEST(ASK("HEAD", "/file.txt", lines)), .to_head = true

/* The file's Last-Modified, a second before it and one after it. */
#define SAME   "Sun, 13 Sep 2020 12:26:40 GMT\r\n"
#define BEFORE "Sun, 13 Sep 2020 12:26:39 GMT\r\n"
#define AFTER  "Sun, 13 Sep 2020 12:26:41 GMT\r\n"

#define SERVED     200, STAYS, .content = "file"
#define UNMODIFIED 304, STAYS
#define FAILS      412, STAYS, .has = "412 Precondition Failed", .has_too = "RFC 9110 §"

static struct http_case cases[] = {
    {"the tag in If-None-Match is enough (RFC 9110 §13.1.2)", GET_IF("If-None-Match: {tag}\r\n"),
        UNMODIFIED},
    {"If-None-Match compares weakly (RFC 9110 §13.1.2)", GET_IF("If-None-Match: W/{tag}\r\n"),
        UNMODIFIED},
    {"another tag in If-None-Match is not enough (RFC 9110 §13.1.2)",
        GET_IF("If-None-Match: \"x\"\r\n"), SERVED},
    {"the first of a list of tags counts (RFC 9110 §13.1.2)",
        GET_IF("If-None-Match: {tag}, \"x\"\r\n"), UNMODIFIED},
    {"the last of a list of tags counts (RFC 9110 §13.1.2)",
        GET_IF("If-None-Match: \"x\",W/\"y\"\t,{tag}\r\n"), UNMODIFIED},
    {"a list of other tags is not enough (RFC 9110 §13.1.2)",
        GET_IF("If-None-Match: \"x\", \"\", W/\"y\"\r\n"), SERVED},
    {"a list split over lines is one (RFC 9110 §5.3)",
        GET_IF("If-None-Match: \"x\"\r\nX: y\r\nif-none-match: {tag}\r\n"), UNMODIFIED},
    {"empty elements of a list are ignored (RFC 9110 §5.6.1.2)",
        GET_IF("If-None-Match: , ,{tag},,\r\n"), UNMODIFIED},
    {"a comma within a tag does not end it (RFC 9110 §8.8.3)",
        GET_IF("If-None-Match: \"x,y\", {tag}\r\n"), UNMODIFIED},
    {"a tag within a tag is not there (RFC 9110 §8.8.3)",
        GET_IF("If-None-Match: \"x,{opaque},y\"\r\n"), SERVED},
    {"the start of a tag is another tag (RFC 9110 §8.8.3.2)",
        GET_IF("If-None-Match: \"{opaque}x\"\r\n"), SERVED},
    {"the end of a tag is another tag (RFC 9110 §8.8.3.2)",
        GET_IF("If-None-Match: \"x{opaque}\"\r\n"), SERVED},
    {"a tag without quotes is none (RFC 9110 §8.8.3)", GET_IF("If-None-Match: {opaque}\r\n"),
        SERVED},
    {"the W of a weak tag is a capital (RFC 9110 §8.8.3)", GET_IF("If-None-Match: w/{tag}\r\n"),
        SERVED},
    {"a star in If-None-Match is any file (RFC 9110 §13.1.2)", GET_IF("If-None-Match: *\r\n"),
        UNMODIFIED},
    {"a star in quotes is a tag (RFC 9110 §13.1.2)", GET_IF("If-None-Match: \"*\"\r\n"), SERVED},

    {"the date of the file is not after itself (RFC 9110 §13.1.3)",
        GET_IF("If-Modified-Since: " SAME), UNMODIFIED},
    {"a later date is after the file (RFC 9110 §13.1.3)", GET_IF("If-Modified-Since: " AFTER),
        UNMODIFIED},
    {"the file is after an earlier date (RFC 9110 §13.1.3)", GET_IF("If-Modified-Since: " BEFORE),
        SERVED},
    {"the date may be in the form of RFC 850 (RFC 9110 §5.6.7)",
        GET_IF("If-Modified-Since: Sunday, 13-Sep-20 12:26:40 GMT\r\n"), UNMODIFIED},
    {"an earlier date in the form of RFC 850 is earlier (RFC 9110 §5.6.7)",
        GET_IF("If-Modified-Since: Sunday, 13-Sep-20 12:26:39 GMT\r\n"), SERVED},
    {"two digits that seem 50 years ahead are past (RFC 9110 §5.6.7)",
        GET_IF("If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n"), SERVED},
    {"the date may be in the form of asctime (RFC 9110 §5.6.7)",
        GET_IF("If-Modified-Since: Sun Sep 13 12:26:40 2020\r\n"), UNMODIFIED},
    {"an earlier date in the form of asctime is earlier (RFC 9110 §5.6.7)",
        GET_IF("If-Modified-Since: Sun Sep  6 12:26:40 2020\r\n"), SERVED},
    {"what is no date is ignored (RFC 9110 §13.1.3)", GET_IF("If-Modified-Since: 1600000001\r\n"),
        SERVED},
    {"a date with another zone is ignored (RFC 9110 §5.6.7)",
        GET_IF("If-Modified-Since: Sun, 13 Sep 2020 12:26:41 CET\r\n"), SERVED},
    {"an empty date is ignored (RFC 9110 §13.1.3)", GET_IF("If-Modified-Since:\r\n"), SERVED},
    {"two dates are ignored (RFC 9110 §13.1.3)",
        GET_IF("If-Modified-Since: " SAME "If-Modified-Since: " SAME), SERVED},

    {"the tag in If-Match suffices (RFC 9110 §13.1.1)", GET_IF("If-Match: {tag}\r\n"), SERVED},
    {"another tag in If-Match fails and says so (RFC 9110 §13.1.1)", GET_IF("If-Match: \"x\"\r\n"),
        FAILS},
    {"a weak tag never matches If-Match (RFC 9110 §13.1.1)", GET_IF("If-Match: W/{tag}\r\n"),
        FAILS},
    {"a list with the tag suffices (RFC 9110 §13.1.1)",
        GET_IF("If-Match: \"x\", {tag}, W/{tag}\r\n"), SERVED},
    {"a list of others fails (RFC 9110 §13.1.1)", GET_IF("If-Match: \"x\", \"y\"\r\n"), FAILS},
    {"a list of If-Match split over lines is one (RFC 9110 §5.3)",
        GET_IF("If-Match: \"x\"\r\nIf-Match: {tag}\r\n"), SERVED},
    {"a star in If-Match is any file (RFC 9110 §13.1.1)", GET_IF("If-Match: *\r\n"), SERVED},
    {"the file is unmodified since its date (RFC 9110 §13.1.4)",
        GET_IF("If-Unmodified-Since: " SAME), SERVED},
    {"the file is unmodified since a later date (RFC 9110 §13.1.4)",
        GET_IF("If-Unmodified-Since: " AFTER), SERVED},
    {"the file is modified since an earlier date (RFC 9110 §13.1.4)",
        GET_IF("If-Unmodified-Since: " BEFORE), FAILS},
    {"If-Unmodified-Since may be in the form of RFC 850 (RFC 9110 §5.6.7)",
        GET_IF("If-Unmodified-Since: Sunday, 13-Sep-20 12:26:39 GMT\r\n"), FAILS},
    {"If-Unmodified-Since may be in the form of asctime (RFC 9110 §5.6.7)",
        GET_IF("If-Unmodified-Since: Sun Sep 13 12:26:39 2020\r\n"), FAILS},
    {"If-Unmodified-Since without a date is ignored (RFC 9110 §13.1.4)",
        GET_IF("If-Unmodified-Since: yesterday\r\n"), SERVED},
    {"If-Unmodified-Since twice is ignored (RFC 9110 §13.1.4)",
        GET_IF("If-Unmodified-Since: " BEFORE "If-Unmodified-Since: " BEFORE), SERVED},

    /* §13.2.2 */
    {"If-Match that fails is decided before If-None-Match (RFC 9110 §13.2.2)",
        GET_IF("If-None-Match: {tag}\r\nIf-Match: \"x\"\r\n"), FAILS},
    {"If-Match that holds goes on to If-None-Match (RFC 9110 §13.2.2)",
        GET_IF("If-None-Match: {tag}\r\nIf-Match: {tag}\r\n"), UNMODIFIED},
    {"If-Match takes the place of If-Unmodified-Since (RFC 9110 §13.2.2)",
        GET_IF("If-Unmodified-Since: " BEFORE "If-Match: {tag}\r\n"), SERVED},
    {"If-Match fails whatever If-Unmodified-Since says (RFC 9110 §13.2.2)",
        GET_IF("If-Unmodified-Since: " AFTER "If-Match: \"x\"\r\n"), FAILS},
    {"If-Unmodified-Since that fails is decided before If-None-Match (RFC 9110 §13.2.2)",
        GET_IF("If-None-Match: {tag}\r\nIf-Unmodified-Since: " BEFORE), FAILS},
    {"If-Unmodified-Since that holds goes on to If-Modified-Since (RFC 9110 §13.2.2)",
        GET_IF("If-Modified-Since: " SAME "If-Unmodified-Since: " SAME), UNMODIFIED},
    {"If-None-Match that holds takes the place of If-Modified-Since (RFC 9110 §13.2.2)",
        GET_IF("If-Modified-Since: " AFTER "If-None-Match: \"x\"\r\n"), SERVED},
    {"If-None-Match decides whatever If-Modified-Since says (RFC 9110 §13.2.2)",
        GET_IF("If-Modified-Since: " BEFORE "If-None-Match: {tag}\r\n"), UNMODIFIED},
    {"a failed If-Match is no range (RFC 9110 §13.2.2)",
        GET_IF("Range: bytes=0-0\r\nIf-Match: \"x\"\r\n"), FAILS},
    {"what is unmodified has no range (RFC 9110 §13.2.2)",
        GET_IF("Range: bytes=0-0\r\nIf-None-Match: {tag}\r\n"), UNMODIFIED},
    {"where the conditions hold a range is served (RFC 9110 §13.2.2)",
        GET_IF("Range: bytes=1-2\r\nIf-None-Match: \"x\"\r\nIf-Match: {tag}\r\n"), 206, STAYS,
        .content = "il"},

    {"HEAD is unmodified by its tag (RFC 9110 §13.1.2)", HEAD_IF("If-None-Match: {tag}\r\n"),
        UNMODIFIED},
    {"HEAD is unmodified by its date (RFC 9110 §13.1.3)", HEAD_IF("If-Modified-Since: " SAME),
        UNMODIFIED},
    {"HEAD fails by another tag (RFC 9110 §13.1.1)", HEAD_IF("If-Match: \"x\"\r\n"), 412, STAYS},
    {"HEAD fails by an earlier date (RFC 9110 §13.1.4)", HEAD_IF("If-Unmodified-Since: " BEFORE),
        412, STAYS},
    {"HEAD is answered where its conditions hold (RFC 9110 §13.2.1)",
        HEAD_IF("If-Match: {tag}\r\nIf-None-Match: \"x\"\r\n"), 200, STAYS,
        .has = "Content-Length: 4\r\n"},
    {"HTTP/1.0 may ask under conditions (RFC 9110 §2.5)",
        REQUEST("GET /file.txt HTTP/1.0\r\nIf-Modified-Since: " SAME "\r\n"), 304, CLOSES},

    /* §13.2.1: conditions are ignored where the answer without them is no 2xx. */
    {"what is not there is not unmodified (RFC 9110 §13.2.1)",
        REQUEST(ASK("GET", "/missing", "If-None-Match: *\r\n")), 404, STAYS},
    {"what is not there fails no condition (RFC 9110 §13.2.1)",
        REQUEST(ASK("GET", "/missing", "If-Match: *\r\n")), 404, STAYS},
    {"what is not there fails no date (RFC 9110 §13.2.1)",
        REQUEST(ASK("GET", "/missing", "If-Unmodified-Since: " BEFORE)), 404, STAYS},
    {"a redirection is not unmodified (RFC 9110 §13.2.1)",
        REQUEST(ASK("GET", "/dir", "If-None-Match: *\r\n")), 301, STAYS},
    {"a redirection fails no condition (RFC 9110 §13.2.1)",
        REQUEST(ASK("GET", "/dir", "If-Match: \"x\"\r\n")), 301, STAYS},
    {"a page for what is not there is not unmodified (RFC 9110 §13.2.1)",
        REQUEST(ASK("GET", "/missing", "Accept: text/html\r\nIf-None-Match: *\r\n")), 404, STAYS,
        .content = "page"},
};

/* RFC 9110 §15.4.5: what a 200 would have said of it, but nothing that its tag makes needless. */
static void test_304_has_the_fields_of_200_that_it_must_and_no_others(void **state)
{
    (void)state;
    static const char *const same[] = {"ETag", "Cache-Control"};
    static const char *const needless[] = {"Last-Modified", "Content-Type", "Content-Length",
        "Content-Range", "Content-Encoding", "Vary"};
    struct response whole;
    struct response unmodified;
    request_once(world.port, ASK("GET", "/file.txt", ""), &whole, 200);
    request_once(world.port, ASK("GET", "/file.txt", "If-None-Match: *\r\n"), &unmodified, 304);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        const char *value = response_field(&whole, same[i]);
        if (value == NULL) failed("200 without %s", same[i]);
        response_expect_field(&unmodified, same[i], value);
    }
    for (size_t i = 0; i < sizeof needless / sizeof needless[0]; i++)
        response_expect_field(&unmodified, needless[i], NULL);
    response_release(&whole);
    response_release(&unmodified);
}

/* RFC 9110 §8.8.2.1, §8.8.3 */
static void test_200_says_the_time_of_the_file_and_a_strong_tag(void **state)
{
    (void)state;
    struct response response;
    request_once(world.port, ASK("GET", "/file.txt", ""), &response, 200);
    response_expect_field(&response, "Last-Modified", "Sun, 13 Sep 2020 12:26:40 GMT");
    const char *tag = response_field(&response, "ETag");
    if (tag == NULL || tag[0] != '"' || strlen(tag) < 3 || tag[strlen(tag) - 1] != '"')
        failed("the tag is not one in quotes: %s", tag == NULL ? "none" : tag);
    response_release(&response);
}

/* RFC 9112 §9.3.2: no octet of content follows a 304, so the next answer is where it belongs. */
static void test_conditions_in_a_pipeline_are_each_for_their_request(void **state)
{
    (void)state;
    static const int statuses[] = {304, 200, 412, 304, 404, 200};
    struct client client;
    client_connect(&client, world.port);
    client_send_text(&client,
        ASK("GET", "/file.txt", "If-None-Match: *\r\n") ASK("GET", "/file.txt", "") ASK("GET",
            "/file.txt", "If-Match: \"x\"\r\n") ASK("GET", "/file.txt", "If-Modified-Since: " SAME)
            ASK("GET", "/missing", "If-None-Match: *\r\n") ASK("GET", "/file.txt", ""));
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        expect_status(&client, statuses[i]);
    client_close(&client);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    site_add(&world.site, "404.html", "page");
    site_add_directory(&world.site, "dir");
    world_begin(NULL);
    char *tag = fetch_field(ASK("GET", "/file.txt", ""), "ETag");
    cases_put(CASES(cases), "{tag}", tag);
    tag[strlen(tag) - 1] = '\0';
    cases_put(CASES(cases), "{opaque}", tag + 1);
    free(tag);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_304_has_the_fields_of_200_that_it_must_and_no_others),
        TEST(test_200_says_the_time_of_the_file_and_a_strong_tag),
        TEST(test_conditions_in_a_pipeline_are_each_for_their_request),
    };
    return cases_run("conditional", CASES(cases), TESTS(tests), setup);
}
