/* The method table: looking up, and Allow. */
#include "server/methods.h"
#include "tests/support/http.h"

static const struct method *find(const char *token)
{
    return method_find(guarded(text_of(token)));
}

static void test_get_and_head_have_their_handlers(void **state)
{
    (void)state;
    assert_non_null(find("GET"));
    assert_non_null(find("HEAD"));
    assert_true(find("GET")->handler == method_get);
    assert_true(find("HEAD")->handler == method_head);
}

/* RFC 9110 §9.1 */
static void test_a_method_in_other_letters_is_another_method(void **state)
{
    static const char *const others[] = {"get", "Get", "gET", "head", "Head", "HEAd"};
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) assert_null(find(others[i]));
}

static void test_a_method_is_looked_up_whole(void **state)
{
    static const char *const others[] = {
        "", "G", "GE", "GETT", "GET ", " GET", "HEA", "HEADER", "GET,HEAD", "GETHEAD"};
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) assert_null(find(others[i]));
    assert_null(method_find((struct text){"GET\0", 4}));
}

static void test_methods_without_a_row_are_not_found(void **state)
{
    static const char *const others[] = {"BREW", "CONNECT", "PRI", "*"};
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) assert_null(find(others[i]));
}

static void test_get_and_head_want_no_content(void **state)
{
    (void)state;
    assert_int_equal(find("GET")->content_limit, 0);
    assert_int_equal(find("HEAD")->content_limit, 0);
}

/* RFC 9110 §10.2.1: Allow = #method */
static void test_allow_lists_the_methods_of_the_table(void **state)
{
    char expected[400] = "";
    (void)state;
#define METHOD(token, handler, content_limit, flags)                                               \
    sprintf(expected + strlen(expected), "%s" token, expected[0] == '\0' ? "" : ", ");
#include "server/methods.def"
#undef METHOD
    assert_text(method_allow(), expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get_and_head_have_their_handlers),
        cmocka_unit_test(test_a_method_in_other_letters_is_another_method),
        cmocka_unit_test(test_a_method_is_looked_up_whole),
        cmocka_unit_test(test_methods_without_a_row_are_not_found),
        cmocka_unit_test(test_get_and_head_want_no_content),
        cmocka_unit_test(test_allow_lists_the_methods_of_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
