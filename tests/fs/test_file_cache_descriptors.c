/* Kept descriptors: never more than the budget, and given up when a file needs one. */
#include "tests/fs/cache.h"
#include "tests/support/shortage.h"

enum { LARGE = FILE_SMALL_MAX + 1, FILES = 40 };

static int make_tree(void **state)
{
    char name[32];
    if (site_make(state) != 0) return -1;
    for (unsigned i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "root/large%u", i);
        site_octets(name, LARGE, i);
        snprintf(name, sizeof name, "root/small%u", i);
        site_octets(name, 100, i);
    }
    site_octets("root/forms", LARGE, 1);
    site_octets("root/forms.br", LARGE, 2);
    site_octets("root/forms.zst", LARGE, 3);
    site_octets("root/forms.gz", LARGE, 4);
    return 0;
}

static uint64_t look_at(const char *kind, unsigned index, int64_t now)
{
    char path[32];
    snprintf(path, sizeof path, "/%s%u", kind, index);
    assert_octets(path, now, strcmp(kind, "large") == 0 ? LARGE : 100, index);
    return lent.loan.entry;
}

/* What is counted and what is held make the budget. */
static void assert_held(size_t expected, int budget)
{
    assert_int_equal(held(), expected);
    assert_int_equal(atomic_load(&cache.descriptors), budget - (int)expected);
}

static void test_no_more_files_are_held_open_than_the_budget_allows(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3 * FILES; i++) {
        look_at("large", i % FILES, START + i);
        assert_held(i < BUDGET ? i + 1 : BUDGET, BUDGET);
    }
}

static void test_where_the_budget_is_spent_the_file_asked_for_is_kept(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3 * FILES; i++) {
        uint64_t entry = look_at("large", i % FILES, START + i);
        assert_int_equal(look_at("large", i % FILES, START + i), entry);
    }
}

static void test_small_files_stay_when_descriptors_are_given_up(void **state)
{
    uint64_t entries[FILES];
    (void)state;
    for (unsigned i = 0; i < FILES; i++) entries[i] = look_at("small", i, START);
    for (unsigned i = 0; i < FILES; i++) look_at("large", i, START + 1);
    for (unsigned i = 0; i < FILES; i++)
        assert_int_equal(look_at("small", i, START + 2), entries[i]);
}

static void test_without_a_budget_large_files_are_found_and_not_kept(void **state)
{
    (void)state;
    cache_restart(0, true);
    for (unsigned i = 0; i < FILES; i++) {
        uint64_t entry = look_at("large", i, START);
        assert_held(0, 0);
        assert_true(look_at("large", i, START) != entry);
    }
}

static void test_without_a_budget_small_files_are_kept_all_the_same(void **state)
{
    (void)state;
    cache_restart(0, true);
    for (unsigned i = 0; i < FILES; i++)
        assert_int_equal(look_at("small", i, START), look_at("small", i, START));
}

static void test_each_large_form_counts(void **state)
{
    (void)state;
    assert_look("/forms", START, FS_FOUND);
    assert_held(4, BUDGET);
    assert_look("/forms", START + SECOND, FS_FOUND);
    assert_held(4, BUDGET);
    for (unsigned i = 0; i < FILES; i++) {
        look_at("large", i, START + SECOND);
        assert_true(held() <= BUDGET);
    }
    assert_held(BUDGET, BUDGET);
}

static void test_a_file_with_more_large_forms_than_the_budget_is_found_and_not_kept(void **state)
{
    (void)state;
    cache_restart(3, true);
    for (int i = 0; i < 2; i++) {
        assert_octets("/forms", START, LARGE, 1);
        assert_held(0, 3);
    }
    cache_restart(4, true);
    assert_octets("/forms", START, LARGE, 1);
    assert_held(4, 4);
}

/* While another worker reserves a descriptor that is not there, the count is below zero: that says
 * nothing to who needs none. */
