/* What lasts a second: the belief in what is kept, and a Date. */
#include "tests/server/warm.h"

/* RFC 9110 §5.6.7 has this date as its example. */
#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"

static void test_the_disk_is_looked_at_once_a_second(void **state)
{
    (void)state;
    warm_up(GET("/"));
    clock_advance(CACHE_BELIEVED - 1);
    stage_ask(GET("/"), WAIT_NEXT_REQUEST);
    assert_int_equal(look_ups.calls, 0);
    clock_advance(1);
    assert_content(stage_ask(GET("/"), WAIT_NEXT_REQUEST), stage_index);
    int looked = look_ups.calls;
    assert_true(looked > 0);
    stage_ask(GET("/"), WAIT_NEXT_REQUEST);
    assert_int_equal(look_ups.calls, looked);
}

/* The second that a change may take counts from the turn, not from when a client connected. */
static void test_a_change_is_seen_in_the_first_turn_after_a_second(void **state)
{
    (void)state;
    site_file("root/changed", "as it was");
    warm_up(GET("/changed"));
    assert_int_equal(unlinkat(site.directory, "root/changed", 0), 0);
    site_file("root/changed", "as it is now");
    assert_content(stage_ask(GET("/changed"), WAIT_NEXT_REQUEST), "as it was");
    clock_advance(CACHE_BELIEVED);
    const char *answer = stage_ask(GET("/changed"), WAIT_NEXT_REQUEST);
    assert_content(answer, "as it is now");
    assert_holds(answer, "\r\nContent-Length: 12\r\n");
}

/* RFC 9110 §6.6.1: of the second in which the answer is made, in whatever second the one before. */
static void test_a_date_that_is_over_is_not_sent(void **state)
{
    (void)state;
    warm_up(GET("/"));
    strcpy(stage.worker.date, DATE);
    stage.worker.date_time = 784111777;
    assert_lacks(stage_ask(GET("/"), WAIT_NEXT_REQUEST), "1994");
}

static void test_a_date_is_formatted_once_a_second(void **state)
{
    const char *answer = "";
    time_t second = 0;
    (void)state;
    warm_up(GET("/"));
    for (int i = 0; i < 5 && second != stage.worker.date_time; i++) {
        second = stage.worker.date_time;
        strcpy(stage.worker.date, DATE);
        answer = stage_ask(GET("/"), WAIT_NEXT_REQUEST);
    }
    assert_holds(answer, "\r\nDate: " DATE "\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_the_disk_is_looked_at_once_a_second),
        STAGED(test_a_change_is_seen_in_the_first_turn_after_a_second),
        STAGED(test_a_date_that_is_over_is_not_sent),
        STAGED(test_a_date_is_formatted_once_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
