/* Which octet is wrong, for every problem that is one octet's fault; and none where the message as
 * a whole is wrong. */
#include "http/framing.h"
#include "http/target.h"
#include "tests/support/http_request.h"

#define LINE "GET / HTTP/1.1\r\n"

/* The octets are wrong at the first caret in marks. */
struct wrong {
    const char *octets;
    const char *marks;
    enum http_fault fault;
};

static void assert_at(struct text octets, const char *marks, const struct http_problem *problem)
{
    const char *at = octets.start + strcspn(marks, "^");
    if (problem->at == at) return;
    show_octets(octets);
    fail_msg("at octet %td, not %td: %s", problem->at == NULL ? -1 : problem->at - octets.start,
        at - octets.start, problem->sentence);
}

/* It is that problem, and no other that is told at the same octet. */
static void assert_is(const struct http_problem *problem, enum http_fault fault)
{
    struct http_problem expected;
    http_refuse(&expected, fault, NULL);
    assert_string_equal(problem->sentence, expected.sentence);
}

static const struct wrong looks[] = {
    {"\x16\x03\x01", "^", HTTP_FAULT_TLS_HELLO},
    {"GET / HTTP/1.1\n", "              ^", HTTP_FAULT_LF_ALONE},
    {"GET / HTTP/1.1\r\nA: b\n", "               .    ^", HTTP_FAULT_LF_ALONE_IN_FIELD},
    {"GET / HTTP/1.1\rA", "              ^", HTTP_FAULT_CR_ALONE},
    {"GET / HTTP/1.1\r\nA: b\rc", "                    ^", HTTP_FAULT_CR_ALONE},
    {"GET /\x01 HTTP", "     ^", HTTP_FAULT_CONTROL},
    {"GET / HTTP/1.1\r\nA: \x7f b", "                   ^", HTTP_FAULT_CONTROL_IN_FIELD},
    {"\r\n\r\n\r\nGET", "    ^", HTTP_FAULT_EMPTY_LINES},
    {"\r\nGET /\n", "       ^", HTTP_FAULT_LF_ALONE},
};

static void test_the_octet_at_which_a_look_stops(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(looks); i++) {
        struct http_problem problem = unfilled_problem();
        struct text octets = guarded(text_of(looks[i].octets));
        size_t looked = 0;
        assert_int_equal(http_look_at_head(octets, &looked, &problem), HTTP_INVALID);
        assert_is(&problem, looks[i].fault);
        assert_at(octets, looks[i].marks, &problem);
    }
}

/* However the octets before it arrive. */
static void test_the_octet_is_the_same_when_it_arrives_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(looks); i++) {
        struct http_problem problem = unfilled_problem();
        struct text octets = guarded(text_of(looks[i].octets));
        enum http_parse parse = HTTP_INCOMPLETE;
        size_t looked = 0;
        for (size_t n = 1; n <= octets.length && parse == HTTP_INCOMPLETE; n++)
            parse = http_look_at_head(text_until(octets, n), &looked, &problem);
        assert_int_equal(parse, HTTP_INVALID);
        assert_at(octets, looks[i].marks, &problem);
    }
}

/* The first octet for which there is no room. */
static void test_what_is_too_long_is_so_from_the_limit_on(void **state)
{
    static char octets[40 * 1024];
    struct http_problem problem;
    size_t looked = 0;
    (void)state;
    memset(octets, 'a', sizeof octets);
    struct text long_method = {octets, sizeof octets};
    assert_int_equal(http_look_at_head(long_method, &looked, &problem), HTTP_INVALID);
    assert_is(&problem, HTTP_FAULT_LONG_METHOD);
    assert_ptr_equal(problem.at, octets + 8192);
    memcpy(octets, "GET /", 5);
    looked = 0;
    assert_int_equal(http_look_at_head(long_method, &looked, &problem), HTTP_INVALID);
    assert_is(&problem, HTTP_FAULT_LONG_REQUEST_LINE);
    assert_ptr_equal(problem.at, octets + 8192);
    memcpy(octets, LINE "A: ", strlen(LINE "A: "));
    looked = 0;
    assert_int_equal(http_look_at_head(long_method, &looked, &problem), HTTP_INVALID);
    assert_is(&problem, HTTP_FAULT_LONG_HEAD);
    assert_in_range(problem.at - octets, 32766, 32768); /* with or without the empty line's CR LF */
}

