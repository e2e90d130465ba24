#include "tests/faults/support/rows.h"

static void test_memory_runs_out_while_serving(void **state)
{
    row_while_serving(*state);
}

int main(void)
{
    return FAULT_ROWS(test_memory_runs_out_while_serving, GROUP_MEMORY);
}
