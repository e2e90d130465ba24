/* What a handler refuses: 404, 403, 405, 503, and how that is explained. */
#include "tests/server/ask.h"
#include "tests/support/child.h"

#include <sys/resource.h>

#define ASK(target) ask("GET " target " HTTP/1.1\r\nHost: a.example\r\n\r\n")
#define ASK_ACCEPTING(target, accept)                                                              \
    ask("GET " target " HTTP/1.1\r\nHost: a.example\r\nAccept: " accept "\r\n\r\n")

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/index.html", "<p>the index</p>");
    site_file("root/secret.txt", "nobody reads this");
    site_file("root/.hidden", "hidden");
    site_file("outside/file.txt", "outside");
    site_link("root/leak.txt", "../outside/file.txt");
    site_directory("root/bare");
    return fchmodat(site.directory, "root/secret.txt", 0, 0);
}

static int make_site_with_page(void **state)
{
    if (make_site(state) != 0) return -1;
    site_file("root/404.html", "<p>the page of the site</p>");
    return 0;
}

static void assert_refusal(const struct exchange *exchange, enum http_status status, bool html)
{
    assert_int_equal(exchange->response.status, status);
    assert_false(exchange->response.broken);
    assert_int_equal(exchange->file.descriptor, -1);
    assert_field(&exchange->response, "Content-Type",
        html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8");
    assert_field(&exchange->response, "Vary", "Accept");
    assert_length_is_right(exchange);
    assert_no_field(&exchange->response, "Location");
}

static void test_what_is_not_there_is_a_404_that_explains_itself(void **state)
{
    (void)state;
    assert_refusal(ASK("/nothing"), HTTP_NOT_FOUND, false);
    const char *content = answered_content(asked);
    assert_int_equal(strncmp(content, "404 Not Found. ", 15), 0);
    assert_non_null(strstr(content, "(RFC 9110 §15.5.5)"));
}

static void test_what_is_not_served_looks_like_what_is_not_there(void **state)
{
    char nothing[PAGE_SIZE];
    (void)state;
    snprintf(nothing, sizeof nothing, "%s", answered_content(ASK("/nothing")));
    assert_refusal(ASK("/.hidden"), HTTP_NOT_FOUND, false);
    assert_string_equal(answered_content(asked), nothing);
    assert_refusal(ASK("/leak.txt"), HTTP_NOT_FOUND, false);
    assert_string_equal(answered_content(asked), nothing);
    assert_refusal(ASK("/bare/"), HTTP_NOT_FOUND, false);
    assert_refusal(ASK("/index.html/"), HTTP_NOT_FOUND, false);
    assert_refusal(ASK("/index.html/x"), HTTP_NOT_FOUND, false);
}

static void test_html_is_for_who_names_it(void **state)
{
    (void)state;
    assert_refusal(ASK_ACCEPTING("/nothing", "text/html"), HTTP_NOT_FOUND, true);
    assert_refusal(ASK_ACCEPTING("/nothing", "TEXT/HTML"), HTTP_NOT_FOUND, true);
    assert_refusal(ASK_ACCEPTING("/nothing", "image/*, text/html;q=0.9"), HTTP_NOT_FOUND, true);
    assert_refusal(ASK_ACCEPTING("/nothing", "text/html ;level=1"), HTTP_NOT_FOUND, true);
    assert_refusal(ASK_ACCEPTING("/nothing", "a/b\r\nAccept: ,text/html"), HTTP_NOT_FOUND, true);
}

static void test_plain_text_is_for_everybody_else(void **state)
{
    (void)state;
    assert_refusal(ASK_ACCEPTING("/nothing", "*/*"), HTTP_NOT_FOUND, false);
    assert_refusal(ASK_ACCEPTING("/nothing", "text/*"), HTTP_NOT_FOUND, false);
    assert_refusal(ASK_ACCEPTING("/nothing", "text/html5"), HTTP_NOT_FOUND, false);
    assert_refusal(ASK_ACCEPTING("/nothing", "application/xhtml+xml"), HTTP_NOT_FOUND, false);
    assert_refusal(ASK_ACCEPTING("/nothing", "a/b;c=\"x,text/html\""), HTTP_NOT_FOUND, false);
    assert_refusal(ASK_ACCEPTING("/nothing", ""), HTTP_NOT_FOUND, false);
}

/* RFC 9110 §12.4.2: a weight of 0 means "not acceptable". */
static void test_html_is_not_for_who_refuses_it(void **state)
{
    (void)state;
    assert_refusal(ASK_ACCEPTING("/nothing", "text/html;q=0, */*"), HTTP_NOT_FOUND, false);
    assert_refusal(ASK_ACCEPTING("/nothing", "text/html; q=0.000"), HTTP_NOT_FOUND, false);
}

/* The status' page is a document of its own, not an octet of the request in it. */
static void test_no_octet_of_the_request_is_in_a_page(void **state)
{
    static const char *const accepts[] = {"text/plain", "text/html"};
    char head[512];
    (void)state;
    for (size_t i = 0; i < COUNT(accepts); i++) {
        snprintf(head, sizeof head,
            "GET /Qzx<script>\"Qzx\"?Qzx HTTP/1.1\r\nHost: qzx.example\r\nAccept: %s\r\n"
            "User-Agent: Qzx\r\nReferer: Qzx\r\n\r\n",
            accepts[i]);
        const struct exchange *exchange = ask(head);
        assert_int_equal(exchange->response.status, HTTP_NOT_FOUND);
        assert_null(strcasestr(answered_content(exchange), "qzx"));
        assert_null(memmem(exchange->response.fields, exchange->response.fields_length, "Qzx", 3));
    }
}

static void test_the_page_of_the_site_is_sent_where_html_is_wanted(void **state)
{
    const struct exchange *exchange = ASK_ACCEPTING("/nothing", "text/html");
    (void)state;
    assert_int_equal(exchange->response.status, HTTP_NOT_FOUND);
    assert_true(holds_file(exchange));
    assert_string_equal(answered_content(exchange), "<p>the page of the site</p>");
    assert_length_is_right(exchange);
    assert_field(&exchange->response, "Content-Type", "text/html; charset=utf-8");
    assert_field(&exchange->response, "Vary", "Accept");
    assert_field(&exchange->response, "Cache-Control", "no-cache");
}

static void test_the_page_of_the_site_is_not_sent_to_others(void **state)
{
    (void)state;
    assert_refusal(ASK_ACCEPTING("/nothing", "*/*"), HTTP_NOT_FOUND, false);
    assert_null(strstr(answered_content(asked), "the page of the site"));
}

/* The file is there for all, but its permissions say no: to anybody but root. */
static int ask_as_nobody(void *head)
{
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) return 2;
    ask(head);
    return 0;
}

