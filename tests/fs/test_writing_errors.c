/* A disk that is full or broken, rights that are missing: nothing is lost, and nothing stays. */
#include "fs/writing.h"
#include "tests/support/child.h"
#include "tests/support/site.h"

#include <grp.h>
#include <sys/resource.h>

enum { NOBODY = 65534, CANNOT_DROP = 77 };

/* A call fails with this, once; 0: it does not. */
static int write_error, fsync_error, rename_error;
static size_t write_most; /* so many octets at once; 0: all */

static bool fails(int *error)
{
    if (*error == 0) return false;
    errno = *error;
    *error = 0;
    return true;
}

ssize_t __real_write(int descriptor, const void *octets, size_t length);
ssize_t __wrap_write(int descriptor, const void *octets, size_t length);
int __real_fsync(int descriptor);
int __wrap_fsync(int descriptor);
int __real_renameat(int from, const char *name, int to, const char *other);
int __wrap_renameat(int from, const char *name, int to, const char *other);

ssize_t __wrap_write(int descriptor, const void *octets, size_t length)
{
    if (write_most > 0 && length > write_most) length = write_most;
    return fails(&write_error) ? -1 : __real_write(descriptor, octets, length);
}

int __wrap_fsync(int descriptor)
{
    return fails(&fsync_error) ? -1 : __real_fsync(descriptor);
}

int __wrap_renameat(int from, const char *name, int to, const char *other)
{
    return fails(&rename_error) ? -1 : __real_renameat(from, name, to, other);
}

static struct parent parent;

static int make_tree(void **state)
{
    write_error = fsync_error = rename_error = 0;
    write_most = 0;
    if (site_make(state) != 0) return -1;
    site_directory("root/dir");
    site_file("root/dir/file", "before");
    return fs_open_parent(&site.root, "/dir/file", &parent) == FS_FOUND ? 0 : -1;
}

static int remove_tree(void **state)
{
    fs_close_parent(&parent);
    return site_remove(state);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, remove_tree)

/* The file as it was, and beside it nothing. */
static void assert_unchanged(void)
{
    char octets[20] = "";
    size_t entries = 0;
    int file = openat(site.directory, "root/dir/file", O_RDONLY | O_CLOEXEC);
    assert_true(read(file, octets, sizeof octets - 1) >= 0);
    assert_string_equal(octets, "before");
    close(file);
    DIR *stream = fdopendir(openat(site.directory, "root/dir", O_RDONLY | O_CLOEXEC));
    while (readdir(stream) != NULL) entries++;
    closedir(stream);
    assert_int_equal(entries, 3); /* ".", ".." and the file */
}

static void assert_not_replaced(int *call, int error, enum fs_status expected)
{
    size_t descriptors = count_descriptors();
    *call = error;
    enum fs_status status = fs_replace(&parent, "after", 5);
    if (status != expected) fail_msg("error %d: %d, not %d", error, (int)status, (int)expected);
    assert_int_equal(count_descriptors(), descriptors);
    assert_unchanged();
}

static void test_a_full_disk_leaves_the_old_file_and_no_other(void **state)
{
    static const int errors[] = {ENOSPC, EDQUOT, EFBIG};
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        assert_not_replaced(&write_error, errors[i], FS_FULL);
        assert_not_replaced(&fsync_error, errors[i], FS_FULL);
        assert_not_replaced(&rename_error, errors[i], FS_FULL);
    }
}

static void test_a_broken_disk_leaves_the_old_file_and_no_other(void **state)
{
    (void)state;
    assert_not_replaced(&write_error, EIO, FS_FAILED);
    assert_not_replaced(&fsync_error, EIO, FS_FAILED);
    assert_not_replaced(&rename_error, EIO, FS_FAILED);
    assert_not_replaced(&rename_error, EACCES, FS_FORBIDDEN);
    assert_not_replaced(&rename_error, EROFS, FS_FORBIDDEN);
    assert_not_replaced(&rename_error, ENOMEM, FS_EXHAUSTED);
}

