/* The forms of a request target: which there are, for which method, with which authority and
 * query. RFC 9112 §3.2. */
#include "http/target.h"
#include "tests/support/http_request.h"

static enum http_status parse_target(
    const char *method, const char *target, const char *lines, struct http_target *parsed)
{
    struct http_problem problem = unfilled_problem();
    struct text text = {target, strlen(target)};
    struct http_request request = hand_made_request(method, text, 1, lines);
    memset(parsed, 0xa5, sizeof *parsed);
    if (http_parse_target(&request, parsed, &problem)) return HTTP_OK;
    assert_explained(&problem);
    return problem.status;
}

struct target {
    const char *target;
    const char *path;
    const char *query;
    const char *authority;
};

static void assert_targets(const struct target targets[], size_t count, enum http_target_form form)
{
    static struct http_target parsed;
    for (size_t i = 0; i < count; i++) {
        enum http_status status = parse_target("GET", targets[i].target, "Host: h\r\n", &parsed);
        if (status != HTTP_OK) fail_msg("%s: status %d", targets[i].target, (int)status);
        assert_string_equal(parsed.path, targets[i].path);
        assert_int_equal(parsed.path_length, strlen(targets[i].path));
        assert_int_equal(parsed.form, form);
        assert_text(parsed.query, targets[i].query);
        assert_text(parsed.authority, targets[i].authority);
    }
}

/* RFC 9112 §3.2.1. The query is kept as it is, with its question mark; only the first one starts
 * it. */
static const struct target origin_forms[] = {
    {"/", "/", "", "h"},
    {"/a", "/a", "", "h"},
    {"/a/b.html", "/a/b.html", "", "h"},
    {"/?", "/", "?", "h"},
    {"/a?b", "/a", "?b", "h"},
    {"/a?b?c=/d/../e", "/a", "?b?c=/d/../e", "h"},
    {"/?%", "/", "?%", "h"},
    {"/?%00%zz%2f", "/", "?%00%zz%2f", "h"},
    {"/a:b", "/a:b", "", "h"},
    {"/http://b/c", "/http:/b/c", "", "h"},
    {"/a;b=c&d+e", "/a;b=c&d+e", "", "h"},
    {"/*", "/*", "", "h"},
    {"/a?http://b/", "/a", "?http://b/", "h"},
};

static void test_origin_form_is_a_path_and_a_query(void **state)
{
    (void)state;
    assert_targets(origin_forms, COUNT(origin_forms), HTTP_ORIGIN_FORM);
}

/* RFC 9112 §3.2.2: its authority replaces Host; RFC 3986 §3.1: schemes ignore case. RFC 9110
 * §4.2.3: an empty path is "/". */
static const struct target absolute_forms[] = {
    {"http://a", "/", "", "a"},
    {"http://a/", "/", "", "a"},
    {"http://a.example:80/b/c", "/b/c", "", "a.example:80"},
    {"HTTP://a/b", "/b", "", "a"},
    {"hTtP://A/B", "/B", "", "A"},
    {"http://a?b", "/", "?b", "a"},
    {"http://a/b?c=http://d/", "/b", "?c=http://d/", "a"},
    {"http://a?b/c", "/", "?b/c", "a"},
    {"http://[::1]:8080/b", "/b", "", "[::1]:8080"},
    {"http://a:/b", "/b", "", "a:"},
    {"http://a//b", "/b", "", "a"},
    {"http://192.0.2.1/b", "/b", "", "192.0.2.1"},
};

static void test_absolute_form_replaces_host(void **state)
{
    (void)state;
    assert_targets(absolute_forms, COUNT(absolute_forms), HTTP_ABSOLUTE_FORM);
}

struct refusal {
    const char *method;
    const char *target;
    enum http_status expected;
};

