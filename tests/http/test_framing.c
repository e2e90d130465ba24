/* Where a message ends, as its head says it: Content-Length, Transfer-Encoding. RFC 9112
 * §6. */
#include "http/framing.h"
#include "tests/support/http_request.h"

static enum http_status frame(int minor, const char *lines, struct http_content *content)
{
    struct http_problem problem = unfilled_problem();
    struct http_request request = request_with(minor, lines);
    memset(content, 0xa5, sizeof *content);
    if (http_frame_content(&request, content, &problem)) return HTTP_OK;
    assert_explained(&problem);
    return problem.status;
}

/* RFC 9112 §6.3, rule 7 */
static void test_without_either_field_there_is_no_content(void **state)
{
    struct http_content content;
    (void)state;
    for (int minor = 0; minor <= 1; minor++) {
        assert_int_equal(frame(minor, "Host: a\r\n", &content), HTTP_OK);
        assert_int_equal(content.phase, HTTP_CONTENT_COMPLETE);
        assert_int_equal(content.octets_left, 0);
        assert_int_equal(content.octets_so_far, 0);
    }
}

struct length {
    const char *lines;
    uint64_t octets;
};

/* RFC 9110 §8.6: 1*DIGIT; the same value repeated is one. */
static const struct length lengths[] = {
    {"Content-Length: 1\r\n", 1},
    {"Content-Length: 5\r\n", 5},
    {"content-length: 48\r\n", 48},
    {"Content-Length: 010\r\n", 10},
    {"Content-Length: 0000000000000000000000000000005\r\n", 5},
    {"Content-Length: 5, 5\r\n", 5},
    {"Content-Length: 5,5 ,\t5\r\n", 5},
    {"Content-Length: 5, 005\r\n", 5},
    {"Content-Length: 5\r\nContent-Length: 5\r\n", 5},
    {"Content-Length: 5\r\nX: y\r\nCONTENT-LENGTH: 5, 5\r\n", 5},
    {"Content-Length: 1234567890\r\n", 1234567890},
    {"Content-Length: 4294967296\r\n", 4294967296},
    {"Content-Length: 9223372036854775807\r\n", 9223372036854775807},
    {"X-Content-Length: 7\r\nContent-Length: 5\r\nContent-Lengths: 8\r\n", 5},
};

static void test_content_length_says_how_many_octets(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        for (int minor = 0; minor <= 1; minor++) {
            struct http_content content;
            if (frame(minor, lengths[i].lines, &content) != HTTP_OK)
                fail_msg("%s is refused", lengths[i].lines);
            assert_int_equal(content.octets_left, lengths[i].octets);
            assert_int_equal(content.octets_so_far, 0);
            assert_int_equal(content.phase, HTTP_CONTENT_OCTETS);
        }
    }
}

static void test_a_content_length_of_zero_is_complete_at_once(void **state)
{
    static const char *const zeros[] = {
        "Content-Length: 0\r\n", "Content-Length: 000\r\n", "Content-Length: 0, 0\r\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(zeros); i++) {
        struct http_content content;
        assert_int_equal(frame(1, zeros[i], &content), HTTP_OK);
        assert_int_equal(content.phase, HTTP_CONTENT_COMPLETE);
    }
}

/* RFC 9112 §6.3, rule 5: an invalid Content-Length is unrecoverable. */
static const char *const bad_lengths[] = {
    "Content-Length: \r\n",
    "Content-Length: +1\r\n",
    "Content-Length: -48\r\n",
    "Content-Length: -0\r\n",
    "Content-Length: 0x10\r\n",
    "Content-Length: 1Z\r\n",
    "Content-Length: Z\r\n",
    "Content-Length: 1 0\r\n",
    "Content-Length: 1.0\r\n",
    "Content-Length: 1e1\r\n",
    "Content-Length: 1_0\r\n",
    "Content-Length: 0b1\r\n",
    "Content-Length: \"5\"\r\n",
    "Content-Length: 5;\r\n",
    "Content-Length: 5/\r\n",
    "Content-Length: :5\r\n",
    "Content-Length: \xb2\r\n",
    "Content-Length: 5\xa0\r\n",
    "Content-Length: 5, 6\r\n",
    "Content-Length: 5,\r\n",
    "Content-Length: ,5\r\n",
    "Content-Length: 5,,5\r\n",
    "Content-Length: ,\r\n",
    "Content-Length: 5, x\r\n",
    "Content-Length: x, 5\r\n",
    "Content-Length: 5\r\nContent-Length: 6\r\n",
    "Content-Length: 5\r\nContent-Length: 0\r\n",
    "Content-Length: 0\r\nContent-Length: 5\r\n",
    "Content-Length: \r\nContent-Length: 5\r\n",
    "Content-Length: 5\r\nContent-Length: \r\n",
    "Content-Length: 5\r\nX: y\r\nContent-Length: 5, 6\r\n",
    "Content-Length: 5\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
    "Content-Length: 9223372036854775808\r\n", /* more than 63 bits */
    "Content-Length: 10000000000000000000\r\n",
    "Content-Length: 18446744073709551616\r\n",
    "Content-Length: 18446744073709551621\r\n",
    "Content-Length: 99999999999999999999\r\n",
    "Content-Length: 184467440737095516160\r\n",
    "Content-Length: 340282366920938463463374607431768211461\r\n",
    "Content-Length: 18446744073709551621, 5\r\n",
};

