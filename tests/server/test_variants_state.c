/* What is said of a file in another coding: it is a representation of its own, with its own length,
 * validators and parts. RFC 9110 §8.8.3.3. */
#include "tests/server/variants.h"

/* RFC 9110 §8.8.3.3: not even where size and time are the same. */
static void test_each_variant_has_a_tag_of_its_own(void **state)
{
    (void)state;
    assert_string_not_equal(
        tag_with("/app.js", ""), tag_with("/app.js", "Accept-Encoding: gzip\r\n"));
    assert_string_not_equal(tag_with("/app.js", "Accept-Encoding: br\r\n"),
        tag_with("/app.js", "Accept-Encoding: gzip\r\n"));
    assert_string_not_equal(
        tag_with("/same.txt", ""), tag_with("/same.txt", "Accept-Encoding: gzip\r\n"));
}

static void test_a_variant_has_the_time_of_its_own_file(void **state)
{
    (void)state;
    site_time("root/app.js.br", VARIANTS_TIME + 1, 0);
    assert_field(&ask_accepting("/app.js", "br")->response, "Last-Modified",
        "Sun, 06 Nov 1994 08:49:38 GMT");
    assert_field(&ask_accepting("/app.js", "gzip")->response, "Last-Modified",
        "Sun, 06 Nov 1994 08:49:37 GMT");
    site_time("root/app.js.br", VARIANTS_TIME, 0);
}

/* RFC 9110 §15.4.5: Vary as in the 200. */
static void test_a_304_for_a_variant_has_its_tag_and_vary(void **state)
{
    char lines[200];
    const char *tag = tag_with("/app.js", "Accept-Encoding: gzip\r\n");
    (void)state;
    snprintf(lines, sizeof lines, "Accept-Encoding: gzip\r\nIf-None-Match: %s\r\n", tag);
    const struct exchange *exchange = ask_for("GET", "/app.js", lines);
    assert_int_equal(exchange->response.status, HTTP_NOT_MODIFIED);
    assert_field(&exchange->response, "ETag", tag);
    assert_field(&exchange->response, "Vary", "Accept-Encoding");
    assert_no_field(&exchange->response, "Content-Encoding");
    assert_int_equal(count_field_lines(&exchange->response), 5);
}

static void test_the_tag_of_one_variant_is_not_that_of_another(void **state)
{
    char lines[200];
    (void)state;
    snprintf(lines, sizeof lines, "Accept-Encoding: br\r\nIf-None-Match: %s\r\n",
        tag_with("/app.js", "Accept-Encoding: gzip\r\n"));
    assert_variant(
        ask_for("GET", "/app.js", lines), "br", "text/javascript; charset=utf-8", script_br);
    snprintf(lines, sizeof lines, "If-None-Match: %s\r\n",
        tag_with("/app.js", "Accept-Encoding: gzip\r\n"));
    assert_variant(
        ask_for("GET", "/app.js", lines), NULL, "text/javascript; charset=utf-8", script);
}

/* Of its octets, not of those of the file: RFC 9110 §14.1. */
static void test_a_part_is_a_part_of_the_variant(void **state)
{
    const struct exchange *exchange =
        ask_for("GET", "/app.js", "Accept-Encoding: gzip\r\nRange: bytes=4-9\r\n");
    (void)state;
    assert_int_equal(exchange->response.status, HTTP_PARTIAL_CONTENT);
    assert_field(&exchange->response, "Content-Range", "bytes 4-9/32");
    assert_field(&exchange->response, "Content-Encoding", "gzip");
    assert_field(&exchange->response, "Vary", "Accept-Encoding");
    assert_string_equal(answered_range(exchange), "script");
    exchange = ask_for("GET", "/app.js", "Accept-Encoding: gzip\r\nRange: bytes=32-\r\n");
    assert_int_equal(exchange->response.status, HTTP_RANGE_NOT_SATISFIABLE);
    assert_field(&exchange->response, "Content-Range", "bytes */32");
}

static void test_a_refusal_varies_by_both_and_has_no_coding(void **state)
{
    static const char *const lines[] = {"Accept-Encoding: gzip\r\nIf-Match: \"a\"\r\n",
        "Accept-Encoding: gzip\r\nRange: bytes=1000-\r\n", "If-Match: \"a\"\r\n",
        "Range: bytes=1000-\r\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        const struct exchange *exchange = ask_for("GET", "/app.js", lines[i]);
        assert_true(exchange->response.status >= 400);
        assert_true(varies_with(&exchange->response, "Accept-Encoding"));
        assert_true(varies_with(&exchange->response, "Accept"));
        assert_no_field(&exchange->response, "Content-Encoding");
        assert_length_is_right(exchange);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_variant_has_a_tag_of_its_own),
        cmocka_unit_test(test_a_variant_has_the_time_of_its_own_file),
        cmocka_unit_test(test_a_304_for_a_variant_has_its_tag_and_vary),
        cmocka_unit_test(test_the_tag_of_one_variant_is_not_that_of_another),
        cmocka_unit_test(test_a_part_is_a_part_of_the_variant),
        cmocka_unit_test(test_a_refusal_varies_by_both_and_has_no_coding),
    };
    return cmocka_run_group_tests(tests, make_variants, ask_close);
}
