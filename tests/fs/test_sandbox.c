/* What can be done beneath an area, by its rights. */
#include "tests/fs/sandboxed.h"

static int read_deep_file(void)
{
    return open_from("", "root/sub/deep", O_RDONLY);
}

static int list_directory(void)
{
    return opened(openat(root, "sub", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int append_to_file(void)
{
    return opened(openat(root, "file", O_WRONLY | O_APPEND | O_CLOEXEC));
}

static int read_and_write_file(void)
{
    return opened(openat(root, "file", O_RDWR | O_CLOEXEC));
}

static int open_to_truncate(void)
{
    return opened(openat(root, "file", O_WRONLY | O_TRUNC | O_CLOEXEC));
}

static int truncate_file(void)
{
    char path[300];
    snprintf(path, sizeof path, "%s/root/file", site.path);
    return refused(truncate(path, 2));
}

static int make_directory(void)
{
    return refused(mkdirat(root, "made", 0755));
}

static int make_link(void)
{
    return refused(symlinkat("file", root, "symlink"));
}

static int make_fifo(void)
{
    return refused(mkfifoat(root, "fifo", 0644));
}

static int make_hard_link(void)
{
    return refused(linkat(root, "file", root, "linked", 0));
}

static int rename_file(void)
{
    return refused(renameat(root, "to_rename", root, "renamed"));
}

static int exchange_files(void)
{
    return refused(renameat2(root, "file", root, "swapped", RENAME_EXCHANGE));
}

static int remove_file(void)
{
    return refused(unlinkat(root, "to_remove", 0));
}

static int remove_directory(void)
{
    return refused(unlinkat(root, "empty", AT_REMOVEDIR));
}

static int execute_open_file(void)
{
    char name[] = "script";
    char *arguments[] = {name, NULL};
    int script = openat(root, "script", O_RDONLY | O_CLOEXEC);
    fexecve(script, arguments, environ);
    return errno;
}

static const struct attempt to_read[] = {
    ATTEMPT(read_file), ATTEMPT(read_deep_file), ATTEMPT(list_directory)};

static const struct attempt to_write[] = {ATTEMPT(write_file), ATTEMPT(append_to_file),
    ATTEMPT(open_to_truncate), ATTEMPT(create_file), ATTEMPT(make_directory),
    ATTEMPT(make_hard_link)};

static const struct attempt to_remove[] = {
    ATTEMPT(exchange_files), ATTEMPT(rename_file), ATTEMPT(remove_file), ATTEMPT(remove_directory)};

static const struct attempt to_make_what_is_no_file[] = {ATTEMPT(make_link), ATTEMPT(make_fifo)};

static void test_beneath_an_area_to_read_files_are_read_and_directories_listed(void **state)
{
    (void)state;
    assert_all_done(SANDBOX_READ, to_read, COUNT(to_read));
}

static void test_beneath_an_area_to_read_nothing_is_written_or_made(void **state)
{
    (void)state;
    assert_all_refused(SANDBOX_READ, to_write, COUNT(to_write));
}

static void test_beneath_an_area_to_read_nothing_is_renamed_or_removed(void **state)
{
    (void)state;
    assert_all_refused(SANDBOX_READ, to_remove, COUNT(to_remove));
}

/* Truncating by name is known to the third version only. */
static void test_beneath_an_area_to_read_nothing_is_truncated_by_its_name(void **state)
{
    (void)state;
    if (landlock_version() < 3) skip();
    assert_all_refused(SANDBOX_READ, &(struct attempt)ATTEMPT(truncate_file), 1);
}

static void test_links_and_fifos_are_made_nowhere_whatever_the_rights(void **state)
{
    (void)state;
    assert_all_refused(ALL, to_make_what_is_no_file, COUNT(to_make_what_is_no_file));
}

static void test_beneath_an_area_to_write_files_are_made_and_written(void **state)
{
    (void)state;
    assert_all_done(SANDBOX_WRITE, to_write, COUNT(to_write));
    assert_all_done(SANDBOX_WRITE, &(struct attempt)ATTEMPT(truncate_file), 1);
}

static void test_beneath_an_area_to_write_nothing_is_renamed_or_removed(void **state)
{
    (void)state;
    assert_all_refused(SANDBOX_READ | SANDBOX_WRITE, to_remove, COUNT(to_remove));
}

static void test_beneath_an_area_to_write_nothing_is_read(void **state)
{
    static const struct attempt attempts[] = {
        ATTEMPT(read_file), ATTEMPT(read_and_write_file), ATTEMPT(list_directory)};
    (void)state;
    assert_all_refused(SANDBOX_WRITE | SANDBOX_REMOVE, attempts, COUNT(attempts));
}

static void test_beneath_an_area_to_remove_too_files_are_renamed_and_removed(void **state)
{
    (void)state;
    assert_all_done(SANDBOX_WRITE | SANDBOX_REMOVE, to_remove, COUNT(to_remove));
}

static void test_who_may_remove_may_not_write(void **state)
{
    (void)state;
    assert_all_refused(SANDBOX_READ | SANDBOX_REMOVE, to_write, COUNT(to_write));
}

static void test_nothing_is_executed_without_that_right(void **state)
{
    (void)state;
    assert_int_equal(attempt_with(SANDBOX_READ, execute), EACCES);
    assert_int_equal(attempt_with(SANDBOX_READ, execute_open_file), EACCES);
    assert_int_equal(attempt_with(ALL & ~SANDBOX_EXECUTE, execute), EACCES);
}

static void test_with_the_right_to_execute_it_is_left_to_the_kernel(void **state)
{
    (void)state;
    assert_int_equal(attempt_with(SANDBOX_READ | SANDBOX_EXECUTE, execute), ENOEXEC);
    assert_int_equal(attempt_with(SANDBOX_READ | SANDBOX_EXECUTE, execute_open_file), ENOEXEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TREE(test_beneath_an_area_to_read_files_are_read_and_directories_listed),
        IN_TREE(test_beneath_an_area_to_read_nothing_is_written_or_made),
        IN_TREE(test_beneath_an_area_to_read_nothing_is_renamed_or_removed),
        IN_TREE(test_beneath_an_area_to_read_nothing_is_truncated_by_its_name),
        IN_TREE(test_links_and_fifos_are_made_nowhere_whatever_the_rights),
        IN_TREE(test_beneath_an_area_to_write_files_are_made_and_written),
        IN_TREE(test_beneath_an_area_to_write_nothing_is_renamed_or_removed),
        IN_TREE(test_beneath_an_area_to_write_nothing_is_read),
        IN_TREE(test_beneath_an_area_to_remove_too_files_are_renamed_and_removed),
        IN_TREE(test_who_may_remove_may_not_write),
        IN_TREE(test_nothing_is_executed_without_that_right),
        IN_TREE(test_with_the_right_to_execute_it_is_left_to_the_kernel),
    };
    return run_in_sandboxes(tests, COUNT(tests));
}
