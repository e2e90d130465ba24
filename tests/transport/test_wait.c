/* What a wait is armed for, and when its time is up: the table in wait.h. */
#include "tests/support/test.h"
#include "transport/transport.h"

#include <sys/epoll.h>
#include <time.h>

#define LIMIT     (30 * WAIT_SECOND)
#define BEGINNING (1000 * WAIT_SECOND)

static int64_t progress_deadline(int64_t last_moved_after, uint64_t octets)
{
    int64_t last_moved = BEGINNING + last_moved_after;
    return wait_progress_deadline(BEGINNING, last_moved, octets, LIMIT) - BEGINNING;
}

static void test_who_waits_for_the_peer_to_send_is_armed_for_readable(void **state)
{
    (void)state;
    assert_int_equal(waits[WAIT_FIRST_OCTET].events, EPOLLIN);
    assert_int_equal(waits[WAIT_HEAD].events, EPOLLIN);
    assert_int_equal(waits[WAIT_NEXT_REQUEST].events, EPOLLIN);
    assert_int_equal(waits[WAIT_CONTENT].events, EPOLLIN);
    assert_int_equal(waits[WAIT_PEER_CLOSES].events, EPOLLIN);
}

static void test_who_has_something_to_send_is_armed_for_writable(void **state)
{
    (void)state;
    assert_int_equal(waits[WAIT_PEER_READS].events, EPOLLOUT);
    assert_int_equal(waits[WAIT_TURN].events, EPOLLOUT);
}

static void test_progress_counts_where_content_or_a_response_is_on_its_way(void **state)
{
    (void)state;
    assert_true(waits[WAIT_CONTENT].progress);
    assert_true(waits[WAIT_PEER_READS].progress);
    assert_true(waits[WAIT_TURN].progress);
    assert_false(waits[WAIT_FIRST_OCTET].progress);
    assert_false(waits[WAIT_HEAD].progress);
    assert_false(waits[WAIT_NEXT_REQUEST].progress);
    assert_false(waits[WAIT_PEER_CLOSES].progress);
}

static void test_a_deadline_is_the_start_and_the_limit(void **state)
{
    (void)state;
    assert_int_equal(wait_deadline(0, 0), 0);
    assert_int_equal(wait_deadline(BEGINNING, LIMIT), BEGINNING + LIMIT);
}

static void test_no_limit_is_no_deadline(void **state)
{
    (void)state;
    assert_int_equal(wait_deadline(0, WAIT_FOREVER), WAIT_FOREVER);
    assert_int_equal(wait_deadline(1, WAIT_FOREVER), WAIT_FOREVER);
    assert_int_equal(wait_deadline(BEGINNING, WAIT_FOREVER), WAIT_FOREVER);
}

static void test_a_deadline_beyond_all_time_is_none(void **state)
{
    (void)state;
    assert_int_equal(wait_deadline(BEGINNING, WAIT_FOREVER - 1), WAIT_FOREVER);
    assert_int_equal(wait_deadline(WAIT_FOREVER - 5, 5), WAIT_FOREVER);
    assert_int_equal(wait_deadline(WAIT_FOREVER - 5, 6), WAIT_FOREVER);
    assert_int_equal(wait_deadline(WAIT_FOREVER - 5, 4), WAIT_FOREVER - 1);
}

static void test_a_silent_peer_has_the_limit_from_the_start(void **state)
{
    (void)state;
    assert_int_equal(progress_deadline(0, 0), LIMIT);
}

static void test_an_octet_does_not_move_the_end_of_the_first_limit(void **state)
{
    (void)state;
    assert_int_equal(progress_deadline(29 * WAIT_SECOND, 1), LIMIT);
    assert_int_equal(progress_deadline(29 * WAIT_SECOND, 20 * 1024), LIMIT);
}

static void test_a_quick_peer_has_the_limit_from_its_last_octet(void **state)
{
    (void)state;
    assert_int_equal(progress_deadline(10 * WAIT_SECOND, 1024 * 1024), 10 * WAIT_SECOND + LIMIT);
    assert_int_equal(progress_deadline(0, 1024 * 1024), LIMIT);
}

static void test_after_the_first_limit_the_average_must_not_fall_under_1_kib_a_second(void **state)
{
    (void)state;
    assert_int_equal(progress_deadline(40 * WAIT_SECOND, 45 * 1024), 45 * WAIT_SECOND);
    assert_int_equal(progress_deadline(40 * WAIT_SECOND, 60 * 1024), 60 * WAIT_SECOND);
    assert_int_equal(progress_deadline(40 * WAIT_SECOND, 90 * 1024), 40 * WAIT_SECOND + LIMIT);
}

static void test_a_peer_that_is_too_slow_already_is_overdue(void **state)
{
    (void)state;
    assert_true(progress_deadline(100 * WAIT_SECOND, 50 * 1024) <= 100 * WAIT_SECOND);
}