static void test_who_needs_no_descriptor_drives_out_nobody_who_has_one(void **state)
{
    (void)state;
    uint64_t large = look_at("large", 0, START);
    atomic_fetch_sub(&cache.descriptors, BUDGET);
    look_at("small", 0, START);
    assert_look("/nothing", START, FS_NOT_FOUND);
    atomic_fetch_add(&cache.descriptors, BUDGET);
    assert_int_equal(look_at("large", 0, START), large);
}

/* Looks up so many large files, and then the path with so many descriptors left. */
static enum fs_status look_when_short(const char *path, unsigned kept, size_t left)
{
    struct file file;
    for (unsigned i = 0; i < kept; i++) look_at("large", i, START);
    shortage_begin(left);
    alarm(10);
    enum fs_status status = file_cache_find(&cache, path, FILE_PLAIN, START + 1, &file, &lent.loan);
    alarm(0);
    if (status == FS_FOUND && file.descriptor >= 0) close(file.descriptor);
    shortage_end();
    return status;
}

/* Two: the one to keep, and its duplicate. */
static void test_what_is_kept_open_is_given_up_when_a_file_needs_its_descriptor(void **state)
{
    (void)state;
    assert_int_equal(look_when_short("/large20", 4, 0), FS_FOUND);
    assert_held(3, BUDGET);
    cache_restart(BUDGET, true);
    assert_int_equal(look_when_short("/large20", 4, 1), FS_FOUND);
    assert_held(4, BUDGET);
}

static void test_a_small_file_needs_one_only_while_it_is_read(void **state)
{
    (void)state;
    assert_int_equal(look_when_short("/small0", 2, 0), FS_FOUND);
    assert_held(1, BUDGET);
    assert_int_equal(look_when_short("/small1", 0, 1), FS_FOUND);
    assert_held(1, BUDGET);
}

static void test_a_kept_file_is_lent_when_another_is_given_up_for_the_loan(void **state)
{
    (void)state;
    assert_int_equal(look_when_short("/large2", 3, 0), FS_FOUND);
    assert_true(held() >= 1 && held() < 3);
}

static void test_where_nothing_is_kept_open_the_system_is_exhausted(void **state)
{
    (void)state;
    look_at("small", 0, START);
    assert_int_equal(look_when_short("/large20", 0, 0), FS_EXHAUSTED);
    assert_held(0, BUDGET);
}

/* Enough to open all of them, too few to lend one: that must come to an end, too. */
static void test_what_can_be_opened_but_not_lent_is_not_tried_for_ever(void **state)
{
    (void)state;
    assert_int_equal(look_when_short("/forms", 0, FILE_FORMS), FS_EXHAUSTED);
    assert_held(0, BUDGET);
    assert_int_equal(look_when_short("/forms", 2, FILE_FORMS), FS_FOUND);
}

static void test_being_exhausted_is_never_kept(void **state)
{
    (void)state;
    for (size_t left = 0; left <= FILE_FORMS; left++) {
        assert_int_equal(look_when_short("/forms", 0, left), FS_EXHAUSTED);
        assert_octets("/forms", START + 1, LARGE, 1);
        cache_restart(BUDGET, true);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CACHED(test_no_more_files_are_held_open_than_the_budget_allows),
        CACHED(test_where_the_budget_is_spent_the_file_asked_for_is_kept),
        CACHED(test_small_files_stay_when_descriptors_are_given_up),
        CACHED(test_without_a_budget_large_files_are_found_and_not_kept),
        CACHED(test_without_a_budget_small_files_are_kept_all_the_same),
        CACHED(test_each_large_form_counts),
        CACHED(test_a_file_with_more_large_forms_than_the_budget_is_found_and_not_kept),
        CACHED(test_who_needs_no_descriptor_drives_out_nobody_who_has_one),
        CACHED(test_what_is_kept_open_is_given_up_when_a_file_needs_its_descriptor),
        CACHED(test_a_small_file_needs_one_only_while_it_is_read),
        CACHED(test_a_kept_file_is_lent_when_another_is_given_up_for_the_loan),
        CACHED(test_where_nothing_is_kept_open_the_system_is_exhausted),
        CACHED(test_what_can_be_opened_but_not_lent_is_not_tried_for_ever),
        CACHED(test_being_exhausted_is_never_kept),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
