/* Every refusal says what was wrong, and which section of which RFC says so. */
#include "http/framing.h"
#include "http/target.h"
#include "tests/support/http_head.h"
#include "tests/support/http_request.h"

struct refusal {
    const char *octets;
    const char *section;
    const char *word; /* in the sentence */
};

static void assert_says(const struct refusal *refusal, const struct http_problem *problem)
{
    if (strcmp(problem->section, refusal->section) == 0 &&
        strstr(problem->sentence, refusal->word) != NULL)
        return;
    show_octets(text_of(refusal->octets));
    fail_msg("%s (%s)", problem->sentence, problem->section);
}

static const struct refusal heads[] = {
    {"\x16\x03", "RFC 9110 §4.2.1", "TLS"},
    {"GET / HTTP/1.1\n", "RFC 9112 §2.2", "LF alone"},
    {"GET / HTTP/1.1\r\nA: b\n", "RFC 9112 §2.2", "LF alone"},
    {"GET / HTTP/1.1\rA", "RFC 9112 §2.2", "CR"},
    {"GET / HTTP/1.1\r\nA: b\rc", "RFC 9112 §2.2", "CR"},
    {"\r\n\r\n\r\n", "RFC 9112 §2.2", "empty lines"},
    {"GET /\x01", "RFC 9112 §3", "control"},
    {"GET / HTTP/1.1\r\nA: \x01", "RFC 9110 §5.5", "control"},
    {"@ / HTTP/1.1\r\n\r\n", "RFC 9110 §9.1", "method"},
    {" GET / HTTP/1.1\r\n\r\n", "RFC 9110 §9.1", "method"},
    {"GET\t/ HTTP/1.1\r\n\r\n", "RFC 9112 §3", "one space"},
    {"GET\r\n\r\n", "RFC 9112 §3", "one space"},
    {"GE@ / HTTP/1.1\r\n\r\n", "RFC 9112 §3", "one space"},
    {"GET  / HTTP/1.1\r\n\r\n", "RFC 9112 §3.2", "target"},
    {"GET /# HTTP/1.1\r\n\r\n", "RFC 9112 §3.2", "target"},
    {"GET /\xe9 HTTP/1.1\r\n\r\n", "RFC 9112 §3.2", "target"},
    {"GET /\r\n\r\n", "RFC 9112 §2.3", "no version"},
    {"GET / http/1.1\r\n\r\n", "RFC 9112 §2.3", "version"},
    {"GET / HTTP/1.10\r\n\r\n", "RFC 9112 §2.3", "version"},
    {"GET / HTTP/1.1\r\nA\r\n\r\n", "RFC 9112 §5", "colon"},
    {"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "RFC 9112 §5.2", "folded"},
    {"GET / HTTP/1.1\r\n\tA: b\r\n\r\n", "RFC 9112 §5.2", "white space"},
    {"GET / HTTP/1.1\r\nA : b\r\n\r\n", "RFC 9112 §5.1", "white space"},
    {"GET / HTTP/1.1\r\nA\t: b\r\n\r\n", "RFC 9112 §5.1", "white space"},
    {"GET / HTTP/1.1\r\n: b\r\n\r\n", "RFC 9110 §5.1", "name"},
    {"GET / HTTP/1.1\r\nA@: b\r\n\r\n", "RFC 9110 §5.1", "name"},
    {"GET / HTTP/2.0\r\n\r\n", "RFC 9110 §15.6.6", "HTTP/1.1"},
};

static void test_a_refused_head_is_told_its_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++) {
        struct parsed_head parsed;
        assert_true(parse_head(text_of(heads[i].octets), &parsed) >= 400);
        assert_says(&heads[i], &parsed.problem);
    }
}

/* Letters from "first" on, until there are so many octets. */
static const char *long_head(const char *first, size_t length)
{
    static char octets[40 * 1024];
    memset(octets, 'a', length);
    memcpy(octets, first, strlen(first));
    octets[length] = '\0';
    return octets;
}

