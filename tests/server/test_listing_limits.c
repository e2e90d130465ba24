/* A listing that is too long, and one that cannot be made. */
#include "tests/server/listed_page.h"

#include <signal.h>
#include <sys/resource.h>

enum { MOST = 10000 };

/* Which call fails: as often as it is made. */
static enum call { NONE, MEMFD, FDOPEN, FUTIMENS, FCNTL, MALLOC, CALLS } fails;

int __real_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags);
FILE *__real_fdopen(int descriptor, const char *mode);
FILE *__wrap_fdopen(int descriptor, const char *mode);
int __real_fcntl(int descriptor, int command, int argument);
int __wrap_fcntl(int descriptor, int command, int argument);
int __real_futimens(int descriptor, const struct timespec times[2]);
int __wrap_futimens(int descriptor, const struct timespec times[2]);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

int __wrap_memfd_create(const char *name, unsigned flags)
{
    errno = EMFILE;
    return fails == MEMFD ? -1 : __real_memfd_create(name, flags);
}

FILE *__wrap_fdopen(int descriptor, const char *mode)
{
    errno = ENOMEM;
    return fails == FDOPEN ? NULL : __real_fdopen(descriptor, mode);
}

int __wrap_fcntl(int descriptor, int command, int argument)
{
    errno = EMFILE;
    return fails == FCNTL ? -1 : __real_fcntl(descriptor, command, argument);
}

int __wrap_futimens(int descriptor, const struct timespec times[2])
{
    errno = EPERM;
    return fails == FUTIMENS ? -1 : __real_futimens(descriptor, times);
}

void *__wrap_malloc(size_t size)
{
    errno = ENOMEM;
    return fails == MALLOC && size > 4096 ? NULL : __real_malloc(size);
}

static int make_site(void **state)
{
    char name[32];
    if (access("/dev/shm", W_OK) == 0) setenv("TMPDIR", "/dev/shm", 0); /* much faster */
    if (site_make(state) != 0) return -1;
    site_file("root/file", "file");
    site_directory("root/.hidden");
    site_link("root/out", "../outside");
    site_directory("root/many");
    for (int i = 0; i < MOST; i++) {
        snprintf(name, sizeof name, "root/many/%05d", i);
        close(openat(site.directory, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    }
    return 0;
}

/* Nothing is opened, and the file is as it was. */
static void assert_no_page(const char *path, enum fs_status expected)
{
    struct file file;
    struct file before;
    size_t descriptors = count_descriptors();
    memset(&file, 0xa5, sizeof file);
    memcpy(&before, &file, sizeof before);
    const char *guarded = guard_end(0, path, strlen(path) + 1);
    enum fs_status status = listing_open(&site.root, guarded, &file);
    fails = NONE;
    assert_int_equal(status, expected);
    assert_int_equal(count_descriptors(), descriptors);
    assert_memory_equal(&file, &before, sizeof before);
}

static void test_what_is_no_directory_has_no_page(void **state)
{
    (void)state;
    assert_no_page("/nothing/", FS_NOT_FOUND);
    assert_no_page("/file/", FS_NOT_FOUND);
    assert_no_page("/file", FS_NOT_FOUND);
    assert_no_page("/many", FS_NOT_FOUND);
}

static void test_what_is_not_served_has_no_page(void **state)
{
    (void)state;
    assert_no_page("/.hidden/", FS_NOT_SERVED);
    assert_no_page("/out/", FS_NOT_SERVED);
}

static void test_whatever_runs_out_it_is_exhausted_and_nothing_stays_open(void **state)
{
    (void)state;
    for (enum call call = MEMFD; call < CALLS; call++) {
        fails = call;
        assert_no_page("/", FS_EXHAUSTED);
    }
}

/* The signal is ignored, as it is by the server. */
static void test_a_page_for_which_there_is_no_space_is_not_cut(void **state)
{
    static const rlim_t spaces[] = {0, 100, 4096, 100000};
    struct rlimit before;
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    for (size_t i = 0; i < COUNT(spaces); i++) {
        struct rlimit limit = {spaces[i], before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        assert_no_page("/many/", FS_EXHAUSTED);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    }
}

static void test_a_page_with_the_most_entries_is_whole(void **state)
{
    (void)state;
    const char *page = listed_page("/many/");
    assert_int_equal(times_in(page, "<tr><td><a "), MOST + 1);
    assert_in_page(page, ">00000</a>");
    assert_in_page(page, ">09999</a>");
    assert_in_page(page, "<p>10000 entries</p>");
}

static void test_a_page_that_is_cut_says_so(void **state)
{
    (void)state;
    site_file("root/many/10000", "");
    const char *page = listed_page("/many/");
    assert_int_equal(times_in(page, "<tr><td><a "), MOST + 1);
    assert_in_page(page, "<p>10000 entries; there are more");
    assert_int_equal(unlinkat(site.directory, "root/many/10000", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_directory_has_no_page),
        cmocka_unit_test(test_what_is_not_served_has_no_page),
        cmocka_unit_test(test_whatever_runs_out_it_is_exhausted_and_nothing_stays_open),
        cmocka_unit_test(test_a_page_for_which_there_is_no_space_is_not_cut),
        cmocka_unit_test(test_a_page_with_the_most_entries_is_whole),
        cmocka_unit_test(test_a_page_that_is_cut_says_so),
    };
    return cmocka_run_group_tests(tests, make_site, site_remove);
}
