/* A directory without its slash: where Location leads, and where it never does. */
#include "tests/server/ask.h"

#define ASK(target) ask("GET " target " HTTP/1.1\r\nHost: a.example\r\n\r\n")

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_directory("root/dir");
    site_directory("root/dir/sub");
    site_directory("root/evil.example");
    site_directory("root/a b?c#d%\"<");
    site_directory("root/\\evil.example");
    site_directory("root/\xc3\xa9\xff");
    site_directory("root/-._~!$&'()*+,;=:@");
    site_directory("root/http:");
    return 0;
}

static void assert_redirect(
    const struct exchange *exchange, enum http_status status, const char *location)
{
    assert_int_equal(exchange->response.status, status);
    assert_false(exchange->response.broken);
    assert_field(&exchange->response, "Location", location);
    assert_length_is_right(exchange);
    assert_int_equal(exchange->file.descriptor, -1);
}

static void test_a_directory_is_redirected_to_its_slash(void **state)
{
    (void)state;
    assert_redirect(ASK("/dir"), HTTP_MOVED_PERMANENTLY, "/dir/");
    assert_redirect(ASK("/dir/sub"), HTTP_MOVED_PERMANENTLY, "/dir/sub/");
}

/* No other method has a handler here: GET's runs for one. RFC 9110 §15.4.9: 308 keeps the method.
 */
static void test_other_methods_are_redirected_and_stay_what_they_are(void **state)
{
    struct exchange *exchange = ASK("/dir");
    (void)state;
    exchange->request.method = text_of("POST");
    http_response_start(&exchange->response, HTTP_REFUSED);
    assert_false(exchange_open_file(exchange));
    assert_redirect(exchange, HTTP_PERMANENT_REDIRECT, "/dir/");
}

static void test_the_query_is_kept_as_it_is(void **state)
{
    (void)state;
    assert_redirect(ASK("/dir?a=%20b&c=/../%0d%0aX:+y"), HTTP_MOVED_PERMANENTLY,
        "/dir/?a=%20b&c=/../%0d%0aX:+y");
    assert_redirect(ASK("/dir?"), HTTP_MOVED_PERMANENTLY, "/dir/?");
    assert_redirect(ASK("/dir??x?"), HTTP_MOVED_PERMANENTLY, "/dir/??x?");
}

static void test_no_location_leads_to_another_host(void **state)
{
    (void)state;
    assert_redirect(ASK("//evil.example"), HTTP_MOVED_PERMANENTLY, "/evil.example/");
    assert_redirect(ASK("///evil.example"), HTTP_MOVED_PERMANENTLY, "/evil.example/");
    assert_redirect(ASK("/.//evil.example"), HTTP_MOVED_PERMANENTLY, "/evil.example/");
    assert_redirect(ASK("/x/..//evil.example"), HTTP_MOVED_PERMANENTLY, "/evil.example/");
    assert_redirect(ASK("/%2e//evil.example"), HTTP_MOVED_PERMANENTLY, "/evil.example/");
    assert_redirect(ASK("/%5Cevil.example"), HTTP_MOVED_PERMANENTLY, "/%5Cevil.example/");
    assert_redirect(ASK("http://other.example/dir"), HTTP_MOVED_PERMANENTLY, "/dir/");
    assert_redirect(ASK("/http:"), HTTP_MOVED_PERMANENTLY, "/http:/");
}

/* RFC 3986 §3.3: all but unreserved characters, sub-delims and ":@/". */
static void test_the_path_is_encoded_again(void **state)
{
    (void)state;
    assert_redirect(
        ASK("/a%20b%3Fc%23d%25%22%3C"), HTTP_MOVED_PERMANENTLY, "/a%20b%3Fc%23d%25%22%3C/");
    assert_redirect(ASK("/%C3%A9%FF"), HTTP_MOVED_PERMANENTLY, "/%C3%A9%FF/");
    assert_redirect(ASK("/-._~!$&'()*+,;=:@"), HTTP_MOVED_PERMANENTLY, "/-._~!$&'()*+,;=:@/");
    assert_redirect(ASK("/%64ir"), HTTP_MOVED_PERMANENTLY, "/dir/");
}

static void test_dot_segments_are_gone_from_the_location(void **state)
{
    (void)state;
    assert_redirect(ASK("/dir/../dir/./sub"), HTTP_MOVED_PERMANENTLY, "/dir/sub/");
}

static void test_a_redirection_explains_itself(void **state)
{
    (void)state;
    const char *content = answered_content(ASK("/dir"));
    assert_int_equal(strncmp(content, "301 Moved Permanently. ", 23), 0);
    assert_non_null(strstr(content, "(RFC 9110 §15.4.2)"));
    assert_field(&asked->response, "Content-Type", "text/plain; charset=utf-8");
    assert_field(&asked->response, "Vary", "Accept");
}

/* Asks for a directory with a query of so many octets. */
static const struct exchange *ask_with_query(size_t length, char *location)
{
    static char head[HTTP_REQUEST_LINE_MAX + 64];
    sprintf(head, "GET /dir?%0*d HTTP/1.1\r\nHost: a\r\n\r\n", (int)length, 0);
    sprintf(location, "/dir/?%0*d", (int)length, 0);
    return ask(head);
}

/* RFC 9110 §2.3: what is generated has to be understood; 32 octets are for method and version. */
static void test_a_location_fits_a_request_line(void **state)
{
    static char location[HTTP_REQUEST_LINE_MAX + 64];
    const size_t most = HTTP_REQUEST_LINE_MAX - 32 - strlen("/dir/?");
    (void)state;
    assert_redirect(ask_with_query(most, location), HTTP_MOVED_PERMANENTLY, location);
    assert_int_equal(strlen(location), HTTP_REQUEST_LINE_MAX - 32);
    const struct exchange *exchange = ask_with_query(most + 1, location);
    assert_int_equal(exchange->response.status, HTTP_URI_TOO_LONG);
    assert_no_field(&exchange->response, "Location");
}

/* A deep path, each octet of which becomes three. */
static void test_a_location_that_grows_too_long_by_encoding_is_a_414(void **state)
{
    static char head[HTTP_REQUEST_LINE_MAX + 64] = "GET ";
    int directory = dup(site.root.directory);
    (void)state;
    for (int depth = 0; depth < 14; depth++) {
        strcat(head, "/");
        site_descend(&directory, head, '"');
    }
    close(directory);
    strcat(head, " HTTP/1.1\r\nHost: a\r\n\r\n");
    const struct exchange *exchange = ask(head);
    assert_int_equal(exchange->response.status, HTTP_URI_TOO_LONG);
    assert_no_field(&exchange->response, "Location");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_directory_is_redirected_to_its_slash),
        cmocka_unit_test(test_other_methods_are_redirected_and_stay_what_they_are),
        cmocka_unit_test(test_the_query_is_kept_as_it_is),
        cmocka_unit_test(test_no_location_leads_to_another_host),
        cmocka_unit_test(test_the_path_is_encoded_again),
        cmocka_unit_test(test_dot_segments_are_gone_from_the_location),
        cmocka_unit_test(test_a_redirection_explains_itself),
        cmocka_unit_test(test_a_location_fits_a_request_line),
        cmocka_unit_test(test_a_location_that_grows_too_long_by_encoding_is_a_414),
    };
    return cmocka_run_group_tests(tests, make_site, ask_close);
}
