/* A change of our own is seen by the next look-up, whatever was believed. */
#include "tests/fs/cache.h"

enum { SMALL = 1000, LARGE = FILE_SMALL_MAX + 1 };

static void test_what_was_kept_before_a_change_is_not_believed(void **state)
{
    static const size_t lengths[] = {SMALL, LARGE};
    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        replace_file("root/kept", lengths[i], 1);
        file_cache_forget(&cache, START - 1);
        assert_octets("/kept", START, lengths[i], 1);
        replace_file("root/kept", lengths[i], 2);
        assert_octets("/kept", START + 1, lengths[i], 1);
        file_cache_forget(&cache, START + 2);
        assert_octets("/kept", START + 3, lengths[i], 2);
        cache_restart(BUDGET, true);
    }
}

static void test_what_was_not_there_before_a_change_is_looked_for(void **state)
{
    (void)state;
    assert_look("/made", START, FS_NOT_FOUND);
    site_octets("root/made", SMALL, 1);
    assert_look("/made", START + 1, FS_NOT_FOUND);
    file_cache_forget(&cache, START + 2);
    assert_octets("/made", START + 3, SMALL, 1);
    remove_file("root/made");
    file_cache_forget(&cache, START + 4);
    assert_look("/made", START + 5, FS_NOT_FOUND);
}

/* "/dir/" and "/page" are other names for index.html and page.html. */
static void test_other_names_of_a_file_are_forgotten_with_it(void **state)
{
    (void)state;
    site_directory("root/dir");
    site_octets("root/dir/index.html", SMALL, 1);
    site_octets("root/page.html", SMALL, 1);
    assert_octets("/dir/", START, SMALL, 1);
    assert_octets("/page", START, SMALL, 1);
    replace_file("root/dir/index.html", SMALL, 2);
    replace_file("root/page.html", SMALL, 2);
    file_cache_forget(&cache, START);
    assert_octets("/dir/", START + 1, SMALL, 2);
    assert_octets("/page", START + 1, SMALL, 2);
}

/* Its clock was read before the change: what it found may be older. */
static void test_who_looked_during_a_change_does_not_bring_the_old_back(void **state)
{
    (void)state;
    site_octets("root/late", SMALL, 1);
    file_cache_forget(&cache, START + 5);
    assert_octets("/late", START, SMALL, 1);
    replace_file("root/late", SMALL, 2);
    assert_octets("/late", START + 6, SMALL, 2);
}

static void test_what_is_found_after_a_change_is_kept_again(void **state)
{
    (void)state;
    site_octets("root/again", SMALL, 1);
    file_cache_forget(&cache, START);
    uint64_t entry = entry_of("/again", START + 1);
    assert_int_equal(entry_of("/again", START + SECOND), entry);
    assert_int_not_equal(entry_of("/again", START + 1 + SECOND), entry);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CACHED(test_what_was_kept_before_a_change_is_not_believed),
        CACHED(test_what_was_not_there_before_a_change_is_looked_for),
        CACHED(test_other_names_of_a_file_are_forgotten_with_it),
        CACHED(test_who_looked_during_a_change_does_not_bring_the_old_back),
        CACHED(test_what_is_found_after_a_change_is_kept_again),
    };
    return cmocka_run_group_tests(tests, site_make, site_remove);
}
