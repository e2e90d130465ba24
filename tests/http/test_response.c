/* The head of a response, RFC 9112 §4. */
#include "http/response.h"
#include "tests/support/http.h"

#include <inttypes.h>

static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
static struct http_response *response; /* its last octet is followed by a guard page */
static char head[HTTP_RESPONSE_HEAD_MAX + 1];

static int make_response(void **state)
{
    (void)state;
    response = (void *)guard_space(2, sizeof *response);
    return 0;
}

static void add(const char *name, const char *value)
{
    http_response_add_field(response, name, guarded_in(1, text_of(value)));
}

/* Formats into as much room as was promised to be enough, and not one octet more. */
static size_t format(void)
{
    char *octets = guard_space(0, HTTP_RESPONSE_HEAD_MAX);
    size_t length = http_response_format_head(response, date, octets);
    assert_true(length <= HTTP_RESPONSE_HEAD_MAX);
    memcpy(head, octets, length);
    head[length] = '\0';
    assert_int_equal(strlen(head), length);
    return length;
}

/* Takes this line out of the formatted head, wherever among the field lines it stands; false when
 * it is not there. */
static bool take_line(const char *line)
{
    char whole[128];
    snprintf(whole, sizeof whole, "\r\n%s\r\n", line);
    char *found = strstr(head, whole);
    if (found == NULL) return false;
    char *rest = found + strlen(line) + 2;
    memmove(found, rest, strlen(rest) + 1);
    return true;
}

/* What is left of the head when the Date line, which is there once, is taken out. */
static void assert_head(const char *expected)
{
    format();
    assert_true(take_line("Date: Sun, 06 Nov 1994 08:49:37 GMT"));
    assert_null(strstr(head, "\r\nDate:"));
    assert_string_equal(head, expected);
}

static void test_a_head_is_a_status_line_field_lines_and_an_empty_line(void **state)
{
    (void)state;
    http_response_start(response, HTTP_OK);
    response->connection = NULL;
    add("Content-Type", "text/html; charset=utf-8");
    http_response_add_field(response, "Content-Length", text_of("1687"));
    assert_head("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
                "Content-Length: 1687\r\n\r\n");
    assert_false(response->broken);
}

static void test_a_head_without_fields_has_a_date(void **state)
{
    (void)state;
    http_response_start(response, HTTP_NOT_FOUND);
    response->connection = NULL;
    assert_head("HTTP/1.1 404 Not Found\r\n\r\n");
}

/* RFC 9112 §9.3, §9.6 */
static void test_a_response_closes_until_told_otherwise(void **state)
{
    (void)state;
    http_response_start(response, HTTP_OK);
    format();
    assert_true(take_line("Connection: close"));
    assert_null(strstr(head, "Connection"));
}

static void test_keep_alive_is_said_once(void **state)
{
    (void)state;
    http_response_start(response, HTTP_OK);
    response->connection = "keep-alive";
    format();
    assert_true(take_line("Connection: keep-alive"));
    assert_null(strstr(head, "Connection"));
}

static void test_a_persistent_connection_is_said_by_nothing(void **state)
{
    (void)state;
    http_response_start(response, HTTP_OK);
    response->connection = NULL;
    format();
    assert_null(strstr(head, "Connection"));
}

/* RFC 9112 §4: status-line = HTTP-version SP status-code SP [ reason-phrase ] */
static void test_each_status_makes_its_line(void **state)
{
    (void)state;
    http_response_start(response, HTTP_MOVED_PERMANENTLY);
    response->connection = NULL;
    assert_head("HTTP/1.1 301 Moved Permanently\r\n\r\n");
    response->status = HTTP_FIELDS_TOO_LARGE;
    assert_head("HTTP/1.1 431 Request Header Fields Too Large\r\n\r\n");
    response->status = HTTP_CONTENT_TOO_LARGE;
    assert_head("HTTP/1.1 413 Content Too Large\r\n\r\n");
}

static void test_a_response_without_a_decision_is_a_500(void **state)
{
    (void)state;
    http_response_start(response, HTTP_REFUSED);
    response->connection = NULL;
    assert_head("HTTP/1.1 500 Internal Server Error\r\n\r\n");
}

static void test_fields_are_sent_in_the_order_in_which_they_were_added(void **state)
{
    (void)state;
    http_response_start(response, HTTP_OK);
    response->connection = NULL;
    add("A", "1");
    add("B", "2");
    add("C", "3");
    add("A", "");
    http_response_add_field(response, "D", text_of("0"));
    assert_head("HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nC: 3\r\nA: \r\nD: 0\r\n\r\n");
}

