/* --no-cache: the same interface, and nothing is kept. */
#include "tests/fs/cache.h"
#include "tests/support/look_ups.h"

enum { SMALL = 1000, LARGE = FILE_SMALL_MAX + 1 };

static int start(void **state)
{
    if (cache_start(state) != 0) return -1;
    cache_restart(BUDGET, false);
    return 0;
}

#define ANEW(test) cmocka_unit_test_setup_teardown(test, start, cache_stop)

static void test_each_change_is_seen_at_once(void **state)
{
    (void)state;
    assert_look("/file", START, FS_NOT_FOUND);
    site_octets("root/file", SMALL, 1);
    assert_octets("/file", START, SMALL, 1);
    overwrite_file("root/file", SMALL, 2);
    assert_octets("/file", START, SMALL, 2);
    replace_file("root/file", LARGE, 3);
    assert_octets("/file", START, LARGE, 3);
    replace_file("root/file", LARGE, 4);
    assert_octets("/file", START, LARGE, 4);
    remove_file("root/file");
    assert_look("/file", START, FS_NOT_FOUND);
    site_directory("root/file");
    assert_look("/file", START, FS_DIRECTORY);
}

static void test_each_look_is_one_at_the_disk(void **state)
{
    (void)state;
    site_octets("root/each", SMALL, 1);
    uint64_t entry = entry_of("/each", START);
    look_ups.calls = 0;
    assert_true(entry_of("/each", START) != entry);
    assert_true(look_ups.calls > 0);
}

static void test_nothing_is_held_open(void **state)
{
    (void)state;
    site_octets("root/large", LARGE, 1);
    site_octets("root/large.br", LARGE, 2);
    for (int i = 0; i < 3; i++) {
        assert_octets("/large", START, LARGE, 1);
        assert_int_equal(look("/large", FILE_BR, START), FS_FOUND);
        assert_int_equal(held(), 0);
    }
    assert_int_equal(atomic_load(&cache.descriptors), BUDGET);
}

static void test_nothing_is_kept_in_memory(void **state)
{
    (void)state;
    site_octets("root/memory", SMALL, 1);
    assert_octets("/memory", START, SMALL, 1);
    assert_look("/nothing", START, FS_NOT_FOUND);
    for (size_t i = 0; i < CACHE_SETS; i++)
        for (size_t place = 0; place < CACHE_SET_PLACES; place++)
            assert_null(cache.sets[i].places[place]);
}

static void test_forms_are_lent_as_they_are_with_a_cache(void **state)
{
    (void)state;
    site_octets("root/forms", SMALL, 1);
    site_file("root/forms.gz", "shorter");
    assert_octets("/forms", START, SMALL, 1);
    assert_int_equal(lent.file.forms, 1 << FILE_PLAIN | 1 << FILE_GZ);
    assert_form("/forms", FILE_GZ, START, "shorter");
    assert_int_equal(look("/forms", FILE_BR, START), FS_NOT_FOUND);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ANEW(test_each_change_is_seen_at_once),
        ANEW(test_each_look_is_one_at_the_disk),
        ANEW(test_nothing_is_held_open),
        ANEW(test_nothing_is_kept_in_memory),
        ANEW(test_forms_are_lent_as_they_are_with_a_cache),
    };
    return cmocka_run_group_tests(tests, site_make, site_remove);
}
