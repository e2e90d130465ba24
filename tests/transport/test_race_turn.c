/* Giving back and taking, step by step: accepted, unlocked, put into the set or armed again, taken;
 * at each a thread is held, and what others do there changes nothing. */
#include "tests/transport/locks.h"

/* A new connection whose first turn is over, but which is not in the set yet (ADD); or one that is,
 * and is not armed again yet (MOD). Its worker is held there. */
static struct actor *held_unarmed(struct stage *stage, int *client, bool is_new, enum wait wait)
{
    if (!is_new) waiting(stage, client, WAIT_NEXT_REQUEST);
    if (is_new) *client = stage_connect(stage);
    client_write(*client, "GET");
    return held_later(stage, act_serve, wait, CALL_EPOLL_CTL, GATE_BEFORE, is_new ? 1 : 0);
}

static void assert_nobody_is_left(struct stage *stage)
{
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    assert_int_equal(atomic_load(&stage->transport.leaving), 0);
    assert_int_equal(atomic_load(&stage->transport.memory), 0);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_null(stage_try(stage));
    stage_close(stage);
}

/* Of the connection that had it before, the slot keeps a deadline that has passed. */
static void test_a_slot_that_is_taken_and_not_yet_locked_is_nobodys(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(1);
    int client;
    give_back(stage, stage_lend(stage, &client, "GET"), WAIT_CLOSE);
    clock_advance(2 * LIMIT);
    client_write(stage_connect(stage), "GET");
    locks_watch(&stage->transport.table[0].lock);
    struct actor *worker = held(stage, act_serve, WAIT_CLOSE, CALL_LOCK, GATE_BEFORE);
    assert_int_equal(stage->transport.table[0].descriptor, -1);
    assert_int_equal(timekeep_beside(stage), 0);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 0);
    assert_int_equal(atomic_load(&stage->transport.leaving), 0);
    actor_open_gate(worker);
    actor_finish(worker);
    assert_int_equal(worker->found, WAIT_FIRST_OCTET);
    assert_int_equal(worker->received, IO_DONE);
    assert_false(worker->overdue);
    actor_free(worker);
    assert_nobody_is_left(stage);
}

/* All that the next turn wants to know is written before the lock is given up; and it is given up
 * once, at the end of the turn, even if that began with accept4. */
static void test_who_is_unlocked_and_not_yet_armed_is_complete(void **state)
{
    (void)state;
    for (int is_new = 0; is_new < 2; is_new++) {
        struct stage *stage = stage_open_timed(1);
        int client;
        struct connection *connection = &stage->transport.table[0];
        if (!is_new) waiting(stage, &client, WAIT_HEAD);
        if (is_new) client = stage_connect(stage);
        client_write(client, "GET");
        locks_watch(&connection->lock);
        struct actor *worker = held(stage, act_serve, WAIT_NEXT_REQUEST, CALL_UNLOCK, GATE_AFTER);
        assert_int_equal(pthread_mutex_trylock(&connection->lock), 0);
        assert_int_equal(connection->wait, WAIT_NEXT_REQUEST);
        assert_int_equal(connection->deadline, NOON + LIMIT);
        assert_true(connection->watched);
        assert_null(connection->seat);
        pthread_mutex_unlock(&connection->lock);
        let_go(worker);
        stage_close(stage);
    }
}

/* It is put into the set once, and armed again ever after, however late the first worker is. */
static void test_the_second_turn_ends_while_the_first_is_still_arming(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(1);
    int client = stage_connect(stage);
    client_write(client, "one");
    struct actor *slow =
        held_later(stage, act_serve, WAIT_NEXT_REQUEST, CALL_EPOLL_CTL, GATE_AFTER, 1);
    for (int turn = 0; turn < 3; turn++) {
        client_write(client, "more");
        struct connection *connection = stage_take(stage);
        assert_int_equal(connection->wait, WAIT_NEXT_REQUEST);
        assert_int_equal(connection_receive(connection), IO_DONE);
        connection_consume(connection, 4);
        give_back(stage, connection, WAIT_NEXT_REQUEST);
        assert_int_equal(atomic_load(&stage->transport.count), 1);
        if (turn == 1) let_go(slow);
    }
    client_expect_silence(client);
    stage_close(stage);
}

static void test_a_drain_before_it_is_armed_closes_it(void **state)
{
    (void)state;
    for (int is_new = 0; is_new < 2; is_new++) {
        struct stage *stage = stage_open_timed(1);
        int client;
        struct actor *worker = held_unarmed(stage, &client, is_new, WAIT_NEXT_REQUEST);
        transport_drain(&stage->transport);
        assert_int_equal(stage_timekeep(stage), 0);
        client_expect_end(client);
        assert_null(stage_try(stage)); /* nobody has armed it */
        let_go(worker);
        assert_int_equal(stage_close_overdue(stage), 1);
        assert_true(is_readable(stage->transport.wake));
        assert_nobody_is_left(stage);
    }
}

