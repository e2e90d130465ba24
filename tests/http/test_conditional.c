/* Which precondition counts, and what follows from it: RFC 9110 §13.2.2. */
#include "http/conditional.h"
#include "tests/support/http_request.h"

static const int64_t now = 1795395723; /* Mon, 23 Nov 2026 01:02:03 GMT */

static const struct http_validators file = {"\"abc\"", 784111777, true};
static const struct http_validators without_validators = {"", 0, false};

static enum http_status evaluate(const char *method, const char *lines)
{
    struct http_request request = hand_made_request(method, text_of("/"), 1, lines);
    return http_evaluate_preconditions(&request, &file, now);
}

static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "get", "Head", "GETS",
    "GE", "HEADER", "PATCH", "G", "PROPFIND"};

static bool reads(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static void test_without_a_precondition_every_method_is_applied(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(methods); i++) {
        assert_int_equal(evaluate(methods[i], ""), HTTP_OK);
        assert_int_equal(evaluate(methods[i], "Host: a\r\nAccept: */*\r\n"), HTTP_OK);
    }
}

/* If-Range asks about the range, not about the method. */
static void test_other_fields_are_no_precondition(void **state)
{
    (void)state;
    assert_int_equal(evaluate("GET", "If-Range: \"x\"\r\nRange: bytes=0-0\r\n"), HTTP_OK);
    assert_int_equal(evaluate("GET", "If: \"abc\"\r\nMatch: \"x\"\r\n"), HTTP_OK);
    assert_int_equal(evaluate("GET", "If-Matches: \"x\"\r\nIf-Matc: \"x\"\r\n"), HTTP_OK);
    assert_int_equal(evaluate("GET", "X-If-None-Match: \"abc\"\r\n"), HTTP_OK);
    assert_int_equal(evaluate("GET", "None-Match: \"abc\"\r\nETag: \"abc\"\r\n"), HTTP_OK);
    assert_int_equal(evaluate("GET", "Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), HTTP_OK);
}

static void test_a_false_if_match_fails_whatever_the_method(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(methods); i++) {
        assert_int_equal(evaluate(methods[i], "If-Match: \"x\"\r\n"), HTTP_PRECONDITION_FAILED);
        assert_int_equal(evaluate(methods[i], "If-Match: \"abc\"\r\n"), HTTP_OK);
    }
}

static void test_a_false_if_unmodified_since_fails_whatever_the_method(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(methods); i++) {
        assert_int_equal(
            evaluate(methods[i], "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n"),
            HTTP_PRECONDITION_FAILED);
        assert_int_equal(
            evaluate(methods[i], "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
            HTTP_OK);
    }
}

static void test_a_false_if_none_match_is_304_for_get_and_head_and_412_for_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(methods); i++) {
        assert_int_equal(evaluate(methods[i], "If-None-Match: \"abc\"\r\n"),
            reads(methods[i]) ? HTTP_NOT_MODIFIED : HTTP_PRECONDITION_FAILED);
        assert_int_equal(evaluate(methods[i], "If-None-Match: \"x\"\r\n"), HTTP_OK);
    }
}

/* §13.1.3 */
static void test_if_modified_since_is_for_get_and_head_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(methods); i++) {
        assert_int_equal(
            evaluate(methods[i], "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
            reads(methods[i]) ? HTTP_NOT_MODIFIED : HTTP_OK);
        assert_int_equal(
            evaluate(methods[i], "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n"), HTTP_OK);
    }
}

