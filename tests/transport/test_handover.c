/* The hand-over of a connection: each race that it closes is brought about, with one thread held at
 * the call where it matters. */
#include "tests/transport/actor.h"

#define NOON  (1000 * WAIT_SECOND)
#define LIMIT (10 * WAIT_SECOND)

static struct stage *open_stage(uint32_t max_connections)
{
    struct transport_options options = stage_options(max_connections);
    for (int wait = 0; wait < WAIT_COUNT; wait++) options.limits[wait] = LIMIT;
    struct stage *stage = stage_open(&options);
    clock_set(NOON);
    return stage;
}

static struct actor *worker_held(
    struct stage *stage, enum wait wait, enum call call, enum gate_side side)
{
    struct actor *worker = actor_new(stage);
    worker->wait = wait;
    actor_stops_at(worker, call, side);
    actor_start(worker, act_serve);
    actor_await_gate(worker);
    return worker;
}

static struct actor *start(struct stage *stage, void (*act)(struct actor *actor))
{
    struct actor *actor = actor_new(stage);
    actor_start(actor, act);
    return actor;
}

static void let_go(struct actor *actor)
{
    actor_open_gate(actor);
    actor_finish(actor);
    actor_free(actor);
}

/* A connection that waits like this; its slot. */
static uint32_t waiting(struct stage *stage, int *client, enum wait wait)
{
    struct connection *connection = stage_lend(stage, client, "GET");
    uint32_t slot = transport_slot(&stage->transport, connection);
    if (wait == WAIT_NEXT_REQUEST) connection_consume(connection, 3);
    give_back(stage, connection, wait);
    return slot;
}

static bool is_locked(struct stage *stage, uint32_t slot)
{
    pthread_mutex_t *lock = &stage->transport.table[slot].lock;
    if (pthread_mutex_trylock(lock) != 0) return true;
    pthread_mutex_unlock(lock);
    return false;
}

static void test_the_next_turn_needs_nothing_of_who_is_still_arming(void **state)
{
    (void)state;
    struct stage *stage = open_stage(4);
    int client;
    uint32_t slot = waiting(stage, &client, WAIT_NEXT_REQUEST);
    client_write(client, "one");
    struct actor *slow = worker_held(stage, WAIT_NEXT_REQUEST, CALL_EPOLL_CTL, GATE_AFTER);
    assert_false(is_locked(stage, slot));
    client_write(client, "two");
    struct actor *next = start(stage, act_serve);
    actor_finish(next);
    assert_true(next->served);
    assert_int_equal(next->slot, slot);
    assert_int_equal(next->received, IO_DONE);
    actor_free(next);
    let_go(slow);
    stage_close(stage);
}

/* … and the slot may be another connection's by then. */
static void test_who_is_still_arming_touches_nothing_of_who_comes_next(void **state)
{
    (void)state;
    struct stage *stage = open_stage(1);
    int client;
    int other;
    waiting(stage, &client, WAIT_NEXT_REQUEST);
    client_write(client, "one");
    struct actor *slow = worker_held(stage, WAIT_NEXT_REQUEST, CALL_EPOLL_CTL, GATE_AFTER);
    stage_hang_up(stage, client);
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_ENDED);
    give_back(stage, connection, WAIT_CLOSE);
    waiting(stage, &other, WAIT_HEAD);
    let_go(slow);
    client_write(other, " more");
    connection = stage_take(stage);
    assert_int_equal(connection->wait, WAIT_HEAD);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_int_equal(connection_input(connection).length, 8);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_the_first_turn_needs_nothing_of_who_is_still_accepting(void **state)
{
    (void)state;
    struct stage *stage = open_stage(4);
    int client = stage_connect(stage);
    client_write(client, "GET");
    struct actor *slow = worker_held(stage, WAIT_NEXT_REQUEST, CALL_EPOLL_CTL, GATE_AFTER);
    struct actor *next = start(stage, act_serve);
    actor_finish(next);
    assert_true(next->served);
    assert_int_equal(next->found, WAIT_FIRST_OCTET);
    actor_free(next);
    client_write(client, "more"); /* for the slow one */
    let_go(slow);
    stage_close(stage);
}

