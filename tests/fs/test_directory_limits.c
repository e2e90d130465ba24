/* As many entries as a listing has, one less and one more. What comes last from readdir(3) is
 * chosen here: the file system has its own order. */
#include "tests/support/listed.h"

enum { MOST = 10000 }; /* behaviour.md says so, not the code */

static struct dirent held_back;
static bool holds_back; /* what starts with "last", until the end */

struct dirent *__real_readdir(DIR *stream);
struct dirent *__wrap_readdir(DIR *stream);

struct dirent *__wrap_readdir(DIR *stream)
{
    struct dirent *found = __real_readdir(stream);
    if (found != NULL && holds_back && strncmp(found->d_name, "last", 4) == 0) {
        memcpy(&held_back, found, found->d_reclen);
        found = __real_readdir(stream);
    }
    if (found != NULL || held_back.d_name[0] == '\0') return found;
    static struct dirent last;
    last = held_back;
    held_back.d_name[0] = '\0';
    return &last;
}

/* A directory of MOST - 1 files. */
static int make_tree(void **state)
{
    char name[32];
    if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 0); /* much faster */
    if (site_make(state) != 0) return -1;
    site_directory("root/many");
    for (int i = 0; i < MOST - 1; i++) {
        snprintf(name, sizeof name, "root/many/%05d", i);
        close(openat(site.directory, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    }
    return 0;
}

/* Whatever a test has put there. */
static int tidy(void **state)
{
    static const char *const names[] = {"root/many/last", "root/many/other", "root/many/.hidden",
        "root/many/line\nfeed", "root/many/out"};
    (void)state;
    holds_back = false;
    for (size_t i = 0; i < COUNT(names); i++) unlinkat(site.directory, names[i], 0);
    return 0;
}

static void assert_cut(size_t count, bool is_cut)
{
    assert_int_equal(list_path("/many/"), FS_FOUND);
    assert_int_equal(listed.count, count);
    assert_int_equal(listed.is_cut, is_cut);
    for (size_t i = 1; i < listed.count; i++)
        assert_true(strcmp(listed.entries[i - 1].name, listed.entries[i].name) < 0);
}

static void test_one_entry_less_than_the_most_is_not_cut(void **state)
{
    (void)state;
    assert_cut(MOST - 1, false);
    assert_string_equal(listed.entries[MOST - 2].name, "09998");
}

static void test_the_most_entries_are_not_cut(void **state)
{
    (void)state;
    site_file("root/many/last", "");
    assert_cut(MOST, false);
}

static void test_one_entry_more_is_cut(void **state)
{
    (void)state;
    site_file("root/many/last", "");
    site_file("root/many/other", "");
    assert_cut(MOST, true);
}

static void test_what_is_not_listed_does_not_count(void **state)
{
    (void)state;
    site_file("root/many/other", "");
    site_file("root/many/.hidden", "");
    site_file("root/many/line\nfeed", "");
    site_link("root/many/out", "/etc/passwd");
    assert_cut(MOST, false);
}

/* Nothing is missing from such a listing. */
static void test_the_most_entries_and_then_a_fifo_are_not_cut(void **state)
{
    (void)state;
    site_file("root/many/other", "");
    assert_int_equal(mkfifoat(site.directory, "root/many/last", 0644), 0);
    holds_back = true;
    assert_cut(MOST, false);
}

static void test_after_a_cut_the_next_listing_is_whole(void **state)
{
    (void)state;
    site_file("root/many/last", "");
    site_file("root/many/other", "");
    assert_cut(MOST, true);
    assert_int_equal(unlinkat(site.directory, "root/many/last", 0), 0);
    assert_cut(MOST, false);
    assert_listed("/", "many/|");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_one_entry_less_than_the_most_is_not_cut, tidy),
        cmocka_unit_test_teardown(test_the_most_entries_are_not_cut, tidy),
        cmocka_unit_test_teardown(test_one_entry_more_is_cut, tidy),
        cmocka_unit_test_teardown(test_what_is_not_listed_does_not_count, tidy),
        cmocka_unit_test_teardown(test_the_most_entries_and_then_a_fifo_are_not_cut, tidy),
        cmocka_unit_test_teardown(test_after_a_cut_the_next_listing_is_whole, tidy),
    };
    return cmocka_run_group_tests(tests, make_tree, listed_close);
}
