/* A nearly full table: at each tick the longest-waiting go until one slot in 16 is free. */
#include "tests/transport/actor.h"

enum { SLOTS = 32, WANTED = SLOTS / TRANSPORT_FREE_SHARE };

#define NOON (1000 * WAIT_SECOND)

static struct stage *open_stage(void)
{
    struct stage *stage = stage_open_plain(SLOTS);
    clock_set(NOON);
    return stage;
}

/* A client whose connection waits like this since that many seconds after noon. */
static int waiting(struct stage *stage, enum wait wait, int since)
{
    int client;
    uint32_t open = atomic_load(&stage->transport.count);
    clock_set(NOON + since * WAIT_SECOND);
    if (wait == WAIT_FIRST_OCTET) {
        client = stage_connect(stage);
        stage_accept(stage, open + 1);
        return client;
    }
    struct connection *connection = stage_lend(stage, &client, "GET");
    if (wait != WAIT_HEAD && wait != WAIT_CONTENT) connection_consume(connection, 3);
    if (wait == WAIT_PEER_READS) queue_content(connection, 0, 100);
    give_back(stage, connection, wait);
    return client;
}

/* Fills all slots but so many with connections that wait for what is never dismissed for slots. */
static void fill_but(struct stage *stage, uint32_t slots)
{
    while (atomic_load(&stage->transport.count) < SLOTS - slots)
        waiting(stage, WAIT_PEER_CLOSES, 0);
}

static void assert_open(int client)
{
    client_expect_silence(client);
}

static void test_with_a_sixteenth_free_nobody_goes(void **state)
{
    (void)state;
    struct stage *stage = open_stage();
    waiting(stage, WAIT_FIRST_OCTET, 0);
    waiting(stage, WAIT_NEXT_REQUEST, 0);
    waiting(stage, WAIT_HEAD, 0);
    fill_but(stage, WANTED);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_null(stage_try(stage));
    stage_close(stage);
}

static void test_with_less_than_a_sixteenth_free_the_longest_waiting_idle_one_goes(void **state)
{
    (void)state;
    struct stage *stage = open_stage();
    int young = waiting(stage, WAIT_NEXT_REQUEST, 30);
    int old = waiting(stage, WAIT_NEXT_REQUEST, 10);
    int middle = waiting(stage, WAIT_FIRST_OCTET, 20);
    int head = waiting(stage, WAIT_HEAD, 0);
    fill_but(stage, WANTED - 1);
    assert_int_equal(stage_timekeep(stage), 0);
    client_expect_end(old);
    assert_open(young);
    assert_open(middle);
    assert_open(head);
    assert_int_equal(stage_close_overdue(stage), 1);
    assert_int_equal(atomic_load(&stage->transport.count), SLOTS - WANTED);
    stage_close(stage);
}

static void test_first_octet_and_next_request_are_one_class(void **state)
{
    (void)state;
    struct stage *stage = open_stage();
    int next = waiting(stage, WAIT_NEXT_REQUEST, 20);
    int first = waiting(stage, WAIT_FIRST_OCTET, 10);
    int young = waiting(stage, WAIT_FIRST_OCTET, 30);
    fill_but(stage, 0);
    assert_int_equal(stage_timekeep(stage), 0);
    client_expect_end(first);
    client_expect_end(next);
    assert_open(young);
    assert_int_equal(stage_close_overdue(stage), WANTED);
    stage_close(stage);
}

static void test_a_silent_one_is_closed_without_a_word(void **state)
{
    (void)state;
    struct stage *stage = open_stage();
    int first = waiting(stage, WAIT_FIRST_OCTET, 0);
    int next = waiting(stage, WAIT_NEXT_REQUEST, 0);
    fill_but(stage, 0);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(stage_close_overdue(stage), 2);
    client_expect_end(first);
    client_expect_end(next);
    stage_close(stage);
}

static void test_when_no_idle_one_is_left_the_oldest_heads_are_told(void **state)
{
    (void)state;
    struct stage *stage = open_stage();
    int young = waiting(stage, WAIT_HEAD, 20);
    int old = waiting(stage, WAIT_HEAD, 10);
    int idle = waiting(stage, WAIT_NEXT_REQUEST, 30);
    fill_but(stage, 0);
    assert_int_equal(stage_timekeep(stage), 1);
    client_expect_end(idle);
    client_expect(old, TIMED_OUT);
    client_expect_end(old);
    assert_open(young);
    stage_close(stage);
}

static void test_who_is_being_served_is_passed_over(void **state)
{
    (void)state;
    struct stage *stage = open_stage();
    int served = waiting(stage, WAIT_NEXT_REQUEST, 0);
    int other = waiting(stage, WAIT_NEXT_REQUEST, 10);
    fill_but(stage, WANTED - 1);
    client_write(served, "GET");
    struct connection *connection = stage_take(stage);
    struct actor *timekeeper = actor_new(stage);
    actor_start(timekeeper, act_timekeep);
    actor_finish(timekeeper);
    actor_free(timekeeper);
    client_expect_end(other);
    assert_int_equal(connection_receive(connection), IO_DONE);
    give_back(stage, connection, WAIT_HEAD);
    assert_int_equal(stage_close_overdue(stage), 1);
    assert_open(served);
    stage_close(stage);
}

static void test_those_on_their_way_out_are_not_counted_again(void **state)
{
    (void)state;
    struct stage *stage = open_stage();
    for (int i = 0; i < SLOTS; i++) waiting(stage, WAIT_NEXT_REQUEST, i);
    for (int tick = 0; tick < 3; tick++) assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(stage_close_overdue(stage), WANTED);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(stage_close_overdue(stage), 0);
    assert_int_equal(atomic_load(&stage->transport.count), SLOTS - WANTED);
    stage_close(stage);
}

static void test_a_small_table_makes_room_for_one(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    clock_set(NOON);
    int clients[4];
    for (int i = 0; i < 4; i++) clients[i] = waiting(stage, WAIT_NEXT_REQUEST, i);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(stage_close_overdue(stage), 1);
    client_expect_end(clients[0]);
    assert_open(clients[1]);
    stage_close(stage);
}

static void test_responses_on_their_way_are_not_cut_for_a_slot(void **state)
{
    (void)state;
    struct stage *stage = open_stage();
    int reader;
    give_back(stage, stage_lend_blocked(stage, &reader, 2000), WAIT_PEER_READS);
    int sender = waiting(stage, WAIT_CONTENT, 0);
    fill_but(stage, 0);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(read(reader, &(char){0}, 1), 1);
    assert_open(sender);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_with_a_sixteenth_free_nobody_goes),
        cmocka_unit_test(test_with_less_than_a_sixteenth_free_the_longest_waiting_idle_one_goes),
        cmocka_unit_test(test_first_octet_and_next_request_are_one_class),
        cmocka_unit_test(test_a_silent_one_is_closed_without_a_word),
        cmocka_unit_test(test_when_no_idle_one_is_left_the_oldest_heads_are_told),
        cmocka_unit_test(test_who_is_being_served_is_passed_over),
        cmocka_unit_test(test_those_on_their_way_out_are_not_counted_again),
        cmocka_unit_test(test_a_small_table_makes_room_for_one),
        cmocka_unit_test(test_responses_on_their_way_are_not_cut_for_a_slot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
