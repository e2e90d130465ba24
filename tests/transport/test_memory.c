/* Memory for what parked connections are owed: over three quarters of the bound the oldest
 * half-sent heads go, then the slowest readers. */
#include "tests/transport/reader.h"

#include <sys/mman.h>
#include <sys/stat.h>

enum { KIB = 1024 };

#define NOON (1000 * WAIT_SECOND)

static struct stage *open_stage(uint64_t bound)
{
    struct transport_options options = stage_options(32);
    options.buffer_memory = bound;
    struct stage *stage = stage_open(&options);
    clock_set(NOON);
    return stage;
}

/* Half a head of that length, begun so many seconds after noon. */
static int half_sent(struct stage *stage, size_t length, int since)
{
    int client = stage_connect(stage);
    clock_set(NOON + since * WAIT_SECOND);
    client_write_content(client, 0, length);
    struct connection *connection = stage_take_new(stage);
    receive_until(connection, length);
    give_back(stage, connection, WAIT_HEAD);
    return client;
}

/* A response of which so much is parked, unsent; blocked, or the turn was over. */
static int reader(struct stage *stage, size_t length, enum wait wait)
{
    int client;
    give_back(stage, stage_lend_blocked(stage, &client, length), wait);
    return client;
}

static void test_up_to_three_quarters_nobody_goes(void **state)
{
    (void)state;
    struct stage *stage = open_stage(16 * KIB);
    for (int i = 0; i < 3; i++) half_sent(stage, 4 * KIB, i);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_null(stage_try(stage));
    stage_close(stage);
}

static void test_over_three_quarters_the_oldest_half_sent_head_is_told(void **state)
{
    (void)state;
    struct stage *stage = open_stage(16 * KIB);
    int young = half_sent(stage, 4 * KIB, 20);
    int old = half_sent(stage, 4 * KIB, 10);
    half_sent(stage, 4 * KIB, 30);
    half_sent(stage, 100, 40);
    assert_true(is_readable(stage->transport.wake));
    assert_int_equal(stage_timekeep(stage), 1);
    client_expect(old, TIMED_OUT);
    client_expect_end(old);
    client_expect_silence(young);
    assert_int_equal(atomic_load(&stage->transport.memory), 8 * KIB + 100);
    stage_close(stage);
}

static void test_as_many_go_as_are_needed(void **state)
{
    (void)state;
    struct stage *stage = open_stage(64 * KIB);
    int clients[16];
    for (int i = 0; i < 16; i++) clients[i] = half_sent(stage, 4 * KIB, i);
    assert_int_equal(stage_timekeep(stage), 4);
    for (int i = 0; i < 4; i++) client_expect(clients[i], TIMED_OUT);
    for (int i = 4; i < 16; i++) client_expect_silence(clients[i]);
    stage_close(stage);
}

static void test_readers_stay_while_a_half_sent_head_can_go(void **state)
{
    (void)state;
    struct stage *stage = open_stage(100 * KIB);
    reader(stage, 40 * KIB, WAIT_PEER_READS);
    reader(stage, 34 * KIB, WAIT_PEER_READS);
    int head = half_sent(stage, 4 * KIB, 1000);
    assert_int_equal(stage_timekeep(stage), 1);
    client_expect(head, TIMED_OUT);
    client_expect_end(head);
    assert_int_equal(atomic_load(&stage->transport.count), 3);
    stage_close(stage);
}

static void test_then_the_slowest_reader_is_reset(void **state)
{
    (void)state;
    struct stage *stage = open_stage(100 * KIB);
    int quick = reader(stage, 28 * KIB, WAIT_PEER_READS);
    int slow = reader(stage, 28 * KIB, WAIT_PEER_READS);
    int middling = reader(stage, 28 * KIB, WAIT_PEER_READS);
    uint64_t positions[2] = {0, 0};
    read_on(stage, middling, &positions[0], 50 * 1000);
    read_on(stage, quick, &positions[1], 100 * 1000);
    clock_advance(10 * WAIT_SECOND);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(stage_close_overdue(stage), 1);
    uint64_t length;
    assert_int_equal(client_drain_content(slow, 0, &length), ECONNRESET);
    assert_int_equal(atomic_load(&stage->transport.count), 2);
    assert_int_equal(read(quick, &(char){0}, 1), 1);
    assert_int_equal(read(middling, &(char){0}, 1), 1);
    stage_close(stage);
}

/* A connection that has asked, and is answered with a file that is made of memory. */
static struct connection *lend_with_file(struct stage *stage, int *client, uint32_t octets)
{
    int memory = memfd_create("memory", MFD_CLOEXEC);
    struct stat status;
    struct connection *connection = stage_lend(stage, client, "GET");
    assert_true(memory >= 0);
    assert_int_equal(ftruncate(memory, octets), 0);
    assert_int_equal(fstat(memory, &status), 0);
    connection_consume(connection, 3);
    connection_queue_file(
        connection, &(struct file_range){memory, octets, 0, octets, status.st_mtim});
    return connection;
}

