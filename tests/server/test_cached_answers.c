/* A file that is kept is answered with as one that is not: the same status, fields and octets. */
#include "tests/server/kept.h"
#include "tests/server/variants.h"

#define DATE  "Sun, 06 Nov 1994 08:49:37 GMT"
#define AFTER "Sun, 06 Nov 1994 08:49:38 GMT"

static int make_cached_site(void **state)
{
    if (make_variants(state) != 0) return -1;
    make_old_file("root/file.txt", "some octets");
    make_old_file("root/gone.txt", "gone soon");
    make_old_file("root/404.html", "<p>the page of the site</p>");
    make_old_file("root/404.html.gz", "the page in gzip");
    make_old_file("root/start.html", "<p>the application</p>");
    site_time("root/large.js", VARIANTS_TIME, 0);
    site_file("root/empty.txt", "");
    site_file_of("root/one.bin", ASK_LARGE);
    site_directory("root/bare");
    site_file("root/bare/one.txt", "one");
    return 0;
}

/* RFC 9110 §13 */
static void test_conditions_are_the_same(void **state)
{
    static const struct {
        const char *lines;
        enum http_status status;
    } rows[] = {
        {"If-None-Match: *\r\n", HTTP_NOT_MODIFIED},
        {"If-None-Match: \"a\"\r\n", HTTP_OK},
        {"If-Modified-Since: " DATE "\r\n", HTTP_NOT_MODIFIED},
        {"If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", HTTP_OK},
        {"If-Match: *\r\n", HTTP_OK},
        {"If-Match: \"a\"\r\n", HTTP_PRECONDITION_FAILED},
        {"If-Unmodified-Since: " AFTER "\r\n", HTTP_OK},
        {"If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", HTTP_PRECONDITION_FAILED},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_same_kept("GET", "/file.txt", rows[i].lines, rows[i].status);
        assert_same_kept("HEAD", "/file.txt", rows[i].lines, rows[i].status);
        assert_same_kept("GET", "/app.js", rows[i].lines, rows[i].status);
        assert_same_kept("GET", "/large.js", rows[i].lines, rows[i].status);
    }
}

static void test_a_304_has_the_tag_of_the_200(void **state)
{
    char lines[200];
    char tag[100];
    (void)state;
    snprintf(tag, sizeof tag, "%s", tag_of("/file.txt"));
    snprintf(lines, sizeof lines, "If-None-Match: %s\r\n", tag);
    const struct exchange *exchange =
        assert_same_kept("GET", "/file.txt", lines, HTTP_NOT_MODIFIED);
    assert_field(&exchange->response, "ETag", tag);
    assert_int_equal(count_field_lines(&exchange->response), 4);
    assert_false(holds_file(exchange));
}

/* RFC 9110 §14 */
static void test_ranges_are_the_same(void **state)
{
    static const char *const targets[] = {"/file.txt", "/large.js", "/app.js"};
    (void)state;
    for (size_t i = 0; i < COUNT(targets); i++) {
        const char *target = targets[i];
        assert_same_kept("GET", target, "Range: bytes=0-0\r\n", HTTP_PARTIAL_CONTENT);
        assert_same_kept("GET", target, "Range: bytes=-4\r\n", HTTP_PARTIAL_CONTENT);
        assert_same_kept("GET", target, "Range: bytes=99999-\r\n", HTTP_RANGE_NOT_SATISFIABLE);
        assert_same_kept("GET", target, "Range: lines=1-2\r\n", HTTP_OK);
        assert_same_kept("GET", target, "Range: bytes=1-2\r\nIf-Range: \"a\"\r\n", HTTP_OK);
        assert_same_kept("HEAD", target, "Range: bytes=1-2\r\n", HTTP_OK);
    }
    const struct exchange *exchange =
        assert_same_kept("GET", "/file.txt", "Range: bytes=5-8\r\n", HTTP_PARTIAL_CONTENT);
    assert_string_equal(answered_range(exchange), "octe");
    assert_field(&exchange->response, "Content-Range", "bytes 5-8/11");
    assert_field(&exchange->response, "Content-Length", "4");
    assert_same_kept("GET", "/empty.txt", "Range: bytes=0-\r\n", HTTP_OK);
    assert_field(
        &assert_same_kept("GET", "/empty.txt", "", HTTP_OK)->response, "Content-Length", "0");
}