/* Of a whole head, each against an unreadable page. */
static const struct wrong heads[] = {
    {"@ET / HTTP/1.1\r\n\r\n", "^", HTTP_FAULT_NO_METHOD},
    {" GET / HTTP/1.1\r\n\r\n", "^", HTTP_FAULT_NO_METHOD},
    {"GE@ / HTTP/1.1\r\n\r\n", "  ^", HTTP_FAULT_NO_SINGLE_SPACE},
    {"GET\t/ HTTP/1.1\r\n\r\n", "   ^", HTTP_FAULT_NO_SINGLE_SPACE},
    {"GET  / HTTP/1.1\r\n\r\n", "    ^", HTTP_FAULT_TARGET_OCTET},
    {"GET /a#b HTTP/1.1\r\n\r\n", "      ^", HTTP_FAULT_TARGET_OCTET},
    {"GET /\xe9 HTTP/1.1\r\n\r\n", "     ^", HTTP_FAULT_TARGET_OCTET},
    {"GET /\r\n\r\n", "     ^", HTTP_FAULT_NO_VERSION},
    {"GET / http/1.1\r\n\r\n", "      ^", HTTP_FAULT_VERSION_SYNTAX},
    {"GET / HTTP/1.10\r\n\r\n", "      ^", HTTP_FAULT_VERSION_SYNTAX},
    {LINE "Name\r\n\r\n", "                    ^", HTTP_FAULT_NO_COLON},
    {LINE "A: b\r\n c\r\n\r\n", "                      ^", HTTP_FAULT_FOLDED_LINE},
    {LINE "\tA: b\r\n\r\n", "                ^", HTTP_FAULT_FOLDED_LINE},
    {LINE "Name : b\r\n\r\n", "                    ^", HTTP_FAULT_SPACE_BEFORE_COLON},
    {LINE ": b\r\n\r\n", "                ^", HTTP_FAULT_FIELD_NAME},
    {LINE "Na@e: b\r\n\r\n", "                  ^", HTTP_FAULT_FIELD_NAME},
    {LINE "A: b\r\nC : d\r\nE\r\n\r\n", "                       ^", HTTP_FAULT_SPACE_BEFORE_COLON},
    {"GET / HTTP/2.0\r\n\r\n", "      ^", HTTP_FAULT_VERSION},
    {"\r\nGET / HTTP/3.0\r\nA: b\r\n\r\n", "        ^", HTTP_FAULT_VERSION},
};

static void test_the_octet_from_which_on_a_head_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++) {
        struct http_problem problem = unfilled_problem();
        struct http_request request;
        struct text head = guarded(text_of(heads[i].octets));
        assert_int_equal(http_parse_request_head(head, &request, &problem), HTTP_INVALID);
        assert_is(&problem, heads[i].fault);
        assert_at(head, heads[i].marks, &problem);
    }
}

/* The value of the last field that was made, see http_request.h: it is what is wrong. */
static const char *value_of(const struct http_request *request, const char *name)
{
    struct text value = {NULL, 0};
    http_find_field(request, name, &value);
    return value.start;
}

static const struct {
    const char *lines, *field;
    enum http_fault fault;
    int minor;
} framings[] = {
    {"Content-Length: x\r\n", "Content-Length", HTTP_FAULT_CONTENT_LENGTH, 1},
    {"Host: a\r\nContent-Length: -1\r\n", "Content-Length", HTTP_FAULT_CONTENT_LENGTH, 1},
    {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding",
        HTTP_FAULT_CODING_AND_LENGTH, 1},
    {"Transfer-Encoding: chunked\r\n", "Transfer-Encoding", HTTP_FAULT_CODING_IN_1_0, 0},
    {"Transfer-Encoding: gzip\r\n", "Transfer-Encoding", HTTP_FAULT_NOT_CHUNKED_LAST, 1},
    {"Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding", HTTP_FAULT_OTHER_CODING, 1},
};

static void test_framing_is_wrong_from_the_value_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(framings); i++) {
        struct http_content content;
        struct http_problem problem = unfilled_problem();
        struct http_request request = request_with(framings[i].minor, framings[i].lines);
        assert_false(http_frame_content(&request, &content, &problem));
        assert_is(&problem, framings[i].fault);
        assert_non_null(problem.at);
        assert_ptr_equal(problem.at, value_of(&request, framings[i].field));
    }
}

