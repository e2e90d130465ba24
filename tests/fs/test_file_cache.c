/* What the file cache lends: what is on the disk, small files in memory, large ones open. */
#include "tests/fs/cache.h"

enum { LARGE = FILE_SMALL_MAX + 1 };

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/style.css", "the style");
    site_file("root/empty.txt", "");
    site_file("root/index.html", "index");
    site_file("root/about.html", "about");
    site_file("root/file", "without a suffix");
    site_octets("root/limit", FILE_SMALL_MAX, 3);
    site_octets("root/large.js", LARGE, 5);
    site_octets("root/largest", LENT_MAX, 7);
    site_time("root/style.css", 1234567890, 123456789);
    site_time("root/large.js", 987654321, 987654321);
    return 0;
}

/* All that document_root_open_file() says of the path. */
static void assert_as_opened(const char *path, int64_t now)
{
    static char content[LENT_MAX + 1];
    struct file opened;
    assert_int_equal(open_path(&site.root, path, &opened), FS_FOUND);
    assert_int_equal(pread(opened.descriptor, content, sizeof content, 0), opened.size);
    close(opened.descriptor);
    assert_look(path, now, FS_FOUND);
    assert_int_equal(lent.file.size, opened.size);
    assert_memory_equal(lent.content, content, opened.size);
    assert_int_equal(lent.file.modified.tv_sec, opened.modified.tv_sec);
    assert_int_equal(lent.file.modified.tv_nsec, opened.modified.tv_nsec);
    assert_string_equal(lent.file.media_type, opened.media_type);
    assert_string_equal(lent.file.ending, opened.ending);
    assert_int_equal(lent.file.memory, 0);
}

static void test_what_is_lent_is_what_the_disk_has_kept_or_not(void **state)
{
    static const char *const paths[] = {"/style.css", "/empty.txt", "/", "/index.html", "/about",
        "/about.html", "/file", "/limit", "/large.js", "/largest"};
    (void)state;
    for (size_t i = 0; i < 3 * COUNT(paths); i++) assert_as_opened(paths[i % COUNT(paths)], START);
}

static void test_a_second_look_is_answered_from_what_is_kept(void **state)
{
    (void)state;
    uint64_t small = entry_of("/style.css", START);
    uint64_t large = entry_of("/large.js", START);
    assert_true(small != large);
    assert_int_equal(entry_of("/style.css", START + 1), small);
    assert_int_equal(entry_of("/large.js", START + 1), large);
}

static void test_a_file_of_at_most_16_KiB_is_lent_in_memory(void **state)
{
    (void)state;
    for (int64_t now = START; now < START + 2; now++) {
        assert_octets("/limit", now, FILE_SMALL_MAX, 3);
        assert_non_null(lent.file.content);
        assert_lent("/style.css", now, "the style");
        assert_non_null(lent.file.content);
    }
    assert_int_equal(held(), 0);
}

static void test_a_file_of_one_octet_more_is_lent_open(void **state)
{
    (void)state;
    for (int64_t now = START; now < START + 2; now++) {
        assert_octets("/large.js", now, LARGE, 5);
        assert_null(lent.file.content);
        assert_int_equal(held(), 1);
    }
}

static void test_an_empty_file_is_lent_in_memory(void **state)
{
    (void)state;
    for (int64_t now = START; now < START + 2; now++) {
        assert_lent("/empty.txt", now, "");
        assert_non_null(lent.file.content);
        assert_int_equal(lent.file.size, 0);
    }
}

static void test_each_borrower_has_a_descriptor_of_its_own(void **state)
{
    char octets[4];
    (void)state;
    assert_int_equal(look_and_hold("/large.js", FILE_PLAIN, START), FS_FOUND);
    int one = lent.file.descriptor;
    assert_int_equal(look_and_hold("/large.js", FILE_PLAIN, START), FS_FOUND);
    int other = lent.file.descriptor;
    assert_true(one != other);
    assert_int_equal(held(), 3);
    assert_int_equal(close(one), 0);
    assert_int_equal(pread(other, octets, sizeof octets, 0), sizeof octets);
    assert_int_equal(close(other), 0);
    assert_octets("/large.js", START, LARGE, 5);
}

static void test_a_lent_descriptor_outlives_what_is_kept(void **state)
{
    static char octets[LARGE + 1];
    static char expected[LARGE];
    (void)state;
    assert_int_equal(look_and_hold("/large.js", FILE_PLAIN, START), FS_FOUND);
    cache_restart(BUDGET, true);
    assert_int_equal(held(), 1);
    fill(expected, LARGE, 5);
    assert_int_equal(pread(lent.file.descriptor, octets, sizeof octets, 0), LARGE);
    assert_memory_equal(octets, expected, LARGE);
    assert_int_equal(close(lent.file.descriptor), 0);
}

static void test_what_a_borrower_does_to_its_copy_is_its_own_affair(void **state)
{
    (void)state;
    assert_lent("/style.css", START, "the style");
    memset(lent.loan.content, 'X', sizeof lent.loan.content);
    assert_lent("/style.css", START, "the style");
}

static void test_a_thousand_loans_hold_no_more_than_one(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) assert_look("/large.js", START + i * (SECOND / 10), FS_FOUND);
    assert_int_equal(held(), 1);
}

static void test_paths_of_one_file_are_kept_each_for_itself(void **state)
{
    (void)state;
    assert_lent("/about", START, "about");
    assert_string_equal(lent.file.ending, ".html");
    assert_lent("/about.html", START, "about");
    assert_string_equal(lent.file.ending, "");
    assert_string_equal(lent.file.media_type, "text/html; charset=utf-8");
}

static void test_what_is_open_is_given_back_at_the_end(void **state)
{
    (void)state;
    assert_look("/large.js", START, FS_FOUND);
    assert_look("/largest", START, FS_FOUND);
    assert_int_equal(held(), 2);
    cache_restart(BUDGET, true);
    assert_int_equal(held(), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CACHED(test_what_is_lent_is_what_the_disk_has_kept_or_not),
        CACHED(test_a_second_look_is_answered_from_what_is_kept),
        CACHED(test_a_file_of_at_most_16_KiB_is_lent_in_memory),
        CACHED(test_a_file_of_one_octet_more_is_lent_open),
        CACHED(test_an_empty_file_is_lent_in_memory),
        CACHED(test_each_borrower_has_a_descriptor_of_its_own),
        CACHED(test_a_lent_descriptor_outlives_what_is_kept),
        CACHED(test_what_a_borrower_does_to_its_copy_is_its_own_affair),
        CACHED(test_a_thousand_loans_hold_no_more_than_one),
        CACHED(test_paths_of_one_file_are_kept_each_for_itself),
        CACHED(test_what_is_open_is_given_back_at_the_end),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
