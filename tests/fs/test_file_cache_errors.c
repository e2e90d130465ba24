/* What becomes of errors that a test cannot bring about, and of what happens between two calls. */
#include "tests/fs/cache.h"
#include "tests/support/look_ups.h"

enum { SMALL = 5000, LARGE = FILE_SMALL_MAX + 1 };

/* How many calls pass before one fails; < 0: all do. */
static int allocations = -1;
static int duplicates = -1;
static ssize_t read_most = -1;      /* what pread gives at most; -1: all */
static void (*while_reading)(void); /* done in the middle of the next pread, once */
static void (*at_each_lock)(void);

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return allocations == 0 || allocations-- == 0 ? NULL : __real_malloc(size);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return allocations == 0 || allocations-- == 0 ? NULL : __real_calloc(count, size);
}

ssize_t __real_pread(int descriptor, void *octets, size_t length, off_t offset);
ssize_t __wrap_pread(int descriptor, void *octets, size_t length, off_t offset);
ssize_t __wrap_pread(int descriptor, void *octets, size_t length, off_t offset)
{
    if (read_most >= 0 && length > (size_t)read_most) length = (size_t)read_most;
    if (while_reading == NULL) return __real_pread(descriptor, octets, length, offset);
    void (*act)(void) = while_reading;
    size_t half = length / 2;
    while_reading = NULL;
    ssize_t first = __real_pread(descriptor, octets, half, offset);
    act();
    char *rest = (char *)octets + first;
    return first + __real_pread(descriptor, rest, length - half, offset + first);
}

int __real_fcntl(int descriptor, int command, ...);
int __wrap_fcntl(int descriptor, int command, ...);
int __wrap_fcntl(int descriptor, int command, ...)
{
    va_list list;
    va_start(list, command);
    long argument = va_arg(list, long);
    va_end(list);
    errno = EMFILE;
    bool fails = command == F_DUPFD_CLOEXEC && (duplicates == 0 || duplicates-- == 0);
    return fails ? -1 : __real_fcntl(descriptor, command, argument);
}

int __real_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    if (at_each_lock != NULL) at_each_lock();
    return __real_pthread_mutex_lock(mutex);
}

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_octets("root/small", SMALL, 1);
    site_octets("root/large", LARGE, 2);
    site_octets("root/large.br", LARGE, 3);
    site_file("root/app.js", "the script");
    site_file("root/app.js.br", "the script, shortest");
    site_file("root/app.js.gz", "the script, shorter");
    return 0;
}

static enum fs_status look_failing(const char *path, int error, int passes)
{
    look_ups = (struct look_ups){.error = error, .passes = passes, .failures = 1};
    enum fs_status status = look(path, FILE_PLAIN, START);
    look_ups.failures = 0;
    return status;
}

static void test_what_failed_is_not_kept(void **state)
{
    static const int errors[] = {EIO, ENFILE, EMFILE, ENOMEM};
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        assert_int_equal(look_failing("/app.js", errors[i], 0), i == 0 ? FS_FAILED : FS_EXHAUSTED);
        assert_lent("/app.js", START, "the script");
        cache_restart(BUDGET, true);
    }
}

/* It may be there, and be what the client wants. */
static void test_a_form_that_cannot_be_looked_up_now_is_not_taken_for_missing(void **state)
{
    (void)state;
    for (int form = FILE_BR; form < FILE_FORMS; form++) {
        assert_int_equal(look_failing("/app.js", EMFILE, form), FS_EXHAUSTED);
        assert_lent("/app.js", START, "the script");
        assert_int_equal(lent.file.forms, 1 << FILE_PLAIN | 1 << FILE_BR | 1 << FILE_GZ);
        cache_restart(BUDGET, true);
    }
}

static void test_a_form_that_cannot_be_read_at_all_is_missing(void **state)
{
    (void)state;
    assert_int_equal(look_failing("/app.js", EIO, 1), FS_FOUND);
    assert_int_equal(lent.file.forms, 1 << FILE_PLAIN | 1 << FILE_GZ);
    assert_int_equal(look("/app.js", FILE_BR, START), FS_NOT_FOUND);
    assert_form("/app.js", FILE_GZ, START, "the script, shorter");
}

/* One for the entry, one for each form. */
static void test_without_memory_nothing_is_found_kept_or_left_open(void **state)
{
    (void)state;
    for (int passes = 0; passes < 4; passes++) {
        allocations = passes;
        enum fs_status status = look("/app.js", FILE_PLAIN, START);
        allocations = -1;
        assert_int_equal(status, FS_EXHAUSTED);
        assert_int_equal(held(), 0);
    }
    for (int passes = 0; passes < 3; passes++) {
        allocations = passes;
        enum fs_status status = look("/large", FILE_PLAIN, START);
        allocations = -1;
        assert_int_equal(status, FS_EXHAUSTED);
        assert_int_equal(held(), 0);
    }
    assert_octets("/large", START, LARGE, 2);
}