static void test_the_fallback_has_the_fields_of_its_own_path(void **state)
{
    (void)state;
    strcpy(asked_site.fallback, "/start.html");
    take_answer(ask_for("GET", "/start.html", ""), &without);
    assert_same_kept("GET", "/nothing", "", HTTP_OK);
    assert_same_answer(&from_cache, &without);
    assert_same_kept("GET", "/nothing", "If-Modified-Since: " DATE "\r\n", HTTP_NOT_MODIFIED);
    assert_same_kept("GET", "/nothing.css", "Range: bytes=3-5\r\n", HTTP_PARTIAL_CONTENT);
    assert_string_equal(from_cache.content, "the");
}

static void test_a_fallback_has_its_variants(void **state)
{
    (void)state;
    strcpy(asked_site.fallback, "/about.html");
    assert_variant(assert_same_kept("GET", "/nothing", "Accept-Encoding: gzip\r\n", HTTP_OK),
        "gzip", "text/html; charset=utf-8", "about in gzip");
    assert_variant(assert_same_kept("GET", "/nothing", "", HTTP_OK), NULL,
        "text/html; charset=utf-8", "about");
}

static void test_a_fallback_that_changes_is_seen_after_a_second(void **state)
{
    (void)state;
    strcpy(asked_site.fallback, "/gone.txt");
    assert_string_equal(answered_range(ask_for("GET", "/nothing", "")), "gone soon");
    assert_int_equal(unlinkat(site.directory, "root/gone.txt", 0), 0);
    site_directory("root/gone.txt");
    assert_string_equal(answered_range(ask_kept("GET", "/nothing", "")), "gone soon");
    wait_for(KEPT_SECOND);
    assert_int_equal(ask_for("GET", "/nothing", "")->response.status, HTTP_NOT_FOUND);
    assert_no_field(&asked->response, "ETag");
    assert_no_field(&asked->response, "Location");
}

/* The page stands for something else: RFC 9110 §8.8 is about the representation that was asked for.
 */
static void assert_page_of_the_site(const struct exchange *exchange)
{
    assert_int_equal(exchange->response.status, HTTP_NOT_FOUND);
    assert_string_equal(answered_range(exchange), "<p>the page of the site</p>");
    assert_length_is_right(exchange);
    assert_field(&exchange->response, "Content-Type", "text/html; charset=utf-8");
    assert_field(&exchange->response, "Vary", "Accept");
    assert_int_equal(count_field_lines(&exchange->response), 6);
}

static void test_the_404_page_has_no_validators(void **state)
{
    const char *lines = "Accept: text/html\r\nAccept-Encoding: gzip\r\nRange: bytes=0-3\r\n";
    (void)state;
    assert_page_of_the_site(assert_same_kept("GET", "/nothing", lines, HTTP_NOT_FOUND));
    assert_page_of_the_site(assert_same_kept(
        "GET", "/nothing", "Accept: text/html\r\nIf-None-Match: *\r\n", HTTP_NOT_FOUND));
}

static void test_the_404_page_as_a_file_of_its_own_has_them(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_page_of_the_site(ask_for("GET", "/nothing", "Accept: text/html\r\n"));
        const struct exchange *exchange = ask_for("GET", "/404.html", "Accept: text/html\r\n");
        assert_int_equal(exchange->response.status, HTTP_OK);
        assert_field(&exchange->response, "Last-Modified", DATE);
        assert_field(&exchange->response, "Vary", "Accept-Encoding");
        assert_variant(ask_accepting("/404.html", "gzip"), "gzip", "text/html; charset=utf-8",
            "the page in gzip");
    }
}

static void test_a_404_page_that_changes_is_seen_after_a_second(void **state)
{
    const char *lines = "Accept: text/html\r\n";
    (void)state;
    assert_page_of_the_site(ask_for("GET", "/nothing", lines));
    replace_file("root/404.html", "<p>another</p>", VARIANTS_TIME);
    assert_page_of_the_site(ask_kept("GET", "/nothing", lines));
    wait_for(KEPT_SECOND);
    assert_string_equal(answered_range(ask_for("GET", "/nothing", lines)), "<p>another</p>");
    replace_file("root/404.html", "<p>the page of the site</p>", VARIANTS_TIME);
}

