/* What goes to make room: within a set, the file that was looked up longest ago; by count and by
 * octets. The files are hard links, many names of few. */
#include "tests/fs/cache.h"
#include "tests/support/look_ups.h"

#include <stdio.h>

enum {
    FILES = 12000, /* more than there are places */
    FULL_SIZE = 5000,
    PATH_SIZE = 32,
};

static struct {
    uint64_t entry; /* when it was looked up last */
    bool kept;
} looked[FILES];

static void link_files(const char *directory, size_t count, const size_t *sizes, size_t kinds)
{
    char name[PATH_SIZE];
    char base[PATH_SIZE];
    site_directory(directory);
    for (size_t i = 0; i < count; i++) {
        snprintf(base, sizeof base, "outside/%s%zu", directory + strlen("root/"), i % kinds);
        if (i < kinds) site_octets(base, sizes[i], (unsigned)i);
        snprintf(name, sizeof name, "%s/%zu", directory, i);
        assert_int_equal(linkat(site.directory, base, site.directory, name, 0), 0);
    }
}

static int make_tree(void **state)
{
    static const size_t tiny[] = {7};
    static const size_t full[] = {FILE_SMALL_MAX};
    static const size_t mixed[] = {FILE_SMALL_MAX, 1, 9000, 0, 16000, 4096, 12345};
    if (site_make(state) != 0) return -1;
    link_files("root/tiny", FILES, tiny, COUNT(tiny));
    link_files("root/full", FULL_SIZE, full, COUNT(full));
    link_files("root/mixed", FULL_SIZE, mixed, COUNT(mixed));
    return 0;
}

static uint64_t look_at(const char *directory, size_t index, int64_t now)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/%s/%zu", directory, index);
    return entry_of(path, now);
}

static const struct cache_set *set_of(uint64_t entry)
{
    return &cache.sets[entry % CACHE_SETS];
}

static bool is_kept(uint64_t entry)
{
    const struct cache_set *set = set_of(entry);
    for (size_t i = 0; i < CACHE_SET_FILES; i++)
        if (set->places[i] != NULL && set->places[i]->number == entry) return true;
    return false;
}

/* Each set's octets are those of its entries, and no more than its share; misses hold none. */
static void assert_in_bounds(void)
{
    for (size_t i = 0; i < CACHE_SETS; i++) {
        const struct cache_set *set = &cache.sets[i];
        size_t octets = 0;
        for (size_t place = 0; place < CACHE_SET_PLACES; place++) {
            const struct cache_entry *entry = set->places[place];
            if (entry == NULL) continue;
            octets += entry->octets;
            assert_int_equal(entry->status == FS_FOUND, place < CACHE_SET_FILES);
        }
        assert_int_equal(set->octets, octets);
        assert_true(octets <= CACHE_SET_OCTETS);
    }
}

/* Looks at each, one a nanosecond. */
static void look_at_all(const char *directory, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        looked[i].entry = look_at(directory, i, START + (int64_t)i);
        if (i % 1000 == 0) assert_in_bounds();
    }
    assert_in_bounds();
    for (size_t i = 0; i < count; i++) looked[i].kept = is_kept(looked[i].entry);
}

/* In each set, the last ones looked at are kept, and so many of them. */
static void assert_last_are_kept(size_t count, size_t most)
{
    size_t seen[CACHE_SETS] = {0};
    for (size_t i = count; i-- > 0;) {
        size_t set = looked[i].entry % CACHE_SETS;
        if (looked[i].kept != (seen[set] < most))
            fail_msg("%zu, after %zu others of its set", i, seen[set]);
        seen[set]++;
    }
}

static void test_the_ninth_file_of_a_set_drives_out_the_one_looked_up_longest_ago(void **state)
{
    (void)state;
    look_at_all("tiny", FILES);
    assert_last_are_kept(FILES, CACHE_SET_FILES);
}

static void test_a_file_too_many_in_octets_drives_out_the_one_looked_up_longest_ago(void **state)
{
    (void)state;
    look_at_all("full", FULL_SIZE);
    assert_last_are_kept(FULL_SIZE, CACHE_SET_OCTETS / FILE_SMALL_MAX);
}

static void test_files_of_all_lengths_never_hold_more_than_their_share(void **state)
{
    (void)state;
    look_at_all("mixed", FULL_SIZE);
    for (size_t i = FULL_SIZE; i-- > 0;) look_at("mixed", i, START + 2 * SECOND - (int64_t)i);
    assert_in_bounds();
}

