/* --fallback: one file is the answer where nothing is found, as applications of one page want. */
#include "tests/server/ask.h"

enum { TIME = 784111777 };

static const char app[] = "<p>the application</p>";

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_directory("root/app");
    site_file("root/app/start.html", app);
    site_time("root/app/start.html", TIME, 0);
    site_file("root/notes.txt", "some notes");
    site_file("root/404.html", "<p>the page of the site</p>");
    site_file_of("root/large.html", ASK_LARGE);
    site_directory("root/bare");
    site_directory("root/.git");
    site_file("root/.git/config", "hidden");
    site_file("root/.hidden", "hidden");
    site_file("outside/secret", "outside");
    site_link("root/out", "../outside/secret");
    site_link("root/dangling", "nowhere");
    strcpy(asked_site.fallback, "/app/start.html");
    return mkfifoat(site.directory, "root/fifo", 0644);
}

static int restore(void **state)
{
    (void)state;
    asked_site.lists = false;
    strcpy(asked_site.fallback, "/app/start.html");
    return 0;
}

/* The application, with the fields that its own path would be answered with. */
static void assert_fallback(const char *target)
{
    static struct http_response own;
    own = ask_for("GET", "/app/start.html", "")->response;
    const struct exchange *exchange = ask_for("GET", target, "");
    if (exchange->response.status != HTTP_OK)
        fail_msg("%s: %d instead of 200", target, (int)exchange->response.status);
    assert_string_equal(answered_range(exchange), app);
    assert_int_equal(exchange->response.fields_length, own.fields_length);
    assert_memory_equal(exchange->response.fields, own.fields, own.fields_length);
}

static void assert_status(const char *target, enum http_status expected)
{
    const struct exchange *exchange = ask_for("GET", target, "");
    if (exchange->response.status != expected)
        fail_msg("%s: %d instead of %d", target, (int)exchange->response.status, (int)expected);
    assert_int_equal(exchange->file.descriptor, -1);
    assert_null(strstr(answered_content(exchange), app));
}

static void test_where_nothing_is_found_the_fallback_is_the_answer(void **state)
{
    (void)state;
    assert_fallback("/nothing");
    assert_fallback("/nothing/at/all");
    assert_fallback("/nothing/");
    assert_fallback("/nothing.css?a=b");
    assert_fallback("/notes.txt/");
    assert_fallback("/notes.txt/x");
    assert_fallback("/dangling");
}

static void test_a_directory_without_an_index_is_nothing_to_be_found(void **state)
{
    (void)state;
    assert_fallback("/bare/");
    assert_fallback("/");
}

