/* What field lines say, and how to find it. RFC 9112 §5, RFC 9110 §5. */
#include "tests/support/http_head.h"

/* The head has these field lines, each with its CR LF. */
static enum http_status parse_fields(struct text lines, struct parsed_head *parsed)
{
    static const struct text first = OCTETS("GET / HTTP/1.1\r\n");
    char octets[1024];
    assert_true(first.length + lines.length + 2 <= sizeof octets);
    memcpy(octets, first.start, first.length);
    memcpy(octets + first.length, lines.start, lines.length);
    memcpy(octets + first.length + lines.length, "\r\n", 2);
    struct text head = {octets, first.length + lines.length + 2};
    enum http_status status = parse_head(head, parsed);
    assert_head_status(head, status);
    return parse_head(head, parsed);
}

static void assert_field(const struct http_field *field, const char *name, const char *value)
{
    assert_text(field->name, name);
    assert_text(field->value, value);
}

static void test_names_and_values_are_exact_and_in_order(void **state)
{
    static const struct text lines = OCTETS("Host: a.example\r\nX-1:b c\r\nx-1: d\r\n");
    struct parsed_head parsed;
    (void)state;
    assert_int_equal(parse_fields(lines, &parsed), HTTP_OK);
    assert_int_equal(parsed.request.field_count, 3);
    assert_field(&parsed.request.fields[0], "Host", "a.example");
    assert_field(&parsed.request.fields[1], "X-1", "b c");
    assert_field(&parsed.request.fields[2], "x-1", "d");
}

static void test_a_head_without_field_lines_has_none(void **state)
{
    static const struct text lines = OCTETS("");
    struct parsed_head parsed;
    (void)state;
    assert_int_equal(parse_fields(lines, &parsed), HTTP_OK);
    assert_int_equal(parsed.request.field_count, 0);
}

/* RFC 9112 §5.1: OWS around the value is no part of it; white space inside is. */
static void test_spaces_and_tabs_around_a_value_are_trimmed(void **state)
{
    static const struct text lines = OCTETS("A: \t b\t c \t\r\nB:d\r\nC: \r\nD:\t\t\r\nE:\r\n");
    struct parsed_head parsed;
    (void)state;
    assert_int_equal(parse_fields(lines, &parsed), HTTP_OK);
    assert_int_equal(parsed.request.field_count, 5);
    assert_field(&parsed.request.fields[0], "A", "b\t c");
    assert_field(&parsed.request.fields[1], "B", "d");
    assert_field(&parsed.request.fields[2], "C", "");
    assert_field(&parsed.request.fields[3], "D", "");
    assert_field(&parsed.request.fields[4], "E", "");
}

static void test_a_value_may_hold_colons_and_quotes(void **state)
{
    static const struct text lines = OCTETS("A: b:c: \"d, e\"\r\nB::\r\n");
    struct parsed_head parsed;
    (void)state;
    assert_int_equal(parse_fields(lines, &parsed), HTTP_OK);
    assert_field(&parsed.request.fields[0], "A", "b:c: \"d, e\"");
    assert_field(&parsed.request.fields[1], "B", ":");
}

/* RFC 9110 §5.1: a field name is a token. The colon ends it. */
static void test_a_name_holds_tchars_and_nothing_else(void **state)
{
    static const char others[] = "!#$%&'*+-.^_`|~0123456789:"
                                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        char line[] = "n?m: v\r\n";
        struct parsed_head parsed;
        bool valid = octet != 0 && strchr(others, octet) != NULL;
        line[1] = (char)octet;
        assert_int_equal(parse_fields((struct text){line, sizeof line - 1}, &parsed),
            valid ? HTTP_OK : HTTP_BAD_REQUEST);
        if (valid) assert_int_equal(parsed.request.fields[0].name.length, octet == ':' ? 1 : 3);
    }
}

