/* What becomes of a request with conditions: RFC 9110 §13. */
#include "tests/server/ask.h"

/* RFC 9110 §5.6.7 has this date as its example. */
#define BEFORE "Sun, 06 Nov 1994 08:49:36 GMT"
#define DATE   "Sun, 06 Nov 1994 08:49:37 GMT"
#define AFTER  "Sun, 06 Nov 1994 08:49:38 GMT"
enum { TIME = 784111777 };

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/file.txt", "some octets");
    site_time("root/file.txt", TIME, 123456789);
    site_file("root/built.txt", "reproducible");
    site_time("root/built.txt", 1, 0);
    site_file("root/404.html", "<p>the page of the site</p>");
    site_time("root/404.html", TIME, 0);
    site_directory("root/dir");
    site_file_of("root/large.txt", ASK_LARGE);
    return 0;
}

/* Asks for file.txt with these lines, in which %s is its entity tag. */
static const struct exchange *ask_with_tag(const char *method, const char *lines)
{
    char filled[1000];
    const char *tag = tag_of("/file.txt");
    const char *at = strstr(lines, "%s");
    if (at == NULL)
        snprintf(filled, sizeof filled, "%s", lines);
    else
        snprintf(filled, sizeof filled, "%.*s%s%s", (int)(at - lines), lines, tag, at + 2);
    return ask_for(method, "/file.txt", filled);
}

static void assert_status(const char *lines, enum http_status expected)
{
    const struct exchange *exchange = ask_with_tag("GET", lines);
    if (exchange->response.status != expected)
        fail_msg("%s: %d instead of %d", lines, (int)exchange->response.status, (int)expected);
    assert_false(exchange->response.broken);
    assert_int_equal(holds_file(exchange), expected == HTTP_OK);
}

/* RFC 9110 §13.1.2: weak comparison. */
static void test_if_none_match_with_the_tag_is_a_304(void **state)
{
    (void)state;
    assert_status("If-None-Match: %s\r\n", HTTP_NOT_MODIFIED);
    assert_status("If-None-Match: W/%s\r\n", HTTP_NOT_MODIFIED);
    assert_status("If-None-Match: \"a\", %s\r\n", HTTP_NOT_MODIFIED);
    assert_status("If-None-Match: \"a\"\r\nIf-None-Match: %s\r\n", HTTP_NOT_MODIFIED);
    assert_status("If-None-Match: *\r\n", HTTP_NOT_MODIFIED);
    assert_status("If-None-Match: \"a\"\r\n", HTTP_OK);
}

static void test_if_modified_since_is_a_304_unless_it_was(void **state)
{
    (void)state;
    assert_status("If-Modified-Since: " BEFORE "\r\n", HTTP_OK);
    assert_status("If-Modified-Since: " DATE "\r\n", HTTP_NOT_MODIFIED);
    assert_status("If-Modified-Since: " AFTER "\r\n", HTTP_NOT_MODIFIED);
    assert_status("If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n", HTTP_NOT_MODIFIED);
    assert_status("If-Modified-Since: Sun Nov  6 08:49:37 1994\r\n", HTTP_NOT_MODIFIED);
    assert_status("If-Modified-Since: yesterday\r\n", HTTP_OK);
}

/* RFC 9110 §13.1.3 */
static void test_if_none_match_goes_before_if_modified_since(void **state)
{
    (void)state;
    assert_status("If-None-Match: \"a\"\r\nIf-Modified-Since: " AFTER "\r\n", HTTP_OK);
    assert_status("If-None-Match: %s\r\nIf-Modified-Since: " BEFORE "\r\n", HTTP_NOT_MODIFIED);
}

/* RFC 9110 §13.1.1: strong comparison. */
static void test_if_match_without_the_tag_is_a_412(void **state)
{
    (void)state;
    assert_status("If-Match: %s\r\n", HTTP_OK);
    assert_status("If-Match: \"a\", %s\r\n", HTTP_OK);
    assert_status("If-Match: *\r\n", HTTP_OK);
    assert_status("If-Match: W/%s\r\n", HTTP_PRECONDITION_FAILED);
    assert_status("If-Match: \"a\"\r\n", HTTP_PRECONDITION_FAILED);
}