static void test_the_fallback_has_its_own_validators_and_type(void **state)
{
    const struct exchange *exchange = ask_for("GET", "/nothing.txt", "");
    (void)state;
    assert_field(&exchange->response, "Content-Type", "text/html; charset=utf-8");
    assert_field(&exchange->response, "Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_field(&exchange->response, "Accept-Ranges", "bytes");
    assert_field(&exchange->response, "Content-Length", "22");
    struct text tag;
    assert_int_equal(find_response_field(&exchange->response, "ETag", &tag), 1);
}

static void test_conditions_and_ranges_are_about_the_fallback(void **state)
{
    (void)state;
    const struct exchange *exchange =
        ask_for("GET", "/nothing", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    assert_int_equal(exchange->response.status, HTTP_NOT_MODIFIED);
    exchange = ask_for("GET", "/nothing", "If-Match: \"a\"\r\n");
    assert_int_equal(exchange->response.status, HTTP_PRECONDITION_FAILED);
    exchange = ask_for("GET", "/nothing", "Range: bytes=3-5\r\n");
    assert_int_equal(exchange->response.status, HTTP_PARTIAL_CONTENT);
    assert_field(&exchange->response, "Content-Range", "bytes 3-5/22");
    assert_string_equal(answered_range(exchange), "the");
}

static void test_what_is_found_is_sent_itself(void **state)
{
    const struct exchange *exchange = ask_for("GET", "/notes.txt", "");
    (void)state;
    assert_int_equal(exchange->response.status, HTTP_OK);
    assert_string_equal(answered_range(exchange), "some notes");
}

static void test_a_directory_is_redirected_as_ever(void **state)
{
    (void)state;
    assert_status("/bare", HTTP_MOVED_PERMANENTLY);
    assert_status("/app", HTTP_MOVED_PERMANENTLY);
}

/* They are there: what is answered must not depend on what they hold. */
static void test_what_is_not_served_is_not_found_and_has_no_fallback(void **state)
{
    static const char *const targets[] = {"/.hidden", "/.git", "/.git/", "/.git/config",
        "/.nothing", "/bare/.nothing/x", "/out", "/fifo"};
    (void)state;
    alarm(10);
    for (size_t i = 0; i < COUNT(targets); i++) assert_status(targets[i], HTTP_NOT_FOUND);
    alarm(0);
}

static void test_the_page_for_what_is_not_there_is_only_for_what_has_no_fallback(void **state)
{
    (void)state;
    const struct exchange *exchange = ask_for("GET", "/nothing", "Accept: text/html\r\n");
    assert_int_equal(exchange->response.status, HTTP_OK);
    assert_string_equal(answered_range(exchange), app);
    exchange = ask_for("GET", "/.hidden", "Accept: text/html\r\n");
    assert_int_equal(exchange->response.status, HTTP_NOT_FOUND);
    assert_string_equal(answered_range(exchange), "<p>the page of the site</p>");
}

static void test_a_listing_goes_before_the_fallback(void **state)
{
    (void)state;
    asked_site.lists = true;
    const struct exchange *exchange = ask_for("GET", "/bare/", "");
    assert_int_equal(exchange->response.status, HTTP_OK);
    assert_non_null(strstr(answered_range(exchange), "<title>/bare/</title>"));
    assert_fallback("/nothing/");
    assert_fallback("/nothing");
    assert_fallback("/notes.txt/");
}

static void test_a_fallback_may_leave_out_html(void **state)
{
    (void)state;
    strcpy(asked_site.fallback, "/app/start");
    assert_fallback("/nothing");
}

static void test_a_fallback_that_is_gone_is_a_404(void **state)
{
    (void)state;
    strcpy(asked_site.fallback, "/app/gone.html");
    assert_status("/nothing", HTTP_NOT_FOUND);
}

/* Since the start: a redirection to /nothing/ would lead to /nothing// and so on. */
static void test_a_fallback_that_became_a_directory_is_a_404(void **state)
{
    (void)state;
    strcpy(asked_site.fallback, "/bare");
    assert_status("/nothing", HTTP_NOT_FOUND);
    assert_status("/nothing/", HTTP_NOT_FOUND);
}

static void test_without_the_option_it_is_a_404(void **state)
{
    (void)state;
    asked_site.fallback[0] = '\0';
    assert_status("/nothing", HTTP_NOT_FOUND);
    assert_status("/bare/", HTTP_NOT_FOUND);
}

static void test_variants_of_the_fallback_are_sent_too(void **state)
{
    (void)state;
    site_file("root/app/start.html.gz", "in gzip");
    const struct exchange *exchange = ask_for("GET", "/nothing", "Accept-Encoding: gzip\r\n");
    assert_int_equal(exchange->response.status, HTTP_OK);
    assert_string_equal(answered_range(exchange), "in gzip");
    assert_field(&exchange->response, "Content-Encoding", "gzip");
    assert_field(&exchange->response, "Vary", "Accept-Encoding");
    assert_int_equal(unlinkat(site.directory, "root/app/start.html.gz", 0), 0);
}

static void test_only_what_is_sent_stays_open(void **state)
{
    static const char *const targets[] = {"/nothing", "/bare/", "/notes.txt/"};
    (void)state;
    ask_for("GET", "/.hidden", "");
    size_t descriptors = count_descriptors();
    strcpy(asked_site.fallback, "/large.html");
    for (size_t i = 0; i < COUNT(targets); i++) {
        ask_for("GET", targets[i], "");
        assert_int_equal(count_descriptors(), descriptors + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_where_nothing_is_found_the_fallback_is_the_answer, restore),
        cmocka_unit_test_teardown(
            test_a_directory_without_an_index_is_nothing_to_be_found, restore),
        cmocka_unit_test_teardown(test_the_fallback_has_its_own_validators_and_type, restore),
        cmocka_unit_test_teardown(test_conditions_and_ranges_are_about_the_fallback, restore),
        cmocka_unit_test_teardown(test_what_is_found_is_sent_itself, restore),
        cmocka_unit_test_teardown(test_a_directory_is_redirected_as_ever, restore),
        cmocka_unit_test_teardown(
            test_what_is_not_served_is_not_found_and_has_no_fallback, restore),
        cmocka_unit_test_teardown(
            test_the_page_for_what_is_not_there_is_only_for_what_has_no_fallback, restore),
        cmocka_unit_test_teardown(test_a_listing_goes_before_the_fallback, restore),
        cmocka_unit_test_teardown(test_a_fallback_may_leave_out_html, restore),
        cmocka_unit_test_teardown(test_a_fallback_that_is_gone_is_a_404, restore),
        cmocka_unit_test_teardown(test_a_fallback_that_became_a_directory_is_a_404, restore),
        cmocka_unit_test_teardown(test_without_the_option_it_is_a_404, restore),
        cmocka_unit_test_teardown(test_variants_of_the_fallback_are_sent_too, restore),
        cmocka_unit_test_teardown(test_only_what_is_sent_stays_open, restore),
    };
    return cmocka_run_group_tests(tests, make_site, ask_close);
}
