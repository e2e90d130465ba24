/* What is known of a connection between two turns, while a worker and the timekeeper meet there: it
 * is whose lock it is, is freed once, and never another connection's. The method that keeps content
 * is put into the table by the linker. */
#include "tests/server/stage.h"

#define FIELDS "Host: a.example\r\n"
#define HALF   "KEEP / HTTP/1.1\r\n" FIELDS "Content-Length: 9\r\n\r\nhalf"

enum { LIMIT = 1000 };

const struct method *__real_method_find(struct text token);
const struct method *__wrap_method_find(struct text token);

static void respond_kept(struct exchange *exchange)
{
    exchange_respond_octets(exchange, HTTP_OK, "text/plain", exchange->content);
}

const struct method *__wrap_method_find(struct text token)
{
    static const struct method keep = {"KEEP", respond_kept, LIMIT, 0};
    return text_equals(token, "KEEP") ? &keep : __real_method_find(token);
}

/* Another worker, which takes one turn and is held at a call of it. */
static struct {
    struct worker worker;
    struct gate gate;
    pthread_t thread;
    enum wait wait; /* what it gave back with */
} other;

static void *take_turn(void *argument)
{
    struct transport *transport = &stage.server.transport;
    (void)argument;
    own_gate = &other.gate;
    struct connection *connection = transport_next_ready(transport, &other.worker.seat);
    if (connection == NULL) return NULL;
    other.wait = serve_connection(&other.worker, connection);
    transport_give_back(transport, connection, other.wait);
    return NULL;
}

static void hold_turn(enum call call, enum gate_side side)
{
    memset(&other, 0, sizeof other);
    worker_init(&other.worker, &stage.server);
    other.gate.call = call;
    other.gate.side = side;
    sem_init(&other.gate.reached, 0, 0);
    sem_init(&other.gate.opened, 0, 0);
    assert_int_equal(pthread_create(&other.thread, NULL, take_turn, NULL), 0);
    assert_true(semaphore_wait(&other.gate.reached, PATIENCE * 1000));
}

static void let_turn_go(void)
{
    sem_post(&other.gate.opened);
    pthread_join(other.thread, NULL);
    sem_destroy(&other.gate.reached);
    sem_destroy(&other.gate.opened);
}

/* The timekeeper, who serves nobody, and to whom all time is up: how many it told. */
static int dismiss_all(void)
{
    static struct worker timekeeper;
    struct transport *transport = &stage.server.transport;
    struct connection *connection;
    int told = 0;
    worker_init(&timekeeper, &stage.server);
    clock_set(__real_wait_clock() + 100 * WAIT_SECOND);
    transport_tick(transport);
    while ((connection = transport_next_overdue(transport, &timekeeper.seat)) != NULL) {
        exchange_time_out(&timekeeper, connection);
        assert_int_equal(connection_flush(connection), IO_DONE);
        stage.answered = connection->sent;
        connection_half_close(connection);
        transport_return_overdue(transport, connection, WAIT_PEER_CLOSES);
        told++;
    }
    return told;
}

static uint64_t memory_in_use(void)
{
    return atomic_load(&stage.server.transport.memory);
}

/* A client that has sent half its content, which is kept. */
static void stage_half(void)
{
    stage_connect();
    stage.server.transport.options.limits[WAIT_CONTENT] = 50 * WAIT_SECOND;
    stage_ask(HALF, WAIT_CONTENT);
    assert_true(memory_in_use() >= LIMIT);
}

static void assert_next_begins_anew(void)
{
    stage_connect();
    const char *answer =
        stage_ask("KEEP / HTTP/1.1\r\n" FIELDS "Content-Length: 3\r\n\r\nnew", WAIT_NEXT_REQUEST);
    assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
    assert_holds(answer, "\r\n\r\nnew");
    assert_int_equal(memory_in_use(), 0);
}

static void test_who_was_told_while_a_worker_came_is_not_served_from_what_was_kept(void **state)
{
    (void)state;
    stage_half();
    stage_send("rest!");
    hold_turn(CALL_EPOLL_WAIT, GATE_AFTER);
    assert_int_equal(dismiss_all(), 1);
    assert_int_equal(memory_in_use(), 0);
    let_turn_go();
    assert_int_equal(other.wait, WAIT_PEER_CLOSES);
    assert_starts_with(stage_read(), "HTTP/1.1 408 ");
    assert_int_equal(memory_in_use(), 0);
    stage_leave();
    assert_next_begins_anew();
}

