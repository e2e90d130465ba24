/* A directory that cannot be read: no memory, descriptors or permission, or a bad disk. */
#include "tests/support/child.h"
#include "tests/support/listed.h"
#include "tests/support/look_ups.h"

#include <grp.h>
#include <sys/resource.h>

static struct {
    int fdopendir; /* what the call fails with; 0: it does not */
    int readdir;
    bool malloc;
} fails;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
DIR *__real_fdopendir(int descriptor);
DIR *__wrap_fdopendir(int descriptor);
struct dirent *__real_readdir(DIR *stream);
struct dirent *__wrap_readdir(DIR *stream);

/* What a test itself allocates stays small. */
void *__wrap_malloc(size_t size)
{
    errno = ENOMEM;
    return fails.malloc && size > 4096 ? NULL : __real_malloc(size);
}

DIR *__wrap_fdopendir(int descriptor)
{
    errno = fails.fdopendir;
    return fails.fdopendir != 0 ? NULL : __real_fdopendir(descriptor);
}

/* The first name comes, and then the error. */
struct dirent *__wrap_readdir(DIR *stream)
{
    static int calls;
    if (fails.readdir == 0 || calls++ % 2 == 0) return __real_readdir(stream);
    errno = fails.readdir;
    return NULL;
}

static int mend(void **state)
{
    (void)state;
    memset(&fails, 0, sizeof fails);
    return 0;
}

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/file", "file");
    site_link("root/link", "file");
    site_directory("root/unreadable");
    site_file("root/unreadable/file", "");
    site_directory("root/unsearchable");
    site_file("root/unsearchable/file", "");
    site_directory("root/locked");
    site_directory("root/locked/dir");
    site_directory("root/secret");
    site_file("root/secret/unreadable", "");
    return fchmodat(site.directory, "root/unreadable", 0311, 0) |
        fchmodat(site.directory, "root/unsearchable", 0444, 0) |
        fchmodat(site.directory, "root/locked", 0, 0) |
        fchmodat(site.directory, "root/secret/unreadable", 0, 0);
}

static void test_without_memory_for_the_entries_it_is_exhausted(void **state)
{
    (void)state;
    fails.malloc = true;
    assert_not_listed("/", FS_EXHAUSTED);
}

static void test_without_memory_for_the_stream_it_is_exhausted(void **state)
{
    (void)state;
    fails.fdopendir = ENOMEM;
    assert_not_listed("/", FS_EXHAUSTED);
}

static void test_each_error_of_the_look_up_has_its_outcome(void **state)
{
    static const struct {
        int error;
        enum fs_status expected;
    } errors[] = {
        {ENOENT, FS_NOT_FOUND},
        {ENOTDIR, FS_NOT_FOUND},
        {ENAMETOOLONG, FS_NOT_FOUND},
        {EMFILE, FS_EXHAUSTED},
        {ENFILE, FS_EXHAUSTED},
        {ENOMEM, FS_EXHAUSTED},
        {EACCES, FS_FORBIDDEN},
        {EXDEV, FS_NOT_SERVED},
        {ELOOP, FS_NOT_SERVED},
        {EIO, FS_FAILED},
        {EINVAL, FS_FAILED},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        look_ups = (struct look_ups){.error = errors[i].error, .failures = 1};
        assert_not_listed("/", errors[i].expected);
    }
}

static void test_a_link_that_cannot_be_followed_is_left_out(void **state)
{
    (void)state;
    look_ups = (struct look_ups){.error = EACCES, .passes = 1, .failures = 1};
    assert_listed("/", "locked/|secret/|unreadable/|unsearchable/|file|");
}

/* Out of descriptors or memory it may be there: what is left out would be missed. */
static void test_a_link_that_cannot_be_followed_for_want_of_something_is_no_listing(void **state)
{
    static const int errors[] = {EMFILE, ENFILE, ENOMEM};
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        look_ups = (struct look_ups){.error = errors[i], .passes = 1, .failures = 1};
        assert_int_equal(list_path("/"), FS_EXHAUSTED);
    }
}

/* readdir(3) says NULL both at the end and for an error: half a listing is not the listing. */
static void test_a_directory_that_cannot_be_read_to_its_end_is_no_listing(void **state)
{
    (void)state;
    fails.readdir = EIO;
    assert_int_equal(list_path("/"), FS_FAILED);
}

/* No descriptor is free. */
static int list_exhausted(void *argument)
{
    struct rlimit limit;
    struct directory directory;
    int lowest = dup(0);
    (void)argument;
    if (lowest < 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0) return 77;
    close(lowest);
    limit.rlim_cur = (rlim_t)lowest;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return 78;
    return (int)directory_read(&site.root, "/", &directory);
}

static void test_without_a_free_descriptor_it_is_exhausted(void **state)
{
    (void)state;
    assert_int_equal(run_in_child(list_exhausted, NULL), FS_EXHAUSTED);
}

/* What a process without privileges gets: root may read everything. 100 and more: it is found. */
static int list_as_nobody(void *argument)
{
    const char *path = argument;
    bool is_root = geteuid() == 0;
    if (is_root && (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0)) return 77;
    size_t descriptors = count_descriptors();
    struct directory directory;
    enum fs_status status = directory_read(&site.root, path, &directory);
    size_t count = directory.count;
    free(directory.entries);
    if (count_descriptors() != descriptors) return 78;
    return status == FS_FOUND ? 100 + (int)count : (int)status;
}

static void assert_to_nobody(const char *path, int expected)
{
    char copy[64];
    snprintf(copy, sizeof copy, "%s", path);
    int answer = run_in_child(list_as_nobody, copy);
    if (answer == 77) skip();
    assert_int_equal(answer, expected);
}

static void test_a_directory_that_may_not_be_read_is_forbidden(void **state)
{
    (void)state;
    assert_to_nobody("/unreadable/", FS_FORBIDDEN);
    assert_to_nobody("/locked/", FS_FORBIDDEN);
    assert_to_nobody("/locked/dir/", FS_FORBIDDEN);
    assert_to_nobody("/locked/nothing/", FS_FORBIDDEN);
}

/* No request would find what is in it. */
static void test_a_directory_that_may_not_be_searched_has_no_entries(void **state)
{
    (void)state;
    assert_to_nobody("/unsearchable/", 100);
}

/* A request for it says why it is not sent: 403. */
static void test_a_file_that_may_not_be_read_is_listed(void **state)
{
    (void)state;
    assert_to_nobody("/secret/", 101);
}

#define MENDED(test) cmocka_unit_test_teardown(test, mend)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        MENDED(test_without_memory_for_the_entries_it_is_exhausted),
        MENDED(test_without_memory_for_the_stream_it_is_exhausted),
        MENDED(test_each_error_of_the_look_up_has_its_outcome),
        MENDED(test_a_link_that_cannot_be_followed_is_left_out),
        MENDED(test_a_link_that_cannot_be_followed_for_want_of_something_is_no_listing),
        MENDED(test_a_directory_that_cannot_be_read_to_its_end_is_no_listing),
        MENDED(test_without_a_free_descriptor_it_is_exhausted),
        MENDED(test_a_directory_that_may_not_be_read_is_forbidden),
        MENDED(test_a_directory_that_may_not_be_searched_has_no_entries),
        MENDED(test_a_file_that_may_not_be_read_is_listed),
    };
    return cmocka_run_group_tests(tests, make_tree, listed_close);
}
