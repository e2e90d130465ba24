/* Two who look the same path up at once: what was looked up later stays, whoever is done last. */
#include "tests/fs/cache.h"
#include "tests/support/look_ups.h"

static int64_t other_now;
static uint64_t other_entry;

/* What the other worker does while the first one waits for the disk. */
static void look_meanwhile(void)
{
    struct file file;
    struct loan loan;
    assert_int_equal(
        file_cache_find(&cache, "/file", FILE_PLAIN, other_now, &file, &loan), FS_FOUND);
    assert_memory_equal(file.content, "first", 5);
    other_entry = loan.entry;
    replace_file("root/file", 300, 2);
}

static int start(void **state)
{
    write_octets("root/file", O_CREAT | O_TRUNC, 0, 0);
    int file = openat(site.directory, "root/file", O_WRONLY | O_CLOEXEC);
    assert_int_equal(write(file, "first", 5), 5);
    close(file);
    return cache_start(state);
}

/* The first worker's look-up at START, another's begun and done during it. */
static uint64_t look_during(int64_t other)
{
    other_now = other;
    look_ups = (struct look_ups){.meanwhile = look_meanwhile};
    assert_octets("/file", START, 300, 2);
    return lent.loan.entry;
}

static void test_an_older_look_does_not_replace_a_newer_one(void **state)
{
    (void)state;
    look_during(START + 1);
    assert_int_equal(entry_of("/file", START + 2), other_entry);
    assert_int_equal(entry_of("/file", START + SECOND), other_entry);
    assert_octets("/file", START + SECOND + 1, 300, 2);
}

static void test_a_newer_look_replaces_an_older_one(void **state)
{
    (void)state;
    uint64_t entry = look_during(START - 1);
    assert_true(entry != other_entry);
    assert_int_equal(entry_of("/file", START + 2), entry);
}

static void test_of_two_that_began_at_once_the_last_to_be_done_stays(void **state)
{
    (void)state;
    uint64_t entry = look_during(START);
    assert_true(entry != other_entry);
    assert_int_equal(entry_of("/file", START + 2), entry);
}

static void hold_meanwhile(void)
{
    struct file file;
    struct loan loan;
    assert_int_equal(
        file_cache_find(&cache, "/file", FILE_PLAIN, other_now, &file, &loan), FS_FOUND);
    other_entry = loan.entry;
    close(file.descriptor);
}

static void test_a_look_that_came_too_late_gives_its_descriptor_back(void **state)
{
    (void)state;
    replace_file("root/file", FILE_SMALL_MAX + 1, 1);
    other_now = START + 1;
    look_ups = (struct look_ups){.meanwhile = hold_meanwhile};
    assert_octets("/file", START, FILE_SMALL_MAX + 1, 1);
    assert_int_equal(entry_of("/file", START), other_entry);
    assert_int_equal(held(), 1);
    assert_int_equal(atomic_load(&cache.descriptors), BUDGET - 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_an_older_look_does_not_replace_a_newer_one, start, cache_stop),
        cmocka_unit_test_setup_teardown(test_a_newer_look_replaces_an_older_one, start, cache_stop),
        cmocka_unit_test_setup_teardown(
            test_of_two_that_began_at_once_the_last_to_be_done_stays, start, cache_stop),
        cmocka_unit_test_setup_teardown(
            test_a_look_that_came_too_late_gives_its_descriptor_back, start, cache_stop),
    };
    return cmocka_run_group_tests(tests, site_make, site_remove);
}
