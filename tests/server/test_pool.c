/* The pool: threads that take turns until they are told to stop. */
#include "tests/server/stage.h"

enum { WORKERS = 4 };

int __real_pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument);
int __wrap_pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument);

int __real_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_join(pthread_t thread, void **result);

static struct worker *workers;
static size_t creations_left; /* after so many, pthread_create fails */
static size_t joins;

int __wrap_pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    if (creations_left == 0) return EAGAIN;
    creations_left--;
    return __real_pthread_create(thread, attributes, run, argument);
}

int __wrap_pthread_join(pthread_t thread, void **result)
{
    joins++;
    return __real_pthread_join(thread, result);
}

static int open_pool(void **state)
{
    creations_left = SIZE_MAX;
    if (stage_open(state) != 0) return -1;
    workers = calloc(WORKERS, sizeof *workers);
    for (size_t i = 0; workers != NULL && i < WORKERS; i++) worker_init(&workers[i], &stage.server);
    return workers == NULL ? -1 : 0;
}

static int close_pool(void **state)
{
    free(workers);
    return stage_close(state);
}

/* Each thread that was started is waited for. */
static void stop(size_t started)
{
    joins = 0;
    transport_stop(&stage.server.transport);
    for (size_t i = 0; i < started; i++) pthread_join(workers[i].thread, NULL);
    assert_int_equal(joins, started);
}

/* All that comes until the end, which is within PATIENCE. */
static const char *read_all(void)
{
    size_t length = 0;
    ssize_t count;
    while (
        (count = read(stage.client, stage.received + length, sizeof stage.received - length)) > 0)
        length += (size_t)count;
    stage.received[length] = '\0';
    return stage.received;
}

static void test_the_threads_stop_when_they_are_told_to(void **state)
{
    (void)state;
    assert_int_equal(pool_start(workers, WORKERS), WORKERS);
    stop(WORKERS);
}

static void test_a_pool_that_is_told_to_stop_first_stops_too(void **state)
{
    (void)state;
    transport_stop(&stage.server.transport);
    assert_int_equal(pool_start(workers, WORKERS), WORKERS);
    for (size_t i = 0; i < WORKERS; i++) pthread_join(workers[i].thread, NULL);
}

static void test_a_pool_answers(void **state)
{
    (void)state;
    assert_int_equal(pool_start(workers, WORKERS), WORKERS);
    for (int i = 0; i < 20; i++) {
        stage_connect();
        stage_send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        const char *answer = read_all();
        assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
        assert_holds(answer, stage_index);
    }
    stop(WORKERS);
}

static void test_a_pool_of_one_answers_many_clients(void **state)
{
    int clients[STAGE_CONNECTIONS - 1];
    (void)state;
    assert_int_equal(pool_start(workers, 1), 1);
    for (size_t i = 0; i < COUNT(clients); i++) { /* they hold on, and send nothing */
        stage_connect();
        clients[i] = stage.client;
        stage.client = -1;
    }
    stage_connect();
    stage_send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_starts_with(read_all(), "HTTP/1.1 200 OK\r\n");
    for (size_t i = 0; i < COUNT(clients); i++) close(clients[i]);
    stop(1);
}

static void test_a_thread_that_cannot_be_had_ends_the_start(void **state)
{
    (void)state;
    for (size_t possible = 0; possible < WORKERS; possible++) {
        creations_left = possible;
        assert_int_equal(pool_start(workers, WORKERS), possible);
        stop(possible);
    }
}

static void test_what_could_be_started_serves(void **state)
{
    (void)state;
    creations_left = 1;
    assert_int_equal(pool_start(workers, WORKERS), 1);
    stage_connect();
    stage_send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_starts_with(read_all(), "HTTP/1.1 200 OK\r\n");
    stop(1);
}

int main(void)
{
#define POOLED(test) cmocka_unit_test_setup_teardown(test, open_pool, close_pool)
    const struct CMUnitTest tests[] = {
        POOLED(test_the_threads_stop_when_they_are_told_to),
        POOLED(test_a_pool_that_is_told_to_stop_first_stops_too),
        POOLED(test_a_pool_answers),
        POOLED(test_a_pool_of_one_answers_many_clients),
        POOLED(test_a_thread_that_cannot_be_had_ends_the_start),
        POOLED(test_what_could_be_started_serves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
