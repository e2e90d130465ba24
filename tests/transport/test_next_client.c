/* What is left of the client before in its slot, and of an answer that is on its way: neither
 * decides when the next, or this one, goes. */
#include "tests/transport/timed.h"

enum { CONTENT = 12 * 1024 }; /* more than the client's window takes, less than is sent at once */

static void test_the_clock_of_the_next_in_a_slot_is_its_own(void **state)
{
    (void)state;
    struct stage *stage = stage_open_limited(WAIT_FIRST_OCTET);
    int client;
    struct connection *first = stage_lend(stage, &client, "GET");
    give_back(stage, first, WAIT_CLOSE);
    clock_at(LIMIT - 1);
    int next = stage_connect(stage);
    stage_accept(stage, 1);
    assert_true(first->descriptor >= 0); /* the same slot */
    clock_at(LIMIT);
    assert_in_time(stage);
    clock_at(2 * LIMIT - 1);
    assert_shut_down(stage, next);
    stage_close(stage);
}

/* RFC 9112 §9.6 */
static void test_an_answer_on_its_way_arrives_before_a_drain_closes(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(4);
    int client = stage_connect_narrow(stage, 1);
    client_write(client, "GET");
    struct connection *connection = stage_take(stage);
    assert_int_equal(connection_receive(connection), IO_DONE);
    connection_consume(connection, 3);
    queue_content(connection, 0, CONTENT);
    assert_int_equal(connection_flush(connection), IO_DONE);
    give_back(stage, connection, WAIT_NEXT_REQUEST);
    transport_drain(&stage->transport);
    assert_in_time(stage);
    client_expect_content(client, 0, CONTENT);
    while (connection_acknowledged(connection) < connection->sent) continue;
    assert_shut_down(stage, client);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_clock_of_the_next_in_a_slot_is_its_own),
        cmocka_unit_test(test_an_answer_on_its_way_arrives_before_a_drain_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