static const struct refusal refusals[] = {
    /* RFC 9110 §4.2.1: an empty host is invalid. */
    {"GET", "http://", HTTP_BAD_REQUEST},
    {"GET", "http:///", HTTP_BAD_REQUEST},
    {"GET", "http:///a", HTTP_BAD_REQUEST},
    {"GET", "http://?a", HTTP_BAD_REQUEST},
    {"GET", "http://:80/", HTTP_BAD_REQUEST},
    /* RFC 9110 §4.2.4: user information is an error. */
    {"GET", "http://user@a/", HTTP_BAD_REQUEST},
    {"GET", "http://user:secret@a/", HTTP_BAD_REQUEST},
    {"GET", "http://@a/", HTTP_BAD_REQUEST},
    {"GET", "http://a:80:80/", HTTP_BAD_REQUEST},
    {"GET", "http://a:8x/", HTTP_BAD_REQUEST},
    {"GET", "http://[::1/", HTTP_BAD_REQUEST},
    {"GET", "http://[]/", HTTP_BAD_REQUEST},
    {"GET", "http://a\\b/", HTTP_BAD_REQUEST},
    {"GET", "http://a/../b", HTTP_BAD_REQUEST},
    {"GET", "http://a/%", HTTP_BAD_REQUEST},
    {"GET", "http://a/%2f", HTTP_NOT_FOUND},
    /* RFC 9110 §7.4 */
    {"GET", "https://a/", HTTP_MISDIRECTED_REQUEST},
    {"GET", "HTTPS://a/b", HTTP_MISDIRECTED_REQUEST},
    {"GET", "https://a:80/", HTTP_MISDIRECTED_REQUEST},
    /* other schemes, and what only looks like http */
    {"GET", "ftp://a/", HTTP_BAD_REQUEST},
    {"GET", "httpx://a/", HTTP_BAD_REQUEST},
    {"GET", "xhttp://a/", HTTP_BAD_REQUEST},
    {"GET", "file:///etc/passwd", HTTP_BAD_REQUEST},
    {"GET", "http:", HTTP_BAD_REQUEST},
    {"GET", "http:/", HTTP_BAD_REQUEST},
    {"GET", "http:a", HTTP_BAD_REQUEST},
    {"GET", "http:/a/b", HTTP_BAD_REQUEST},
    {"GET", "http:/xa/b", HTTP_BAD_REQUEST},
    {"GET", "httpx//a/b", HTTP_BAD_REQUEST},
    {"GET", "://a/", HTTP_BAD_REQUEST},
    {"GET", ":", HTTP_BAD_REQUEST},
    /* no form at all */
    {"GET", "a", HTTP_BAD_REQUEST},
    {"GET", "a/b", HTTP_BAD_REQUEST},
    {"GET", "?a", HTTP_BAD_REQUEST},
    {"GET", "\\a", HTTP_BAD_REQUEST},
    {"GET", "%2f", HTTP_BAD_REQUEST},
    {"GET", ".", HTTP_BAD_REQUEST},
    /* RFC 9112 §3.2.3, §3.2.4: these forms are for one method each. */
    {"GET", "*", HTTP_BAD_REQUEST},
    {"options", "*", HTTP_BAD_REQUEST},
    {"OPTIONSX", "*", HTTP_BAD_REQUEST},
    {"OPTIONS", "**", HTTP_BAD_REQUEST},
    {"OPTIONS", "*?a", HTTP_BAD_REQUEST},
    {"OPTIONS", "*/", HTTP_BAD_REQUEST},
    {"GET", "a:80", HTTP_BAD_REQUEST},
    {"OPTIONS", "a:80", HTTP_BAD_REQUEST},
    {"connect", "a:80", HTTP_BAD_REQUEST},
    {"CONNECT", "a:80/b", HTTP_BAD_REQUEST},
    {"CONNECT", "u@a:80", HTTP_BAD_REQUEST},
    {"CONNECT", "a:x", HTTP_BAD_REQUEST},
    {"CONNECT", ":80", HTTP_BAD_REQUEST},
    {"CONNECT", "http://a:80/", HTTP_BAD_REQUEST},
};