static void test_any_count_of_octets_can_be_reckoned_with(void **state)
{
    (void)state;
    const uint64_t many[] = {UINT32_MAX, (uint64_t)INT64_MAX, (uint64_t)INT64_MAX + 1,
        (uint64_t)(WAIT_FOREVER / WAIT_SECOND) * 1024,
        (uint64_t)(WAIT_FOREVER / WAIT_SECOND) * 1024 - 1,
        (uint64_t)(WAIT_FOREVER / WAIT_SECOND) * 1024 + 1024, UINT64_MAX};
    for (size_t i = 0; i < COUNT(many); i++)
        assert_int_equal(progress_deadline(7 * WAIT_SECOND, many[i]), 7 * WAIT_SECOND + LIMIT);
}

static void test_without_a_limit_no_progress_is_asked_for(void **state)
{
    (void)state;
    int64_t late = BEGINNING + LIMIT;
    assert_int_equal(wait_progress_deadline(BEGINNING, BEGINNING, 0, WAIT_FOREVER), WAIT_FOREVER);
    assert_int_equal(wait_progress_deadline(BEGINNING, late, 5, WAIT_FOREVER), WAIT_FOREVER);
}

/* The options with every limit the same but for one. */
static int64_t tick_length(int64_t limit, enum wait wait, int64_t other)
{
    struct transport_options options = {.max_connections = 1};
    for (int each = 0; each < WAIT_COUNT; each++) options.limits[each] = limit;
    options.limits[wait] = other;
    return transport_tick_length(&options);
}

static void test_a_tick_is_at_most_a_second(void **state)
{
    (void)state;
    assert_int_equal(tick_length(10 * WAIT_SECOND, WAIT_HEAD, 5 * WAIT_SECOND), WAIT_SECOND);
    assert_int_equal(tick_length(WAIT_FOREVER, WAIT_HEAD, WAIT_FOREVER), WAIT_SECOND);
}

static void test_a_tick_is_a_quarter_of_the_shortest_deadline(void **state)
{
    (void)state;
    for (int wait = WAIT_FIRST_OCTET; wait <= WAIT_PEER_CLOSES; wait++)
        assert_int_equal(
            tick_length(10 * WAIT_SECOND, (enum wait)wait, WAIT_SECOND / 5), WAIT_SECOND / 20);
    assert_int_equal(tick_length(WAIT_FOREVER, WAIT_HEAD, WAIT_SECOND), WAIT_SECOND / 4);
}

static void test_a_tick_is_never_nothing(void **state)
{
    (void)state;
    assert_true(tick_length(10 * WAIT_SECOND, WAIT_HEAD, 1) > 0);
    assert_true(tick_length(10 * WAIT_SECOND, WAIT_HEAD, 0) > 0);
}

static int64_t monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * WAIT_SECOND + now.tv_nsec;
}

static void test_the_clock_is_the_monotonic_one_in_nanoseconds(void **state)
{
    (void)state;
    int64_t before = monotonic();
    int64_t now = wait_clock();
    assert_true(now > before - WAIT_SECOND);
    assert_true(now <= monotonic());
    for (int i = 0; i < 1000; i++) {
        assert_true(wait_clock() >= now);
        now = wait_clock();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_waits_for_the_peer_to_send_is_armed_for_readable),
        cmocka_unit_test(test_who_has_something_to_send_is_armed_for_writable),
        cmocka_unit_test(test_progress_counts_where_content_or_a_response_is_on_its_way),
        cmocka_unit_test(test_a_deadline_is_the_start_and_the_limit),
        cmocka_unit_test(test_no_limit_is_no_deadline),
        cmocka_unit_test(test_a_deadline_beyond_all_time_is_none),
        cmocka_unit_test(test_a_silent_peer_has_the_limit_from_the_start),
        cmocka_unit_test(test_an_octet_does_not_move_the_end_of_the_first_limit),
        cmocka_unit_test(test_a_quick_peer_has_the_limit_from_its_last_octet),
        cmocka_unit_test(test_after_the_first_limit_the_average_must_not_fall_under_1_kib_a_second),
        cmocka_unit_test(test_a_peer_that_is_too_slow_already_is_overdue),
        cmocka_unit_test(test_any_count_of_octets_can_be_reckoned_with),
        cmocka_unit_test(test_without_a_limit_no_progress_is_asked_for),
        cmocka_unit_test(test_a_tick_is_at_most_a_second),
        cmocka_unit_test(test_a_tick_is_a_quarter_of_the_shortest_deadline),
        cmocka_unit_test(test_a_tick_is_never_nothing),
        cmocka_unit_test(test_the_clock_is_the_monotonic_one_in_nanoseconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
