/* Paths that name no file: the reason is kept as briefly as a file is. */
#include "tests/fs/cache.h"
#include "tests/support/another_user.h"
#include "tests/support/child.h"
#include "tests/support/look_ups.h"

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_directory("root/dir");
    site_file("root/.hidden", "hidden");
    site_file("root/file", "file");
    site_file("root/locked", "locked");
    site_file("root/closed.css", "readable");
    site_file("root/closed.css.gz", "not readable");
    site_file("outside/secret", "outside");
    site_link("root/out", "../outside/secret");
    return mkfifoat(site.directory, "root/pipe", 0644) |
        fchmodat(site.directory, "root/locked", 0, 0) |
        fchmodat(site.directory, "root/closed.css.gz", 0, 0);
}

static const struct {
    const char *path;
    enum fs_status status;
} no_files[] = {
    {"/nothing", FS_NOT_FOUND},
    {"/nothing/at/all", FS_NOT_FOUND},
    {"/file/", FS_NOT_FOUND},
    {"/file/x", FS_NOT_FOUND},
    {"/dir/", FS_NOT_FOUND},
    {"/dir", FS_DIRECTORY},
    {"/.hidden", FS_NOT_SERVED},
    {"/out", FS_NOT_SERVED},
    {"/pipe", FS_NOT_SERVED},
};

static void test_the_reason_is_the_same_kept_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3 * COUNT(no_files); i++) {
        const char *path = no_files[i % COUNT(no_files)].path;
        assert_outcome(path, no_files[i % COUNT(no_files)].status);
        assert_look(path, START, no_files[i % COUNT(no_files)].status);
    }
}

static void test_the_reason_is_the_same_for_each_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(no_files); i++)
        for (int form = FILE_PLAIN; form < FILE_FORMS; form++)
            assert_int_equal(
                look(no_files[i].path, (enum file_form)form, START), no_files[i].status);
}

static void test_the_reason_is_kept_for_a_second(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(no_files); i++) {
        assert_look(no_files[i].path, START, no_files[i].status);
        look_ups.calls = 0;
        assert_look(no_files[i].path, START + 1, no_files[i].status);
        assert_look(no_files[i].path, START + SECOND - 1, no_files[i].status);
        assert_int_equal(look_ups.calls, 0);
        assert_look(no_files[i].path, START + SECOND, no_files[i].status);
        bool asks = no_files[i].path[1] != '.'; /* no call is needed to refuse a hidden one */
        assert_int_equal(look_ups.calls > 0, asks);
    }
}

static void test_nothing_is_held_open_for_what_is_no_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(no_files); i++)
        assert_look(no_files[i].path, START, no_files[i].status);
    assert_int_equal(held(), 0);
}

static void test_a_path_that_does_not_start_with_a_slash_is_refused(void **state)
{
    (void)state;
    assert_look("file", START, FS_REFUSED);
    assert_look("file", START, FS_REFUSED);
    assert_look("", START, FS_REFUSED);
}

/* 1: the first look-up is right, 2: the second as well, 4: without a call. 8: the form that may not
 * be read is none, 16: the file beside it is found. */
static int look_as_nobody(void *argument)
{
    struct file file;
    int seen = 0;
    (void)argument;
    if (!become_another_user()) return 77;
    seen |= 1 *
        (file_cache_find(&cache, "/locked", FILE_PLAIN, START, &file, &lent.loan) == FS_FORBIDDEN);
    look_ups.calls = 0;
    seen |= 2 *
        (file_cache_find(&cache, "/locked", FILE_PLAIN, START, &file, &lent.loan) == FS_FORBIDDEN);
    seen |= 4 * (look_ups.calls == 0);
    seen |= 8 *
        (file_cache_find(&cache, "/closed.css", FILE_GZ, START, &file, &lent.loan) == FS_NOT_FOUND);
    seen |= 16 *
        (file_cache_find(&cache, "/closed.css", FILE_PLAIN, START, &file, &lent.loan) == FS_FOUND);
    return seen;
}

static void test_a_file_that_may_not_be_read_is_forbidden_kept_or_not(void **state)
{
    (void)state;
    assert_int_equal(run_in_child(look_as_nobody, NULL), 1 + 2 + 4 + 8 + 16);
}

/* "/" and then so many octets. */
static void write_path(char *path, size_t length)
{
    path[0] = '/';
    for (size_t i = 1; i < length; i++) path[i] = (char)('a' + i % 26);
    path[length] = '\0';
}

static int calls_of_second_look(const char *path, enum fs_status expected)
{
    assert_look(path, START, expected);
    look_ups.calls = 0;
    assert_look(path, START, expected);
    return look_ups.calls;
}

static void test_a_path_of_no_file_is_kept_up_to_255_octets(void **state)
{
    char path[300];
    (void)state;
    write_path(path, CACHE_MISS_PATH_MAX);
    assert_int_equal(calls_of_second_look(path, FS_NOT_FOUND), 0);
    write_path(path, CACHE_MISS_PATH_MAX + 1);
    assert_true(calls_of_second_look(path, FS_NOT_FOUND) > 0);
}

static void test_the_path_of_a_file_may_be_longer(void **state)
{
    char path[300 + sizeof "/file"];
    (void)state;
    memset(path, '/', 300);
    memcpy(path, "/dir", 4);
    memcpy(path + 300, "/file", sizeof "/file");
    site_file("root/dir/file", "the file in dir");
    assert_int_equal(calls_of_second_look(path, FS_FOUND), 0);
    assert_lent(path, START, "the file in dir");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CACHED(test_the_reason_is_the_same_kept_or_not),
        CACHED(test_the_reason_is_the_same_for_each_form),
        CACHED(test_the_reason_is_kept_for_a_second),
        CACHED(test_nothing_is_held_open_for_what_is_no_file),
        CACHED(test_a_path_that_does_not_start_with_a_slash_is_refused),
        CACHED(test_a_file_that_may_not_be_read_is_forbidden_kept_or_not),
        CACHED(test_a_path_of_no_file_is_kept_up_to_255_octets),
        CACHED(test_the_path_of_a_file_may_be_longer),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
