/* Files in other codings that lie beside a file: which of them is sent. RFC 9110 §12.5.3. */
#include "tests/server/variants.h"
#include "tests/support/child.h"

#include <grp.h>

static void assert_no_variants(const struct exchange *exchange, const char *content)
{
    assert_int_equal(exchange->response.status, HTTP_OK);
    assert_string_equal(answered_range(exchange), content);
    assert_no_field(&exchange->response, "Content-Encoding");
    assert_no_field(&exchange->response, "Vary");
}

static void test_a_coding_that_is_accepted_is_sent(void **state)
{
    (void)state;
    assert_script("gzip", "gzip", script_gz);
    assert_script("br", "br", script_br);
    assert_script("zstd", "zstd", script_zst);
    assert_script("GZIP", "gzip", script_gz);
    assert_script("deflate, gzip", "gzip", script_gz);
}

static void test_among_equals_br_goes_before_zstd_and_gzip(void **state)
{
    (void)state;
    assert_script("gzip, deflate, br, zstd", "br", script_br);
    assert_script("gzip, zstd", "zstd", script_zst);
    assert_script("gzip;q=0.5, zstd;q=0.5, br;q=0.5, identity;q=0.1", "br", script_br);
}

static void test_the_weight_decides_first(void **state)
{
    (void)state;
    assert_script("br;q=0.5, gzip", "gzip", script_gz);
    assert_script("br;q=0.1, zstd;q=0.3, gzip;q=0.2, identity;q=0", "zstd", script_zst);
    assert_script("br;q=0, zstd;q=0, gzip", "gzip", script_gz);
}

static void test_without_a_coding_that_is_accepted_the_file_itself_is_sent(void **state)
{
    (void)state;
    assert_script("", NULL, script);
    assert_script("identity", NULL, script);
    assert_script("deflate", NULL, script);
    assert_script("br;q=0, gzip;q=0", NULL, script);
    assert_variant(ask_for("GET", "/app.js", ""), NULL, "text/javascript; charset=utf-8", script);
}

static void test_of_a_path_that_was_completed_the_variant_is_that_of_the_file(void **state)
{
    static const char html[] = "text/html; charset=utf-8";
    (void)state;
    assert_variant(ask_accepting("/", "gzip"), "gzip", html, "index in gzip");
    assert_variant(ask_accepting("/about", "gzip"), "gzip", html, "about in gzip");
    assert_variant(ask_accepting("/about?a=b", "gzip"), "gzip", html, "about in gzip");
    assert_variant(ask_accepting("/about.html", "br"), NULL, html, "about");
}

static void test_a_file_without_variants_says_nothing_of_codings(void **state)
{
    (void)state;
    assert_no_variants(ask_accepting("/alone.txt", "gzip, br, zstd"), "alone");
    assert_no_variants(ask_accepting("/app.js.gz", "gzip"), script_gz);
    assert_field(&asked->response, "Content-Type", "application/gzip");
}

static void test_what_is_no_regular_file_is_no_variant(void **state)
{
    (void)state;
    alarm(10);
    assert_no_variants(ask_accepting("/odd.txt", "gzip, br, zstd"), "odd");
    alarm(0);
}

static int ask_as_nobody(void *head)
{
    bool root = geteuid() == 0;
    if (root && (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0)) return 77;
    const struct exchange *exchange = ask(head);
    struct text value;
    if (exchange->response.status != HTTP_OK) return 1;
    if (find_response_field(&exchange->response, "Vary", &value) != 0) return 2;
    return find_response_field(&exchange->response, "Content-Encoding", &value) != 0 ? 3 : 0;
}

static void test_what_may_not_be_read_is_no_variant(void **state)
{
    char head[] = "GET /locked.txt HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n";
    (void)state;
    ask_for(
        "GET", "/alone.txt", ""); /* there is an exchange to share, and no file of the child's */
    int answer = run_in_child(ask_as_nobody, head);
    close(asked->file.descriptor);
    asked->file.descriptor = -1;
    if (answer == 77) skip();
    assert_int_equal(answer, 0);
}

static void test_a_variant_alone_is_not_the_file(void **state)
{
    (void)state;
    assert_int_equal(ask_accepting("/only.txt", "gzip")->response.status, HTTP_NOT_FOUND);
    assert_int_equal(ask_accepting("/dir", "gzip")->response.status, HTTP_MOVED_PERMANENTLY);
    assert_false(varies_with(&asked->response, "Accept-Encoding"));
}

static void test_of_all_that_was_opened_only_what_is_sent_stays_open(void **state)
{
    static const char *const codings[] = {"", "gzip", "br", "zstd", "identity", "*"};
    (void)state;
    ask_for("GET", "/nothing", "");
    size_t descriptors = count_descriptors();
    for (size_t i = 0; i < COUNT(codings); i++) {
        ask_accepting("/large.js", codings[i]);
        assert_int_equal(count_descriptors(), descriptors + 1);
    }
    ask_for("GET", "/large.js", "Accept-Encoding: br\r\nIf-None-Match: *\r\n");
    assert_int_equal(count_descriptors(), descriptors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_coding_that_is_accepted_is_sent),
        cmocka_unit_test(test_among_equals_br_goes_before_zstd_and_gzip),
        cmocka_unit_test(test_the_weight_decides_first),
        cmocka_unit_test(test_without_a_coding_that_is_accepted_the_file_itself_is_sent),
        cmocka_unit_test(test_of_a_path_that_was_completed_the_variant_is_that_of_the_file),
        cmocka_unit_test(test_a_file_without_variants_says_nothing_of_codings),
        cmocka_unit_test(test_what_is_no_regular_file_is_no_variant),
        cmocka_unit_test(test_what_may_not_be_read_is_no_variant),
        cmocka_unit_test(test_a_variant_alone_is_not_the_file),
        cmocka_unit_test(test_of_all_that_was_opened_only_what_is_sent_stays_open),
    };
    return cmocka_run_group_tests(tests, make_variants, ask_close);
}