static const struct wrong chunks[] = {
    {"x", "^", HTTP_FAULT_CHUNK_SIZE},
    {"\r\n", "^", HTTP_FAULT_CHUNK_SIZE},
    {"0x5\r\n", " ^", HTTP_FAULT_CHUNK_SIZE},
    {"+5\r\n", "^", HTTP_FAULT_CHUNK_SIZE},
    {"00000000000000005\r\n", "                ^", HTTP_FAULT_CHUNK_SIZE},
    {"5\n", " ^", HTTP_FAULT_CHUNK_SIZE},
    {"5\rx", "  ^", HTTP_FAULT_CHUNK_SIZE},
    {"5 x", "  ^", HTTP_FAULT_CHUNK_EXTENSION},
    {"5;a\x01", "   ^", HTTP_FAULT_CHUNK_EXTENSION},
    {"1\r\naa", "    ^", HTTP_FAULT_CHUNK_END},
    {"1\r\na\r\r", "     ^", HTTP_FAULT_CHUNK_END},
    {"0\r\n@", "   ^", HTTP_FAULT_TRAILER},
    {"0\r\na\r", "    ^", HTTP_FAULT_TRAILER},
};

/* In one go, which http_take_content() makes several of: it returns after data. */
static void test_the_octet_at_which_content_in_chunks_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(chunks); i++) {
        struct http_content content = {.phase = HTTP_CHUNK_SIZE};
        struct http_problem problem = unfilled_problem();
        struct text octets = guarded(text_of(chunks[i].octets));
        enum http_parse parse = HTTP_INCOMPLETE;
        size_t taken = 0;
        for (size_t at = 0; at < octets.length && parse == HTTP_INCOMPLETE; at += taken) {
            struct text data;
            parse = http_take_content(&content, text_from(octets, at), &taken, &data, &problem);
        }
        assert_int_equal(parse, HTTP_INVALID);
        assert_is(&problem, chunks[i].fault);
        assert_at(octets, chunks[i].marks, &problem);
    }
}

static void test_too_much_beside_the_chunks_is_so_from_the_limit_on(void **state)
{
    static char octets[40 * 1024];
    struct http_content content = {.phase = HTTP_CHUNK_SIZE};
    struct http_problem problem;
    struct text data;
    size_t taken;
    (void)state;
    memset(octets, 'a', sizeof octets);
    memcpy(octets, "1;", 2);
    struct text all = {octets, sizeof octets};
    assert_int_equal(http_take_content(&content, all, &taken, &data, &problem), HTTP_INVALID);
    assert_is(&problem, HTTP_FAULT_CHUNK_EXTENSIONS);
    assert_ptr_equal(problem.at, octets + 1 + 1024);
    memcpy(octets, "0\r\na:", 5);
    content = (struct http_content){.phase = HTTP_CHUNK_SIZE};
    assert_int_equal(http_take_content(&content, all, &taken, &data, &problem), HTTP_INVALID);
    assert_is(&problem, HTTP_FAULT_TRAILERS);
    assert_ptr_equal(problem.at, octets + 3 + 32768);
}

static const struct wrong targets[] = {
    {"https://a/", "^", HTTP_FAULT_TARGET_HTTPS},
    {"ftp://a/", "^", HTTP_FAULT_TARGET_FORM},
    {"a", "^", HTTP_FAULT_TARGET_FORM},
    {"*", "^", HTTP_FAULT_ASTERISK},
    {"http:///", "^", HTTP_FAULT_TARGET_HOST},
    {"http://u@a/", "^", HTTP_FAULT_TARGET_HOST},
    {"/100%", "    ^", HTTP_FAULT_PERCENT},
    {"/a%4", "  ^", HTTP_FAULT_PERCENT},
    {"/a%4x", "  ^", HTTP_FAULT_PERCENT},
    {"/a%41%zz", "     ^", HTTP_FAULT_PERCENT},
    {"http://a/b%", "          ^", HTTP_FAULT_PERCENT},
    {"/a%00b", "  ^", HTTP_FAULT_ENCODED_CONTROL},
    {"/a%41%7fb", "     ^", HTTP_FAULT_ENCODED_CONTROL},
};

static void test_the_octet_at_which_a_target_is_wrong(void **state)
{
    static struct http_target target;
    (void)state;
    for (size_t i = 0; i < COUNT(targets); i++) {
        struct http_problem problem = unfilled_problem();
        struct http_request request =
            hand_made_request("GET", text_of(targets[i].octets), 1, "Host: a\r\n");
        assert_false(http_parse_target(&request, &target, &problem));
        assert_is(&problem, targets[i].fault);
        assert_at(request.target, targets[i].marks, &problem);
    }
}

