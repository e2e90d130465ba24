/* Sets of byte ranges: RFC 9110 §14.1.1, §14.2, §17.15; lists, §5.6.1. */
#include "http/range.h"
#include "tests/support/http_request.h"
#include "tests/support/http_writer.h"

/* Appends a range-spec, and a comma before it where there is one already. */
static void append_range(uint64_t first_pos, uint64_t last_pos)
{
    char spec[64];
    if (writer.octets[writer.length - 1] != '=') append_octet(',');
    snprintf(spec, sizeof spec, "%ju-%ju", (uintmax_t)first_pos, (uintmax_t)last_pos);
    append(spec);
}

/* The status for the line that was written. */
static enum http_status select_written(uint64_t complete_length, struct http_range *range)
{
    append("\r\n");
    append_octet('\0');
    struct http_request request = request_with(1, writer.octets);
    *range = (struct http_range){0xa5a5a5a5, 0xa5a5a5a5};
    enum http_status status = http_select_range(&request, complete_length, range);
    if (status != HTTP_PARTIAL_CONTENT) {
        assert_int_equal(range->first_pos, 0);
        assert_int_equal(range->length, complete_length);
    }
    return status;
}

static enum http_status select_set(
    const char *set, uint64_t complete_length, struct http_range *range)
{
    start("Range: bytes=");
    append(set);
    return select_written(complete_length, range);
}

struct set {
    const char *set;
    enum http_status status;
    uint64_t first_pos, last_pos; /* of a part */
};

/* For a representation of 100 octets. */
static void assert_sets(const struct set *sets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct http_range range;
        enum http_status status = select_set(sets[i].set, 100, &range);
        if (status != sets[i].status) fail_msg("%s: status %d", sets[i].set, (int)status);
        if (status != HTTP_PARTIAL_CONTENT) continue;
        if (range.first_pos != sets[i].first_pos ||
            range.length != sets[i].last_pos - sets[i].first_pos + 1)
            fail_msg("%s: %ju octets from %ju on", sets[i].set, (uintmax_t)range.length,
                (uintmax_t)range.first_pos);
    }
}

/* Initializes a struct set. */
#define PART(set, first_pos, last_pos)                                                             \
    {                                                                                              \
        set, HTTP_PARTIAL_CONTENT, first_pos, last_pos                                             \
    }
#define WHOLE(set)                                                                                 \
    {                                                                                              \
        set, HTTP_OK, 0, 0                                                                         \
    }
#define UNSATISFIABLE(set)                                                                         \
    {                                                                                              \
        set, HTTP_RANGE_NOT_SATISFIABLE, 0, 0                                                      \
    }

static void test_white_space_and_empty_elements_may_surround_a_range(void **state)
{
    static const struct set sets[] = {PART(" 1-2", 1, 2), PART("\t 1-2 \t,", 1, 2),
        PART(",1-2", 1, 2), PART(",,, ,\t,1-2", 1, 2), PART("1-2,,, ,\t,", 1, 2),
        PART("1-2 , 3-4", 1, 4), PART("1-2,, ,3-4", 1, 4), PART(" \t-2", 98, 99),
        UNSATISFIABLE(", 100-"), UNSATISFIABLE("100- ,")};
    (void)state;
    assert_sets(sets, COUNT(sets));
}

/* §14.1.1: 1#range-spec */
static void test_a_set_without_a_range_is_bad_syntax(void **state)
{
    static const struct set sets[] = {WHOLE(""), WHOLE(" "), WHOLE(","), WHOLE(" , \t,,")};
    (void)state;
    assert_sets(sets, COUNT(sets));
}

static void test_one_bad_range_spoils_the_set_wherever_it_stands(void **state)
{
    static const struct set sets[] = {WHOLE("x,1-2"), WHOLE("1-2,x"), WHOLE("1-2,x,3-4"),
        WHOLE("1-2,-"), WHOLE("-,1-2"), WHOLE("1-2,2-1"), WHOLE("2-1,1-2"), WHOLE("1-2 3-4"),
        WHOLE("1-2;3-4"), WHOLE("100-,x"), WHOLE("x,100-"), WHOLE("100-,300-200"), WHOLE("-0,-"),
        WHOLE("1-2,3"), WHOLE("1-2,3-4-"), WHOLE("1-2,bytes=3-4"), WHOLE("\"1-2,3-4\""),
        WHOLE("1-2,\""), WHOLE("1-2,\"3-4\""), WHOLE("1-2,\\"), WHOLE("1-2,\"\\")};
    (void)state;
    assert_sets(sets, COUNT(sets));
}

