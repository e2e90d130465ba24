/* The Host field: RFC 9112 §3.2, RFC 9110 §7.2. */
#include "http/target.h"
#include "tests/support/http_request.h"

static bool check_host(int minor, const char *lines)
{
    struct http_problem problem = unfilled_problem();
    struct http_request request = request_with(minor, lines);
    if (http_check_host(&request, &problem)) return true;
    assert_explained(&problem);
    assert_int_equal(problem.status, HTTP_BAD_REQUEST);
    return false;
}

static void test_http_1_1_needs_a_host(void **state)
{
    (void)state;
    assert_false(check_host(1, ""));
    assert_false(check_host(1, "X-Host: a\r\n"));
    assert_false(check_host(2, ""));
    assert_false(check_host(9, ""));
    assert_true(check_host(1, "Host: a\r\n"));
    assert_true(check_host(9, "hOsT: a\r\n"));
}

static void test_http_1_0_needs_none(void **state)
{
    (void)state;
    assert_true(check_host(0, ""));
    assert_true(check_host(0, "Host: a\r\n"));
}

static void test_two_hosts_are_refused_in_any_version(void **state)
{
    (void)state;
    assert_false(check_host(1, "Host: a\r\nHost: b\r\n"));
    assert_false(check_host(1, "Host: a\r\nX: y\r\nhost: a\r\n"));
    assert_false(check_host(0, "Host: a\r\nHost: a\r\n"));
    assert_false(check_host(0, "Host: \r\nHost: \r\n"));
}

/* RFC 3986 §3.2.2, §3.2.3: uri-host [ ":" port ] */
static const char *const valid_values[] = {
    "",
    "a",
    "a.example",
    "a.example:80",
    "a.example:",
    "A-B_C~d.e",
    "192.0.2.1",
    "a%2Db",
    "%C3%a9.example",
    "!$&'()*+,;=",
    "localhost",
    "[::1]",
    "[::1]:80",
    "[2001:dB8::192.0.2.1]",
    "[::]:",
    "a:00080",
    "1",
    "a:65535",
    "a:9",
    "a:1234567890",
    "127.0.0.1:8080",
    "[1:2:3:4:5:6:7:8]",
};

static void test_a_host_with_or_without_port_or_nothing_is_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(valid_values); i++) {
        char line[64];
        snprintf(line, sizeof line, "Host: %s\r\n", valid_values[i]);
        if (!check_host(1, line) || !check_host(0, line))
            fail_msg("%s is refused", valid_values[i]);
    }
}

static const char *const invalid_values[] = {
    "a b",
    "a/b",
    "a/",
    "/",
    "http://a",
    "user@a",
    "@",
    "a?b",
    "a#b",
    "a:b",
    "a:80:80",
    "a::80",
    "a:-1",
    "a:+1",
    "a:8 ",
    "a: 8",
    "[::1",
    "::1",
    "[]",
    "[",
    "]",
    "[::1]a",
    "a[::1]",
    "[::1]80",
    "[::g]",
    "[g::1]",
    "[@::1]",
    "[a b]",
    "[::1]]",
    "[[::1]]",
    "\"a\"",
    "<a>",
    "a\\b",
    "a^b",
    "a|b",
    "{a}",
    "a`b",
    "a\tb",
    "a\x80",
    "\xc3\xa9",
    "[::1%eth0]",
    "[::1]:x",
    "a:80/",
    "a:8\xb2",
};

static void test_any_other_value_is_refused_in_any_version(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(invalid_values); i++) {
        char line[64];
        snprintf(line, sizeof line, "Host: %s\r\n", invalid_values[i]);
        if (check_host(1, line) || check_host(0, line)) fail_msg("%s is taken", invalid_values[i]);
    }
}

/* RFC 3986 §2.1 */
static void test_a_percent_sign_in_a_host_needs_two_hexadecimal_digits(void **state)
{
    static const char *const values[] = {"a%", "a%2", "a%2g", "a%g2", "%", "a%:80", "a%2:80"};
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        char line[64];
        snprintf(line, sizeof line, "Host: %s\r\n", values[i]);
        if (check_host(1, line)) fail_msg("%s is taken", values[i]);
    }
}

/* RFC 3986 §2.2, §2.3: unreserved and sub-delims; "%" starts an octet, ":" a port. */
static void test_a_registered_name_holds_unreserved_and_sub_delims(void **state)
{
    (void)state;
    for (int octet = 1; octet < 256; octet++) {
        static const char unreserved_and_sub_delims[] =
            "-._~!$&'()*+,;=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        char line[] = "Host: a?b\r\n";
        line[7] = (char)octet;
        if (octet == '\r' || octet == '%') continue; /* CR is in no value that was parsed */
        assert_int_equal(check_host(1, line), strchr(unreserved_and_sub_delims, octet) != NULL);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http_1_1_needs_a_host),
        cmocka_unit_test(test_http_1_0_needs_none),
        cmocka_unit_test(test_two_hosts_are_refused_in_any_version),
        cmocka_unit_test(test_a_host_with_or_without_port_or_nothing_is_valid),
        cmocka_unit_test(test_any_other_value_is_refused_in_any_version),
        cmocka_unit_test(test_a_percent_sign_in_a_host_needs_two_hexadecimal_digits),
        cmocka_unit_test(test_a_registered_name_holds_unreserved_and_sub_delims),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
