/* What is kept is believed for a second and not a nanosecond longer, whatever happens to the file.
 * Where a large one is written into, it is not believed at all. */
#include "tests/fs/cache.h"

enum { SMALL = 1000, LARGE = 3 * FILE_SMALL_MAX };

static void assert_seen_after_a_second(
    const char *path, size_t old, size_t now_it_has, int64_t looked)
{
    assert_octets(path, looked + 1, old, 1);
    assert_octets(path, looked + SECOND - 1, old, 1);
    assert_octets(path, looked + SECOND, now_it_has, 2);
}

static void test_a_small_file_that_is_replaced_is_seen_after_a_second(void **state)
{
    (void)state;
    site_octets("root/replaced", SMALL, 1);
    assert_octets("/replaced", START, SMALL, 1);
    replace_file("root/replaced", SMALL + 5, 2);
    assert_seen_after_a_second("/replaced", SMALL, SMALL + 5, START);
}

static void test_a_small_file_that_is_overwritten_is_seen_after_a_second(void **state)
{
    (void)state;
    site_octets("root/overwritten", SMALL, 1);
    assert_octets("/overwritten", START, SMALL, 1);
    overwrite_file("root/overwritten", SMALL, 2);
    assert_seen_after_a_second("/overwritten", SMALL, SMALL, START);
}

/* Nothing is compared: the length and the time stamp may well be the same. */
static void test_a_change_that_leaves_length_and_time_is_seen_after_a_second(void **state)
{
    (void)state;
    site_octets("root/touched", SMALL, 1);
    site_time("root/touched", 1234567890, 5);
    assert_octets("/touched", START, SMALL, 1);
    overwrite_file("root/touched", SMALL, 2);
    site_time("root/touched", 1234567890, 5);
    assert_seen_after_a_second("/touched", SMALL, SMALL, START);
}

static void test_a_small_file_that_is_cut_is_seen_after_a_second(void **state)
{
    (void)state;
    site_octets("root/cut", SMALL, 1);
    assert_octets("/cut", START, SMALL, 1);
    write_octets("root/cut", O_TRUNC, 10, 2);
    assert_seen_after_a_second("/cut", SMALL, 10, START);
}

static void test_a_small_file_that_becomes_large_is_seen_after_a_second(void **state)
{
    (void)state;
    site_octets("root/grown", SMALL, 1);
    assert_octets("/grown", START, SMALL, 1);
    overwrite_file("root/grown", LARGE, 2);
    assert_seen_after_a_second("/grown", SMALL, LARGE, START);
    assert_int_equal(held(), 1);
}

static void test_a_large_file_that_becomes_small_is_closed(void **state)
{
    (void)state;
    site_octets("root/shrunk", LARGE, 1);
    assert_octets("/shrunk", START, LARGE, 1);
    replace_file("root/shrunk", SMALL, 2);
    assert_seen_after_a_second("/shrunk", LARGE, SMALL, START);
    assert_int_equal(held(), 0);
}

static void test_a_large_file_that_is_replaced_is_seen_after_a_second(void **state)
{
    (void)state;
    site_octets("root/replaced_large", LARGE, 1);
    assert_octets("/replaced_large", START, LARGE, 1);
    replace_file("root/replaced_large", LARGE + 5, 2);
    assert_seen_after_a_second("/replaced_large", LARGE, LARGE + 5, START);
    assert_int_equal(held(), 1);
}

/* Its descriptor reads what was written; so the length and the time have to be those, too. */
static void test_a_large_file_that_is_written_into_is_seen_at_once(void **state)
{
    static const size_t lengths[] = {LARGE, LARGE + 5, LARGE - 5, FILE_SMALL_MAX + 1, SMALL, 0};
    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct file now;
        write_octets("root/written", O_CREAT | O_TRUNC, LARGE, 1);
        site_time("root/written", 1234567890, 5);
        int64_t looked = START + (int64_t)i * 2 * SECOND;
        assert_octets("/written", looked, LARGE, 1);
        write_octets("root/written", O_TRUNC, lengths[i], 2);
        assert_octets("/written", looked + 1, lengths[i], 2);
        assert_int_equal(open_path(&site.root, "/written", &now), FS_FOUND);
        close(now.descriptor);
        assert_int_equal(lent.file.modified.tv_sec, now.modified.tv_sec);
        assert_int_equal(lent.file.modified.tv_nsec, now.modified.tv_nsec);
        uint64_t entry = lent.loan.entry; /* and that is believed then */
        assert_int_equal(entry_of("/written", looked + 2), entry);
    }
}

