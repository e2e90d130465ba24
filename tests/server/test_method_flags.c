/* The flags of a table with other rows: the sandbox allows what any of them asks for. */
#define STRATA_METHODS "tests/server/flagged_methods.def"
#include "server/methods.c"
#include "tests/support/test.h"

#define METHOD(token, handler, content_limit, flags)                                               \
    void handler(struct exchange *exchange)                                                        \
    {                                                                                              \
        (void)exchange;                                                                            \
    }
#include STRATA_METHODS
#undef METHOD

static void test_the_flags_of_the_table_are_those_of_any_row(void **state)
{
    (void)state;
    assert_int_equal(method_flags(), WRITES | EXECUTES);
}

static void test_a_method_has_the_flags_of_its_row(void **state)
{
    (void)state;
    assert_int_equal(method_find(text_of("READ"))->flags, 0);
    assert_int_equal(method_find(text_of("DELETE"))->flags, WRITES);
    assert_int_equal(method_find(text_of("RUN"))->flags, EXECUTES);
}

static void test_a_method_that_writes_executes_nothing(void **state)
{
    (void)state;
    assert_int_equal(WRITES & EXECUTES, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_flags_of_the_table_are_those_of_any_row),
        cmocka_unit_test(test_a_method_has_the_flags_of_its_row),
        cmocka_unit_test(test_a_method_that_writes_executes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