static void test_if_unmodified_since_is_a_412_if_it_was(void **state)
{
    (void)state;
    assert_status("If-Unmodified-Since: " BEFORE "\r\n", HTTP_PRECONDITION_FAILED);
    assert_status("If-Unmodified-Since: " DATE "\r\n", HTTP_OK);
    assert_status("If-Match: %s\r\nIf-Unmodified-Since: " BEFORE "\r\n", HTTP_OK);
}

/* RFC 9110 §13.2.2 */
static void test_a_412_goes_before_a_304(void **state)
{
    (void)state;
    assert_status("If-None-Match: %s\r\nIf-Match: \"a\"\r\n", HTTP_PRECONDITION_FAILED);
    assert_status("If-Match: %s\r\nIf-None-Match: *\r\n", HTTP_NOT_MODIFIED);
}

/* RFC 9110 §15.4.5: Date comes with the head; of the rest only what a cache needs. */
static void test_a_304_has_the_tag_and_nothing_else_of_the_file(void **state)
{
    const char *tag = tag_of("/file.txt");
    (void)state;
    const struct exchange *exchange = ask_with_tag("GET", "If-None-Match: %s\r\n");
    assert_field(&exchange->response, "ETag", tag);
    assert_field(&exchange->response, "Cache-Control", "no-cache");
    assert_field(&exchange->response, "Server", "strata");
    assert_field(&exchange->response, "X-Content-Type-Options", "nosniff");
    assert_int_equal(count_field_lines(&exchange->response), 4);
    assert_int_equal(exchange->octets.length, 0);
    assert_int_equal(exchange->file.descriptor, -1);
}

static void test_a_304_by_date_has_the_tag_too(void **state)
{
    const char *tag = tag_of("/file.txt");
    (void)state;
    const struct exchange *exchange =
        ask_for("GET", "/file.txt", "If-Modified-Since: " DATE "\r\n");
    assert_int_equal(exchange->response.status, HTTP_NOT_MODIFIED);
    assert_field(&exchange->response, "ETag", tag);
    assert_int_equal(count_field_lines(&exchange->response), 4);
}

static void test_a_304_for_a_file_without_validators_has_none(void **state)
{
    const struct exchange *exchange = ask_for("GET", "/built.txt", "If-None-Match: *\r\n");
    (void)state;
    assert_int_equal(exchange->response.status, HTTP_NOT_MODIFIED);
    assert_int_equal(count_field_lines(&exchange->response), 3);
}

/* The page is not the file. */
static void test_a_412_explains_itself_and_says_nothing_of_the_file(void **state)
{
    const struct exchange *exchange = ask_for("GET", "/file.txt", "If-Match: \"a\"\r\n");
    (void)state;
    assert_int_equal(exchange->file.descriptor, -1);
    assert_length_is_right(exchange);
    assert_int_equal(strncmp(answered_content(exchange), "412 Precondition Failed. ", 25), 0);
    assert_field(&exchange->response, "Content-Type", "text/plain; charset=utf-8");
    assert_field(&exchange->response, "Vary", "Accept");
    assert_no_field(&exchange->response, "ETag");
    assert_no_field(&exchange->response, "Last-Modified");
    assert_no_field(&exchange->response, "Accept-Ranges");
}

/* The page of the site is for what is not there. */
static void test_a_412_is_explained_in_html_where_that_is_wanted(void **state)
{
    const struct exchange *exchange =
        ask_for("GET", "/file.txt", "If-Match: \"a\"\r\nAccept: text/html\r\n");
    (void)state;
    assert_field(&exchange->response, "Content-Type", "text/html; charset=utf-8");
    assert_non_null(strstr(answered_content(exchange), "<h1>412 Precondition Failed</h1>"));
}

