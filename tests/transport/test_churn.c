/* Several workers, many clients that come and go, silent ones whose time is up, and a timekeeper
 * that ticks all the while: every client gets its own octets back. */
#include "tests/transport/stage.h"

enum {
    WORKERS = 3,
    ECHO_CLIENTS = 4,
    CONNECTIONS_EACH = 25,
    MESSAGES_EACH = 6,
    MESSAGE_MAX = 20000,
    SILENT_CLIENTS = 2,
    SILENT_EACH = 15,
    SLOTS = 64,
    TRIES = 50,
};

struct churn {
    struct stage *stage;
    atomic_int clients_left;
    atomic_int failures;
    atomic_int overdue; /* connections that a worker closed for being so */
};

struct churner {
    pthread_t thread;
    struct churn *churn;
    uint64_t seed;
    struct seat seat;
};

/* Echoes what has come; what the peer does not take is kept until it does. */
static enum wait echo(struct connection *connection)
{
    if (connection->wait == WAIT_PEER_CLOSES) return WAIT_CLOSE;
    enum io_status status = connection_flush(connection);
    enum io_status received = IO_BLOCKED;
    if (status == IO_DONE && connection_input(connection).length == 0)
        received = connection_receive(connection);
    struct octets input = connection_input(connection);
    struct octets space = connection_space(connection);
    size_t part = input.length < space.length ? input.length : space.length;
    if (part > 1) part -= part / 3; /* so that a rest is parked */
    memcpy(space.start, input.start, part);
    connection_queue(connection, part);
    if (part > 0) connection_consume(connection, part);
    if (status == IO_DONE) status = connection_flush(connection);
    if (status == IO_FAILED || received == IO_FAILED || received == IO_ENDED) return WAIT_CLOSE;
    if (status == IO_BLOCKED) return WAIT_PEER_READS;
    if (connection_input(connection).length > 0) return WAIT_TURN;
    return connection->received == 0 ? WAIT_FIRST_OCTET : WAIT_NEXT_REQUEST;
}

static void *work(void *argument)
{
    struct churner *worker = argument;
    struct transport *transport = &worker->churn->stage->transport;
    struct connection *connection;
    while ((connection = transport_next_ready(transport, &worker->seat)) != NULL) {
        bool overdue = connection->overdue;
        if (overdue) atomic_fetch_add(&worker->churn->overdue, 1);
        transport_give_back(transport, connection, overdue ? WAIT_CLOSE : echo(connection));
    }
    return NULL;
}

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return *seed >> 33;
}

/* How many of length octets, content from position on, were sent and came back. */
static size_t exchange(int client, uint64_t position, size_t length)
{
    static _Thread_local char octets[MESSAGE_MAX];
    size_t back = 0;
    content_fill(octets, position, length);
    for (size_t sent = 0; sent < length;) {
        ssize_t count = __real_send(client, octets + sent, length - sent, MSG_NOSIGNAL);
        if (count <= 0) return 0;
        sent += (size_t)count;
    }
    while (back < length) {
        ssize_t count = read(client, octets, length - back);
        if (count <= 0) break;
        size_t whole = (size_t)count;
        if (content_differs_at(octets, position + back, whole) < whole) return SIZE_MAX;
        back += whole;
    }
    return back;
}

/* One connection with several messages. False: it was cut, or got what is not its own. The first
 * message may come too late for the deadline; then nothing came back, and it is tried again. */
static bool converse(struct churner *churner, uint64_t position)
{
    uint16_t port = churner->churn->stage->listeners.list[0].port;
    for (int tries = 0; tries < TRIES; tries++) {
        int client = client_connect(port, tries == 0 && position % 5 == 0 ? 2048 : 0);
        if (client < 0) return false;
        int message = 0;
        for (; message < MESSAGES_EACH; message++) {
            size_t length = 1 + next_random(&churner->seed) % MESSAGE_MAX;
            size_t back = exchange(client, position, length);
            if (back != length) {
                __real_close(client);
                if (message > 0 || back > 0) return false;
                break;
            }
            position += length;
        }
        if (message < MESSAGES_EACH) continue;
        if (position % 2 == 0)
            client_reset(client);
        else
            __real_close(client);
        return true;
    }
    return false;
}

static void *talk(void *argument)
{
    struct churner *churner = argument;
    for (uint64_t i = 0; i < CONNECTIONS_EACH; i++)
        if (!converse(churner, (churner->seed << 32) + i))
            atomic_fetch_add(&churner->churn->failures, 1);
    atomic_fetch_sub(&churner->churn->clients_left, 1);
    return NULL;
}