/* It has its event already: what has arrived is served. */
static void test_a_drain_before_its_worker_has_the_lock_leaves_it_its_turn(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(4);
    int client;
    waiting(stage, &client, WAIT_NEXT_REQUEST);
    client_write(client, "GET");
    struct actor *worker = held(stage, act_serve, WAIT_CLOSE, CALL_EPOLL_WAIT, GATE_AFTER);
    transport_drain(&stage->transport);
    assert_int_equal(stage_timekeep(stage), 0);
    actor_open_gate(worker);
    actor_finish(worker);
    assert_false(worker->overdue);
    assert_int_equal(worker->received, IO_DONE);
    actor_free(worker);
    assert_nobody_is_left(stage);
}

static void test_who_is_shut_down_and_then_cannot_be_armed_is_closed_once(void **state)
{
    (void)state;
    for (int is_new = 0; is_new < 2; is_new++) {
        struct stage *stage = stage_open_timed(1);
        int client;
        struct actor *worker = held_unarmed(stage, &client, is_new, WAIT_NEXT_REQUEST);
        clock_advance(LIMIT);
        assert_int_equal(stage_timekeep(stage), 0);
        assert_int_equal(atomic_load(&stage->transport.leaving), 1);
        calls_fail(CALL_EPOLL_CTL, ENOMEM, 1);
        let_go(worker);
        client_expect_end(client);
        assert_nobody_is_left(stage);
    }
}

/* A turn that leaves half a head behind. */
static void act_serve_head(struct actor *actor)
{
    struct transport *transport = &actor->stage->transport;
    struct connection *connection = transport_next_ready(transport, &actor->seat);
    if (connection == NULL) return;
    actor->received = connection_receive(connection);
    transport_give_back(transport, connection, WAIT_HEAD);
}

static void test_who_is_told_and_then_cannot_be_armed_still_reads_it(void **state)
{
    (void)state;
    for (int passes = 0; passes < 2; passes++) {
        struct stage *stage = stage_open_timed(1);
        int client = stage_connect(stage);
        if (passes == 0) stage_accept(stage, 1);
        client_write(client, "half a head");
        struct actor *worker =
            held_later(stage, act_serve_head, WAIT_HEAD, CALL_EPOLL_CTL, GATE_BEFORE, passes);
        clock_advance(LIMIT);
        assert_int_equal(stage_timekeep(stage), 1);
        calls_fail(CALL_EPOLL_CTL, ENOMEM, 1);
        let_go(worker);
        client_expect(client, TIMED_OUT);
        client_expect_end(client);
        assert_nobody_is_left(stage);
    }
}

/* The timekeeper has it when arming fails: it is closed after that, not in the midst of it. */
static void test_who_cannot_be_armed_is_not_closed_while_it_is_told(void **state)
{
    (void)state;
    struct stage *stage = stage_open_timed(1);
    int client = stage_connect(stage);
    client_write(client, "half a head");
    struct actor *worker =
        held_later(stage, act_serve_head, WAIT_HEAD, CALL_EPOLL_CTL, GATE_BEFORE, 1);
    clock_advance(LIMIT);
    struct actor *timekeeper = held(stage, act_timekeep, WAIT_CLOSE, CALL_SEND, GATE_BEFORE);
    calls_fail(CALL_EPOLL_CTL, ENOMEM, 1);
    actor_open_gate(worker);
    actor_expect_waiting(worker);
    assert_int_equal(calls_count(CALL_CLOSE), 0);
    let_go(timekeeper);
    actor_finish(worker);
    actor_free(worker);
    client_expect(client, TIMED_OUT);
    client_expect_end(client);
    assert_nobody_is_left(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_slot_that_is_taken_and_not_yet_locked_is_nobodys),
        cmocka_unit_test(test_who_is_unlocked_and_not_yet_armed_is_complete),
        cmocka_unit_test(test_the_second_turn_ends_while_the_first_is_still_arming),
        cmocka_unit_test(test_a_drain_before_it_is_armed_closes_it),
        cmocka_unit_test(test_a_drain_before_its_worker_has_the_lock_leaves_it_its_turn),
        cmocka_unit_test(test_who_is_shut_down_and_then_cannot_be_armed_is_closed_once),
        cmocka_unit_test(test_who_is_told_and_then_cannot_be_armed_still_reads_it),
        cmocka_unit_test(test_who_cannot_be_armed_is_not_closed_while_it_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
