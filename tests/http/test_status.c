/* Status codes and their reason phrases, RFC 9110 §15. */
#include "http/status.h"
#include "tests/support/http.h"

struct phrase {
    int status;
    const char *phrase;
};

/* All of RFC 9110 §15, and those of RFC 6585 (428 to 431). */
static const struct phrase registered[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

static const enum http_status sent[] = {
#define STATUS(name, code, phrase) HTTP_##name,
#include "http/statuses.def"
#undef STATUS
};

static const char *phrase_of(int status)
{
    for (size_t i = 0; i < COUNT(registered); i++)
        if (registered[i].status == status) return registered[i].phrase;
    return NULL;
}

static void test_each_status_that_is_sent_has_the_phrase_of_the_rfc(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sent); i++)
        assert_string_equal(http_reason_phrase(sent[i]), phrase_of((int)sent[i]));
    assert_int_equal(HTTP_CONTINUE, 100);
    assert_int_equal(HTTP_BAD_REQUEST, 400);
    assert_int_equal(HTTP_VERSION_NOT_SUPPORTED, 505);
}

/* Any other is an internal error, or has become one that is sent, with its own phrase. */
static void test_no_status_has_the_phrase_of_another(void **state)
{
    (void)state;
    for (int status = 0; status < 1000; status++) {
        const char *phrase = http_reason_phrase((enum http_status)status);
        const char *own = phrase_of(status);
        if (strcmp(phrase, "Internal Server Error") != 0 &&
            (own == NULL || strcmp(phrase, own) != 0))
            fail_msg("%d %s", status, phrase);
    }
}

static void test_no_decision_is_an_internal_error(void **state)
{
    (void)state;
    assert_int_equal(HTTP_REFUSED, 0);
    assert_string_equal(http_reason_phrase(HTTP_REFUSED), "Internal Server Error");
}

static const enum http_fault faults[] = {
#define PROBLEM(name, status, section, sentence, hint) HTTP_FAULT_##name,
#include "http/problems.def"
#undef PROBLEM
};

/* A refusal is false, so that a check can return it. */
static void test_every_fault_explains_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct http_problem problem = unfilled_problem();
        assert_false(http_refuse(&problem, faults[i], NULL));
        assert_explained(&problem);
        assert_non_null(phrase_of((int)problem.status));
    }
}

/* A sentence goes into HTML and into plain text as it is. */
static void test_no_sentence_needs_escaping(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct http_problem problem;
        http_refuse(&problem, faults[i], NULL);
        assert_null(strpbrk(problem.sentence, "<>&\r\n"));
        assert_null(strpbrk(problem.section, "<>&\r\n"));
        assert_true(problem.hint == NULL || strpbrk(problem.hint, "<>&\r\n") == NULL);
    }
}

static void test_zero_of_every_outcome_is_a_refusal(void **state)
{
    (void)state;
    assert_int_equal(HTTP_INVALID, 0);
    assert_int_not_equal(HTTP_INCOMPLETE, HTTP_INVALID);
    assert_int_not_equal(HTTP_COMPLETE, HTTP_INVALID);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_status_that_is_sent_has_the_phrase_of_the_rfc),
        cmocka_unit_test(test_no_status_has_the_phrase_of_another),
        cmocka_unit_test(test_no_decision_is_an_internal_error),
        cmocka_unit_test(test_every_fault_explains_itself),
        cmocka_unit_test(test_no_sentence_needs_escaping),
        cmocka_unit_test(test_zero_of_every_outcome_is_a_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