/* Connects, says nothing, and has to be shut down. */
static void *keep_silent(void *argument)
{
    struct churner *churner = argument;
    for (int i = 0; i < SILENT_EACH; i++) {
        char octet;
        int client = client_connect(churner->churn->stage->listeners.list[0].port, 0);
        if (client < 0 || read(client, &octet, 1) != 0)
            atomic_fetch_add(&churner->churn->failures, 1);
        if (client >= 0) __real_close(client);
    }
    atomic_fetch_sub(&churner->churn->clients_left, 1);
    return NULL;
}

static void start(
    struct churner *churner, struct churn *churn, uint64_t seed, void *(*do_it)(void *))
{
    churner->churn = churn;
    churner->seed = seed;
    assert_int_equal(pthread_create(&churner->thread, NULL, do_it, churner), 0);
}

/* Ticks until all clients are done; then stops the workers, drained. */
static void keep_time(struct churn *churn)
{
    struct stage *stage = churn->stage;
    int64_t end = wait_clock() + 4 * PATIENCE * WAIT_SECOND;
    struct pollfd wake = {.fd = stage->transport.wake, .events = POLLIN};
    bool drained = false;
    while (wait_clock() < end) {
        poll(&wake, 1, 2);
        stage_timekeep(stage);
        if (atomic_load(&churn->clients_left) > 0) continue;
        if (!drained) transport_drain(&stage->transport);
        drained = true;
        if (atomic_load(&stage->transport.count) == 0) break;
    }
    assert_int_equal(atomic_load(&churn->clients_left), 0);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    transport_stop(&stage->transport);
}

static void test_every_client_gets_its_own_octets_back(void **state)
{
    (void)state;
    enum { CLIENTS = ECHO_CLIENTS + SILENT_CLIENTS, ALL = WORKERS + CLIENTS };
    struct transport_options options = stage_options(SLOTS);
    options.limits[WAIT_FIRST_OCTET] = 20 * MILLISECOND;
    options.limits[WAIT_PEER_READS] = options.limits[WAIT_TURN] = PATIENCE * WAIT_SECOND;
    options.buffer_memory = 64 * 1024 * 1024;
    struct stage *stage = stage_open(&options);
    struct churn churn = {.stage = stage, .clients_left = CLIENTS};
    struct churner *all = calloc(ALL, sizeof *all);
    assert_non_null(all);
    for (int i = 0; i < ALL; i++)
        start(&all[i], &churn, (uint64_t)i + 1,
            i < WORKERS                      ? work
                : i < WORKERS + ECHO_CLIENTS ? talk
                                             : keep_silent);
    keep_time(&churn);
    for (int i = 0; i < ALL; i++) pthread_join(all[i].thread, NULL);
    free(all);
    assert_int_equal(atomic_load(&churn.failures), 0);
    assert_true(atomic_load(&churn.overdue) >= SILENT_CLIENTS * SILENT_EACH);
    assert_int_equal(atomic_load(&stage->transport.memory), 0);
    stage_close(stage);
}

/* Gives half a head back again and again; its time has always passed. */
static void *give_back_overdue(void *argument)
{
    struct churner *worker = argument;
    struct transport *transport = &worker->churn->stage->transport;
    struct connection *connection;
    while ((connection = transport_next_ready(transport, &worker->seat)) != NULL) {
        (void)connection_receive(connection);
        transport_give_back(transport, connection, WAIT_HEAD);
    }
    return NULL;
}

/* Told between the worker's unlocking and its arming, or after, at each of many rounds. */
static void test_a_head_may_be_told_while_it_is_being_armed(void **state)
{
    (void)state;
    enum { ROUNDS = 500 };
    struct transport_options options = stage_options(4);
    options.limits[WAIT_HEAD] = 0;
    struct stage *stage = stage_open(&options);
    struct churn churn = {.stage = stage};
    struct churner *worker = calloc(1, sizeof *worker);
    int client = stage_connect(stage);
    int64_t end = wait_clock() + PATIENCE * WAIT_SECOND;
    assert_non_null(worker);
    start(worker, &churn, 0, give_back_overdue);
    for (int told = 0; told < ROUNDS && wait_clock() < end; told++) {
        struct connection *connection = NULL;
        client_write(client, "x");
        while (connection == NULL && wait_clock() < end) {
            stage->transport.cursor = 0;
            connection = transport_next_overdue(&stage->transport, &stage->timekeeper);
        }
        assert_non_null(connection);
        transport_return_overdue(&stage->transport, connection, WAIT_PEER_CLOSES);
    }
    assert_true(wait_clock() < end);
    transport_stop(&stage->transport);
    pthread_join(worker->thread, NULL);
    free(worker);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_client_gets_its_own_octets_back),
        cmocka_unit_test(test_a_head_may_be_told_while_it_is_being_armed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
