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

/* Each is malformed from its last octet on, and no sooner. */
static const struct text malformed[] = {
    /* chunk-size = 1*HEXDIG: no sign, no prefix, no white space before it */
    OCTETS("\r"),
    OCTETS("\n"),
    OCTETS(" "),
    OCTETS("\t"),
    OCTETS("+"),
    OCTETS("-"),
    OCTETS(";"),
    OCTETS("g"),
    OCTETS("G"),
    OCTETS("x"),
    OCTETS("/"),
    OCTETS(":"),
    OCTETS("@"),
    OCTETS("`"),
    OCTETS("\0"),
    OCTETS("\xff"),
    OCTETS("0x"),
    OCTETS("0X"),
    OCTETS("0_"),
    OCTETS("0g"),
    OCTETS("1,"),
    OCTETS("1."),
    OCTETS("1\0"),
    OCTETS("1t"),
    OCTETS("5\xa0"),
    /* 1 to 16 digits */
    OCTETS("00000000000000000"),
    OCTETS("00000000000000001"),
    OCTETS("FFFFFFFFFFFFFFFFF"),
    OCTETS("10000000000000000"),
    /* CR LF, exact */
    OCTETS("5\n"),
    OCTETS("5\r\r"),
    OCTETS("5\rh"),
    OCTETS("0\n"),
    OCTETS("5 \r"),
    OCTETS("5 \n"),
    OCTETS("5 h"),
    OCTETS("5 5"),
    OCTETS("5\t="),
    OCTETS("5;\n"),
    OCTETS("5;a\n"),
    OCTETS("5;a\0"),
    OCTETS("5;a\x7f"),
    OCTETS("5;a\x0b"),
    OCTETS("5;a\r\r"),
    OCTETS("5;a\rb"),
    OCTETS("5;a=\"b\r\""),
    OCTETS("5 ;a\n"),
    /* the chunk ends where its size says */
    OCTETS("5\r\nhelloX"),
    OCTETS("5\r\nhello\n"),
    OCTETS("5\r\nhello0"),
    OCTETS("5\r\nhello\r\r"),
    OCTETS("5\r\nhello\rX"),
    OCTETS("5\r\nhello\r0"),
    OCTETS("5\r\nhell\r\n"),
    OCTETS("1\r\na\r\n\r"),
    OCTETS("1\r\na\r\n;"),
    OCTETS("1\r\na\r\n1\n"),
    OCTETS("1\r\na\r\n00000000000000000"),
    /* trailers are field lines */
    OCTETS("0\r\n\n"),
    OCTETS("0\r\n\rX"),
    OCTETS("0\r\n\r\r"),
    OCTETS("0\r\n:"),
    OCTETS("0\r\n "),
    OCTETS("0\r\n\t"),
    OCTETS("0\r\n\0"),
    OCTETS("0\r\n\xff"),
    OCTETS("0\r\nname\r"),
    OCTETS("0\r\nname\n"),
    OCTETS("0\r\nname "),
    OCTETS("0\r\nname\t"),
    OCTETS("0\r\nna\xe9"),
    OCTETS("0\r\nna/"),
    OCTETS("0\r\nGET "),
    OCTETS("0\r\na: b\n"),
    OCTETS("0\r\na: b\rc"),
    OCTETS("0\r\na: b\r\r"),
    OCTETS("0\r\na: b\0"),
    OCTETS("0\r\na: b\x7f"),
    OCTETS("0\r\na: b\x1f"),
    OCTETS("0\r\na: b\r\n "),
    OCTETS("0\r\na: b\r\n\t"),
    OCTETS("0\r\na: b\r\n:"),
    OCTETS("0\r\na: b\r\n\rX"),
};

static void assert_malformed(const struct fed *fed, struct text octets)
{
    if (fed->result == HTTP_INVALID && fed->problem.status == HTTP_BAD_REQUEST) return;
    show_octets(octets);
    fail_msg("result %d, status %d", (int)fed->result, (int)fed->problem.status);
}

static void test_a_malformed_message_is_invalid_at_its_first_wrong_octet(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(malformed); i++) {
        struct fed fed;
        feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
        feed(&fed, text_until(malformed[i], malformed[i].length - 1));
        if (fed.result != HTTP_INCOMPLETE) show_octets(malformed[i]);
        assert_int_equal(fed.result, HTTP_INCOMPLETE);
        feed(&fed, text_from(malformed[i], malformed[i].length - 1));
        assert_malformed(&fed, malformed[i]);
    }
}

static void test_a_malformed_message_is_invalid_however_it_is_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(malformed); i++) {
        for (size_t split = 0; split <= malformed[i].length; split++) {
            struct fed fed;
            feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
            feed_split(&fed, malformed[i], split);
            assert_malformed(&fed, malformed[i]);
        }
    }
}

/* No line end further on, and no valid message, makes it valid again. */
static void test_a_malformed_message_is_invalid_whatever_follows(void **state)
{
    static const struct text end = OCTETS("\r\n0\r\n\r\n");
    (void)state;
    for (size_t i = 0; i < COUNT(malformed); i++) {
        char octets[64];
        struct fed fed;
        memcpy(octets, malformed[i].start, malformed[i].length);
        memcpy(octets + malformed[i].length, end.start, end.length);
        feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
        feed(&fed, (struct text){octets, malformed[i].length + end.length});
        assert_malformed(&fed, malformed[i]);
    }
}

/* Every octet where a size starts, and where it may end. */
static void test_of_all_octets_only_hexadecimal_digits_make_a_size(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        bool digit = octet != 0 && strchr("0123456789abcdefABCDEF", octet) != NULL;
        bool follows = digit || octet == '\r' || octet == ';' || octet == ' ' || octet == '\t';
        char size[2] = {(char)octet, '\0'};
        struct fed fed;
        feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
        feed(&fed, (struct text){size, 1});
        assert_int_equal(fed.result, digit ? HTTP_INCOMPLETE : HTTP_INVALID);
        feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
        feed(&fed, text_of("1"));
        feed(&fed, (struct text){size, 1});
        assert_int_equal(fed.result, follows ? HTTP_INCOMPLETE : HTTP_INVALID);
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
        cmocka_unit_test(test_a_malformed_message_is_invalid_at_its_first_wrong_octet),
        cmocka_unit_test(test_a_malformed_message_is_invalid_however_it_is_split),
        cmocka_unit_test(test_a_malformed_message_is_invalid_whatever_follows),
        cmocka_unit_test(test_of_all_octets_only_hexadecimal_digits_make_a_size),
        cmocka_unit_test(test_a_size_of_16_digits_is_taken_at_its_value),
        cmocka_unit_test(test_a_chunk_over_the_limit_is_known_when_its_size_is_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
