/* What a request line says: method, target, version. RFC 9112 §3. */
#include "tests/support/http_head.h"

/* The head has this request line and a valid field line. */
static enum http_status parse_line(struct text line, struct parsed_head *parsed)
{
    static const struct text rest = OCTETS("\r\nHost: a\r\n\r\n");
    char octets[600];
    assert_true(line.length + rest.length <= sizeof octets);
    memcpy(octets, line.start, line.length);
    memcpy(octets + line.length, rest.start, rest.length);
    struct text head = {octets, line.length + rest.length};
    enum http_status status = parse_head(head, parsed);
    assert_head_status(head, status);
    return status;
}

static void assert_refused(const struct text lines[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct parsed_head parsed;
        if (parse_line(lines[i], &parsed) == HTTP_BAD_REQUEST) continue;
        show_octets(lines[i]);
        fail_msg("status %d instead of 400", (int)parsed.status);
    }
}

static void test_the_parts_of_a_request_line_are_exact(void **state)
{
    static const struct text line = OCTETS("OPTIONS http://a:1/b%2f?c=/d?e HTTP/1.1");
    struct parsed_head parsed;
    (void)state;
    assert_int_equal(parse_line(line, &parsed), HTTP_OK);
    assert_text(parsed.request.line, "OPTIONS http://a:1/b%2f?c=/d?e HTTP/1.1");
    assert_text(parsed.request.method, "OPTIONS");
    assert_text(parsed.request.target, "http://a:1/b%2f?c=/d?e");
    assert_int_equal(parsed.request.minor_version, 1);
}

/* RFC 9110 §9.1: case-sensitive; which methods there are is not for the parser to know. */
static void test_a_method_is_any_token_and_kept_as_it_is(void **state)
{
    static const char *const methods[] = {"get", "GETT", "G", "M-SEARCH", "!#$%&'*+-.^_`|~09azAZ"};
    (void)state;
    for (size_t i = 0; i < COUNT(methods); i++) {
        struct parsed_head parsed;
        char line[64];
        size_t length = strlen(methods[i]);
        memcpy(line, methods[i], length);
        memcpy(line + length, " / HTTP/1.1", 11);
        assert_int_equal(parse_line((struct text){line, length + 11}, &parsed), HTTP_OK);
        assert_text(parsed.request.method, methods[i]);
    }
}

static bool is_tchar(int octet)
{
    return octet > 0 && octet < 0x80 &&
        strchr("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
            octet) != NULL;
}

/* RFC 9110 §5.6.2 */
static void test_a_method_holds_tchars_and_nothing_else(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        char line[] = "G?T / HTTP/1.1";
        struct parsed_head parsed;
        line[1] = (char)octet;
        assert_int_equal(parse_line((struct text){line, sizeof line - 1}, &parsed),
            is_tchar(octet) ? HTTP_OK : HTTP_BAD_REQUEST);
    }
}

/* RFC 9112 §3.2: no white space; RFC 3986 §2: ASCII; §3.5: a fragment is no part of a target. */
static void test_a_target_holds_visible_ascii_without_a_number_sign(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        char line[] = "GET /a?b HTTP/1.1";
        char target[] = "/a?b";
        struct parsed_head parsed;
        bool valid = octet >= 0x21 && octet <= 0x7e && octet != '#';
        line[6] = (char)octet;
        target[2] = (char)octet;
        assert_int_equal(parse_line((struct text){line, sizeof line - 1}, &parsed),
            valid ? HTTP_OK : HTTP_BAD_REQUEST);
        if (valid) assert_text(parsed.request.target, target);
    }
}

/* RFC 9112 §3: method SP request-target SP HTTP-version */
static const struct text malformed_lines[] = {
    OCTETS("GET"),
    OCTETS("GET "),
    OCTETS("GET /"),
    OCTETS("GET / "),
    OCTETS("GET HTTP/1.1"),
    OCTETS("GET  HTTP/1.1"),
    OCTETS("GET  / HTTP/1.1"),
    OCTETS("GET /  HTTP/1.1"),
    OCTETS("GET / HTTP/1.1 "),
    OCTETS("GET / HTTP/1.1\t"),
    OCTETS(" GET / HTTP/1.1"),
    OCTETS("\tGET / HTTP/1.1"),
    OCTETS("GET\t/ HTTP/1.1"),
    OCTETS("GET /\tHTTP/1.1"),
    OCTETS("GET /a b HTTP/1.1"),
    OCTETS("GET / HTTP/1.1 HTTP/1.1"),
    OCTETS("GET /#top HTTP/1.1"),
    OCTETS("GET # HTTP/1.1"),
    OCTETS("GET /\xc3\xa9 HTTP/1.1"),
    OCTETS("G\xc3\x89T / HTTP/1.1"),
    OCTETS(": / HTTP/1.1"),
    OCTETS("(),;:<>@[]{}?= / HTTP/1.1"),
    OCTETS("GET: / HTTP/1.1"),
    OCTETS("Host: a"),
    OCTETS("HTTP/1.1 200 OK"),
    OCTETS(" "),
    OCTETS("GET /\nHTTP/1.1"),
    OCTETS("GET /\rHTTP/1.1"),
    OCTETS("GET /\x0bHTTP/1.1"),
    OCTETS("GET / HTTP/1.1\0"),
};

static void test_a_request_line_of_another_form_is_refused(void **state)
{
    (void)state;
    assert_refused(malformed_lines, COUNT(malformed_lines));
}