static void test_any_other_content_length_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_lengths); i++) {
        struct http_content content;
        if (frame(1, bad_lengths[i], &content) != HTTP_BAD_REQUEST ||
            frame(0, bad_lengths[i], &content) != HTTP_BAD_REQUEST)
            fail_msg("%s is not refused", bad_lengths[i]);
    }
}

/* RFC 9112 §7: coding names ignore case; RFC 9110 §5.6.1.2: empty elements are ignored. */
static const char *const chunked[] = {
    "Transfer-Encoding: chunked\r\n",
    "transfer-encoding: CHUNKED\r\n",
    "Transfer-Encoding: ChunKed\r\n",
    "Transfer-Encoding: ,chunked\r\n",
    "Transfer-Encoding: chunked,\r\n",
    "Transfer-Encoding: ,, \t, chunked ,,\r\n",
    "Transfer-Encoding: \r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: ,\r\n",
    "Transfer-Encoding: chunked\r\nContent-Lengths: 5\r\n",
};

static void test_transfer_encoding_chunked_waits_for_a_chunk_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(chunked); i++) {
        struct http_content content;
        if (frame(1, chunked[i], &content) != HTTP_OK) fail_msg("%s is refused", chunked[i]);
        assert_int_equal(content.phase, HTTP_CHUNK_SIZE);
        assert_int_equal(content.octets_left, 0);
        assert_int_equal(content.octets_so_far, 0);
        assert_int_equal(content.size_digits, 0);
        assert_int_equal(frame(9, chunked[i], &content), HTTP_OK);
    }
}

struct coding {
    const char *lines;
    enum http_status expected;
};

/* RFC 9112 §6.1, §6.3 rule 4: the final coding is chunked, and is there once; §6.1: 501 for codings
 * that are not understood; §7.1: chunked has no parameters. */
static const struct coding codings[] = {
    {"Transfer-Encoding: \r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: ,\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: , ,\r\nTransfer-Encoding: \r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunked, chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunked, gzip, chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: gzip, chunked, chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: xchunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunkedx\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunke\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: \xc2\xa0"
     "chunked\r\n",
        HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunked\xc2\xa0\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: \xff"
     "chunked\r\n",
        HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunked\xff\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: \xa0, chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: \"chunked\"\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: \"x, chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: \"x\", chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: 'chunked'\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunked;q=1\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunked;\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunked chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunk ed\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: gzip chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: gzip; chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: gzip x, chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: gzip@, chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: (gzip), chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: ;q=1, chunked\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: gzip\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: identity\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunked, gzip\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunked, identity\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n", HTTP_BAD_REQUEST},
    {"Transfer-Encoding: gzip, chunked\r\n", HTTP_NOT_IMPLEMENTED},
    {"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", HTTP_NOT_IMPLEMENTED},
    {"Transfer-Encoding: identity, chunked\r\n", HTTP_NOT_IMPLEMENTED},
    {"Transfer-Encoding: gzip, deflate, ,chunked,\r\n", HTTP_NOT_IMPLEMENTED},
    {"Transfer-Encoding: gzip;q=0.5, chunked\r\n", HTTP_NOT_IMPLEMENTED},
    {"Transfer-Encoding: gzip ; a=\"b, chunked\", chunked\r\n", HTTP_NOT_IMPLEMENTED},
    {"Transfer-Encoding: xchunked, chunked\r\n", HTTP_NOT_IMPLEMENTED},
};

static void test_any_other_transfer_encoding_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(codings); i++) {
        struct http_content content;
        enum http_status status = frame(1, codings[i].lines, &content);
        if (status != codings[i].expected)
            fail_msg("%s: status %d instead of %d", codings[i].lines, (int)status,
                (int)codings[i].expected);
    }
}

/* RFC 9112 §6.1, §6.3 rule 3: together they are an attempt at smuggling. */
static void test_transfer_encoding_and_content_length_exclude_each_other(void **state)
{
    static const char *const both[] = {
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: \r\nTransfer-Encoding: \r\n",
        "Content-Length: 5\r\nTransfer-Encoding: gzip, chunked\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: ,\r\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(both); i++) {
        struct http_content content;
        assert_int_equal(frame(1, both[i], &content), HTTP_BAD_REQUEST);
        assert_int_equal(frame(0, both[i], &content), HTTP_BAD_REQUEST);
    }
}

/* RFC 9112 §6.1 */
static void test_http_1_0_has_no_transfer_encoding(void **state)
{
    struct http_content content;
    (void)state;
    assert_int_equal(frame(0, "Transfer-Encoding: chunked\r\n", &content), HTTP_BAD_REQUEST);
    assert_int_equal(frame(0, "Transfer-Encoding: gzip, chunked\r\n", &content), HTTP_BAD_REQUEST);
    assert_int_equal(frame(0, "Transfer-Encoding: \r\n", &content), HTTP_BAD_REQUEST);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_either_field_there_is_no_content),
        cmocka_unit_test(test_content_length_says_how_many_octets),
        cmocka_unit_test(test_a_content_length_of_zero_is_complete_at_once),
        cmocka_unit_test(test_any_other_content_length_is_refused),
        cmocka_unit_test(test_transfer_encoding_chunked_waits_for_a_chunk_size),
        cmocka_unit_test(test_any_other_transfer_encoding_is_refused),
        cmocka_unit_test(test_transfer_encoding_and_content_length_exclude_each_other),
        cmocka_unit_test(test_http_1_0_has_no_transfer_encoding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
