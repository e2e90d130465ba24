/* How a head arrives: whole, in pieces, with octets after it, or with one that no head may hold. */
#include "tests/support/http_head.h"

static const struct text valid_heads[] = {
    OCTETS("GET / HTTP/1.1\r\n\r\n"),
    OCTETS("GET /a?b=%20 HTTP/1.1\r\nHost: a.example:80\r\nX:\r\nY-1: \t b, c\t \r\n\r\n"),
    OCTETS("\r\nHEAD /dir/ HTTP/1.0\r\n\r\n"),
    OCTETS("\r\n\r\nM-SEARCH * HTTP/1.5\r\nName: \xe9\t\xff\r\n\r\n"),
    OCTETS("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n"),
};

static void test_every_proper_prefix_of_a_head_is_incomplete(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(valid_heads); i++) {
        for (size_t length = 0; length < valid_heads[i].length; length++) {
            struct http_problem problem;
            size_t looked = 0;
            struct text prefix = {valid_heads[i].start, length};
            assert_int_equal(look(prefix, &looked, &problem), HTTP_INCOMPLETE);
        }
    }
}

static void test_a_whole_head_is_complete_and_its_length_is_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(valid_heads); i++) {
        struct parsed_head parsed;
        assert_int_equal(parse_head(valid_heads[i], &parsed), HTTP_OK);
        assert_int_equal(parsed.length, valid_heads[i].length);
    }
}

static void test_a_head_split_at_every_octet_is_incomplete_until_the_last(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(valid_heads); i++) {
        struct http_problem problem;
        size_t length;
        assert_int_equal(look_octet_by_octet(valid_heads[i], &length, &problem), HTTP_COMPLETE);
        assert_int_equal(length, valid_heads[i].length);
    }
}

static void test_a_look_resumed_at_any_octet_ends_like_one_in_one_go(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(valid_heads); i++)
        for (size_t split = 0; split <= valid_heads[i].length; split++)
            assert_same_look_when_split(valid_heads[i], split);
}

static void test_no_octet_but_a_pending_cr_is_looked_at_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(valid_heads); i++) {
        size_t looked = 0;
        for (size_t length = 0; length < valid_heads[i].length; length++) {
            struct http_problem problem;
            struct text prefix = {valid_heads[i].start, length};
            bool ends_in_cr = length > 0 && prefix.start[length - 1] == '\r';
            look(prefix, &looked, &problem);
            assert_int_equal(looked, ends_in_cr ? length - 1 : length);
        }
    }
}

/* RFC 9112 §9.3.2: what follows a head is content or the next request. */
static void test_octets_after_the_head_are_left_alone(void **state)
{
    static const struct text followers[] = {
        OCTETS("GET /next HTTP/1.1\r\n\r\n"),
        OCTETS("\n"),
        OCTETS("\r"),
        OCTETS("\r\n\r\n"),
        OCTETS("\0"),
        OCTETS("\x16\x03"),
        OCTETS(" x"),
    };
    (void)state;
    for (size_t i = 0; i < COUNT(valid_heads); i++) {
        for (size_t j = 0; j < COUNT(followers); j++) {
            char octets[256];
            struct parsed_head parsed;
            size_t length = valid_heads[i].length;
            memcpy(octets, valid_heads[i].start, length);
            memcpy(octets + length, followers[j].start, followers[j].length);
            struct text both = {octets, length + followers[j].length};
            assert_int_equal(parse_head(both, &parsed), HTTP_OK);
            assert_int_equal(parsed.length, length);
            for (size_t split = 0; split <= both.length; split++)
                assert_same_look_when_split(both, split);
        }
    }
}