/* Where the segment ends that leads there. */
static void test_a_path_leads_above_the_root_where_its_dots_end(void **state)
{
    static const struct wrong above[] = {
        {"/..", "  ^", HTTP_FAULT_ABOVE_ROOT},
        {"/../a", "   ^", HTTP_FAULT_ABOVE_ROOT},
        {"/a/../%2e%2e/b/..", "            ^", HTTP_FAULT_ABOVE_ROOT},
    };
    static struct http_target target;
    (void)state;
    for (size_t i = 0; i < COUNT(above); i++) {
        struct http_problem problem = unfilled_problem();
        struct http_request request =
            hand_made_request("GET", text_of(above[i].octets), 1, "Host: a\r\n");
        assert_false(http_parse_target(&request, &target, &problem));
        assert_is(&problem, HTTP_FAULT_ABOVE_ROOT);
        assert_at(request.target, above[i].marks, &problem);
    }
}

/* After a target that was wrong at its end. */
static void test_a_target_that_is_in_order_leaves_no_octet_of_the_one_before(void **state)
{
    static struct http_target target;
    struct http_problem problem = unfilled_problem();
    (void)state;
    struct http_request request = hand_made_request("GET", text_of("/abc%"), 1, "Host: a\r\n");
    assert_false(http_parse_target(&request, &target, &problem));
    request = hand_made_request("GET", text_of("*"), 1, "Host: a\r\n");
    assert_false(http_parse_target(&request, &target, &problem));
    assert_ptr_equal(problem.at, request.target.start);
}

static void test_host_is_wrong_from_its_value_on(void **state)
{
    struct http_problem problem = unfilled_problem();
    (void)state;
    struct http_request request = request_with(1, "A: b\r\nHost: a b\r\n");
    assert_false(http_check_host(&request, &problem));
    assert_is(&problem, HTTP_FAULT_HOST);
    assert_ptr_equal(problem.at, request.fields[1].value.start);
}

static void test_of_two_hosts_one_is_named(void **state)
{
    struct http_problem problem = unfilled_problem();
    (void)state;
    struct http_request request = request_with(1, "Host: a\r\nA: b\r\nHost: b\r\n");
    assert_false(http_check_host(&request, &problem));
    assert_is(&problem, HTTP_FAULT_MANY_HOSTS);
    assert_true(
        problem.at == request.fields[0].value.start || problem.at == request.fields[2].value.start);
}

static void test_a_host_that_is_missing_has_no_octet(void **state)
{
    struct http_problem problem = unfilled_problem();
    (void)state;
    problem.at = "left behind";
    struct http_request request = request_with(1, "A: b\r\n");
    assert_false(http_check_host(&request, &problem));
    assert_is(&problem, HTTP_FAULT_NO_HOST);
    assert_null(problem.at);
}

static void test_every_fault_keeps_the_octet_it_is_given(void **state)
{
    static const char octet[] = "x";
    (void)state;
    for (int fault = 0; fault < HTTP_FAULT_NONE; fault++) {
        struct http_problem problem = unfilled_problem();
        assert_false(http_refuse(&problem, (enum http_fault)fault, octet));
        assert_ptr_equal(problem.at, octet);
        assert_false(http_passes(&problem, (enum http_fault)fault, NULL));
        assert_null(problem.at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_octet_at_which_a_look_stops),
        cmocka_unit_test(test_the_octet_is_the_same_when_it_arrives_alone),
        cmocka_unit_test(test_what_is_too_long_is_so_from_the_limit_on),
        cmocka_unit_test(test_the_octet_from_which_on_a_head_is_wrong),
        cmocka_unit_test(test_framing_is_wrong_from_the_value_on),
        cmocka_unit_test(test_the_octet_at_which_content_in_chunks_is_wrong),
        cmocka_unit_test(test_too_much_beside_the_chunks_is_so_from_the_limit_on),
        cmocka_unit_test(test_the_octet_at_which_a_target_is_wrong),
        cmocka_unit_test(test_a_path_leads_above_the_root_where_its_dots_end),
        cmocka_unit_test(test_a_target_that_is_in_order_leaves_no_octet_of_the_one_before),
        cmocka_unit_test(test_host_is_wrong_from_its_value_on),
        cmocka_unit_test(test_of_two_hosts_one_is_named),
        cmocka_unit_test(test_a_host_that_is_missing_has_no_octet),
        cmocka_unit_test(test_every_fault_keeps_the_octet_it_is_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