static void test_ranges_that_overlap_are_one(void **state)
{
    static const struct set sets[] = {PART("10-20,15-30", 10, 30), PART("15-30,10-20", 10, 30),
        PART("10-30,15-20", 10, 30), PART("15-20,10-30", 10, 30), PART("10-20,10-20", 10, 20),
        PART("10-20,20-30", 10, 30), PART("20-30,10-20", 10, 30), PART("10-20,10-30", 10, 30),
        PART("20-30,10-30", 10, 30), PART("90-,-20", 80, 99), PART("-20,90-", 80, 99),
        PART("0-,-100", 0, 99), PART("0-0,-100", 0, 99), PART("5-200,-1", 5, 99),
        PART("10-20,40-50,15-45", 10, 50), PART("40-50,10-20,15-45", 10, 50),
        PART("10-20,30-40,50-60,0-99", 0, 99)};
    (void)state;
    assert_sets(sets, COUNT(sets));
}

static void test_ranges_that_touch_are_one(void **state)
{
    static const struct set sets[] = {PART("10-20,21-30", 10, 30), PART("21-30,10-20", 10, 30),
        PART("0-0,1-1", 0, 1), PART("1-1,0-0", 0, 1), PART("0-49,-50", 0, 99),
        PART("50-,0-49", 0, 99), PART("98-98,-1", 98, 99), PART("0-0,2-2,1-1", 0, 2),
        PART("2-2,0-0,1-1", 0, 2), PART("0-0,2-2,4-4,6-6,3-3,1-1,5-5", 0, 6),
        PART("5-5,4-4,3-3,2-2,1-1,0-0", 0, 5)};
    (void)state;
    assert_sets(sets, COUNT(sets));
}

static void test_for_ranges_that_are_apart_the_whole_is_sent(void **state)
{
    static const struct set sets[] = {WHOLE("10-20,22-30"), WHOLE("22-30,10-20"), WHOLE("0-0,-1"),
        WHOLE("-1,0-0"), WHOLE("0-48,-50"), WHOLE("0-0,2-2,4-4"), WHOLE("0-10,5-15,17-20"),
        WHOLE("0-10,20-30,12-18"), WHOLE("97-97,-1")};
    (void)state;
    assert_sets(sets, COUNT(sets));
}

static void test_ranges_that_are_not_satisfiable_drop_out(void **state)
{
    static const struct set sets[] = {PART("1-2,100-", 1, 2), PART("100-,1-2", 1, 2),
        PART("-0,1-2", 1, 2), PART("1-2,-0", 1, 2), PART("100-200,1-2,-0,3-4,300-", 1, 4),
        PART("99-,100-", 99, 99), PART("1-2,18446744073709551616-", 1, 2), WHOLE("1-2,100-,5-6"),
        WHOLE("1-2,5-6,100-")};
    (void)state;
    assert_sets(sets, COUNT(sets));
}

static void test_a_set_with_no_satisfiable_range_is_not_satisfiable(void **state)
{
    static const struct set sets[] = {UNSATISFIABLE("100-,200-"), UNSATISFIABLE("-0,-0"),
        UNSATISFIABLE("-0,100-"), UNSATISFIABLE("100-100,101-101,102-"),
        UNSATISFIABLE("18446744073709551616-,-0")};
    (void)state;
    assert_sets(sets, COUNT(sets));
}

enum { OCTETS_IN_ALL = 4, POSITIONS = OCTETS_IN_ALL + 2 };
enum { FIRSTS = POSITIONS + 1, LASTS = POSITIONS + 1 }; /* POSITIONS itself: it is missing */