/* RFC 9112 §2.2 */
static void test_two_empty_lines_before_the_request_line_are_skipped(void **state)
{
    static const struct text head = OCTETS("\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    struct parsed_head parsed;
    (void)state;
    for (size_t skipped = 0; skipped <= 4; skipped += 2) {
        struct text shorter = {head.start + skipped, head.length - skipped};
        assert_int_equal(parse_head(shorter, &parsed), HTTP_OK);
        assert_int_equal(parsed.length, shorter.length);
        assert_text(parsed.request.method, "GET");
        assert_text(parsed.request.line, "GET /x HTTP/1.1");
        assert_int_equal(parsed.request.field_count, 1);
    }
}

/* RFC 9112 §2.2 */
static void test_a_third_empty_line_is_refused_in_the_turn_it_arrives(void **state)
{
    static const struct text octets = OCTETS("\r\n\r\n\r\n");
    static const struct text head = OCTETS("\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    (void)state;
    assert_head_status(octets, HTTP_BAD_REQUEST);
    assert_head_status(head, HTTP_BAD_REQUEST);
}

/* The last octet of each is one that no head may hold there. RFC 9112 §2.2: a line ends in CR LF; a
 * bare CR or LF ends nothing. */
static const struct text faults[] = {
    OCTETS("\n"),
    OCTETS("\r\n\n"),
    OCTETS("\r\r"),
    OCTETS("\rG"),
    OCTETS("\r\n\rG"),
    OCTETS("\r\n\r\n\rG"),
    OCTETS("GET /\n"),
    OCTETS("GET / HTTP/1.1\n"),
    OCTETS("GET / HTTP/1.1\rH"),
    OCTETS("GET / HTTP/1.1\r\r"),
    OCTETS("GET /\rH"),
    OCTETS("GET / HTTP/1.1\r\n\n"),
    OCTETS("GET / HTTP/1.1\r\n\rX"),
    OCTETS("GET / HTTP/1.1\r\n\r\r"),
    OCTETS("GET / HTTP/1.1\r\nHost: a\n"),
    OCTETS("GET / HTTP/1.1\r\nHost: a\r\n\n"),
    OCTETS("GET / HTTP/1.1\r\nHost: a\rb"),
    OCTETS("GET / HTTP/1.1\r\nHost: a\r\r"),
    OCTETS("GET / HTTP/1.1\r\nHost: a\r\n\rX"),
    OCTETS("GET / HTTP/1.1\r\nHost: a\0"),
    OCTETS("GET / HTTP/1.1\r\nHo\0"),
    OCTETS("GET /\0"),
    OCTETS("G\0"),
    OCTETS("\0"),
    OCTETS("GET /\x7f"),
    OCTETS("GET / HTTP/1.1\r\nHost: \x1b"),
};

static void test_an_octet_that_no_head_may_hold_is_refused_in_the_turn_it_arrives(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct http_problem problem;
        size_t length;
        assert_head_status(faults[i], HTTP_BAD_REQUEST);
        assert_int_equal(look_octet_by_octet(faults[i], &length, &problem), HTTP_INVALID);
        if (length != faults[i].length) show_octets(faults[i]);
        assert_int_equal(length, faults[i].length);
    }
}

/* Whoever parses them all the same gets no more than the whole lines among them. */
static void test_octets_that_the_look_refused_can_be_parsed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct http_request request;
        struct http_problem problem;
        enum http_parse result = parse(faults[i], &request, &problem);
        bool has_line = faults[i].length > 15 && memcmp(faults[i].start + 14, "\r\n", 2) == 0;
        assert_int_equal(result, has_line ? HTTP_COMPLETE : HTTP_INVALID);
    }
}

static void test_without_a_request_line_there_is_nothing_to_parse(void **state)
{
    static const struct text octets[] = {OCTETS(""), OCTETS("\r\n"), OCTETS("\r\n\r\n"),
        OCTETS("GET / HTTP/1.1"), OCTETS("GET / HTTP/1.1\r")};
    (void)state;
    for (size_t i = 0; i < COUNT(octets); i++) {
        struct http_request request;
        struct http_problem problem;
        assert_int_equal(parse(octets[i], &request, &problem), HTTP_INVALID);
        assert_int_equal(problem.status, HTTP_BAD_REQUEST);
        assert_non_null(strstr(problem.sentence, "no request line"));
        assert_int_equal(request.field_count, 0);
    }
}

/* RFC 9112 §2.2, RFC 9110 §5.5. Of a CR it is the octet after it that decides. */
static void test_a_control_octet_at_any_position_of_a_head_is_refused(void **state)
{
    static const struct text head = OCTETS("GET /a HTTP/1.1\r\nHost: a\r\nX-Y: \r\n\r\n");
    (void)state;
    for (int control = 0; control < 0x80; control = control == 0x1f ? 0x7f : control + 1) {
        for (size_t at = 0; at < head.length; at++) {
            char octets[64];
            struct http_problem problem;
            size_t length;
            if (control == '\t' || head.start[at] == (char)control) continue;
            memcpy(octets, head.start, head.length);
            octets[at] = (char)control;
            struct text text = {octets, head.length};
            assert_head_status(text, HTTP_BAD_REQUEST);
            assert_int_equal(look_octet_by_octet(text, &length, &problem), HTTP_INVALID);
            assert_true(length <= at + (control == '\r' ? 2 : 1));
        }
    }
}