static void test_a_target_of_another_form_is_refused(void **state)
{
    static struct http_target parsed;
    (void)state;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        enum http_status status =
            parse_target(refusals[i].method, refusals[i].target, "Host: h\r\n", &parsed);
        if (status != refusals[i].expected)
            fail_msg("%s %s: status %d instead of %d", refusals[i].method, refusals[i].target,
                (int)status, (int)refusals[i].expected);
    }
}

/* RFC 9112 §3.2.4 */
static void test_asterisk_form_is_for_options(void **state)
{
    static struct http_target parsed;
    (void)state;
    assert_int_equal(parse_target("OPTIONS", "*", "Host: h\r\n", &parsed), HTTP_OK);
    assert_int_equal(parsed.form, HTTP_ASTERISK_FORM);
    assert_string_equal(parsed.path, "");
    assert_int_equal(parsed.path_length, 0);
    assert_int_equal(parsed.query.length, 0);
    assert_text(parsed.authority, "h");
}

/* RFC 9112 §3.2.3 */
static void test_authority_form_is_for_connect(void **state)
{
    static const char *const targets[] = {"a.example:80", "192.0.2.1:443", "[::1]:8080", "a:8"};
    static struct http_target parsed;
    (void)state;
    for (size_t i = 0; i < COUNT(targets); i++) {
        assert_int_equal(parse_target("CONNECT", targets[i], "Host: h\r\n", &parsed), HTTP_OK);
        assert_int_equal(parsed.form, HTTP_AUTHORITY_FORM);
        assert_string_equal(parsed.path, "");
        assert_int_equal(parsed.path_length, 0);
        assert_int_equal(parsed.query.length, 0);
    }
}

/* RFC 9112 §3.2.3: uri-host ":" port; RFC 9110 §9.3.6: an empty port is refused. */
static void test_authority_form_needs_a_port(void **state)
{
    static struct http_target parsed;
    (void)state;
    assert_int_equal(parse_target("CONNECT", "a", "Host: h\r\n", &parsed), HTTP_BAD_REQUEST);
    assert_int_equal(parse_target("CONNECT", "a:", "Host: h\r\n", &parsed), HTTP_BAD_REQUEST);
    assert_int_equal(parse_target("CONNECT", "[::1]", "Host: h\r\n", &parsed), HTTP_BAD_REQUEST);
    assert_int_equal(parse_target("CONNECT", "*", "Host: h\r\n", &parsed), HTTP_BAD_REQUEST);
}

static void test_options_takes_the_other_forms_too(void **state)
{
    static struct http_target parsed;
    (void)state;
    assert_int_equal(parse_target("OPTIONS", "/a", "Host: h\r\n", &parsed), HTTP_OK);
    assert_int_equal(parsed.form, HTTP_ORIGIN_FORM);
    assert_int_equal(parse_target("OPTIONS", "http://a/b", "Host: h\r\n", &parsed), HTTP_OK);
    assert_int_equal(parsed.form, HTTP_ABSOLUTE_FORM);
}

/* RFC 9112 §3.3 */
static void test_without_host_the_authority_of_origin_form_is_empty(void **state)
{
    static struct http_target parsed;
    (void)state;
    assert_int_equal(parse_target("GET", "/a?b", "", &parsed), HTTP_OK);
    assert_int_equal(parsed.authority.length, 0);
    assert_int_equal(parse_target("GET", "/a?b", "Host: \r\n", &parsed), HTTP_OK);
    assert_int_equal(parsed.authority.length, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_origin_form_is_a_path_and_a_query),
        cmocka_unit_test(test_absolute_form_replaces_host),
        cmocka_unit_test(test_a_target_of_another_form_is_refused),
        cmocka_unit_test(test_asterisk_form_is_for_options),
        cmocka_unit_test(test_authority_form_is_for_connect),
        cmocka_unit_test(test_authority_form_needs_a_port),
        cmocka_unit_test(test_options_takes_the_other_forms_too),
        cmocka_unit_test(test_without_host_the_authority_of_origin_form_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