static void test_a_connection_is_closed_while_it_is_locked_and_then_returned(void **state)
{
    (void)state;
    const enum gate_side sides[] = {GATE_BEFORE, GATE_AFTER};
    for (size_t i = 0; i < COUNT(sides); i++) {
        struct stage *stage = open_stage(4);
        int client;
        uint32_t slot = waiting(stage, &client, WAIT_NEXT_REQUEST);
        client_write(client, "bye");
        struct actor *closing = worker_held(stage, WAIT_CLOSE, CALL_CLOSE, sides[i]);
        assert_true(is_locked(stage, slot));
        assert_int_equal(transport_count(&stage->transport), 1);
        let_go(closing);
        assert_false(is_locked(stage, slot));
        assert_int_equal(stage->transport.table[slot].descriptor, -1);
        assert_int_equal(transport_count(&stage->transport), 0);
        stage_close(stage);
    }
}

static void test_who_is_being_closed_is_no_business_of_the_timekeeper(void **state)
{
    (void)state;
    struct stage *stage = open_stage(4);
    int client;
    waiting(stage, &client, WAIT_HEAD);
    client_write(client, "bye");
    struct actor *closing = worker_held(stage, WAIT_CLOSE, CALL_CLOSE, GATE_BEFORE);
    clock_advance(LIMIT);
    struct actor *timekeeper = start(stage, act_timekeep);
    actor_finish(timekeeper);
    assert_int_equal(timekeeper->lent, 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 0);
    actor_free(timekeeper);
    let_go(closing);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 0);
    stage_close(stage);
}

/* The number is free, and taken again, before the worker is back from close(). */
static void test_a_number_used_again_is_not_shut_down_for_its_old_deadline(void **state)
{
    (void)state;
    struct stage *stage = open_stage(4);
    int old;
    uint32_t slot = waiting(stage, &old, WAIT_NEXT_REQUEST);
    int number = stage->transport.table[slot].descriptor;
    client_write(old, "bye");
    struct pollfd ready = {.fd = stage->transport.epoll, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, PATIENCE * 1000), 1);
    int client = stage_connect(stage); /* it has its own number, and is still queued */
    struct actor *closing = worker_held(stage, WAIT_CLOSE, CALL_CLOSE, GATE_AFTER);
    clock_advance(LIMIT);
    client_write(client, "GET");
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    assert_int_equal(connection->descriptor, number);
    connection_consume(connection, 3);
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    calls_watch_number(number);
    for (int when = 0; when < 2; when++) {
        struct actor *timekeeper = start(stage, act_timekeep);
        actor_finish(timekeeper);
        actor_free(timekeeper);
        if (when == 0) let_go(closing);
    }
    assert_int_equal(atomic_load(&number_touched), 0);
    client_expect_silence(client);
    assert_null(stage_try(stage));
    stage_close(stage);
}

static void test_the_timekeeper_shuts_down_only_what_it_has_locked(void **state)
{
    (void)state;
    struct stage *stage = open_stage(4);
    int client;
    uint32_t slot = waiting(stage, &client, WAIT_NEXT_REQUEST);
    clock_advance(LIMIT);
    struct actor *timekeeper = actor_new(stage);
    actor_stops_at(timekeeper, CALL_SHUTDOWN, GATE_BEFORE);
    actor_start(timekeeper, act_timekeep);
    actor_await_gate(timekeeper);
    assert_true(is_locked(stage, slot));
    client_write(client, "GET");
    struct actor *worker = actor_new(stage);
    worker->wait = WAIT_CLOSE;
    actor_start(worker, act_serve);
    actor_expect_waiting(worker);
    let_go(timekeeper);
    actor_finish(worker);
    assert_true(worker->overdue);
    actor_free(worker);
    stage_close(stage);
}

