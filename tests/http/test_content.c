/* Content of known length, as it arrives; and how much is known of what is to come. RFC 9112 §6.2.
 */
#include "tests/support/http_content.h"
#include "tests/support/http_request.h"

static const struct text hello_and_next = OCTETS("Hello, \0\r\n\r\n.GET / HTTP/1.1\r\n\r\n");
enum { HELLO = 13 };

/* A message whose head says Content-Length: 13. */
static void frame_hello(struct fed *fed)
{
    struct http_problem problem;
    struct http_request request = request_with(1, "Content-Length: 13\r\n");
    feed_nothing_yet(fed, HTTP_CONTENT_UNDECIDED);
    assert_true(http_frame_content(&request, &fed->content, &problem));
}

static void test_content_ends_after_as_many_octets_as_its_length_says(void **state)
{
    struct fed fed;
    (void)state;
    for (size_t split = 0; split <= hello_and_next.length; split++) {
        frame_hello(&fed);
        feed_split(&fed, hello_and_next, split);
        assert_int_equal(fed.result, HTTP_COMPLETE);
        assert_int_equal(fed.taken, HELLO);
        assert_int_equal(fed.data_length, HELLO);
        assert_memory_equal(fed.data, hello_and_next.start, HELLO);
        assert_int_equal(fed.content.octets_so_far, HELLO);
        assert_int_equal(fed.content.octets_left, 0);
        assert_int_equal(fed.content.phase, HTTP_CONTENT_COMPLETE);
    }
}

static void test_content_fed_one_octet_at_a_time_is_incomplete_until_the_last(void **state)
{
    struct fed fed;
    (void)state;
    frame_hello(&fed);
    for (size_t i = 0; i < HELLO; i++) {
        assert_int_equal(fed.result, HTTP_INCOMPLETE);
        assert_int_equal(fed.content.octets_left, HELLO - i);
        assert_int_equal(fed.content.octets_so_far, i);
        feed(&fed, text_until(text_from(hello_and_next, i), 1));
    }
    assert_int_equal(fed.result, HTTP_COMPLETE);
    assert_memory_equal(fed.data, hello_and_next.start, HELLO);
}

static void test_no_octets_leave_the_content_as_it_was(void **state)
{
    struct fed fed;
    (void)state;
    frame_hello(&fed);
    feed_once(&fed, text_until(hello_and_next, 0));
    assert_int_equal(fed.result, HTTP_INCOMPLETE);
    assert_int_equal(fed.taken, 0);
    assert_int_equal(fed.data_length, 0);
    assert_int_equal(fed.content.octets_left, HELLO);
}

static void test_after_its_end_nothing_is_taken(void **state)
{
    struct fed fed;
    (void)state;
    frame_hello(&fed);
    feed(&fed, hello_and_next);
    for (int again = 0; again < 2; again++) {
        feed_once(&fed, text_from(hello_and_next, HELLO));
        assert_int_equal(fed.result, HTTP_COMPLETE);
        assert_int_equal(fed.taken, HELLO);
        assert_int_equal(fed.data_length, HELLO);
    }
}

static void test_no_content_is_complete_and_takes_nothing(void **state)
{
    struct http_problem problem;
    struct http_request request = request_with(1, "Host: a\r\n");
    struct fed fed;
    (void)state;
    feed_nothing_yet(&fed, HTTP_CONTENT_UNDECIDED);
    assert_true(http_frame_content(&request, &fed.content, &problem));
    feed_once(&fed, hello_and_next);
    assert_int_equal(fed.result, HTTP_COMPLETE);
    assert_int_equal(fed.taken, 0);
    assert_int_equal(fed.data_length, 0);
}

/* Zero means refused: whoever forgets to frame a message does not take anything for its end. */
static void test_content_that_is_undecided_takes_no_octet(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        struct fed fed;
        char octets[] = {(char)octet};
        feed_nothing_yet(&fed, HTTP_CONTENT_UNDECIDED);
        feed_once(&fed, (struct text){octets, 1});
        assert_int_equal(fed.result, HTTP_INVALID);
    }
}

struct bound {
    uint64_t left;
    uint64_t so_far;
    uint64_t limit;
    bool exceeds;
};

static const struct bound bounds[] = {
    {0, 0, 0, false},
    {1, 0, 0, true},
    {10, 0, 10, false},
    {11, 0, 10, true},
    {5, 5, 10, false},
    {6, 5, 10, true},
    {0, 10, 10, false},
    {1, 10, 10, true},
    {0, 11, 10, true},
    {11, 11, 10, true},
    {UINT64_MAX, 0, UINT64_MAX, false},
    {UINT64_MAX, 0, UINT64_MAX - 1, true},
    {UINT64_MAX, 0, 0, true},
    {UINT64_MAX, 1, UINT64_MAX, true},
    {UINT64_MAX, 1, 1, true},
    {UINT64_MAX, 11, 10, true},
    {UINT64_MAX - 1, 1, UINT64_MAX, false},
    {UINT64_MAX - 1, 2, UINT64_MAX, true},
    {0, UINT64_MAX, UINT64_MAX, false},
    {1, UINT64_MAX, UINT64_MAX, true},
    {0, UINT64_MAX, UINT64_MAX - 1, true},
    {UINT64_MAX, UINT64_MAX, UINT64_MAX, true},
};

static void test_content_exceeds_a_limit_by_what_was_and_what_is_to_come(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bounds); i++) {
        struct http_content content = {.phase = HTTP_CONTENT_OCTETS};
        content.octets_left = bounds[i].left;
        content.octets_so_far = bounds[i].so_far;
        if (http_content_exceeds(&content, bounds[i].limit) != bounds[i].exceeds)
            fail_msg("row %zu", i);
    }
}

static void test_a_length_over_the_limit_is_known_before_any_octet(void **state)
{
    struct fed fed;
    (void)state;
    frame_hello(&fed);
    assert_true(http_content_exceeds(&fed.content, HELLO - 1));
    assert_false(http_content_exceeds(&fed.content, HELLO));
    feed(&fed, hello_and_next);
    assert_true(http_content_exceeds(&fed.content, HELLO - 1));
    assert_false(http_content_exceeds(&fed.content, HELLO));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_content_ends_after_as_many_octets_as_its_length_says),
        cmocka_unit_test(test_content_fed_one_octet_at_a_time_is_incomplete_until_the_last),
        cmocka_unit_test(test_no_octets_leave_the_content_as_it_was),
        cmocka_unit_test(test_after_its_end_nothing_is_taken),
        cmocka_unit_test(test_no_content_is_complete_and_takes_nothing),
        cmocka_unit_test(test_content_that_is_undecided_takes_no_octet),
        cmocka_unit_test(test_content_exceeds_a_limit_by_what_was_and_what_is_to_come),
        cmocka_unit_test(test_a_length_over_the_limit_is_known_before_any_octet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