static void test_field_names_are_compared_ignoring_case(void **state)
{
    (void)state;
    assert_int_equal(evaluate("GET", "if-match: \"x\"\r\n"), HTTP_PRECONDITION_FAILED);
    assert_int_equal(evaluate("GET", "IF-NONE-MATCH: \"abc\"\r\n"), HTTP_NOT_MODIFIED);
    assert_int_equal(
        evaluate("GET", "if-modified-SINCE: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), HTTP_NOT_MODIFIED);
    assert_int_equal(evaluate("GET", "IF-Unmodified-since: Sun, 06 Nov 1994 08:49:36 GMT\r\n"),
        HTTP_PRECONDITION_FAILED);
}

/* What a field can say, and the value that says so. */
enum saying { ABSENT, TRUE, FALSE, UNREADABLE, SAYINGS };

static const char *const if_match[] = {NULL, "\"abc\"", "\"x\"", "abc"};
static const char *const if_none_match[] = {NULL, "\"x\"", "\"abc\"", "abc"};
static const char *const if_modified_since[] = {
    NULL, "Sun, 06 Nov 1994 08:49:36 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", "yesterday"};
static const char *const if_unmodified_since[] = {
    NULL, "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:36 GMT", "yesterday"};

struct sayings {
    enum saying match, unmodified, none_match, modified;
};

/* The steps as they stand in §13.2.2. An If-Match that cannot be read is false (§13.1.1:
 * otherwise), and such an If-None-Match true (§13.1.2); a date that cannot be read is ignored. */
static enum http_status expected(struct sayings sayings, const char *method)
{
    bool get_or_head = reads(method);
    if (sayings.match != ABSENT) {
        if (sayings.match != TRUE) return HTTP_PRECONDITION_FAILED;
    } else if (sayings.unmodified == FALSE) {
        return HTTP_PRECONDITION_FAILED;
    }
    if (sayings.none_match == FALSE)
        return get_or_head ? HTTP_NOT_MODIFIED : HTTP_PRECONDITION_FAILED;
    if (get_or_head && sayings.none_match == ABSENT && sayings.modified == FALSE)
        return HTTP_NOT_MODIFIED;
    return HTTP_OK;
}

static void add_line(char *lines, const char *name, const char *value)
{
    if (value != NULL) sprintf(lines + strlen(lines), "%s: %s\r\n", name, value);
}

/* The lines in the order of the steps, and the other way round. */
static void assert_sayings(struct sayings sayings, const char *method)
{
    char forth[512] = "";
    char back[512] = "";
    add_line(forth, "If-Match", if_match[sayings.match]);
    add_line(forth, "If-Unmodified-Since", if_unmodified_since[sayings.unmodified]);
    add_line(forth, "If-None-Match", if_none_match[sayings.none_match]);
    add_line(forth, "If-Modified-Since", if_modified_since[sayings.modified]);
    add_line(back, "If-Modified-Since", if_modified_since[sayings.modified]);
    add_line(back, "If-None-Match", if_none_match[sayings.none_match]);
    add_line(back, "If-Unmodified-Since", if_unmodified_since[sayings.unmodified]);
    add_line(back, "If-Match", if_match[sayings.match]);
    if (evaluate(method, forth) != expected(sayings, method) ||
        evaluate(method, back) != expected(sayings, method))
        fail_msg("%s\n%s", method, forth);
}

static void test_preconditions_are_evaluated_in_the_order_of_the_rfc(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SAYINGS * SAYINGS * SAYINGS * SAYINGS; i++) {
        struct sayings sayings = {i % SAYINGS, i / SAYINGS % SAYINGS,
            i / (SAYINGS * SAYINGS) % SAYINGS, i / (SAYINGS * SAYINGS * SAYINGS)};
        for (size_t j = 0; j < COUNT(methods); j++) assert_sayings(sayings, methods[j]);
    }
}

/* A few of these as they are met, lest the test above shares an error with the code. */
static void test_a_tag_that_differs_outweighs_a_date_that_does_not(void **state)
{
    (void)state;
    assert_int_equal(evaluate("GET",
                         "If-None-Match: \"x\"\r\n"
                         "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
        HTTP_OK);
    assert_int_equal(evaluate("PUT",
                         "If-Match: \"abc\"\r\n"
                         "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n"),
        HTTP_OK);
}

static void test_a_lost_update_is_refused_before_a_cache_is_asked(void **state)
{
    (void)state;
    assert_int_equal(
        evaluate("GET", "If-None-Match: \"abc\"\r\nIf-Match: \"x\"\r\n"), HTTP_PRECONDITION_FAILED);
    assert_int_equal(
        evaluate("GET", "If-None-Match: \"abc\"\r\nIf-Match: \"abc\"\r\n"), HTTP_NOT_MODIFIED);
}

/* §13.1.3, §13.1.4: there, not readable, is enough to have the date ignored. */
static void test_a_list_without_an_element_still_puts_the_date_out_of_force(void **state)
{
    static const char *const values[] = {"", ",", " , ,", "x", "\"x"};
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        char lines[128];
        snprintf(lines, sizeof lines,
            "If-None-Match: %s\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", values[i]);
        assert_int_equal(evaluate("GET", lines), HTTP_OK);
        snprintf(lines, sizeof lines,
            "If-Match: %s\r\nIf-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", values[i]);
        assert_int_equal(evaluate("GET", lines), HTTP_PRECONDITION_FAILED);
    }
}

/* §13.1.1, §13.1.2: "*" is any current representation, and the file is one. */
static void test_an_asterisk_matches_even_a_file_without_validators(void **state)
{
    static const struct http_validators *const files[] = {&file, &without_validators};
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        struct http_request request = request_with(1, "If-Match: *\r\n");
        assert_int_equal(http_evaluate_preconditions(&request, files[i], now), HTTP_OK);
        request = request_with(1, "If-None-Match: *\r\n");
        assert_int_equal(http_evaluate_preconditions(&request, files[i], now), HTTP_NOT_MODIFIED);
        request = hand_made_request("PUT", text_of("/"), 1, "If-None-Match: *\r\n");
        assert_int_equal(
            http_evaluate_preconditions(&request, files[i], now), HTTP_PRECONDITION_FAILED);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_precondition_every_method_is_applied),
        cmocka_unit_test(test_other_fields_are_no_precondition),
        cmocka_unit_test(test_a_false_if_match_fails_whatever_the_method),
        cmocka_unit_test(test_a_false_if_unmodified_since_fails_whatever_the_method),
        cmocka_unit_test(test_a_false_if_none_match_is_304_for_get_and_head_and_412_for_others),
        cmocka_unit_test(test_if_modified_since_is_for_get_and_head_alone),
        cmocka_unit_test(test_field_names_are_compared_ignoring_case),
        cmocka_unit_test(test_preconditions_are_evaluated_in_the_order_of_the_rfc),
        cmocka_unit_test(test_a_tag_that_differs_outweighs_a_date_that_does_not),
        cmocka_unit_test(test_a_lost_update_is_refused_before_a_cache_is_asked),
        cmocka_unit_test(test_a_list_without_an_element_still_puts_the_date_out_of_force),
        cmocka_unit_test(test_an_asterisk_matches_even_a_file_without_validators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