/* RFC 9112 §2.3: HTTP-version = "HTTP" "/" DIGIT "." DIGIT, case-sensitive */
static const struct text malformed_versions[] = {
    OCTETS("GET / http/1.1"),
    OCTETS("GET / Http/1.1"),
    OCTETS("GET / HTTp/1.1"),
    OCTETS("GET / HTTP/1.10"),
    OCTETS("GET / HTTP/1.32"),
    OCTETS("GET / HTTP/01.1"),
    OCTETS("GET / HTTP/1"),
    OCTETS("GET / HTTP/1."),
    OCTETS("GET / HTTP/.1"),
    OCTETS("GET / HTTP/"),
    OCTETS("GET / HTTP"),
    OCTETS("GET / HTTP/2"),
    OCTETS("GET / HTTP/1,1"),
    OCTETS("GET / HTTP/1.x"),
    OCTETS("GET / HTTP/x.1"),
    OCTETS("GET / HTTP/1./"),
    OCTETS("GET / HTTP//.1"),
    OCTETS("GET / HTTP/1.:"),
    OCTETS("GET / HTTP/:.1"),
    OCTETS("GET / HTTP 1.1"),
    OCTETS("GET / HTTP-1.1"),
    OCTETS("GET / HTPP/1.1"),
    OCTETS("GET / XHTTP/1.1"),
    OCTETS("GET / HTTP/+1.1"),
    OCTETS("GET / HTTP/-1.1"),
    OCTETS("GET / HTTP/4294967297.1"),
    OCTETS("GET / HTTP/1.4294967297"),
    OCTETS("GET / HTTP/1.1/"),
    OCTETS("GET / ICY/1.1"),
};

static void test_a_malformed_version_is_refused(void **state)
{
    (void)state;
    assert_refused(malformed_versions, COUNT(malformed_versions));
}

/* RFC 9110 §2.5, §6.2: any minor version of a major version that is spoken */
static void test_every_minor_version_of_http_1_is_taken(void **state)
{
    (void)state;
    for (int minor = 0; minor <= 9; minor++) {
        char line[] = "GET / HTTP/1.?";
        struct parsed_head parsed;
        line[13] = (char)('0' + minor);
        assert_int_equal(parse_line((struct text){line, sizeof line - 1}, &parsed), HTTP_OK);
        assert_int_equal(parsed.request.minor_version, minor);
    }
}

/* RFC 9110 §15.6.6 */
static void test_every_major_version_but_1_gets_505(void **state)
{
    (void)state;
    for (char major = '0'; major <= '9'; major++) {
        char line[] = "GET / HTTP/?.0";
        struct parsed_head parsed;
        line[11] = major;
        assert_int_equal(parse_line((struct text){line, sizeof line - 1}, &parsed),
            major == '1' ? HTTP_OK : HTTP_VERSION_NOT_SUPPORTED);
        if (major != '1') assert_non_null(strstr(parsed.problem.sentence, "HTTP/1.1"));
    }
}

/* RFC 9113 §3.4 */
static void test_the_http_2_preface_gets_505(void **state)
{
    static const struct text preface = OCTETS("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    (void)state;
    assert_head_status(preface, HTTP_VERSION_NOT_SUPPORTED);
}

static void test_what_came_before_the_fault_is_kept(void **state)
{
    static const struct text line = OCTETS("GET /a HTTP/1.x");
    static const struct text bad_field = OCTETS("GET /a HTTP/1.0\r\nA: 1\r\nB 2\r\nC: 3\r\n\r\n");
    struct parsed_head parsed;
    (void)state;
    assert_int_equal(parse_line(line, &parsed), HTTP_BAD_REQUEST);
    assert_text(parsed.request.line, "GET /a HTTP/1.x");
    assert_text(parsed.request.method, "GET");
    assert_text(parsed.request.target, "/a");
    assert_int_equal(parsed.request.field_count, 0);
    assert_int_equal(parse_head(bad_field, &parsed), HTTP_BAD_REQUEST);
    assert_text(parsed.request.target, "/a");
    assert_int_equal(parsed.request.minor_version, 0);
    assert_int_equal(parsed.request.field_count, 1);
    assert_text(parsed.request.fields[0].name, "A");
}

static void test_what_comes_after_the_fault_is_empty(void **state)
{
    static const struct text line = OCTETS("G@T /a HTTP/1.1");
    struct parsed_head parsed;
    (void)state;
    assert_int_equal(parse_line(line, &parsed), HTTP_BAD_REQUEST);
    assert_text(parsed.request.line, "G@T /a HTTP/1.1");
    assert_int_equal(parsed.request.target.length, 0);
    assert_int_equal(parsed.request.minor_version, 0);
    assert_int_equal(parsed.request.field_count, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_parts_of_a_request_line_are_exact),
        cmocka_unit_test(test_a_method_is_any_token_and_kept_as_it_is),
        cmocka_unit_test(test_a_method_holds_tchars_and_nothing_else),
        cmocka_unit_test(test_a_target_holds_visible_ascii_without_a_number_sign),
        cmocka_unit_test(test_a_request_line_of_another_form_is_refused),
        cmocka_unit_test(test_a_malformed_version_is_refused),
        cmocka_unit_test(test_every_minor_version_of_http_1_is_taken),
        cmocka_unit_test(test_every_major_version_but_1_gets_505),
        cmocka_unit_test(test_the_http_2_preface_gets_505),
        cmocka_unit_test(test_what_came_before_the_fault_is_kept),
        cmocka_unit_test(test_what_comes_after_the_fault_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
