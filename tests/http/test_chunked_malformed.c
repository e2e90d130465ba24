/* The chunked coding where it is malformed: refused at the octet that makes it so. RFC 9112 §7.1.
 */
#include "tests/support/http_content.h"

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

/* RFC 9112 §9.3: what cannot be framed is not read on. */
static void test_after_a_refusal_everything_is_refused(void **state)
{
    static const char *const more[] = {"\n", "\r\n", "0", "\r\n0\r\n\r\n", "x", ":"};
    (void)state;
    for (size_t i = 0; i < COUNT(malformed); i++) {
        for (size_t j = 0; j < COUNT(more); j++) {
            struct fed fed;
            feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
            feed(&fed, malformed[i]);
            assert_malformed(&fed, malformed[i]);
            feed_once(&fed, text_of(more[j]));
            assert_malformed(&fed, malformed[i]);
        }
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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_malformed_message_is_invalid_at_its_first_wrong_octet),
        cmocka_unit_test(test_a_malformed_message_is_invalid_however_it_is_split),
        cmocka_unit_test(test_a_malformed_message_is_invalid_whatever_follows),
        cmocka_unit_test(test_after_a_refusal_everything_is_refused),
        cmocka_unit_test(test_of_all_octets_only_hexadecimal_digits_make_a_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
