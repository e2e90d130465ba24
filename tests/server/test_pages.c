/* The content of responses that explain themselves. */
#include "server/pages.h"
#include "tests/support/http.h"

static const struct http_problem lf_alone = {
    .status = HTTP_BAD_REQUEST,
    .sentence = "The request line ended in LF alone; HTTP lines end in CR LF",
    .section = "RFC 9112 §2.2",
    .hint = "With netcat, use nc -C.",
};

static const struct http_problem nothing_there = {
    .status = HTTP_NOT_FOUND,
    .sentence = "Nothing is served under this path",
    .section = "RFC 9110 §15.5.5",
};

/* As a string. */
static const char *page_of(const struct http_problem *problem, bool html)
{
    static char text[PAGE_SIZE + 1];
    struct text page = page_format(problem, html, guard_space(0, PAGE_SIZE));
    assert_true(page.length > 0 && page.length <= PAGE_SIZE);
    assert_ptr_equal(memchr(page.start, '\0', page.length), NULL);
    memcpy(text, page.start, page.length);
    text[page.length] = '\0';
    return text;
}

static void assert_part(const char *page, const char *part)
{
    if (strstr(page, part) == NULL) fail_msg("no %s in:\n%s", part, page);
}

static void test_plain_text_is_status_sentence_section_and_hint(void **state)
{
    (void)state;
    assert_string_equal(page_of(&lf_alone, false),
        "400 Bad Request. The request line ended in LF alone; HTTP lines end in CR LF "
        "(RFC 9112 §2.2). With netcat, use nc -C.\n");
}

static void test_plain_text_without_a_hint_ends_with_the_section(void **state)
{
    (void)state;
    assert_string_equal(page_of(&nothing_there, false),
        "404 Not Found. Nothing is served under this path (RFC 9110 §15.5.5).\n");
}

static void test_html_says_the_same_in_a_whole_document(void **state)
{
    const char *page = page_of(&lf_alone, true);
    (void)state;
    assert_int_equal(strncmp(page, "<!doctype html>", 15), 0);
    assert_part(page, "<html lang=\"en\">");
    assert_part(page, "<meta charset=\"utf-8\">");
    assert_part(page, "<title>400 Bad Request</title>");
    assert_part(page, "<h1>400 Bad Request</h1>");
    assert_part(page, "The request line ended in LF alone; HTTP lines end in CR LF (");
    assert_part(page, "With netcat, use nc -C.");
    assert_part(page, "</html>");
}

static void test_html_links_the_section_of_its_rfc(void **state)
{
    (void)state;
    assert_part(page_of(&lf_alone, true),
        "<a href=\"https://www.rfc-editor.org/rfc/rfc9112.html#section-2.2\">RFC 9112 §2.2</a>");
    assert_part(page_of(&nothing_there, true),
        "<a href=\"https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.5\">"
        "RFC 9110 §15.5.5</a>");
}

static void test_a_page_without_a_hint_says_nothing_of_one(void **state)
{
    (void)state;
    assert_null(strstr(page_of(&nothing_there, true), "null"));
    assert_null(strstr(page_of(&nothing_there, false), "null"));
}

static void test_every_problem_of_http_has_both_pages_whole(void **state)
{
    static const struct http_problem problems[] = {
#define PROBLEM(name, code, rfc, words, advice)                                                    \
    {.status = HTTP_##code, .section = rfc, .sentence = words, .hint = advice},
#include "http/problems.def"
#undef PROBLEM
    };
    (void)state;
    for (size_t i = 0; i < COUNT(problems); i++) {
        const char *page = page_of(&problems[i], false);
        assert_part(page, problems[i].sentence);
        assert_int_equal(page[strlen(page) - 1], '\n');
        page = page_of(&problems[i], true);
        assert_part(page, problems[i].sentence);
        assert_part(page, "</html>\n");
        assert_null(strchr(problems[i].sentence, '<'));
        assert_null(strchr(problems[i].sentence, '&'));
    }
}

static void test_every_status_has_its_own_page(void **state)
{
    static const struct {
        enum http_status status;
        const char *start;
    } pages[] = {
        {HTTP_MOVED_PERMANENTLY, "301 Moved Permanently. "},
        {HTTP_PERMANENT_REDIRECT, "308 Permanent Redirect. "},
        {HTTP_BAD_REQUEST, "400 Bad Request. "},
        {HTTP_FORBIDDEN, "403 Forbidden. "},
        {HTTP_NOT_FOUND, "404 Not Found. "},
        {HTTP_METHOD_NOT_ALLOWED, "405 Method Not Allowed. "},
        {HTTP_REQUEST_TIMEOUT, "408 Request Timeout. "},
        {HTTP_CONTENT_TOO_LARGE, "413 Content Too Large. "},
        {HTTP_URI_TOO_LONG, "414 URI Too Long. "},
        {HTTP_EXPECTATION_FAILED, "417 Expectation Failed. "},
        {HTTP_MISDIRECTED_REQUEST, "421 Misdirected Request. "},
        {HTTP_FIELDS_TOO_LARGE, "431 Request Header Fields Too Large. "},
        {HTTP_INTERNAL_SERVER_ERROR, "500 Internal Server Error. "},
        {HTTP_NOT_IMPLEMENTED, "501 Not Implemented. "},
        {HTTP_SERVICE_UNAVAILABLE, "503 Service Unavailable. "},
        {HTTP_VERSION_NOT_SUPPORTED, "505 HTTP Version Not Supported. "},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(pages); i++) {
        struct http_problem problem = lf_alone;
        problem.status = pages[i].status;
        const char *page = page_of(&problem, false);
        assert_int_equal(strncmp(page, pages[i].start, strlen(pages[i].start)), 0);
    }
}

/* Four times as long as any that is in use. */
static void test_a_long_sentence_fits(void **state)
{
    char sentence[301];
    char hint[201];
    (void)state;
    memset(sentence, 's', sizeof sentence - 1);
    memset(hint, 'h', sizeof hint - 1);
    sentence[300] = hint[200] = '\0';
    const struct http_problem problem = {.status = HTTP_FIELDS_TOO_LARGE,
        .sentence = sentence,
        .section = "RFC 9110 §15.5.22.10",
        .hint = hint};
    assert_part(page_of(&problem, true), "</html>\n");
    assert_part(page_of(&problem, false), hint);
}

static void test_what_does_not_fit_is_cut_within_the_page(void **state)
{
    char sentence[2 * PAGE_SIZE];
    (void)state;
    memset(sentence, 's', sizeof sentence - 1);
    sentence[sizeof sentence - 1] = '\0';
    struct http_problem problem = lf_alone;
    problem.sentence = sentence;
    assert_int_equal(strncmp(page_of(&problem, false), "400 Bad", 7), 0);
    assert_int_equal(strncmp(page_of(&problem, true), "<!doctype", 9), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_text_is_status_sentence_section_and_hint),
        cmocka_unit_test(test_plain_text_without_a_hint_ends_with_the_section),
        cmocka_unit_test(test_html_says_the_same_in_a_whole_document),
        cmocka_unit_test(test_html_links_the_section_of_its_rfc),
        cmocka_unit_test(test_a_page_without_a_hint_says_nothing_of_one),
        cmocka_unit_test(test_every_problem_of_http_has_both_pages_whole),
        cmocka_unit_test(test_every_status_has_its_own_page),
        cmocka_unit_test(test_a_long_sentence_fits),
        cmocka_unit_test(test_what_does_not_fit_is_cut_within_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