static void test_what_is_kept_is_answered_without_a_look_at_the_disk(void **state)
{
    size_t kept = 0;
    (void)state;
    look_at_all("tiny", FILES);
    look_ups.calls = 0;
    for (size_t i = 0; i < FILES; i++) {
        if (!looked[i].kept) continue;
        assert_int_equal(look_at("tiny", i, START + FILES), looked[i].entry);
        kept++;
    }
    assert_int_equal(look_ups.calls, 0);
    assert_true(kept > CACHE_SETS * CACHE_SET_FILES * 3 / 4);
    assert_true(kept <= CACHE_SETS * CACHE_SET_FILES);
}

static void test_a_file_that_is_gone_leaves_its_place_and_its_octets(void **state)
{
    (void)state;
    site_octets("root/gone", 1000, 1);
    uint64_t entry = entry_of("/gone", START);
    assert_int_equal(set_of(entry)->octets, 1000);
    remove_file("root/gone");
    assert_look("/gone", START + SECOND, FS_NOT_FOUND);
    assert_int_equal(set_of(entry)->octets, 0);
    assert_false(is_kept(entry));
    site_octets("root/gone", 2000, 1);
    entry = entry_of("/gone", START + 2 * SECOND);
    assert_int_equal(set_of(entry)->octets, 2000);
    assert_in_bounds();
}

static void test_a_flood_of_paths_that_are_no_files_drives_out_no_file(void **state)
{
    char path[PATH_SIZE];
    (void)state;
    look_at_all("tiny", FILES);
    for (int i = 0; i < 10000; i++) {
        snprintf(path, sizeof path, "/nothing/%d", i);
        assert_look(path, START + SECOND / 2, FS_NOT_FOUND);
    }
    assert_in_bounds();
    for (size_t i = 0; i < FILES; i++) assert_int_equal(is_kept(looked[i].entry), looked[i].kept);
}

/* The other way round, too. */
static void test_the_last_paths_that_are_no_files_outlast_a_flood_of_files(void **state)
{
    (void)state;
    assert_look("/nothing", START, FS_NOT_FOUND);
    look_at_all("tiny", FILES);
    look_ups.calls = 0;
    assert_look("/nothing", START + SECOND - 1, FS_NOT_FOUND);
    assert_int_equal(look_ups.calls, 0);
}

/* How many calls answer for all of them, the last one first. */
static int calls_for_misses(int first, int end, int64_t now)
{
    char path[PATH_SIZE];
    look_ups.calls = 0;
    while (end-- > first) {
        snprintf(path, sizeof path, "/nothing/%d", end);
        assert_look(path, now, FS_NOT_FOUND);
    }
    return look_ups.calls;
}

/* "/nothing/%d" and with ".html": two calls for each that is not kept. */
static void test_of_paths_that_are_no_files_the_last_ones_are_kept(void **state)
{
    (void)state;
    size_t kept = 0;
    for (int i = 0; i < 10000; i++) calls_for_misses(i, i + 1, START + i);
    for (size_t set = 0; set < CACHE_SETS; set++)
        for (size_t i = CACHE_SET_FILES; i < CACHE_SET_PLACES; i++)
            kept += cache.sets[set].places[i] != NULL;
    assert_true(kept > CACHE_SETS * CACHE_SET_MISSES * 9 / 10);
    assert_true(calls_for_misses(9900, 10000, START + 10000) < 2 * 10);
    assert_true(calls_for_misses(0, 100, START + 10000) > 2 * 90);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CACHED(test_the_ninth_file_of_a_set_drives_out_the_one_looked_up_longest_ago),
        CACHED(test_a_file_too_many_in_octets_drives_out_the_one_looked_up_longest_ago),
        CACHED(test_files_of_all_lengths_never_hold_more_than_their_share),
        CACHED(test_what_is_kept_is_answered_without_a_look_at_the_disk),
        CACHED(test_a_file_that_is_gone_leaves_its_place_and_its_octets),
        CACHED(test_a_flood_of_paths_that_are_no_files_drives_out_no_file),
        CACHED(test_the_last_paths_that_are_no_files_outlast_a_flood_of_files),
        CACHED(test_of_paths_that_are_no_files_the_last_ones_are_kept),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