/* RFC 9110 §5.5: VCHAR, SP, HTAB and obs-text */
static void test_a_value_holds_no_control_but_tab(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        char line[] = "Name: a?b\r\n";
        char value[] = "a?b";
        struct parsed_head parsed;
        bool valid = (octet >= 0x20 && octet != 0x7f) || octet == '\t';
        line[7] = value[1] = (char)octet;
        assert_int_equal(parse_fields((struct text){line, sizeof line - 1}, &parsed),
            valid ? HTTP_OK : HTTP_BAD_REQUEST);
        if (valid) assert_field(&parsed.request.fields[0], "Name", value);
    }
}

/* RFC 9112 §5: field-name ":" OWS field-value OWS; §5.1: no white space before the colon; §5.2: no
 * folding; §2.2: no white space before the first line. */
static const struct text malformed_lines[] = {
    OCTETS("Name\r\n"),
    OCTETS("Name value\r\n"),
    OCTETS("Name : value\r\n"),
    OCTETS("Name\t: value\r\n"),
    OCTETS(": value\r\n"),
    OCTETS(":\r\n"),
    OCTETS(" Name: value\r\n"),
    OCTETS("\tName: value\r\n"),
    OCTETS(" \r\n"),
    OCTETS("\t\r\n"),
    OCTETS("A: b\r\n folded\r\n"),
    OCTETS("A: b\r\n\tfolded: too\r\n"),
    OCTETS("A: b\r\n \r\n"),
    OCTETS("N\xc3\xa9: value\r\n"),
    OCTETS("\xff: value\r\n"),
    OCTETS("Na(me: value\r\n"),
    OCTETS("Na me: value\r\n"),
    OCTETS("\"Name\": value\r\n"),
    OCTETS("Host: a\r\nGET / HTTP/1.1\r\n"),
    OCTETS("A: b\0c\r\n"),
    OCTETS("A: b\rc\r\n"),
    OCTETS("A: b\r\r\n"),
    OCTETS("A: b\nB: c\r\n"),
    OCTETS("A\0: b\r\n"),
};

static void test_a_field_line_of_another_form_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(malformed_lines); i++) {
        struct parsed_head parsed;
        if (parse_fields(malformed_lines[i], &parsed) == HTTP_BAD_REQUEST) continue;
        show_octets(malformed_lines[i]);
        fail_msg("status %d instead of 400", (int)parsed.status);
    }
}

static void test_a_malformed_field_line_is_refused_wherever_it_stands(void **state)
{
    static const struct text first = OCTETS("Bad\r\nA: 1\r\nB: 2\r\n");
    static const struct text middle = OCTETS("A: 1\r\nBad\r\nB: 2\r\n");
    static const struct text last = OCTETS("A: 1\r\nB: 2\r\nBad\r\n");
    struct parsed_head parsed;
    (void)state;
    assert_int_equal(parse_fields(first, &parsed), HTTP_BAD_REQUEST);
    assert_int_equal(parse_fields(middle, &parsed), HTTP_BAD_REQUEST);
    assert_int_equal(parse_fields(last, &parsed), HTTP_BAD_REQUEST);
}

/* RFC 9110 §5.1: names are compared ignoring case, and as a whole. */
static void test_a_field_is_found_by_its_whole_name_in_any_case(void **state)
{
    static const struct text lines =
        OCTETS("Hos: 1\r\nHosts: 2\r\nhOST: 3\r\nX-Host: 4\r\nHort: 5\r\n");
    struct parsed_head parsed;
    struct text value;
    (void)state;
    assert_int_equal(parse_fields(lines, &parsed), HTTP_OK);
    assert_int_equal(http_find_field(&parsed.request, "Host", &value), 1);
    assert_text(value, "3");
}

static void test_a_field_sent_several_times_is_counted_and_the_first_value_found(void **state)
{
    static const struct text lines = OCTETS("A: 1\r\nb: 2\r\na: 3\r\nA:\r\n");
    struct parsed_head parsed;
    struct text value;
    (void)state;
    assert_int_equal(parse_fields(lines, &parsed), HTTP_OK);
    assert_int_equal(http_find_field(&parsed.request, "A", &value), 3);
    assert_text(value, "1");
}