static void test_a_file_made_of_memory_counts_until_it_is_sent(void **state)
{
    (void)state;
    struct stage *stage = open_stage(64 * KIB);
    int client;
    struct connection *connection = lend_with_file(stage, &client, 10 * KIB);
    give_back(stage, connection, WAIT_TURN);
    assert_int_equal(atomic_load(&stage->transport.memory), 10 * KIB);
    connection = stage_take(stage);
    assert_int_equal(atomic_load(&stage->transport.memory), 0);
    assert_int_equal(connection_flush(connection), IO_DONE);
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    assert_int_equal(atomic_load(&stage->transport.memory), 0);
    stage_close(stage);
}

static void test_a_file_made_of_memory_beyond_the_bound_ends_the_connection(void **state)
{
    (void)state;
    struct stage *stage = open_stage(64 * KIB);
    int client;
    give_back(stage, lend_with_file(stage, &client, 65 * KIB), WAIT_TURN);
    assert_int_equal(atomic_load(&stage->transport.memory), 0);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    stage_close(stage);
}

static void test_who_reads_a_file_made_of_memory_goes_before_half_sent_heads(void **state)
{
    (void)state;
    struct stage *stage = open_stage(100 * KIB);
    int head = half_sent(stage, 4 * KIB, 0);
    int client;
    give_back(stage, lend_with_file(stage, &client, 80 * KIB), WAIT_PEER_READS);
    assert_int_equal(stage_timekeep(stage), 0);
    assert_int_equal(stage_close_overdue(stage), 1);
    client_expect_silence(head);
    assert_int_equal(atomic_load(&stage->transport.count), 1);
    stage_close(stage);
}

static void test_who_waits_for_its_turn_is_a_reader(void **state)
{
    (void)state;
    struct stage *stage = open_stage(64 * KIB);
    int client = reader(stage, 60 * KIB, WAIT_TURN);
    assert_int_equal(stage_timekeep(stage), 0);
    struct connection *connection = stage_take(stage);
    assert_true(connection->overdue);
    give_back(stage, connection, WAIT_CLOSE);
    uint64_t length;
    assert_int_equal(client_drain_content(client, 0, &length), ECONNRESET);
    stage_close(stage);
}

static void test_who_has_parked_nothing_would_give_nothing(void **state)
{
    (void)state;
    struct stage *stage = open_stage(16 * KIB);
    int idle;
    struct connection *connection = stage_lend(stage, &idle, "GET");
    connection_consume(connection, 3);
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    for (int i = 1; i < 5; i++) half_sent(stage, 4 * KIB, i);
    assert_int_equal(stage_timekeep(stage), 1);
    client_expect_silence(idle);
    stage_close(stage);
}

/* What comes back while the timekeeper chooses, at whichever of its looks at the clock. */
static struct {
    struct stage *stage;
    struct connection *connection;
    int looks;
} comes_back;

static void come_back(void)
{
    if (comes_back.looks-- != 0) return;
    transport_give_back(&comes_back.stage->transport, comes_back.connection, WAIT_HEAD);
    comes_back.connection = NULL;
}

static void test_who_comes_back_meanwhile_does_not_cost_all_others(void **state)
{
    (void)state;
    for (int looks = 0; looks < 100; looks += looks < 20 ? 1 : 7) {
        struct stage *stage = open_stage(64 * KIB);
        int old = half_sent(stage, 12 * KIB, 1);
        for (int i = 0; i < 13; i++) half_sent(stage, 4 * KIB - 200, 5);
        client_write(old, "more");
        comes_back.stage = stage;
        comes_back.connection = stage_take(stage);
        comes_back.looks = looks;
        clock_hook = come_back;
        assert_in_range(stage_timekeep(stage), 0, 2);
        clock_hook = NULL;
        if (comes_back.connection != NULL) give_back(stage, comes_back.connection, WAIT_HEAD);
        stage_close(stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_up_to_three_quarters_nobody_goes),
        cmocka_unit_test(test_over_three_quarters_the_oldest_half_sent_head_is_told),
        cmocka_unit_test(test_as_many_go_as_are_needed),
        cmocka_unit_test(test_readers_stay_while_a_half_sent_head_can_go),
        cmocka_unit_test(test_then_the_slowest_reader_is_reset),
        cmocka_unit_test(test_a_file_made_of_memory_counts_until_it_is_sent),
        cmocka_unit_test(test_a_file_made_of_memory_beyond_the_bound_ends_the_connection),
        cmocka_unit_test(test_who_reads_a_file_made_of_memory_goes_before_half_sent_heads),
        cmocka_unit_test(test_who_waits_for_its_turn_is_a_reader),
        cmocka_unit_test(test_who_has_parked_nothing_would_give_nothing),
        cmocka_unit_test(test_who_comes_back_meanwhile_does_not_cost_all_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