static void test_the_time_stamp_alone_makes_a_large_file_another(void **state)
{
    (void)state;
    site_octets("root/stamped", LARGE, 1);
    site_time("root/stamped", 1234567890, 5);
    assert_octets("/stamped", START, LARGE, 1);
    site_time("root/stamped", 1234567890, 6);
    assert_octets("/stamped", START, LARGE, 1);
    assert_int_equal(lent.file.modified.tv_nsec, 6);
    site_time("root/stamped", 1234567891, 6);
    assert_octets("/stamped", START, LARGE, 1);
    assert_int_equal(lent.file.modified.tv_sec, 1234567891);
}

static void test_a_file_that_is_removed_is_gone_after_a_second(void **state)
{
    static const size_t lengths[] = {SMALL, LARGE};
    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        int64_t looked = START + (int64_t)i * 5 * SECOND;
        site_octets("root/removed", lengths[i], 1);
        assert_octets("/removed", looked, lengths[i], 1);
        remove_file("root/removed");
        assert_octets("/removed", looked + SECOND - 1, lengths[i], 1);
        assert_look("/removed", looked + SECOND, FS_NOT_FOUND);
        assert_int_equal(held(), 0);
    }
}

static void test_a_file_that_appears_is_there_after_a_second(void **state)
{
    (void)state;
    assert_look("/appears", START, FS_NOT_FOUND);
    site_octets("root/appears.html", SMALL, 2);
    assert_look("/appears", START + SECOND - 1, FS_NOT_FOUND);
    assert_octets("/appears", START + SECOND, SMALL, 2);
    site_octets("root/appears", SMALL + 1, 3);
    assert_octets("/appears", START + 2 * SECOND, SMALL + 1, 3);
}

static void test_a_directory_that_becomes_a_file_is_one_after_a_second(void **state)
{
    (void)state;
    site_directory("root/turned");
    assert_look("/turned", START, FS_DIRECTORY);
    assert_int_equal(unlinkat(site.directory, "root/turned", AT_REMOVEDIR), 0);
    site_octets("root/turned", SMALL, 2);
    assert_look("/turned", START + SECOND - 1, FS_DIRECTORY);
    assert_octets("/turned", START + SECOND, SMALL, 2);
    remove_file("root/turned");
    site_directory("root/turned");
    assert_octets("/turned", START + 2 * SECOND - 1, SMALL, 2);
    assert_look("/turned", START + 2 * SECOND, FS_DIRECTORY);
}

static void test_being_asked_for_makes_nothing_believed_longer(void **state)
{
    (void)state;
    site_octets("root/asked", SMALL, 1);
    uint64_t entry = entry_of("/asked", START);
    replace_file("root/asked", SMALL, 2);
    for (int64_t now = START; now < START + SECOND; now += SECOND / 100)
        assert_int_equal(entry_of("/asked", now), entry);
    assert_octets("/asked", START + SECOND, SMALL, 2);
}

static void test_what_was_looked_up_anew_is_believed_for_a_second_again(void **state)
{
    (void)state;
    site_octets("root/anew", SMALL, 1);
    uint64_t first = entry_of("/anew", START);
    uint64_t second = entry_of("/anew", START + SECOND + 5);
    assert_true(first != second);
    replace_file("root/anew", SMALL, 2);
    assert_octets("/anew", START + 2 * SECOND + 4, SMALL, 1);
    assert_octets("/anew", START + 2 * SECOND + 5, SMALL, 2);
}

/* A worker whose turn began before that of the one who looked the path up. */
static void test_an_earlier_clock_is_lent_what_is_kept(void **state)
{
    (void)state;
    site_octets("root/earlier", SMALL, 1);
    uint64_t entry = entry_of("/earlier", START);
    assert_int_equal(entry_of("/earlier", START - 5 * SECOND), entry);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CACHED(test_a_small_file_that_is_replaced_is_seen_after_a_second),
        CACHED(test_a_small_file_that_is_overwritten_is_seen_after_a_second),
        CACHED(test_a_change_that_leaves_length_and_time_is_seen_after_a_second),
        CACHED(test_a_small_file_that_is_cut_is_seen_after_a_second),
        CACHED(test_a_small_file_that_becomes_large_is_seen_after_a_second),
        CACHED(test_a_large_file_that_becomes_small_is_closed),
        CACHED(test_a_large_file_that_is_replaced_is_seen_after_a_second),
        CACHED(test_a_large_file_that_is_written_into_is_seen_at_once),
        CACHED(test_the_time_stamp_alone_makes_a_large_file_another),
        CACHED(test_a_file_that_is_removed_is_gone_after_a_second),
        CACHED(test_a_file_that_appears_is_there_after_a_second),
        CACHED(test_a_directory_that_becomes_a_file_is_one_after_a_second),
        CACHED(test_being_asked_for_makes_nothing_believed_longer),
        CACHED(test_what_was_looked_up_anew_is_believed_for_a_second_again),
        CACHED(test_an_earlier_clock_is_lent_what_is_kept),
    };
    return cmocka_run_group_tests(tests, site_make, site_remove);
}
