/* --list: what a request for a directory without an index is answered with. */
#include "tests/server/ask.h"

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/index.html", "<p>the index</p>");
    site_file("root/file.txt", "file");
    site_directory("root/bare");
    site_file("root/bare/one.txt", "one");
    site_directory("root/odd");
    site_directory("root/odd/index.html");
    site_directory("root/.hidden");
    site_directory("root/a<b>");
    site_file("outside/secret", "outside");
    site_link("root/out", "../outside");
    asked_site.lists = true;
    return 0;
}

static void assert_listing(const struct exchange *exchange, const char *part)
{
    assert_int_equal(exchange->response.status, HTTP_OK);
    assert_false(exchange->response.broken);
    assert_field(&exchange->response, "Content-Type", "text/html; charset=utf-8");
    assert_field(&exchange->response, "Cache-Control", "no-cache");
    assert_length_is_right(exchange);
    assert_non_null(strstr(answered_range(exchange), part));
}

static void assert_status(const char *target, enum http_status expected)
{
    const struct exchange *exchange = ask_for("GET", target, "");
    if (exchange->response.status != expected)
        fail_msg("%s: %d instead of %d", target, (int)exchange->response.status, (int)expected);
}

static void test_a_directory_without_an_index_is_listed(void **state)
{
    (void)state;
    assert_listing(ask_for("GET", "/bare/", ""), "<a href=\"./one.txt\">one.txt</a>");
    assert_listing(ask_for("GET", "/a%3Cb%3E/", ""), "<title>/a&#60;b&#62;/</title>");
}

static void test_what_only_looks_like_an_index_is_none(void **state)
{
    (void)state;
    assert_listing(ask_for("GET", "/odd/", ""), "<a href=\"./index.html/\">index.html/</a>");
}

/* RFC 9112 §3.2.4: the asterisk names no file; a method that takes it may ask for one. */
static void test_a_target_without_a_path_is_no_directory(void **state)
{
    (void)state;
    struct exchange *exchange = ask_for("GET", "/nothing", "");
    exchange->target.path_length = 0;
    exchange->target.path[0] = '\0';
    assert_false(exchange_open_file(exchange));
    assert_int_equal(exchange->response.status, HTTP_INTERNAL_SERVER_ERROR);
}

static void test_an_index_goes_before_the_listing(void **state)
{
    (void)state;
    assert_string_equal(answered_range(ask_for("GET", "/", "")), "<p>the index</p>");
}

/* It is there, and whatever it is, it is not to be seen. */
static void test_an_index_that_is_not_served_is_not_replaced_by_a_listing(void **state)
{
    (void)state;
    site_link("root/bare/index.html", "../../outside/secret");
    assert_status("/bare/", HTTP_NOT_FOUND);
    assert_int_equal(unlinkat(site.directory, "root/bare/index.html", 0), 0);
    assert_int_equal(mkfifoat(site.directory, "root/bare/index.html", 0644), 0);
    assert_status("/bare/", HTTP_NOT_FOUND);
    assert_int_equal(unlinkat(site.directory, "root/bare/index.html", 0), 0);
}

static void test_without_the_option_it_is_a_404(void **state)
{
    (void)state;
    asked_site.lists = false;
    assert_status("/bare/", HTTP_NOT_FOUND);
    asked_site.lists = true;
}

static void test_a_directory_without_its_slash_is_redirected_first(void **state)
{
    (void)state;
    assert_status("/bare", HTTP_MOVED_PERMANENTLY);
}

static void test_what_is_not_there_or_not_served_is_not_listed(void **state)
{
    static const char *const targets[] = {
        "/nothing/", "/file.txt/", "/bare/one.txt/", "/.hidden/", "/out/", "/out", "/.nothing/"};
    (void)state;
    for (size_t i = 0; i < COUNT(targets); i++) assert_status(targets[i], HTTP_NOT_FOUND);
}

/* It was made just now. */
static void test_a_listing_has_no_validators(void **state)
{
    const struct exchange *exchange =
        ask_for("GET", "/bare/", "If-Modified-Since: Fri, 31 Dec 2199 23:59:59 GMT\r\n");
    (void)state;
    assert_listing(exchange, "one.txt");
    assert_no_field(&exchange->response, "ETag");
    assert_no_field(&exchange->response, "Last-Modified");
    assert_no_field(&exchange->response, "Vary");
    assert_no_field(&exchange->response, "Content-Encoding");
}