static void test_a_kept_descriptor_that_cannot_be_lent_is_given_up(void **state)
{
    (void)state;
    assert_look("/large", START, FS_FOUND);
    assert_int_equal(held(), 2);
    duplicates = 0;
    enum fs_status status = look("/large", FILE_PLAIN, START);
    duplicates = -1;
    assert_int_equal(status, FS_EXHAUSTED);
    assert_int_equal(held(), 0);
    assert_int_equal(atomic_load(&cache.descriptors), BUDGET);
}

static void assert_small_is_open(unsigned seed)
{
    assert_octets("/small", START, SMALL, seed);
    assert_null(lent.file.content);
    assert_int_equal(held(), 1);
}

static void test_a_small_file_that_is_not_read_whole_is_lent_open(void **state)
{
    static const ssize_t most[] = {SMALL - 1, SMALL / 2, 0};
    (void)state;
    for (size_t i = 0; i < COUNT(most); i++) {
        struct file file;
        read_most = most[i];
        enum fs_status status =
            file_cache_find(&cache, "/small", FILE_PLAIN, START, &file, &lent.loan);
        read_most = -1;
        assert_int_equal(status, FS_FOUND);
        assert_true(file.descriptor >= 0);
        close(file.descriptor);
        assert_small_is_open(1);
        cache_restart(BUDGET, true);
    }
}

static void overwrite(void)
{
    overwrite_file("root/small", SMALL, 9);
}

static void grow(void)
{
    overwrite_file("root/small", SMALL + 10, 9);
    site_time("root/small", 1234567890, 5);
}

static void cut(void)
{
    write_octets("root/small", O_TRUNC, SMALL - 10, 9);
    site_time("root/small", 1234567890, 5);
}

static void stamp_second(void)
{
    overwrite_file("root/small", SMALL, 9);
    site_time("root/small", 1234567891, 5);
}

static void stamp_nanosecond(void)
{
    overwrite_file("root/small", SMALL, 9);
    site_time("root/small", 1234567890, 6);
}

/* Half of the old, half of the new: that is neither lent in memory nor kept. */
static void test_a_small_file_that_changes_while_it_is_read_is_never_kept_in_memory(void **state)
{
    static void (*const changes[])(void) = {overwrite, grow, cut, stamp_second, stamp_nanosecond};
    static const size_t lengths[] = {SMALL, SMALL + 10, SMALL - 10, SMALL, SMALL};
    (void)state;
    for (size_t i = 0; i < COUNT(changes); i++) {
        struct file file;
        write_octets("root/small", O_TRUNC, SMALL, 1);
        site_time("root/small", 1234567890, 5);
        while_reading = changes[i];
        assert_int_equal(
            file_cache_find(&cache, "/small", FILE_PLAIN, START, &file, &lent.loan), FS_FOUND);
        assert_true(file.descriptor >= 0);
        assert_null(file.content);
        close(file.descriptor);
        /* It is what it is now to the next one: in memory, whole. */
        assert_octets("/small", START, lengths[i], 9);
        assert_non_null(lent.file.content);
        assert_int_equal(held(), 0);
        cache_restart(BUDGET, true);
    }
    write_octets("root/small", O_TRUNC, SMALL, 1);
}

static void replace(void)
{
    replace_file("root/small", SMALL + 7, 8);
}

static void test_a_small_file_that_is_replaced_while_it_is_read_is_lent_as_it_was(void **state)
{
    (void)state;
    while_reading = replace;
    assert_octets("/small", START, SMALL, 1);
    assert_non_null(lent.file.content);
    replace_file("root/small", SMALL, 1);
}

/* Others look for a descriptor at the same time: they pass by sets where we have not been. */
static void others_look(void)
{
    atomic_fetch_add(&cache.hand, 1);
}

static void test_what_is_kept_open_is_found_though_others_look_for_it_too(void **state)
{
    (void)state;
    for (unsigned start = 0; start < 2; start++) {
        struct file file;
        assert_look("/large", START, FS_FOUND);
        assert_int_equal(held(), 2);
        atomic_store(&cache.hand, start);
        at_each_lock = others_look;
        look_ups = (struct look_ups){.error = EMFILE, .failures = 1};
        enum fs_status status =
            file_cache_find(&cache, "/app.js", FILE_PLAIN, START, &file, &lent.loan);
        at_each_lock = NULL;
        assert_int_equal(status, FS_FOUND);
        assert_int_equal(held(), 0);
        cache_restart(BUDGET, true);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CACHED(test_what_failed_is_not_kept),
        CACHED(test_a_form_that_cannot_be_looked_up_now_is_not_taken_for_missing),
        CACHED(test_a_form_that_cannot_be_read_at_all_is_missing),
        CACHED(test_without_memory_nothing_is_found_kept_or_left_open),
        CACHED(test_a_kept_descriptor_that_cannot_be_lent_is_given_up),
        CACHED(test_a_small_file_that_is_not_read_whole_is_lent_open),
        CACHED(test_a_small_file_that_changes_while_it_is_read_is_never_kept_in_memory),
        CACHED(test_a_small_file_that_is_replaced_while_it_is_read_is_lent_as_it_was),
        CACHED(test_what_is_kept_open_is_found_though_others_look_for_it_too),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