static void test_who_is_being_told_is_not_lent_to_a_worker(void **state)
{
    (void)state;
    struct stage *stage = open_stage(4);
    int client;
    waiting(stage, &client, WAIT_HEAD);
    clock_advance(LIMIT);
    struct actor *timekeeper = actor_new(stage);
    actor_stops_at(timekeeper, CALL_SHUTDOWN, GATE_BEFORE); /* the half-close */
    actor_start(timekeeper, act_timekeep);
    actor_await_gate(timekeeper);
    client_write(client, "more");
    struct actor *worker = actor_new(stage);
    worker->wait = WAIT_CLOSE;
    actor_start(worker, act_serve);
    actor_expect_waiting(worker);
    let_go(timekeeper);
    actor_finish(worker);
    assert_int_equal(worker->found, WAIT_PEER_CLOSES);
    assert_false(worker->overdue);
    actor_free(worker);
    client_expect(client, TIMED_OUT);
    stage_close(stage);
}

static void test_a_worker_whose_event_came_at_the_same_instant_finds_the_new_wait(void **state)
{
    (void)state;
    struct stage *stage = open_stage(4);
    int client;
    waiting(stage, &client, WAIT_HEAD);
    client_write(client, "more");
    struct actor *worker = worker_held(stage, WAIT_PEER_CLOSES, CALL_EPOLL_WAIT, GATE_AFTER);
    clock_advance(LIMIT);
    assert_int_equal(stage_timekeep(stage), 1);
    actor_open_gate(worker);
    actor_finish(worker);
    assert_int_equal(worker->found, WAIT_PEER_CLOSES);
    assert_false(worker->overdue);
    assert_int_equal(worker->received, IO_DONE);
    actor_free(worker);
    client_expect(client, TIMED_OUT);
    client_expect_end(client);
    stage_hang_up(stage, client);
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection->wait, WAIT_PEER_CLOSES);
    give_back(stage, connection, WAIT_CLOSE);
    stage_close(stage);
}

static void test_a_worker_whose_event_came_at_the_same_instant_finds_it_overdue(void **state)
{
    (void)state;
    struct stage *stage = open_stage(4);
    int client;
    waiting(stage, &client, WAIT_NEXT_REQUEST);
    client_write(client, "GET");
    struct actor *worker = worker_held(stage, WAIT_CLOSE, CALL_EPOLL_WAIT, GATE_AFTER);
    clock_advance(LIMIT);
    assert_int_equal(stage_timekeep(stage), 0);
    actor_open_gate(worker);
    actor_finish(worker);
    assert_true(worker->overdue);
    actor_free(worker);
    assert_int_equal(transport_count(&stage->transport), 0);
    assert_null(stage_try(stage));
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_next_turn_needs_nothing_of_who_is_still_arming),
        cmocka_unit_test(test_who_is_still_arming_touches_nothing_of_who_comes_next),
        cmocka_unit_test(test_the_first_turn_needs_nothing_of_who_is_still_accepting),
        cmocka_unit_test(test_a_connection_is_closed_while_it_is_locked_and_then_returned),
        cmocka_unit_test(test_who_is_being_closed_is_no_business_of_the_timekeeper),
        cmocka_unit_test(test_a_number_used_again_is_not_shut_down_for_its_old_deadline),
        cmocka_unit_test(test_the_timekeeper_shuts_down_only_what_it_has_locked),
        cmocka_unit_test(test_who_is_being_told_is_not_lent_to_a_worker),
        cmocka_unit_test(test_a_worker_whose_event_came_at_the_same_instant_finds_the_new_wait),
        cmocka_unit_test(test_a_worker_whose_event_came_at_the_same_instant_finds_it_overdue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
