/* Octets that move one by one, calls that are interrupted, and send buffers as small as the system
 * has them: every answer is the same. */
#include "tests/faults/support/conversation.h"
#include "tests/system/support/steps.h"

static struct server server;

static int begin(void **state)
{
    (void)state;
    conversation_begin();
    return 0;
}

static int start(void **state)
{
    test_begin(state);
    faulty_start(&server, ARGUMENTS(NULL));
    conversation_record(&server);
    return 0;
}

static int stop(void **state)
{
    atomic_store(&faults->piece, 0);
    atomic_store(&faults->interrupts, false);
    conversation_send_buffer = 0;
    return test_end(state);
}

static void expect_the_same_answers(void)
{
    unsigned outcome = conversation_hold(&server);
    if (outcome != SERVED) failed("%s", outcome_phrase(outcome));
    server_stop(&server);
}

static void test_octets_that_move_one_by_one_are_the_same(void **state)
{
    (void)state;
    atomic_store(&faults->piece, 1);
    expect_the_same_answers();
}

static void test_octets_that_move_a_few_at_once_are_the_same(void **state)
{
    (void)state;
    atomic_store(&faults->piece, 97);
    expect_the_same_answers();
}

static void test_interrupted_calls_are_made_again(void **state)
{
    (void)state;
    atomic_store(&faults->interrupts, true);
    expect_the_same_answers();
}

static void test_the_smallest_send_buffers_send_the_same(void **state)
{
    (void)state;
    conversation_send_buffer = 1;
    expect_the_same_answers();
}

static void test_all_of_that_at_once_changes_nothing(void **state)
{
    (void)state;
    atomic_store(&faults->piece, 7);
    atomic_store(&faults->interrupts, true);
    conversation_send_buffer = 1;
    expect_the_same_answers();
}

#define PIECES(function)                                                                           \
    {                                                                                              \
#function, function, start, stop, NULL                                                     \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        PIECES(test_octets_that_move_one_by_one_are_the_same),
        PIECES(test_octets_that_move_a_few_at_once_are_the_same),
        PIECES(test_interrupted_calls_are_made_again),
        PIECES(test_the_smallest_send_buffers_send_the_same),
        PIECES(test_all_of_that_at_once_changes_nothing),
    };
    return cmocka_run_group_tests(tests, begin, world_end);
}