static void assert_long_head_says(const char *head, const char *section, const char *word)
{
    struct parsed_head parsed;
    struct refusal refusal = {head, section, word};
    assert_true(parse_head(text_of(head), &parsed) >= 400);
    assert_says(&refusal, &parsed.problem);
}

static void test_a_head_that_is_too_long_is_told_what_of_it_is(void **state)
{
    (void)state;
    assert_long_head_says(long_head("G", 8193), "RFC 9112 §3", "method");
    assert_long_head_says(long_head("GET /", 8193), "RFC 9112 §3", "8192");
    assert_long_head_says(long_head("GET / HTTP/1.1 ", 8193), "RFC 9112 §3", "one space");
    assert_long_head_says(long_head("GET / HTTP/1.1\r\nA:", 33000), "RFC 9110 §5.4", "32768");
}

static void test_a_head_of_too_many_field_lines_is_told_the_limit(void **state)
{
    char octets[1024] = "GET / HTTP/1.1\r\n";
    size_t length = strlen(octets);
    (void)state;
    for (int i = 0; i < 101; i++, length += 4) memcpy(octets + length, "A:\r\n", 4);
    memcpy(octets + length, "\r\n", 3);
    assert_long_head_says(octets, "RFC 9110 §5.4", "100 field lines");
}

static const struct refusal framings[] = {
    {"Content-Length: x\r\n", "RFC 9110 §8.6", "Content-Length"},
    {"Content-Length: 1, 2\r\n", "RFC 9110 §8.6", "Content-Length"},
    {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "RFC 9112 §6.3", "Content-Length"},
    {"Transfer-Encoding: gzip\r\n", "RFC 9112 §6.3", "chunked"},
    {"Transfer-Encoding: chunked, chunked\r\n", "RFC 9112 §6.3", "one chunked"},
    {"Transfer-Encoding: gzip, chunked\r\n", "RFC 9112 §6.1", "coding"},
};

static void test_a_refused_framing_is_told_its_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(framings); i++) {
        struct http_content content;
        struct http_problem problem = unfilled_problem();
        struct http_request request = request_with(1, framings[i].octets);
        assert_false(http_frame_content(&request, &content, &problem));
        assert_says(&framings[i], &problem);
    }
}

static void test_transfer_encoding_in_http_1_0_is_told_its_rule(void **state)
{
    static const struct refusal refusal = {"", "RFC 9112 §6.1", "HTTP/1.0"};
    struct http_content content;
    struct http_problem problem;
    struct http_request request = request_with(0, "Transfer-Encoding: chunked\r\n");
    (void)state;
    assert_false(http_frame_content(&request, &content, &problem));
    assert_says(&refusal, &problem);
}

static const struct refusal chunks[] = {
    {"x", "RFC 9112 §7.1", "size"},
    {"00000000000000000", "RFC 9112 §7.1", "16"},
    {"1x", "RFC 9112 §7.1", "size"},
    {"1\n", "RFC 9112 §7.1", "CR LF"},
    {"1\rx", "RFC 9112 §7.1", "CR LF"},
    {"1 x", "RFC 9112 §7.1.1", "extension"},
    {"1;a\x01", "RFC 9112 §7.1.1", "extension"},
    {"1\r\naa", "RFC 9112 §7.1", "chunk"},
    {"1\r\na\r\r", "RFC 9112 §7.1", "CR LF"},
    {"0\r\n@", "RFC 9112 §7.1.2", "trailer"},
    {"0\r\na\r", "RFC 9112 §7.1.2", "trailer"},
    {"0\r\na:\n", "RFC 9112 §7.1.2", "trailer"},
    {"0\r\na:\r\r", "RFC 9112 §7.1.2", "trailer"},
};

