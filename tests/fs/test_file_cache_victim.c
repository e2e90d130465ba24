/* Which entry goes to make room: the one that was looked up longest ago. */
#include "fs/internal.h"
#include "tests/support/test.h"

static struct cache_entry old = {.looked = 100};
static struct cache_entry middle = {.looked = 200, .descriptors = 1};
static struct cache_entry young = {.looked = 300, .descriptors = 2};
static struct cache_entry twin = {.looked = 100};

static void test_the_one_looked_up_longest_ago_goes(void **state)
{
    struct cache_entry *places[3][3] = {
        {&old, &middle, &young}, {&young, &old, &middle}, {&middle, &young, &old}};
    (void)state;
    for (size_t i = 0; i < COUNT(places); i++)
        assert_int_equal(file_cache_choose_victim(places[i], 3, false), i);
}

static void test_a_free_place_is_no_victim(void **state)
{
    struct cache_entry *places[] = {NULL, &young, NULL, &middle, NULL};
    (void)state;
    assert_int_equal(file_cache_choose_victim(places, COUNT(places), false), 3);
}

static void test_where_all_places_are_free_there_is_no_victim(void **state)
{
    struct cache_entry *places[] = {NULL, NULL, NULL, &old};
    (void)state;
    for (size_t count = 0; count <= 3; count++) {
        assert_int_equal(file_cache_choose_victim(places, count, false), count);
        assert_int_equal(file_cache_choose_victim(places, count, true), count);
    }
}

static void test_only_the_places_given_are_chosen_from(void **state)
{
    struct cache_entry *places[] = {&young, &middle, &old};
    (void)state;
    assert_int_equal(file_cache_choose_victim(places, 1, false), 0);
    assert_int_equal(file_cache_choose_victim(places, 2, false), 1);
}

static void test_for_a_descriptor_only_what_holds_one_goes(void **state)
{
    struct cache_entry *places[] = {&old, &young, NULL, &middle, &twin};
    (void)state;
    assert_int_equal(file_cache_choose_victim(places, COUNT(places), true), 3);
    assert_int_equal(file_cache_choose_victim(places, 3, true), 1);
}

static void test_where_none_holds_a_descriptor_there_is_no_victim_for_one(void **state)
{
    struct cache_entry *places[] = {&old, NULL, &twin};
    (void)state;
    assert_int_equal(file_cache_choose_victim(places, COUNT(places), true), COUNT(places));
    assert_int_equal(file_cache_choose_victim(places, COUNT(places), false), 0);
}

static void test_of_two_that_are_equally_old_one_goes(void **state)
{
    struct cache_entry *places[] = {&young, &old, &twin};
    (void)state;
    size_t victim = file_cache_choose_victim(places, COUNT(places), false);
    assert_true(victim == 1 || victim == 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_one_looked_up_longest_ago_goes),
        cmocka_unit_test(test_a_free_place_is_no_victim),
        cmocka_unit_test(test_where_all_places_are_free_there_is_no_victim),
        cmocka_unit_test(test_only_the_places_given_are_chosen_from),
        cmocka_unit_test(test_for_a_descriptor_only_what_holds_one_goes),
        cmocka_unit_test(test_where_none_holds_a_descriptor_there_is_no_victim_for_one),
        cmocka_unit_test(test_of_two_that_are_equally_old_one_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
