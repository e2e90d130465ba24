/* GET: what becomes of a path that names something. */
#include "tests/server/ask.h"

#define ASK(target) ask("GET " target " HTTP/1.1\r\nHost: a.example\r\n\r\n")

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/index.html", "<p>the index</p>");
    site_file("root/about.html", "<p>about</p>");
    site_file("root/notes.txt", "some notes");
    site_file("root/data", "\x01\x02\x03");
    site_file("root/empty.txt", "");
    site_file_of("root/large.txt", ASK_LARGE);
    site_file("root/a b&c.txt", "a name that has to be encoded");
    site_directory("root/sub");
    site_file("root/sub/index.html", "<p>the index of sub</p>");
    return 0;
}

static void assert_file(const struct exchange *exchange, const char *type, const char *content)
{
    assert_int_equal(exchange->response.status, HTTP_OK);
    assert_false(exchange->response.broken);
    assert_true(holds_file(exchange));
    assert_string_equal(answered_content(exchange), content);
    assert_length_is_right(exchange);
    assert_field(&exchange->response, "Content-Type", type);
    assert_no_field(&exchange->response, "Location");
    assert_no_field(&exchange->response, "Retry-After");
}

static void test_a_file_is_the_content_of_a_200(void **state)
{
    (void)state;
    assert_file(ASK("/notes.txt"), "text/plain; charset=utf-8", "some notes");
}

static void test_an_unknown_suffix_is_a_stream_of_octets(void **state)
{
    (void)state;
    assert_file(ASK("/data"), "application/octet-stream", "\x01\x02\x03");
}

static void test_a_slash_names_the_index(void **state)
{
    (void)state;
    assert_file(ASK("/"), "text/html; charset=utf-8", "<p>the index</p>");
    assert_file(ASK("/sub/"), "text/html; charset=utf-8", "<p>the index of sub</p>");
}

static void test_html_may_be_left_out_of_the_path(void **state)
{
    (void)state;
    assert_file(ASK("/about"), "text/html; charset=utf-8", "<p>about</p>");
    assert_file(ASK("/about?a=b"), "text/html; charset=utf-8", "<p>about</p>");
}

static void test_an_encoded_path_is_decoded(void **state)
{
    (void)state;
    assert_file(
        ASK("/a%20b%26c%2Etxt"), "text/plain; charset=utf-8", "a name that has to be encoded");
}

static void test_absolute_form_names_the_same_file(void **state)
{
    (void)state;
    assert_file(ASK("http://b.example/notes.txt"), "text/plain; charset=utf-8", "some notes");
}

static void test_an_empty_file_is_empty_content(void **state)
{
    (void)state;
    assert_file(ASK("/empty.txt"), "text/plain; charset=utf-8", "");
}

static void test_every_response_has_the_fields_that_all_have(void **state)
{
    static const char *const heads[] = {"GET /notes.txt HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /sub HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /nothing HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++) {
        const struct exchange *exchange = ask(heads[i]);
        assert_field(&exchange->response, "Server", "strata");
        assert_field(&exchange->response, "Cache-Control", "no-cache");
        assert_field(&exchange->response, "X-Content-Type-Options", "nosniff");
        assert_length_is_right(exchange);
    }
}

static void test_handlers_say_nothing_of_the_connection(void **state)
{
    const struct exchange *exchange = ASK("/notes.txt");
    (void)state;
    assert_no_field(&exchange->response, "Connection");
    assert_no_field(&exchange->response, "Date");
    assert_no_field(&exchange->response, "Transfer-Encoding");
}

/* Whatever becomes of it, no descriptor is left behind but that of the file. */
static void test_only_a_file_that_is_sent_stays_open(void **state)
{
    static const char *const heads[] = {"GET /sub HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", "GET /.git HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /index.html/x HTTP/1.1\r\nHost: a\r\n\r\n"};
    (void)state;
    ASK("/nothing"); /* what an earlier answer left open is closed here */
    size_t before = count_descriptors();
    for (size_t i = 0; i < COUNT(heads); i++) {
        assert_int_equal(ask(heads[i])->file.descriptor, -1);
        assert_int_equal(count_descriptors(), before);
    }
    ASK("/notes.txt");
    assert_int_equal(count_descriptors(), before);
    ASK("/large.txt");
    assert_int_equal(count_descriptors(), before + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_is_the_content_of_a_200),
        cmocka_unit_test(test_an_unknown_suffix_is_a_stream_of_octets),
        cmocka_unit_test(test_a_slash_names_the_index),
        cmocka_unit_test(test_html_may_be_left_out_of_the_path),
        cmocka_unit_test(test_an_encoded_path_is_decoded),
        cmocka_unit_test(test_absolute_form_names_the_same_file),
        cmocka_unit_test(test_an_empty_file_is_empty_content),
        cmocka_unit_test(test_every_response_has_the_fields_that_all_have),
        cmocka_unit_test(test_handlers_say_nothing_of_the_connection),
        cmocka_unit_test(test_only_a_file_that_is_sent_stays_open),
    };
    return cmocka_run_group_tests(tests, make_site, ask_close);
}