/* The octets that a range asks for, a bit each; -1: bad syntax. */
static int octets_of(int first, int last)
{
    int octets = 0;
    if (first == POSITIONS && last == POSITIONS) return -1;
    if (first < POSITIONS && last < first) return -1;
    for (int octet = 0; octet < OCTETS_IN_ALL; octet++) {
        bool in_suffix = first == POSITIONS && octet >= OCTETS_IN_ALL - last;
        if (in_suffix || (octet >= first && octet <= last)) octets |= 1 << octet;
    }
    return octets;
}

static void append_spec(int first, int last)
{
    if (first < POSITIONS) append_octet((char)('0' + first));
    append_octet('-');
    if (last < POSITIONS) append_octet((char)('0' + last));
}

/* Sets the answer against the definition: a part is the octets that any range asks for, if those
 * stand together. */
static void assert_octets(const int specs[3])
{
    struct http_range range;
    int octets = 0;
    bool valid = true;
    start("Range: bytes=");
    for (size_t i = 0; i < 3; i++) {
        int asked = octets_of(specs[i] / LASTS, specs[i] % LASTS);
        valid = valid && asked >= 0;
        if (valid) octets |= asked;
        append_spec(specs[i] / LASTS, specs[i] % LASTS);
        append(i < 2 ? "," : "");
    }
    int first = 0;
    int length = 0;
    while (octets != 0 && (octets >> first & 1) == 0) first++;
    while ((octets >> (first + length) & 1) != 0) length++;
    bool together = octets >> (first + length) == 0;
    enum http_status expected = !valid || !together ? HTTP_OK
        : octets == 0                               ? HTTP_RANGE_NOT_SATISFIABLE
                                                    : HTTP_PARTIAL_CONTENT;
    enum http_status status = select_written(OCTETS_IN_ALL, &range);
    if (status == expected &&
        (status != HTTP_PARTIAL_CONTENT ||
            (range.first_pos == (uint64_t)first && range.length == (uint64_t)length)))
        return;
    fail_msg("%.*s: %d, %ju octets from %ju on, instead of %d, %d from %d on",
        (int)writer.length - 3, writer.octets, (int)status, (uintmax_t)range.length,
        (uintmax_t)range.first_pos, (int)expected, length, first);
}

static void test_any_three_ranges_are_answered_with_the_octets_they_ask_for(void **state)
{
    (void)state;
    for (int one = 0; one < FIRSTS * LASTS; one++)
        for (int two = 0; two < FIRSTS * LASTS; two++)
            for (int three = 0; three < FIRSTS * LASTS; three++)
                assert_octets((const int[]){one, two, three});
}

static void test_fifteen_pieces_may_still_be_joined(void **state)
{
    struct http_range range;
    (void)state;
    start("Range: bytes=");
    for (uint64_t i = 0; i < 15; i++) append_range(10 * i, 10 * i + 4);
    append_range(2, 142);
    assert_int_equal(select_written(1000, &range), HTTP_PARTIAL_CONTENT);
    assert_int_equal(range.first_pos, 0);
    assert_int_equal(range.length, 145);
}

/* Pieces that vanish in others are no longer there; the last of them, the first, any. */
static void test_pieces_are_counted_as_they_stand(void **state)
{
    struct http_range range;
    (void)state;
    start("Range: bytes=");
    for (uint64_t i = 0; i < 100; i++) {
        append_range(20 * i, 20 * i + 4);
        append_range(20 * i + 10, 20 * i + 14);
        append_range(0, 20 * i + 19);
    }
    assert_int_equal(select_written(10000, &range), HTTP_PARTIAL_CONTENT);
    assert_int_equal(range.first_pos, 0);
    assert_int_equal(range.length, 2000);
}

/* §17.15 */
static void test_sixteen_pieces_are_too_many_to_be_joined(void **state)
{
    struct http_range range;
    (void)state;
    start("Range: bytes=");
    for (uint64_t i = 0; i < 16; i++) append_range(10 * i, 10 * i + 4);
    append(",0-");
    assert_int_equal(select_written(1000, &range), HTTP_OK);
}

static void test_too_many_pieces_and_bad_syntax_are_the_whole_too(void **state)
{
    struct http_range range;
    (void)state;
    start("Range: bytes=");
    for (uint64_t i = 0; i < 100; i++) append_range(10 * i, 10 * i + 4);
    append(",x");
    assert_int_equal(select_written(1000, &range), HTTP_OK);
}