static void test_a_number_is_a_field_in_decimal(void **state)
{
    (void)state;
    http_response_start(response, HTTP_OK);
    response->connection = NULL;
    http_response_add_number(response, "Content-Length", 1687);
    http_response_add_number(response, "Age", 0);
    http_response_add_number(response, "Ten", 10);
    http_response_add_number(response, "Large", 18446744073709551615u);
    assert_head("HTTP/1.1 200 OK\r\nContent-Length: 1687\r\nAge: 0\r\nTen: 10\r\n"
                "Large: 18446744073709551615\r\n\r\n");
}

static void test_a_response_that_is_started_again_is_empty(void **state)
{
    (void)state;
    http_response_start(response, HTTP_OK);
    response->connection = "keep-alive";
    add("A", "1\n");
    add("B", "2");
    http_response_start(response, HTTP_FORBIDDEN);
    assert_false(response->broken);
    assert_string_equal(response->connection, "close");
    response->connection = NULL;
    assert_head("HTTP/1.1 403 Forbidden\r\n\r\n");
}

static void test_lines_that_were_checked_before_are_taken_as_they_are(void **state)
{
    (void)state;
    http_response_start(response, HTTP_OK);
    add("Before", "1");
    http_response_add_lines(response, guarded(text_of("Server: strata\r\nX: a, b\r\n")));
    http_response_add_lines(response, guarded(text_of("")));
    add("After", "2");
    assert_false(response->broken);
    response->connection = NULL;
    format();
    assert_true(take_line("Before: 1"));
    assert_true(take_line("Server: strata"));
    assert_true(take_line("X: a, b"));
    assert_true(take_line("After: 2"));
}

static void test_lines_without_room_break_the_response(void **state)
{
    static char lines[HTTP_RESPONSE_FIELDS_MAX + 1];
    (void)state;
    memset(lines, 'a', sizeof lines);
    http_response_start(response, HTTP_OK);
    http_response_add_lines(response, (struct text){lines, HTTP_RESPONSE_FIELDS_MAX});
    assert_false(response->broken);
    http_response_add_lines(response, (struct text){lines, 1});
    assert_true(response->broken);
    http_response_start(response, HTTP_OK);
    http_response_add_lines(response, (struct text){lines, sizeof lines});
    assert_true(response->broken);
}

/* RFC 9110 §5.5: CR, LF and NUL are dangerous, the other controls invalid. */
static void test_a_value_with_a_control_octet_is_left_out_and_breaks_the_response(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        bool valid = (octet >= 0x20 && octet != 0x7f) || octet == '\t';
        char value[] = "a?b";
        char line[] = "Name: a?b";
        value[1] = line[7] = (char)octet;
        http_response_start(response, HTTP_OK);
        add("Before", "1");
        http_response_add_field(response, "Name", guarded((struct text){value, 3}));
        add("After", "2");
        assert_int_equal(response->broken, !valid);
        format();
        assert_int_equal(valid && take_line(line), valid);
        assert_null(strstr(head, "Name"));
        assert_true(take_line("Before: 1"));
        assert_true(take_line("After: 2"));
    }
}

static void test_a_control_octet_at_either_end_of_a_value_breaks_the_response(void **state)
{
    static const char *const values[] = {"\na", "a\n", "a\r", "\ra", "\r\nSet-Cookie: b", "a\r\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        http_response_start(response, HTTP_OK);
        add("Name", values[i]);
        assert_true(response->broken);
        format();
        assert_null(strstr(head, "Name"));
        assert_null(strstr(head, "Set-Cookie"));
    }
}

/* One octet of the room may go to a NUL. */
enum { LONGEST = HTTP_RESPONSE_FIELDS_MAX - 1 };

/* A field whose line is so many octets long. */
static void add_line_of(size_t length)
{
    static char value[HTTP_RESPONSE_FIELDS_MAX + 64];
    for (size_t i = 0; i < length; i++) value[i] = (char)('a' + i % 26);
    struct text text = {value, length - strlen("Name: \r\n")};
    http_response_add_field(response, "Name", guarded(text));
}

static void test_fields_up_to_the_limit_are_taken(void **state)
{
    (void)state;
    http_response_start(response, HTTP_OK);
    add_line_of(LONGEST);
    assert_false(response->broken);
    assert_int_equal(response->fields_length, LONGEST);
    http_response_start(response, HTTP_OK);
    add_line_of(LONGEST - 100);
    add_line_of(100);
    assert_false(response->broken);
    assert_int_equal(response->fields_length, LONGEST);
}