static void test_what_is_kept_by_a_worker_is_not_the_timekeepers(void **state)
{
    (void)state;
    stage_half();
    stage_send("rest!");
    hold_turn(CALL_SEND, GATE_BEFORE);
    stage.server.transport.options.limits[WAIT_NEXT_REQUEST] = WAIT_FOREVER;
    assert_int_equal(dismiss_all(), 0);
    let_turn_go();
    assert_int_equal(other.wait, WAIT_NEXT_REQUEST);
    char answer[1000] = "";
    assert_true(read(stage.client, answer, sizeof answer - 1) > 0);
    assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
    assert_holds(answer, "\r\n\r\nhalfrest!");
    assert_int_equal(memory_in_use(), 0);
}

static void test_who_is_closed_by_a_worker_has_nothing_left_for_the_timekeeper(void **state)
{
    (void)state;
    stage_half();
    stage_send_end();
    hold_turn(CALL_CLOSE, GATE_BEFORE);
    assert_int_equal(memory_in_use(), 0);
    assert_int_equal(dismiss_all(), 0);
    let_turn_go();
    assert_int_equal(other.wait, WAIT_CLOSE);
    assert_next_begins_anew();
}

/* Told after the turn that kept more, and before it is armed; and then it cannot be armed. */
static void test_who_is_told_before_it_is_armed_has_its_content_freed_once(void **state)
{
    (void)state;
    for (int fails = 0; fails < 2; fails++) {
        stage_half();
        stage_send("re");
        hold_turn(CALL_EPOLL_CTL, GATE_BEFORE);
        assert_int_equal(dismiss_all(), 1);
        assert_int_equal(memory_in_use(), 0);
        calls_fail(CALL_EPOLL_CTL, ENOMEM, fails);
        let_turn_go();
        assert_int_equal(other.wait, WAIT_CONTENT);
        assert_starts_with(stage_read(), "HTTP/1.1 408 ");
        if (fails == 0) stage_leave();
        assert_next_begins_anew();
        clock_set(INT64_MIN);
        stage_leave();
    }
}

/* What it kept is of no more use, and the slot's next connection must not find it. */
static void test_who_cannot_be_armed_leaves_nothing_to_the_next(void **state)
{
    (void)state;
    stage_half();
    stage_send("re");
    hold_turn(CALL_EPOLL_CTL, GATE_BEFORE);
    calls_fail(CALL_EPOLL_CTL, ENOMEM, 1);
    let_turn_go();
    assert_next_begins_anew();
}

/* An answer before it is blocked: too late for a 408, it is shut down, and its worker forgets. */
static void test_who_is_shut_down_with_content_kept_has_it_freed(void **state)
{
    (void)state;
    stage_connect();
    stage.server.transport.options.limits[WAIT_PEER_READS] = 50 * WAIT_SECOND;
    calls_budget(CALL_SEND, 10);
    stage_send("GET / HTTP/1.1\r\n" FIELDS "\r\n" HALF);
    assert_int_equal(stage_turn(), WAIT_PEER_READS);
    assert_true(memory_in_use() >= LIMIT);
    assert_int_equal(dismiss_all(), 0);
    calls_budget(CALL_SEND, -1);
    assert_int_equal(stage_turn(), WAIT_CLOSE);
    assert_int_equal(memory_in_use(), 0);
    assert_next_begins_anew();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_who_was_told_while_a_worker_came_is_not_served_from_what_was_kept),
        STAGED(test_what_is_kept_by_a_worker_is_not_the_timekeepers),
        STAGED(test_who_is_closed_by_a_worker_has_nothing_left_for_the_timekeeper),
        STAGED(test_who_is_told_before_it_is_armed_has_its_content_freed_once),
        STAGED(test_who_cannot_be_armed_leaves_nothing_to_the_next),
        STAGED(test_who_is_shut_down_with_content_kept_has_it_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