static void test_a_field_that_is_not_there_leaves_the_value_as_it_was(void **state)
{
    static const struct text lines = OCTETS("A: 1\r\n");
    struct parsed_head parsed;
    struct text value = OCTETS("before");
    (void)state;
    assert_int_equal(parse_fields(lines, &parsed), HTTP_OK);
    assert_int_equal(http_find_field(&parsed.request, "B", &value), 0);
    assert_text(value, "before");
}

static void assert_elements(struct text lines, const char *const expected[], size_t count)
{
    struct parsed_head parsed;
    struct http_list list = {0};
    struct text element;
    assert_int_equal(parse_fields(lines, &parsed), HTTP_OK);
    for (size_t i = 0; i < count; i++) {
        assert_true(http_next_list_element(&parsed.request, "List", &list, &element));
        assert_text(element, expected[i]);
    }
    assert_false(http_next_list_element(&parsed.request, "List", &list, &element));
    assert_false(http_next_list_element(&parsed.request, "List", &list, &element));
}

/* RFC 9110 §5.3 */
static void test_a_list_over_several_field_lines_is_one_list(void **state)
{
    static const struct text lines = OCTETS("LIST: a, b\r\nOther: x\r\nlist:c\r\nList: d ,e\r\n");
    static const char *const expected[] = {"a", "b", "c", "d", "e"};
    (void)state;
    assert_elements(lines, expected, COUNT(expected));
}

/* RFC 9110 §5.6.1.2 */
static void test_empty_elements_of_a_list_are_ignored(void **state)
{
    static const struct text lines =
        OCTETS("List: , a,,b ,\r\nList:\r\nList: ,\t, \r\nLister: x\r\nList: ,c\r\n");
    static const struct text empty = OCTETS("List:\r\nList: ,\r\n");
    static const char *const expected[] = {"a", "b", "c"};
    (void)state;
    assert_elements(lines, expected, COUNT(expected));
    assert_elements(empty, NULL, 0);
}

/* RFC 9110 §5.6.4 */
static void test_a_quoted_comma_separates_nothing(void **state)
{
    static const struct text lines =
        OCTETS("List: \"a,b\", W/\"c,,d\"\r\nList: \"e\\\",f\", \"g\\\\\",h;i=\"j,k\"\r\n");
    static const char *const expected[] = {
        "\"a,b\"", "W/\"c,,d\"", "\"e\\\",f\"", "\"g\\\\\"", "h;i=\"j,k\""};
    (void)state;
    assert_elements(lines, expected, COUNT(expected));
}

static void test_a_list_that_is_not_there_has_no_elements(void **state)
{
    static const struct text lines = OCTETS("Other: a, b\r\n");
    (void)state;
    assert_elements(lines, NULL, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_and_values_are_exact_and_in_order),
        cmocka_unit_test(test_a_head_without_field_lines_has_none),
        cmocka_unit_test(test_spaces_and_tabs_around_a_value_are_trimmed),
        cmocka_unit_test(test_a_value_may_hold_colons_and_quotes),
        cmocka_unit_test(test_a_name_holds_tchars_and_nothing_else),
        cmocka_unit_test(test_a_value_holds_no_control_but_tab),
        cmocka_unit_test(test_a_field_line_of_another_form_is_refused),
        cmocka_unit_test(test_a_malformed_field_line_is_refused_wherever_it_stands),
        cmocka_unit_test(test_a_field_is_found_by_its_whole_name_in_any_case),
        cmocka_unit_test(test_a_field_sent_several_times_is_counted_and_the_first_value_found),
        cmocka_unit_test(test_a_field_that_is_not_there_leaves_the_value_as_it_was),
        cmocka_unit_test(test_a_list_over_several_field_lines_is_one_list),
        cmocka_unit_test(test_empty_elements_of_a_list_are_ignored),
        cmocka_unit_test(test_a_quoted_comma_separates_nothing),
        cmocka_unit_test(test_a_list_that_is_not_there_has_no_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