static void test_a_field_over_the_limit_is_left_out_and_breaks_the_response(void **state)
{
    (void)state;
    http_response_start(response, HTTP_OK);
    add_line_of(HTTP_RESPONSE_FIELDS_MAX + 1);
    assert_true(response->broken);
    assert_int_equal(response->fields_length, 0);
    http_response_start(response, HTTP_OK);
    add_line_of(HTTP_RESPONSE_FIELDS_MAX - 100);
    add_line_of(101);
    assert_true(response->broken);
    assert_int_equal(response->fields_length, HTTP_RESPONSE_FIELDS_MAX - 100);
}

/* With its NUL or without, the last octet is taken or refused, and none beyond is written. */
static void test_a_field_that_fills_the_room_is_taken_or_breaks_the_response(void **state)
{
    (void)state;
    http_response_start(response, HTTP_OK);
    add_line_of(HTTP_RESPONSE_FIELDS_MAX);
    assert_int_equal(response->fields_length, response->broken ? 0 : HTTP_RESPONSE_FIELDS_MAX);
    format();
    assert_string_equal(head + strlen(head) - 4, "\r\n\r\n");
}

static void test_a_number_without_room_is_left_out_and_breaks_the_response(void **state)
{
    (void)state;
    http_response_start(response, HTTP_OK);
    add_line_of(LONGEST - 4);
    http_response_add_number(response, "N", 0);
    assert_true(response->broken);
    assert_int_equal(response->fields_length, LONGEST - 4);
}

static void test_a_broken_response_stays_broken(void **state)
{
    (void)state;
    http_response_start(response, HTTP_OK);
    add("A", "\n");
    add("B", "2");
    assert_true(response->broken);
}

static void test_the_longest_head_has_room(void **state)
{
    (void)state;
    http_response_start(response, HTTP_FIELDS_TOO_LARGE);
    response->connection = "keep-alive";
    add_line_of(LONGEST);
    size_t length = format();
    assert_true(length > LONGEST);
    assert_string_equal(head + length - 4, "\r\n\r\n");
    assert_true(take_line("Connection: keep-alive"));
}

/* As long as a request line, beside 4096 octets of lines that every response has. */
static void test_the_longest_location_has_room(void **state)
{
    static char location[8192];
    static char lines[4096];
    (void)state;
    memset(location, 'a', sizeof location);
    memset(lines, 'b', sizeof lines);
    http_response_start(response, HTTP_MOVED_PERMANENTLY);
    http_response_add_lines(response, (struct text){lines, sizeof lines});
    http_response_add_field(response, "Location", (struct text){location, sizeof location});
    add("Content-Type", "text/html; charset=utf-8");
    add("Cache-Control", "no-cache");
    assert_false(response->broken);
    format();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_head_is_a_status_line_field_lines_and_an_empty_line),
        cmocka_unit_test(test_a_head_without_fields_has_a_date),
        cmocka_unit_test(test_a_response_closes_until_told_otherwise),
        cmocka_unit_test(test_keep_alive_is_said_once),
        cmocka_unit_test(test_a_persistent_connection_is_said_by_nothing),
        cmocka_unit_test(test_each_status_makes_its_line),
        cmocka_unit_test(test_a_response_without_a_decision_is_a_500),
        cmocka_unit_test(test_fields_are_sent_in_the_order_in_which_they_were_added),
        cmocka_unit_test(test_a_number_is_a_field_in_decimal),
        cmocka_unit_test(test_a_response_that_is_started_again_is_empty),
        cmocka_unit_test(test_lines_that_were_checked_before_are_taken_as_they_are),
        cmocka_unit_test(test_lines_without_room_break_the_response),
        cmocka_unit_test(test_a_value_with_a_control_octet_is_left_out_and_breaks_the_response),
        cmocka_unit_test(test_a_control_octet_at_either_end_of_a_value_breaks_the_response),
        cmocka_unit_test(test_fields_up_to_the_limit_are_taken),
        cmocka_unit_test(test_a_field_over_the_limit_is_left_out_and_breaks_the_response),
        cmocka_unit_test(test_a_field_that_fills_the_room_is_taken_or_breaks_the_response),
        cmocka_unit_test(test_a_number_without_room_is_left_out_and_breaks_the_response),
        cmocka_unit_test(test_a_broken_response_stays_broken),
        cmocka_unit_test(test_the_longest_head_has_room),
        cmocka_unit_test(test_the_longest_location_has_room),
    };
    return cmocka_run_group_tests(tests, make_response, NULL);
}