/* As many as a head has room for, each way they may come. */
static void test_thousands_of_ranges_in_order_are_one(void **state)
{
    struct http_range range;
    (void)state;
    start("Range: bytes=");
    for (uint64_t i = 0; i < 3000; i++) append_range(i, i);
    assert_int_equal(select_written(10000, &range), HTTP_PARTIAL_CONTENT);
    assert_int_equal(range.first_pos, 0);
    assert_int_equal(range.length, 3000);
}

static void test_thousands_of_ranges_backwards_are_one(void **state)
{
    struct http_range range;
    (void)state;
    start("Range: bytes=");
    for (uint64_t i = 3000; i-- > 0;) append_range(7 + 2 * i, 8 + 2 * i);
    assert_int_equal(select_written(10000, &range), HTTP_PARTIAL_CONTENT);
    assert_int_equal(range.first_pos, 7);
    assert_int_equal(range.length, 6000);
}

static void test_a_thousand_overlapping_ranges_are_one(void **state)
{
    struct http_range range;
    (void)state;
    start("Range: bytes=");
    for (uint64_t i = 0; i < 1000; i++) append_range(i * 7919 % 5000 + 3, 6000);
    append_range(3, 3);
    append_range(4, 7000);
    assert_int_equal(select_written(10000, &range), HTTP_PARTIAL_CONTENT);
    assert_int_equal(range.first_pos, 3);
    assert_int_equal(range.length, 6998);
}

static void test_thousands_of_ranges_past_the_end_are_not_satisfiable(void **state)
{
    struct http_range range;
    (void)state;
    start("Range: bytes=");
    for (uint64_t i = 0; i < 2000; i++) append_range(10000 + i, 20000);
    assert_int_equal(select_written(10000, &range), HTTP_RANGE_NOT_SATISFIABLE);
}

static void test_a_number_may_fill_the_head(void **state)
{
    struct http_range range;
    (void)state;
    start("Range: bytes=5-");
    while (writer.length < 32 * 1024) append_octet((char)('1' + writer.length % 9));
    assert_int_equal(select_written(100, &range), HTTP_PARTIAL_CONTENT);
    assert_int_equal(range.first_pos, 5);
    assert_int_equal(range.length, 95);
    start("Range: bytes=");
    while (writer.length < 32 * 1024) append_octet('0');
    append("6-7");
    assert_int_equal(select_written(100, &range), HTTP_PARTIAL_CONTENT);
    assert_int_equal(range.first_pos, 6);
    assert_int_equal(range.length, 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_white_space_and_empty_elements_may_surround_a_range),
        cmocka_unit_test(test_a_set_without_a_range_is_bad_syntax),
        cmocka_unit_test(test_one_bad_range_spoils_the_set_wherever_it_stands),
        cmocka_unit_test(test_ranges_that_overlap_are_one),
        cmocka_unit_test(test_ranges_that_touch_are_one),
        cmocka_unit_test(test_for_ranges_that_are_apart_the_whole_is_sent),
        cmocka_unit_test(test_ranges_that_are_not_satisfiable_drop_out),
        cmocka_unit_test(test_a_set_with_no_satisfiable_range_is_not_satisfiable),
        cmocka_unit_test(test_any_three_ranges_are_answered_with_the_octets_they_ask_for),
        cmocka_unit_test(test_fifteen_pieces_may_still_be_joined),
        cmocka_unit_test(test_pieces_are_counted_as_they_stand),
        cmocka_unit_test(test_sixteen_pieces_are_too_many_to_be_joined),
        cmocka_unit_test(test_too_many_pieces_and_bad_syntax_are_the_whole_too),
        cmocka_unit_test(test_thousands_of_ranges_in_order_are_one),
        cmocka_unit_test(test_thousands_of_ranges_backwards_are_one),
        cmocka_unit_test(test_a_thousand_overlapping_ranges_are_one),
        cmocka_unit_test(test_thousands_of_ranges_past_the_end_are_not_satisfiable),
        cmocka_unit_test(test_a_number_may_fill_the_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
