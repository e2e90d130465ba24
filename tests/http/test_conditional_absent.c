/* Preconditions where there is no file, as for a PUT that makes one: RFC 9110 §13.1. */
#include "http/conditional.h"
#include "tests/support/http_request.h"

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"

static const int64_t now = 1795395723; /* Mon, 23 Nov 2026 01:02:03 GMT */

static void assert_evaluates(const char *lines, enum http_status expected)
{
    static const char *const methods[] = {"PUT", "POST", "DELETE"};
    for (size_t i = 0; i < COUNT(methods); i++) {
        struct http_request request = hand_made_request(methods[i], text_of("/"), 1, lines);
        enum http_status status = http_evaluate_preconditions(&request, NULL, now);
        if (status != expected) fail_msg("%s %s: %d", methods[i], lines, (int)status);
    }
}

/* §13.1.1: "*" is false where there is no current representation, and no tag matches one. */
static void test_if_match_fails_where_there_is_no_file(void **state)
{
    (void)state;
    assert_evaluates("If-Match: *\r\n", HTTP_PRECONDITION_FAILED);
    assert_evaluates("If-Match: \"abc\"\r\n", HTTP_PRECONDITION_FAILED);
    assert_evaluates("If-Match: *\r\nIf-None-Match: *\r\n", HTTP_PRECONDITION_FAILED);
}

/* §13.1.2: likewise, and there it holds. */
static void test_if_none_match_holds_where_there_is_no_file(void **state)
{
    (void)state;
    assert_evaluates("If-None-Match: *\r\n", HTTP_OK);
    assert_evaluates("If-None-Match: \"abc\"\r\n", HTTP_OK);
}

/* §13.1.4: ignored where there is no modification date. */
static void test_dates_are_ignored_where_there_is_no_file(void **state)
{
    (void)state;
    assert_evaluates("If-Unmodified-Since: " DATE "\r\n", HTTP_OK);
    assert_evaluates("If-Modified-Since: " DATE "\r\n", HTTP_OK);
    assert_evaluates("", HTTP_OK);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_if_match_fails_where_there_is_no_file),
        cmocka_unit_test(test_if_none_match_holds_where_there_is_no_file),
        cmocka_unit_test(test_dates_are_ignored_where_there_is_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