static void test_a_short_or_interrupted_write_goes_on(void **state)
{
    char octets[20] = "";
    (void)state;
    write_most = 2;
    write_error = EINTR;
    assert_int_equal(fs_replace(&parent, "all of it", 9), FS_FOUND);
    write_error = EINTR;
    assert_int_equal(fs_append(&parent, " and more", 9), FS_FOUND);
    int file = openat(site.directory, "root/dir/file", O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(file, octets, sizeof octets - 1), 18);
    assert_string_equal(octets, "all of it and more");
    close(file);
}

static void test_what_cannot_be_appended_is_told(void **state)
{
    size_t descriptors = count_descriptors();
    (void)state;
    write_error = ENOSPC;
    assert_int_equal(fs_append(&parent, "x", 1), FS_FULL);
    write_error = EIO;
    assert_int_equal(fs_append(&parent, "x", 1), FS_FAILED);
    assert_int_equal(count_descriptors(), descriptors);
    assert_unchanged();
}

/* setrlimit(2): beyond it write(2) says EFBIG where SIGXFSZ is ignored, as the server does. */
static int replace_beyond_the_limit(void *argument)
{
    static char octets[10000];
    const struct rlimit limit = {4096, 4096};
    (void)argument;
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return CANNOT_DROP;
    return (int)fs_replace(&parent, octets, sizeof octets);
}

static void test_a_file_at_its_limit_leaves_the_old_one(void **state)
{
    (void)state;
    assert_int_equal(run_in_child(replace_beyond_the_limit, NULL), FS_FULL);
    assert_unchanged();
}

/* To root every directory is writable. */
static int as_nobody(void *change)
{
    bool root = geteuid() == 0;
    if (root && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        return CANNOT_DROP;
    return (int)(*(enum fs_status(**)(void))change)();
}

static enum fs_status replace_file(void)
{
    return fs_replace(&parent, "x", 1);
}

static enum fs_status append_to_file(void)
{
    return fs_append(&parent, "x", 1);
}

static enum fs_status remove_file(void)
{
    return fs_remove(&parent);
}

static enum fs_status open_parent_of_file(void)
{
    struct parent other;
    return fs_open_parent(&site.root, "/dir/sub/name", &other);
}

static void assert_forbidden(enum fs_status (*change)(void))
{
    int status = run_in_child(as_nobody, &change);
    if (status == CANNOT_DROP) skip();
    assert_int_equal(status, FS_FORBIDDEN);
    assert_unchanged();
}

static void test_without_the_right_to_write_nothing_changes(void **state)
{
    (void)state;
    assert_int_equal(fchmodat(site.directory, "root/dir/file", 0444, 0), 0);
    assert_int_equal(fchmodat(site.directory, "root/dir", 0555, 0), 0);
    assert_forbidden(replace_file);
    assert_forbidden(append_to_file);
    assert_forbidden(remove_file);
}

static void test_a_parent_that_may_not_be_searched_is_forbidden(void **state)
{
    (void)state;
    assert_int_equal(fchmodat(site.directory, "root/dir", 0, 0), 0);
    int status = run_in_child(as_nobody, &(enum fs_status(*)(void)){open_parent_of_file});
    if (status == CANNOT_DROP) skip();
    assert_int_equal(status, FS_FORBIDDEN);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        IN_TREE(test_a_full_disk_leaves_the_old_file_and_no_other),
        IN_TREE(test_a_broken_disk_leaves_the_old_file_and_no_other),
        IN_TREE(test_a_short_or_interrupted_write_goes_on),
        IN_TREE(test_what_cannot_be_appended_is_told),
        IN_TREE(test_a_file_at_its_limit_leaves_the_old_one),
        IN_TREE(test_without_the_right_to_write_nothing_changes),
        IN_TREE(test_a_parent_that_may_not_be_searched_is_forbidden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
