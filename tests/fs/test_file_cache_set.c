/* Files that meet in one set, each in a place of its own. */
#include "tests/fs/cache.h"
#include "tests/support/shortage.h"

#include <stdio.h>

enum { NAMES = 12000, CROWD = CACHE_SET_FILES + 1, LARGE = FILE_SMALL_MAX + 1, TINY = 7 };

static char crowd[CROWD][32]; /* paths of large files that meet in one set */
static char first[32];        /* of one in the first set */
static char last[32];         /* of one in the last set */

static void link_file(const char *to, const char *path)
{
    char name[40];
    snprintf(name, sizeof name, "root%s", path);
    unlinkat(site.directory, name, 0);
    assert_int_equal(linkat(site.directory, to, site.directory, name, 0), 0);
}

/* The number of an entry says which set it is of. */
static void find_crowd(void)
{
    char path[32];
    size_t found = 0;
    size_t set = CACHE_SETS;
    for (int i = 0; i < NAMES; i++) {
        snprintf(path, sizeof path, "/many/%d", i);
        link_file("outside/large", path);
        size_t of_this = entry_of(path, START) % CACHE_SETS;
        if (set == CACHE_SETS && of_this != 0) set = of_this;
        if (of_this == set && found < CROWD) strcpy(crowd[found++], path);
        if (of_this == 0) strcpy(first, path);
        if (of_this == CACHE_SETS - 1) strcpy(last, path);
    }
    assert_int_equal(found, CROWD);
    assert_true(first[0] != '\0' && last[0] != '\0');
}

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_directory("root/many");
    site_octets("outside/large", LARGE, 1);
    site_octets("outside/tiny", TINY, 2);
    site_octets("root/small", 100, 3);
    site_octets("root/full", FILE_SMALL_MAX, 1);
    site_octets("root/full.br", FILE_SMALL_MAX, 2);
    site_octets("root/full.zst", FILE_SMALL_MAX, 3);
    site_octets("root/full.gz", FILE_SMALL_MAX, 4);
    cache_start(state);
    cache_restart(0, true);
    find_crowd();
    return cache_stop(state);
}

static int use_tiny_files(void **state)
{
    for (size_t i = 0; i < CROWD; i++) link_file("outside/tiny", crowd[i]);
    return cache_start(state);
}

static int use_large_files(void **state)
{
    for (size_t i = 0; i < CROWD; i++) link_file("outside/large", crowd[i]);
    return cache_start(state);
}

#define TINY_FILES(test)  cmocka_unit_test_setup_teardown(test, use_tiny_files, cache_stop)
#define LARGE_FILES(test) cmocka_unit_test_setup_teardown(test, use_large_files, cache_stop)

/* The first eight of the crowd, a nanosecond after one another. */
static void look_at_eight(uint64_t entries[CROWD])
{
    for (size_t i = 0; i < CACHE_SET_FILES; i++) entries[i] = entry_of(crowd[i], START + (int)i);
    for (size_t i = 0; i < CACHE_SET_FILES; i++)
        assert_int_equal(entry_of(crowd[i], START + SECOND / 2), entries[i]);
}

static void test_a_file_that_was_looked_up_again_is_not_the_one_to_go(void **state)
{
    uint64_t entries[CROWD];
    (void)state;
    look_at_eight(entries);
    entries[0] = entry_of(crowd[0], START + SECOND);
    entries[8] = entry_of(crowd[8], START + SECOND);
    for (size_t i = 0; i < CROWD; i++)
        if (i != 1) assert_int_equal(entry_of(crowd[i], START + SECOND / 2), entries[i]);
    assert_true(entry_of(crowd[1], START + SECOND / 2) != entries[1]);
}

/* Being asked for is not being looked up. */
static void test_a_file_that_was_only_asked_for_again_may_go(void **state)
{
    uint64_t entries[CROWD];
    (void)state;
    look_at_eight(entries);
    entry_of(crowd[0], START + SECOND - 1);
    entry_of(crowd[8], START + SECOND - 1);
    assert_true(entry_of(crowd[0], START + SECOND - 1) != entries[0]);
}

static void test_a_file_looked_up_anew_takes_no_place_but_its_own(void **state)
{
    uint64_t entries[CROWD];
    (void)state;
    look_at_eight(entries);
    for (int64_t i = 1; i < 100; i++) entries[3] = entry_of(crowd[3], START + i * SECOND);
    for (size_t i = 0; i < CACHE_SET_FILES; i++)
        assert_int_equal(entry_of(crowd[i], START), entries[i]);
    assert_int_equal(cache.sets[entries[0] % CACHE_SETS].octets, CACHE_SET_FILES * TINY);
}

