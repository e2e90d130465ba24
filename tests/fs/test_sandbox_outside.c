/* Nothing outside of the areas can be reached, by whatever way. */
#include "tests/fs/sandboxed.h"

static int list_directory(void)
{
    return opened(openat(root, "sub", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int remove_file(void)
{
    return refused(unlinkat(root, "to_remove", 0));
}

static int write_by_absolute_path(void)
{
    return open_from("", "outside/secret", O_WRONLY);
}

static int read_by_dots(void)
{
    return opened(openat(root, "../outside/secret", O_RDONLY | O_CLOEXEC));
}

static int read_by_dots_from_the_current_directory(void)
{
    if (fchdir(root) != 0) return NOT_ENTERED;
    return opened(open("../outside/secret", O_RDONLY | O_CLOEXEC));
}

static int read_by_the_root_of_proc(void)
{
    return open_from("/proc/self/root", "outside/secret", O_RDONLY);
}

static int read_by_a_link(void)
{
    return opened(openat(root, "link_out", O_RDONLY | O_CLOEXEC));
}

static int read_by_a_directory_that_is_open(void)
{
    return opened(openat(outside, "secret", O_RDONLY | O_CLOEXEC));
}

static int list_outside(void)
{
    return opened(openat(outside, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int list_the_directory_above(void)
{
    return opened(openat(root, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int read_its_own_environment(void)
{
    return opened(open("/proc/self/environ", O_RDONLY | O_CLOEXEC));
}

static int create_outside(void)
{
    return opened(openat(outside, "new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
}

static int make_directory_outside(void)
{
    return refused(mkdirat(outside, "made", 0755));
}

static int remove_outside(void)
{
    return refused(unlinkat(outside, "to_remove", 0));
}

static int rename_outside(void)
{
    return refused(renameat(outside, "to_rename", outside, "renamed"));
}

static const struct attempt to_read[] = {ATTEMPT(read_file), ATTEMPT(list_directory)};

static const struct attempt to_read_outside[] = {ATTEMPT(read_by_absolute_path),
    ATTEMPT(read_by_dots), ATTEMPT(read_by_the_root_of_proc), ATTEMPT(read_by_a_link),
    ATTEMPT(read_by_a_directory_that_is_open), ATTEMPT(list_outside),
    ATTEMPT(list_the_directory_above), ATTEMPT(read_passwords), ATTEMPT(read_its_own_environment),
    ATTEMPT(read_by_dots_from_the_current_directory)};

static const struct attempt to_write_outside[] = {ATTEMPT(write_by_absolute_path),
    ATTEMPT(create_outside), ATTEMPT(make_directory_outside), ATTEMPT(rename_outside),
    ATTEMPT(remove_outside)};

static void test_without_areas_nothing_can_be_opened(void **state)
{
    (void)state;
    assert_all_refused(NO_AREAS, to_read, COUNT(to_read));
}

static void test_nothing_outside_is_opened_to_be_read(void **state)
{
    (void)state;
    assert_all_refused(ALL, to_read_outside, COUNT(to_read_outside));
}

static void test_nothing_outside_is_written_made_renamed_or_removed(void **state)
{
    (void)state;
    assert_all_refused(ALL, to_write_outside, COUNT(to_write_outside));
}

/* Two areas, and each right in one of them alone. */
static void test_the_rights_of_an_area_are_not_those_of_another(void **state)
{
    static const struct {
        unsigned rights, rights_outside;
        int (*attempt)(void);
        int expected;
    } rows[] = {
        {SANDBOX_READ, SANDBOX_WRITE, read_file, 0},
        {SANDBOX_READ, SANDBOX_WRITE, write_file, EACCES},
        {SANDBOX_READ, SANDBOX_WRITE, create_file, EACCES},
        {SANDBOX_READ, SANDBOX_WRITE, read_by_absolute_path, EACCES},
        {SANDBOX_READ, SANDBOX_WRITE, list_outside, EACCES},
        {SANDBOX_READ, SANDBOX_WRITE, write_by_absolute_path, 0},
        {SANDBOX_READ, SANDBOX_WRITE, create_outside, 0},
        {SANDBOX_READ, SANDBOX_WRITE, remove_outside, EACCES},
        {SANDBOX_WRITE, SANDBOX_READ, read_file, EACCES},
        {SANDBOX_WRITE, SANDBOX_READ, write_file, 0},
        {SANDBOX_WRITE, SANDBOX_READ, read_by_a_directory_that_is_open, 0},
        {SANDBOX_WRITE, SANDBOX_READ, make_directory_outside, EACCES},
        {SANDBOX_READ, SANDBOX_REMOVE, remove_file, EACCES},
        {SANDBOX_READ, SANDBOX_REMOVE, remove_outside, 0},
        {SANDBOX_READ, SANDBOX_EXECUTE, execute, EACCES},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct visit child = {rows[i].rights, rows[i].rights_outside, rows[i].attempt};
        int error = run_in_child(visit, &child);
        if (error != rows[i].expected) fail_msg("row %zu: %d", i, error);
    }
}

static int enter_above_and_within(void *argument)
{
    int (*attempt)(void) = *(int (**)(void))argument;
    const struct sandbox_area areas[] = {{site.directory, SANDBOX_WRITE}, {root, SANDBOX_READ}};
    return sandbox_enter(areas, 2) == SANDBOX_ENTERED ? attempt() : NOT_ENTERED;
}

/* So a log that lies above the root makes all that is served writable. */
static void test_an_area_within_another_has_the_rights_of_both(void **state)
{
    int (*attempts[])(void) = {read_file, write_file, create_file, create_outside};
    (void)state;
    for (size_t i = 0; i < COUNT(attempts); i++)
        assert_int_equal(run_in_child(enter_above_and_within, &attempts[i]), 0);
    int (*out)(void) = read_by_absolute_path;
    assert_int_equal(run_in_child(enter_above_and_within, &out), EACCES);
}

static int enter_by_bad_descriptors(void *argument)
{
    static const int numbers[] = {-1, INT_MAX};
    (void)argument;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        const struct sandbox_area areas[] = {{root, SANDBOX_READ}, {numbers[i], SANDBOX_READ}};
        size_t descriptors = count_descriptors();
        if (sandbox_enter(areas, 2) != SANDBOX_FAILED || errno != EBADF) return 1;
        if (count_descriptors() != descriptors) return 2;
    }
    return read_passwords(); /* half a sandbox is none */
}

static void test_an_area_that_is_not_open_fails_and_nothing_is_entered(void **state)
{
    (void)state;
    assert_int_equal(run_in_child(enter_by_bad_descriptors, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TREE(test_without_areas_nothing_can_be_opened),
        IN_TREE(test_nothing_outside_is_opened_to_be_read),
        IN_TREE(test_nothing_outside_is_written_made_renamed_or_removed),
        IN_TREE(test_the_rights_of_an_area_are_not_those_of_another),
        IN_TREE(test_an_area_within_another_has_the_rights_of_both),
        IN_TREE(test_an_area_that_is_not_open_fails_and_nothing_is_entered),
    };
    return run_in_sandboxes(tests, COUNT(tests));
}