static void test_a_refused_chunk_is_told_its_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(chunks); i++) {
        struct http_content content = {.phase = HTTP_CHUNK_SIZE};
        struct http_problem problem = unfilled_problem();
        struct text octets = text_of(chunks[i].octets);
        size_t taken = 0;
        for (; octets.length > 0; octets = text_from(octets, taken)) {
            struct text data;
            if (http_take_content(&content, guarded(octets), &taken, &data, &problem) ==
                HTTP_INVALID)
                break;
        }
        assert_true(octets.length > 0);
        assert_says(&chunks[i], &problem);
    }
}

static void test_too_much_in_the_chunked_coding_is_told_its_rule(void **state)
{
    static const struct refusal extensions = {"1;aaa", "RFC 9112 §7.1.1", "1024"};
    static const struct refusal trailers = {"0\r\na:aaa", "RFC 9110 §5.4", "32768"};
    struct http_problem problem;
    struct text data;
    size_t taken;
    (void)state;
    struct http_content content = {.phase = HTTP_CHUNK_SIZE};
    assert_int_equal(
        http_take_content(&content, text_of(long_head("1;", 2000)), &taken, &data, &problem),
        HTTP_INVALID);
    assert_says(&extensions, &problem);
    content = (struct http_content){.phase = HTTP_CHUNK_SIZE};
    assert_int_equal(
        http_take_content(&content, text_of(long_head("0\r\na:", 33000)), &taken, &data, &problem),
        HTTP_INVALID);
    assert_says(&trailers, &problem);
}

static const struct refusal targets[] = {
    {"https://a/", "RFC 9110 §7.4", "https"},
    {"ftp://a/", "RFC 9112 §3.2", "neither a path"},
    {"a", "RFC 9112 §3.2", "neither a path"},
    {"*", "RFC 9112 §3.2.4", "OPTIONS"},
    {"http:///", "RFC 9110 §4.2.1", "host"},
    {"http://", "RFC 9110 §4.2.1", "host"},
    {"http://@a/", "RFC 9110 §4.2.1", "host"},
    {"/%", "RFC 3986 §2.1", "percent"},
    {"/%01", "RFC 3986 §7.3", "control"},
    {"/..", "RFC 3986 §5.2.4", "above the root"},
    {"/%2f", "RFC 9110 §15.5.5", "slash"},
};

static void test_a_refused_target_is_told_its_rule(void **state)
{
    static struct http_target target;
    (void)state;
    for (size_t i = 0; i < COUNT(targets); i++) {
        struct http_problem problem = unfilled_problem();
        struct http_request request =
            hand_made_request("GET", text_of(targets[i].octets), 1, "Host: a\r\n");
        assert_false(http_parse_target(&request, &target, &problem));
        assert_says(&targets[i], &problem);
    }
}

static const struct refusal hosts[] = {
    {"A: b\r\n", "RFC 9112 §3.2", "needs a Host"},
    {"Host: a\r\nHost: a\r\n", "RFC 9112 §3.2", "more than one Host"},
    {"Host: /\r\n", "RFC 9112 §3.2", "value of Host"},
};

static void test_a_refused_host_is_told_its_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hosts); i++) {
        struct http_problem problem = unfilled_problem();
        struct http_request request = request_with(1, hosts[i].octets);
        assert_false(http_check_host(&request, &problem));
        assert_says(&hosts[i], &problem);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_refused_head_is_told_its_rule),
        cmocka_unit_test(test_a_head_that_is_too_long_is_told_what_of_it_is),
        cmocka_unit_test(test_a_head_of_too_many_field_lines_is_told_the_limit),
        cmocka_unit_test(test_a_refused_framing_is_told_its_rule),
        cmocka_unit_test(test_transfer_encoding_in_http_1_0_is_told_its_rule),
        cmocka_unit_test(test_a_refused_chunk_is_told_its_rule),
        cmocka_unit_test(test_too_much_in_the_chunked_coding_is_told_its_rule),
        cmocka_unit_test(test_a_refused_target_is_told_its_rule),
        cmocka_unit_test(test_a_refused_host_is_told_its_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
