/* HEAD: the answer is that of GET, whatever GET's is (RFC 9110 §9.3.2); and Allow, which lists what
 * the table has. */
#include "tests/server/ask.h"

enum { TIME = 784111777 };

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/notes.txt", "some notes");
    site_time("root/notes.txt", TIME, 0);
    site_file("root/app.js", "the script, as it is, which is the longer one");
    site_file("root/app.js.gz", "the script, in gzip");
    site_directory("root/dir");
    site_file("root/start.html", "<p>the application</p>");
    asked_site.fallback[0] = '\0';
    return 0;
}

static struct http_response of_get;

/* Asks with both methods: the same status, the same fields. */
static const struct exchange *ask_both(const char *target, const char *lines)
{
    of_get = ask_for("GET", target, lines)->response;
    const struct exchange *exchange = ask_for("HEAD", target, lines);
    assert_int_equal(exchange->response.status, of_get.status);
    assert_false(exchange->response.broken);
    assert_int_equal(exchange->response.fields_length, of_get.fields_length);
    assert_memory_equal(exchange->response.fields, of_get.fields, of_get.fields_length);
    return exchange;
}

static void test_head_has_the_fields_of_get(void **state)
{
    (void)state;
    assert_int_equal(ask_both("/notes.txt", "")->response.status, HTTP_OK);
    assert_field(&asked->response, "Content-Length", "10");
    assert_int_equal(ask_both("/nothing", "")->response.status, HTTP_NOT_FOUND);
}

static void test_head_has_the_fields_of_the_variant(void **state)
{
    (void)state;
    ask_both("/app.js", "Accept-Encoding: gzip\r\n");
    assert_field(&asked->response, "Content-Encoding", "gzip");
}

static void test_head_is_redirected_like_get(void **state)
{
    (void)state;
    assert_int_equal(ask_both("/dir", "")->response.status, HTTP_MOVED_PERMANENTLY);
    assert_field(&asked->response, "Location", "/dir/");
}

static void test_head_has_the_fields_of_the_fallback(void **state)
{
    (void)state;
    strcpy(asked_site.fallback, "/start.html");
    assert_int_equal(ask_both("/nothing", "")->response.status, HTTP_OK);
    assert_field(&asked->response, "Content-Length", "22");
    asked_site.fallback[0] = '\0';
}

/* RFC 9110 §13.1.2, §13.1.3, §13.1.1. */
static void test_head_is_under_the_same_preconditions(void **state)
{
    static const char date[] = "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    (void)state;
    assert_int_equal(
        ask_both("/notes.txt", "If-None-Match: *\r\n")->response.status, HTTP_NOT_MODIFIED);
    assert_int_equal(ask_both("/notes.txt", date)->response.status, HTTP_NOT_MODIFIED);
    assert_int_equal(ask_both("/notes.txt", "If-Match: \"another\"\r\n")->response.status,
        HTTP_PRECONDITION_FAILED);
}

/* RFC 9110 §14.2: Range is defined for GET only. */
static void test_head_does_not_look_at_range(void **state)
{
    static const char *const lines[] = {"Range: bytes=2-5\r\n", "Range: bytes=1000-\r\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        const struct exchange *exchange = ask_for("HEAD", "/notes.txt", lines[i]);
        assert_int_equal(exchange->response.status, HTTP_OK);
        assert_no_field(&exchange->response, "Content-Range");
        assert_field(&exchange->response, "Content-Length", "10");
    }
}

/* RFC 9110 §15.5.6: a 405 lists the methods that are allowed. */
static void test_a_405_lists_the_methods_that_are_allowed(void **state)
{
    (void)state;
    struct exchange *exchange = ask_for("GET", "/nothing", "");
    exchange_refuse(exchange, HTTP_FAULT_METHOD_HERE);
    assert_int_equal(exchange->response.status, HTTP_METHOD_NOT_ALLOWED);
    struct text allowed = text_of("");
    assert_int_equal(find_response_field(&exchange->response, "Allow", &allowed), 1);
    assert_non_null(memmem(allowed.start, allowed.length, "HEAD", 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_head_has_the_fields_of_get),
        cmocka_unit_test(test_head_has_the_fields_of_the_variant),
        cmocka_unit_test(test_head_is_redirected_like_get),
        cmocka_unit_test(test_head_has_the_fields_of_the_fallback),
        cmocka_unit_test(test_head_is_under_the_same_preconditions),
        cmocka_unit_test(test_head_does_not_look_at_range),
        cmocka_unit_test(test_a_405_lists_the_methods_that_are_allowed),
    };
    return cmocka_run_group_tests(tests, make_site, ask_close);
}