static void test_each_place_keeps_a_note(void **state)
{
    uint64_t entries[CROWD];
    (void)state;
    look_at_eight(entries);
    for (size_t i = 0; i < CACHE_SET_FILES; i++) {
        entry_of(crowd[i], START);
        file_cache_annotate(&cache, &lent.loan, crowd[i], strlen(crowd[i]));
    }
    for (size_t i = 0; i < CACHE_SET_FILES; i++) {
        assert_int_equal(entry_of(crowd[i], START), entries[i]);
        assert_int_equal(lent.loan.note_length, strlen(crowd[i]));
        assert_memory_equal(lent.loan.note, crowd[i], lent.loan.note_length);
    }
}

/* Where one descriptor is needed, and none is left. */
static enum fs_status look_when_short(int64_t now)
{
    struct file file;
    shortage_begin(0);
    enum fs_status status = file_cache_find(&cache, "/small", FILE_PLAIN, now, &file, &lent.loan);
    shortage_end();
    return status;
}

static void test_each_place_gives_up_its_descriptor(void **state)
{
    uint64_t entries[CROWD];
    (void)state;
    look_at_eight(entries);
    for (int i = 1; i <= CACHE_SET_FILES; i++) {
        assert_int_equal(look_when_short(START + i * SECOND), FS_FOUND);
        assert_int_equal(held(), CACHE_SET_FILES - i);
    }
    assert_int_equal(look_when_short(START + 9 * SECOND), FS_EXHAUSTED);
}

static void test_within_a_set_the_one_looked_up_longest_ago_is_closed_first(void **state)
{
    uint64_t entries[CROWD];
    (void)state;
    look_at_eight(entries);
    assert_int_equal(look_when_short(START), FS_FOUND);
    for (size_t i = 1; i < CACHE_SET_FILES; i++)
        assert_int_equal(entry_of(crowd[i], START), entries[i]);
    assert_true(entry_of(crowd[0], START) != entries[0]);
}

/* Round all sets, from the one after it; and on from there the next time. */
static void test_a_descriptor_is_looked_for_in_every_set(void **state)
{
    (void)state;
    unsigned set = (unsigned)(entry_of(crowd[0], START) % CACHE_SETS);
    entry_of(first, START);
    atomic_store(&cache.hand, set + 1);
    assert_int_equal(look_when_short(START), FS_FOUND); /* from the first set */
    assert_int_equal(held(), 1);
    assert_int_equal(atomic_load(&cache.hand) % CACHE_SETS, 1);
    atomic_store(&cache.hand, set + 1);
    assert_int_equal(look_when_short(START + SECOND), FS_FOUND);
    assert_int_equal(held(), 0);
    assert_int_equal(atomic_load(&cache.hand) % CACHE_SETS, (set + 1) % CACHE_SETS);
}

static void test_what_each_set_holds_open_is_closed_at_the_end(void **state)
{
    (void)state;
    entry_of(first, START);
    entry_of(last, START);
    assert_int_equal(held(), 2);
    cache_restart(BUDGET, true);
    assert_int_equal(held(), 0);
}

/* Zero is the number of none. */
static void test_the_first_entry_of_the_first_set_has_a_number(void **state)
{
    (void)state;
    assert_true(entry_of(first, START) != 0);
    assert_int_equal(lent.loan.entry % CACHE_SETS, 0);
}

/* Which no two short paths are known to have. */
static void test_paths_of_one_hash_are_not_taken_for_one_another(void **state)
{
    (void)state;
    uint64_t number = entry_of(crowd[0], START);
    struct cache_entry *entry = cache.sets[number % CACHE_SETS].places[0];
    assert_int_equal(entry->number, number);
    entry->path[1] = 'M';
    assert_true(entry_of(crowd[0], START) != number);
}

static void test_all_forms_of_a_file_count_for_the_octets_of_its_set(void **state)
{
    (void)state;
    size_t set = entry_of("/full", START) % CACHE_SETS;
    assert_int_equal(cache.sets[set].octets, FILE_FORMS * FILE_SMALL_MAX);
    assert_int_equal(cache.sets[set].octets, CACHE_SET_OCTETS);
    uint64_t entry = entry_of("/full", START + SECOND);
    assert_int_equal(entry_of("/full", START + SECOND), entry);
    assert_int_equal(cache.sets[set].octets, CACHE_SET_OCTETS);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TINY_FILES(test_a_file_that_was_looked_up_again_is_not_the_one_to_go),
        TINY_FILES(test_a_file_that_was_only_asked_for_again_may_go),
        TINY_FILES(test_a_file_looked_up_anew_takes_no_place_but_its_own),
        TINY_FILES(test_each_place_keeps_a_note),
        LARGE_FILES(test_each_place_gives_up_its_descriptor),
        LARGE_FILES(test_within_a_set_the_one_looked_up_longest_ago_is_closed_first),
        LARGE_FILES(test_a_descriptor_is_looked_for_in_every_set),
        LARGE_FILES(test_what_each_set_holds_open_is_closed_at_the_end),
        TINY_FILES(test_the_first_entry_of_the_first_set_has_a_number),
        TINY_FILES(test_paths_of_one_hash_are_not_taken_for_one_another),
        TINY_FILES(test_all_forms_of_a_file_count_for_the_octets_of_its_set),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