static void test_a_request_line_that_ends_in_lf_alone_is_told_so(void **state)
{
    static const struct text octets = OCTETS("GET / HTTP/1.1\n");
    struct parsed_head parsed;
    (void)state;
    parse_head(octets, &parsed);
    assert_string_equal(
        parsed.problem.sentence, "The request line ended in LF alone; HTTP lines end in CR LF");
    assert_string_equal(parsed.problem.section, "RFC 9112 §2.2");
    assert_string_equal(parsed.problem.hint, "With netcat, use nc -C.");
}

static void test_a_field_line_that_ends_in_lf_alone_is_told_so(void **state)
{
    static const struct text octets = OCTETS("GET / HTTP/1.1\r\nHost: a\n");
    struct parsed_head parsed;
    (void)state;
    parse_head(octets, &parsed);
    assert_non_null(strstr(parsed.problem.sentence, "field line"));
    assert_non_null(strstr(parsed.problem.sentence, "LF alone"));
    assert_string_equal(parsed.problem.section, "RFC 9112 §2.2");
    assert_string_equal(parsed.problem.hint, "With netcat, use nc -C.");
}

static void test_a_bare_cr_and_a_control_are_told_from_lf(void **state)
{
    static const struct text with_cr = OCTETS("GET / HTTP/1.1\r\nHost: a\rb");
    static const struct text with_control = OCTETS("GET / HTTP/1.1\r\nHost: a\x01");
    struct parsed_head parsed;
    (void)state;
    parse_head(with_cr, &parsed);
    assert_non_null(strstr(parsed.problem.sentence, "CR"));
    parse_head(with_control, &parsed);
    assert_non_null(strstr(parsed.problem.sentence, "control character"));
}

/* RFC 8446 §5.1: a handshake record starts with 0x16 0x03. */
static void test_a_tls_hello_is_told_that_this_is_http_not_https(void **state)
{
    static const struct text hello = OCTETS("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03");
    static const struct text inside = OCTETS("GET /\x16\x03 HTTP/1.1\r\n\r\n");
    struct parsed_head parsed;
    (void)state;
    for (size_t length = 2; length <= hello.length; length++) {
        struct text octets = {hello.start, length};
        assert_int_equal(parse_head(octets, &parsed), HTTP_BAD_REQUEST);
        assert_non_null(strstr(parsed.problem.sentence, "https"));
        assert_head_status(octets, HTTP_BAD_REQUEST);
    }
    assert_int_equal(parse_head(inside, &parsed), HTTP_BAD_REQUEST);
    assert_null(strstr(parsed.problem.sentence, "https"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_proper_prefix_of_a_head_is_incomplete),
        cmocka_unit_test(test_a_whole_head_is_complete_and_its_length_is_exact),
        cmocka_unit_test(test_a_head_split_at_every_octet_is_incomplete_until_the_last),
        cmocka_unit_test(test_a_look_resumed_at_any_octet_ends_like_one_in_one_go),
        cmocka_unit_test(test_no_octet_but_a_pending_cr_is_looked_at_again),
        cmocka_unit_test(test_octets_after_the_head_are_left_alone),
        cmocka_unit_test(test_two_empty_lines_before_the_request_line_are_skipped),
        cmocka_unit_test(test_a_third_empty_line_is_refused_in_the_turn_it_arrives),
        cmocka_unit_test(test_an_octet_that_no_head_may_hold_is_refused_in_the_turn_it_arrives),
        cmocka_unit_test(test_octets_that_the_look_refused_can_be_parsed),
        cmocka_unit_test(test_without_a_request_line_there_is_nothing_to_parse),
        cmocka_unit_test(test_a_control_octet_at_any_position_of_a_head_is_refused),
        cmocka_unit_test(test_a_request_line_that_ends_in_lf_alone_is_told_so),
        cmocka_unit_test(test_a_field_line_that_ends_in_lf_alone_is_told_so),
        cmocka_unit_test(test_a_bare_cr_and_a_control_are_told_from_lf),
        cmocka_unit_test(test_a_tls_hello_is_told_that_this_is_http_not_https),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
