/* The chunked coding, however it is cut into pieces. RFC 9112 §7.1. */
#include "tests/support/http_content.h"

struct message {
    struct text octets;
    struct text content;
};

static const struct text next_request = OCTETS("GET /next HTTP/1.1\r\n\r\n");

static const struct message messages[] = {
    {OCTETS("0\r\n\r\n"), OCTETS("")},
    {OCTETS("000\r\n\r\n"), OCTETS("")},
    {OCTETS("0000000000000000\r\n\r\n"), OCTETS("")},
    {OCTETS("5\r\nhello\r\n0\r\n\r\n"), OCTETS("hello")},
    {OCTETS("1\r\na\r\n2\r\nbc\r\n03\r\ndef\r\n0\r\n\r\n"), OCTETS("abcdef")},
    {OCTETS("0000000000000005\r\nhello\r\n0\r\n\r\n"), OCTETS("hello")},
    {OCTETS("a\r\n0123456789\r\nB\r\nabcdefghijk\r\n0\r\n\r\n"), OCTETS("0123456789abcdefghijk")},
    {OCTETS("1F\r\nabcdefghijklmnopqrstuvwxyz01234\r\n0\r\n\r\n"),
        OCTETS("abcdefghijklmnopqrstuvwxyz01234")},
    {OCTETS("1c\r\nabcdefghijklmnopqrstuvwxyz01\r\n0\r\n\r\n"),
        OCTETS("abcdefghijklmnopqrstuvwxyz01")},
    /* content that looks like framing */
    {OCTETS("5\r\n0\r\n\r\n\r\n0\r\n\r\n"), OCTETS("0\r\n\r\n")},
    {OCTETS("3\r\n\0\n\r\r\n2\r\n\r\n\r\n0\r\n\r\n"), OCTETS("\0\n\r\r\n")},
    /* RFC 9112 §7.1.1: extensions are ignored; white space may stand around the semicolon. */
    {OCTETS("1;a\r\nx\r\n0;b=c\r\n\r\n"), OCTETS("x")},
    {OCTETS("1;a=\"b;c \\\" d\";e\r\nx\r\n0\r\n\r\n"), OCTETS("x")},
    {OCTETS("1 ;a\r\nx\r\n0\t; b = c \r\n\r\n"), OCTETS("x")},
    {OCTETS("1 \t ;\ta\r\nx\r\n0\r\n\r\n"), OCTETS("x")},
    {OCTETS("1;\xe9\r\nx\r\n0\r\n\r\n"), OCTETS("x")},
    /* RFC 9112 §7.1.2: trailer fields are parsed and dropped. */
    {OCTETS("1\r\nx\r\n0\r\nA: b\r\n\r\n"), OCTETS("x")},
    {OCTETS("0\r\nA:\r\nB-1:\tc \xe9:d\r\n!#$%&'*+.^_`|~9:e\r\n\r\n"), OCTETS("")},
    {OCTETS("1;a\r\nx\r\n0;b\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
        OCTETS("x")},
};

/* The message was followed by the next request, of which no octet was taken. */
static void assert_message(const struct fed *fed, const struct message *message)
{
    bool right = fed->result == HTTP_COMPLETE && fed->taken == message->octets.length &&
        fed->data_length == message->content.length &&
        memcmp(fed->data, message->content.start, fed->data_length) == 0;
    if (!right) {
        show_octets(message->octets);
        fail_msg("result %d, %zu octets taken, %zu of content", (int)fed->result, fed->taken,
            fed->data_length);
    }
    assert_int_equal(fed->content.octets_so_far, message->content.length);
    assert_int_equal(fed->content.octets_left, 0);
}

static void write_with_next(const struct message *message, char *octets, struct text *both)
{
    memcpy(octets, message->octets.start, message->octets.length);
    memcpy(octets + message->octets.length, next_request.start, next_request.length);
    *both = (struct text){octets, message->octets.length + next_request.length};
}

static void test_a_message_split_at_every_octet_has_the_same_content_and_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(messages); i++) {
        char octets[256];
        struct text both;
        write_with_next(&messages[i], octets, &both);
        for (size_t split = 0; split <= both.length; split++) {
            struct fed fed;
            feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
            feed_split(&fed, both, split);
            assert_message(&fed, &messages[i]);
        }
    }
}

static void test_a_message_in_pieces_of_any_size_has_the_same_content_and_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(messages); i++) {
        char octets[256];
        struct text both;
        write_with_next(&messages[i], octets, &both);
        for (size_t piece = 1; piece <= both.length; piece++) {
            struct fed fed;
            feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
            feed_in_pieces(&fed, both, piece);
            assert_message(&fed, &messages[i]);
        }
    }
}

static void test_every_proper_prefix_of_a_message_is_incomplete(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(messages); i++) {
        for (size_t length = 0; length < messages[i].octets.length; length++) {
            struct fed fed;
            feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
            feed(&fed, text_until(messages[i].octets, length));
            assert_int_equal(fed.result, HTTP_INCOMPLETE);
            assert_int_equal(fed.taken, length);
        }
    }
}

static void test_after_the_end_of_a_message_nothing_is_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(messages); i++) {
        struct fed fed;
        feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
        feed(&fed, messages[i].octets);
        feed_once(&fed, next_request);
        assert_message(&fed, &messages[i]);
    }
}

static void test_a_size_of_16_digits_is_taken_at_its_value(void **state)
{
    struct fed fed;
    (void)state;
    feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
    feed(&fed, text_of("FFFFFFFFFFFFFFFF\r\n"));
    assert_int_equal(fed.result, HTTP_INCOMPLETE);
    assert_int_equal(fed.content.octets_left, UINT64_MAX);
    assert_true(http_content_exceeds(&fed.content, UINT64_MAX - 1));
    feed(&fed, text_of("0\r\n\r\nGET / HTTP/1.1\r\n\r\n"));
    assert_int_equal(fed.result, HTTP_INCOMPLETE);
    assert_int_equal(fed.data_length, 23);
    feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
    feed(&fed, text_of("123456789abcdEF0\r\n"));
    assert_int_equal(fed.content.octets_left, 0x123456789abcdef0);
}

static void test_a_chunk_over_the_limit_is_known_when_its_size_is_here(void **state)
{
    struct fed fed;
    (void)state;
    feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
    feed(&fed, text_of("5\r\nhello\r\n6\r\n"));
    assert_false(http_content_exceeds(&fed.content, 11));
    assert_true(http_content_exceeds(&fed.content, 10));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_message_split_at_every_octet_has_the_same_content_and_end),
        cmocka_unit_test(test_a_message_in_pieces_of_any_size_has_the_same_content_and_end),
        cmocka_unit_test(test_every_proper_prefix_of_a_message_is_incomplete),
        cmocka_unit_test(test_after_the_end_of_a_message_nothing_is_taken),
        cmocka_unit_test(test_a_size_of_16_digits_is_taken_at_its_value),
        cmocka_unit_test(test_a_chunk_over_the_limit_is_known_when_its_size_is_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