/* What was opened before it was refused is closed: see kept_stop(). */
static void test_the_404_page_takes_the_place_of_an_open_file(void **state)
{
    (void)state;
    ask_for("GET", "/nothing", "");
    prepare_exchange(asked, "GET /one.bin HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n");
    assert_true(exchange_open_file(asked));
    exchange_refuse(asked, HTTP_FAULT_ABSENT);
    assert_page_of_the_site(asked);
}

static void test_refusals_are_the_same(void **state)
{
    (void)state;
    assert_same_kept("GET", "/nothing", "", HTTP_NOT_FOUND);
    assert_same_kept("GET", "/.hidden", "Accept: text/html\r\n", HTTP_NOT_FOUND);
    assert_same_kept("GET", "/odd.txt.zst", "Accept: text/html\r\n", HTTP_NOT_FOUND);
    assert_same_kept("HEAD", "/file.txt/", "Accept: text/html\r\n", HTTP_NOT_FOUND);
    assert_same_kept("GET", "/only.txt", "Accept-Encoding: gzip\r\n", HTTP_NOT_FOUND);
}

static void test_a_directory_that_is_kept_is_redirected_to_each_with_its_query(void **state)
{
    (void)state;
    assert_same_kept("GET", "/dir", "", HTTP_MOVED_PERMANENTLY);
    assert_field(&ask_kept("GET", "/dir?a=1", "")->response, "Location", "/dir/?a=1");
    assert_field(&ask_kept("GET", "/dir?b=2", "")->response, "Location", "/dir/?b=2");
    assert_field(&ask_kept("HEAD", "/dir", "")->response, "Location", "/dir/");
}

static void test_a_listing_has_nothing_of_the_file_before(void **state)
{
    (void)state;
    asked_site.lists = true;
    for (int i = 0; i < 2; i++) {
        ask_accepting("/app.js", "gzip");
        const struct exchange *exchange =
            ask_for("GET", "/bare/", "Accept-Encoding: gzip\r\nIf-None-Match: \"a\"\r\n");
        assert_int_equal(exchange->response.status, HTTP_OK);
        assert_non_null(strstr(answered_range(exchange), "one.txt"));
        assert_length_is_right(exchange);
        assert_field(&exchange->response, "Content-Type", "text/html; charset=utf-8");
        assert_field(&exchange->response, "Accept-Ranges", "bytes");
        assert_int_equal(count_field_lines(&exchange->response), 6);
    }
}

static void test_a_listing_is_made_anew_each_time(void **state)
{
    (void)state;
    asked_site.lists = true;
    ask_for("GET", "/bare/", "");
    site_file("root/bare/two.txt", "two");
    assert_non_null(strstr(answered_range(ask_for("GET", "/bare/", "")), "two.txt"));
    assert_length_is_right(asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEEPING(test_conditions_are_the_same),
        KEEPING(test_a_304_has_the_tag_of_the_200),
        KEEPING(test_ranges_are_the_same),
        KEEPING(test_the_fallback_has_the_fields_of_its_own_path),
        KEEPING(test_a_fallback_has_its_variants),
        KEEPING(test_a_fallback_that_changes_is_seen_after_a_second),
        KEEPING(test_the_404_page_has_no_validators),
        KEEPING(test_the_404_page_as_a_file_of_its_own_has_them),
        KEEPING(test_a_404_page_that_changes_is_seen_after_a_second),
        KEEPING(test_the_404_page_takes_the_place_of_an_open_file),
        KEEPING(test_refusals_are_the_same),
        KEEPING(test_a_directory_that_is_kept_is_redirected_to_each_with_its_query),
        KEEPING(test_a_listing_has_nothing_of_the_file_before),
        KEEPING(test_a_listing_is_made_anew_each_time),
    };
    return cmocka_run_group_tests(tests, make_cached_site, ask_close);
}