static void test_head_has_the_fields_of_the_listing(void **state)
{
    static struct http_response of_get;
    (void)state;
    of_get = ask_for("GET", "/bare/", "")->response;
    const struct exchange *exchange = ask_for("HEAD", "/bare/", "");
    assert_int_equal(exchange->response.status, HTTP_OK);
    assert_int_equal(exchange->response.fields_length, of_get.fields_length);
    assert_memory_equal(exchange->response.fields, of_get.fields, of_get.fields_length);
}

/* No variant of it lies anywhere, whatever index.html.gz is. */
static void test_a_listing_has_no_variants(void **state)
{
    (void)state;
    site_file("root/bare/index.html.gz", "no variant");
    const struct exchange *exchange = ask_for("GET", "/bare/", "Accept-Encoding: gzip\r\n");
    assert_listing(exchange, "index.html.gz");
    assert_no_field(&exchange->response, "Content-Encoding");
    assert_no_field(&exchange->response, "Vary");
    assert_int_equal(unlinkat(site.directory, "root/bare/index.html.gz", 0), 0);
}

static void test_only_the_listing_stays_open(void **state)
{
    (void)state;
    ask_for("GET", "/nothing/", "");
    size_t descriptors = count_descriptors();
    ask_for("GET", "/bare/", "");
    assert_int_equal(count_descriptors(), descriptors + 1);
    ask_for("GET", "/bare/", "If-Match: \"a\"\r\n");
    assert_int_equal(asked->response.status, HTTP_PRECONDITION_FAILED);
    assert_int_equal(count_descriptors(), descriptors);
}

/* Asks while so many listings more may be made; as many may be made afterwards. */
static const struct exchange *ask_while_left(int left, const char *head)
{
    ask_for("GET", "/file.txt", ""); /* there is an exchange */
    close(asked->file.descriptor);
    prepare_exchange(asked, head);
    asked_site.listings_left = left;
    asked->method->handler(asked);
    assert_int_equal(asked_site.listings_left, left);
    return asked;
}

/* To make one is long work, and there are other clients. */
static void test_when_too_many_listings_are_made_at_once_another_is_a_503(void **state)
{
    static const char head[] = "GET /bare/ HTTP/1.1\r\nHost: a\r\n\r\n";
    (void)state;
    assert_listing(ask_while_left(1, head), "one.txt");
    const struct exchange *exchange = ask_while_left(0, head);
    assert_int_equal(exchange->response.status, HTTP_SERVICE_UNAVAILABLE);
    assert_field(&exchange->response, "Retry-After", "1");
    exchange = ask_while_left(-1, head);
    assert_int_equal(exchange->response.status, HTTP_SERVICE_UNAVAILABLE);
}

/* They could not be listings. */
static void test_while_no_listing_may_be_made_other_targets_are_answered(void **state)
{
    static const char nothing[] = "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char index[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    (void)state;
    assert_int_equal(ask_while_left(0, index)->response.status, HTTP_OK);
    assert_int_equal(ask_while_left(0, nothing)->response.status, HTTP_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_directory_without_an_index_is_listed),
        cmocka_unit_test(test_what_only_looks_like_an_index_is_none),
        cmocka_unit_test(test_a_target_without_a_path_is_no_directory),
        cmocka_unit_test(test_an_index_goes_before_the_listing),
        cmocka_unit_test(test_an_index_that_is_not_served_is_not_replaced_by_a_listing),
        cmocka_unit_test(test_without_the_option_it_is_a_404),
        cmocka_unit_test(test_a_directory_without_its_slash_is_redirected_first),
        cmocka_unit_test(test_what_is_not_there_or_not_served_is_not_listed),
        cmocka_unit_test(test_a_listing_has_no_validators),
        cmocka_unit_test(test_head_has_the_fields_of_the_listing),
        cmocka_unit_test(test_a_listing_has_no_variants),
        cmocka_unit_test(test_only_the_listing_stays_open),
        cmocka_unit_test(test_when_too_many_listings_are_made_at_once_another_is_a_503),
        cmocka_unit_test(test_while_no_listing_may_be_made_other_targets_are_answered),
    };
    return cmocka_run_group_tests(tests, make_site, ask_close);
}