static void test_a_file_without_read_permission_is_a_403(void **state)
{
    char head[] = "GET /secret.txt HTTP/1.1\r\nHost: a\r\n\r\n";
    (void)state;
    assert_int_equal(run_in_child(ask_as_nobody, head), 0);
    assert_refusal(asked, HTTP_FORBIDDEN, false);
    const char *content = answered_content(asked);
    assert_int_equal(strncmp(content, "403 Forbidden. ", 15), 0);
    assert_non_null(strstr(content, "(RFC 9110 §15.5.4)"));
}

/* No descriptor is free. */
static int ask_exhausted(void *head)
{
    struct rlimit limit;
    int lowest = dup(0);
    if (lowest < 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0) return 2;
    close(lowest);
    limit.rlim_cur = (rlim_t)lowest;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return 3;
    ask(head);
    return 0;
}

static void assert_exhausted(const char *target, bool html)
{
    char head[128];
    char text[] = "text/html";
    snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: a\r\nAccept: %s\r\n\r\n", target,
        html ? text : "*/*");
    assert_int_equal(run_in_child(ask_exhausted, head), 0);
    assert_refusal(asked, HTTP_SERVICE_UNAVAILABLE, html);
    assert_field(&asked->response, "Retry-After", "1");
}

static void test_without_a_free_descriptor_it_is_a_503(void **state)
{
    (void)state;
    assert_exhausted("/index.html", false);
    assert_exhausted("/index.html", true);
    assert_exhausted("/", false);
    assert_exhausted("/nothing", false); /* whether it is there cannot be known */
}

static void test_a_404_says_nothing_of_trying_again(void **state)
{
    (void)state;
    assert_no_field(&ASK("/nothing")->response, "Retry-After");
    assert_no_field(&ASK("/nothing")->response, "Allow");
}

static void test_a_method_that_is_not_for_this_target_is_a_405(void **state)
{
    struct exchange *exchange = ASK("/nothing");
    (void)state;
    exchange_refuse(exchange, HTTP_FAULT_METHOD_HERE);
    assert_refusal(exchange, HTTP_METHOD_NOT_ALLOWED, false);
    assert_int_equal(strncmp(answered_content(exchange), "405 Method Not Allowed. ", 24), 0);
}

static void test_a_problem_that_is_known_already_can_be_said(void **state)
{
    const struct http_problem problem = {.status = HTTP_CONTENT_TOO_LARGE,
        .sentence = "That was too much",
        .section = "RFC 9110 §15.5.14",
        .hint = "Send less."};
    struct exchange *exchange = ASK("/nothing");
    (void)state;
    exchange->problem = problem;
    exchange_refuse(exchange, HTTP_FAULT_NONE);
    assert_refusal(exchange, HTTP_CONTENT_TOO_LARGE, false);
    assert_string_equal(answered_content(exchange),
        "413 Content Too Large. That was too much (RFC 9110 §15.5.14). Send less.\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_there_is_a_404_that_explains_itself),
        cmocka_unit_test(test_what_is_not_served_looks_like_what_is_not_there),
        cmocka_unit_test(test_html_is_for_who_names_it),
        cmocka_unit_test(test_plain_text_is_for_everybody_else),
        cmocka_unit_test(test_html_is_not_for_who_refuses_it),
        cmocka_unit_test(test_no_octet_of_the_request_is_in_a_page),
        cmocka_unit_test(test_a_file_without_read_permission_is_a_403),
        cmocka_unit_test(test_without_a_free_descriptor_it_is_a_503),
        cmocka_unit_test(test_a_404_says_nothing_of_trying_again),
        cmocka_unit_test(test_a_method_that_is_not_for_this_target_is_a_405),
        cmocka_unit_test(test_a_problem_that_is_known_already_can_be_said),
    };
    const struct CMUnitTest tests_with_page[] = {
        cmocka_unit_test(test_the_page_of_the_site_is_sent_where_html_is_wanted),
        cmocka_unit_test(test_the_page_of_the_site_is_not_sent_to_others),
        cmocka_unit_test(test_no_octet_of_the_request_is_in_a_page),
    };
    int failed = cmocka_run_group_tests(tests, make_site, ask_close);
    return failed + cmocka_run_group_tests(tests_with_page, make_site_with_page, ask_close);
}
