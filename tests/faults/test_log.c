#include "tests/faults/support/rows.h"

static void test_a_call_for_the_log_fails_while_serving(void **state)
{
    row_while_serving(*state);
}

int main(void)
{
    return FAULT_ROWS(test_a_call_for_the_log_fails_while_serving, GROUP_LOG);
}