/* RFC 9110 §13.2.1: conditions are for what would be a 2xx. */
static void test_conditions_are_ignored_where_there_is_no_file(void **state)
{
    static const char *const conditions[] = {"If-None-Match: *\r\n", "If-Match: *\r\n",
        "If-Match: \"a\"\r\n", "If-Modified-Since: " AFTER "\r\n",
        "If-Unmodified-Since: " BEFORE "\r\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(conditions); i++) {
        assert_int_equal(
            ask_for("GET", "/nothing", conditions[i])->response.status, HTTP_NOT_FOUND);
        assert_int_equal(
            ask_for("GET", "/dir", conditions[i])->response.status, HTTP_MOVED_PERMANENTLY);
    }
}

static void test_the_page_of_the_site_for_what_is_not_there_has_no_validators(void **state)
{
    char lines[300];
    (void)state;
    snprintf(lines, sizeof lines,
        "Accept: text/html\r\nIf-None-Match: %s\r\nIf-Modified-Since: " AFTER "\r\n",
        tag_of("/404.html"));
    const struct exchange *exchange = ask_for("GET", "/nothing", lines);
    assert_int_equal(exchange->response.status, HTTP_NOT_FOUND);
    assert_string_equal(answered_content(exchange), "<p>the page of the site</p>");
    assert_no_field(&exchange->response, "ETag");
    assert_no_field(&exchange->response, "Last-Modified");
    assert_no_field(&exchange->response, "Accept-Ranges");
}

static void test_what_is_not_sent_does_not_stay_open(void **state)
{
    static const char *const conditions[] = {"If-None-Match: *\r\n", "If-Match: \"a\"\r\n"};
    (void)state;
    ask_for("GET", "/nothing", "");
    size_t descriptors = count_descriptors();
    for (size_t i = 0; i < COUNT(conditions); i++) {
        ask_for("GET", "/large.txt", conditions[i]);
        assert_int_equal(count_descriptors(), descriptors);
    }
}

/* A handler may open a file and refuse it all the same. */
static void test_a_file_that_was_opened_is_closed_where_the_page_of_the_site_is_sent(void **state)
{
    (void)state;
    ask_for("GET", "/large.txt", "If-Match: \"a\"\r\n");
    size_t descriptors = count_descriptors();
    prepare_exchange(asked, "GET /large.txt HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n");
    assert_non_null(exchange_open_file(asked));
    exchange_refuse(asked, HTTP_FAULT_ABSENT);
    assert_string_equal(answered_content(asked), "<p>the page of the site</p>");
    assert_int_equal(count_descriptors(), descriptors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_if_none_match_with_the_tag_is_a_304),
        cmocka_unit_test(test_if_modified_since_is_a_304_unless_it_was),
        cmocka_unit_test(test_if_none_match_goes_before_if_modified_since),
        cmocka_unit_test(test_if_match_without_the_tag_is_a_412),
        cmocka_unit_test(test_if_unmodified_since_is_a_412_if_it_was),
        cmocka_unit_test(test_a_412_goes_before_a_304),
        cmocka_unit_test(test_a_304_has_the_tag_and_nothing_else_of_the_file),
        cmocka_unit_test(test_a_304_by_date_has_the_tag_too),
        cmocka_unit_test(test_a_304_for_a_file_without_validators_has_none),
        cmocka_unit_test(test_a_412_explains_itself_and_says_nothing_of_the_file),
        cmocka_unit_test(test_a_412_is_explained_in_html_where_that_is_wanted),
        cmocka_unit_test(test_conditions_are_ignored_where_there_is_no_file),
        cmocka_unit_test(test_the_page_of_the_site_for_what_is_not_there_has_no_validators),
        cmocka_unit_test(test_what_is_not_sent_does_not_stay_open),
        cmocka_unit_test(test_a_file_that_was_opened_is_closed_where_the_page_of_the_site_is_sent),
    };
    return cmocka_run_group_tests(tests, make_site, ask_close);
}
