/* Many threads at few files that somebody keeps changing: what is lent is always of one state, and
 * so is the note that is lent with it. */
#include "tests/fs/cache.h"

#include <pthread.h>
#include <stdio.h>

enum { READERS = 4, FILES = 6, LOOKS = 4000, CHANGES_MAX = 200000 };

static atomic_bool stop;
static atomic_int_fast64_t ticks;  /* the clock: each look lasts a tenth of a second */
static atomic_size_t found, mixed; /* looks, and those that no one state of the file explains */
static atomic_size_t noted;

/* The content of a file tells its length; so does its time stamp, to the nanosecond. */
static size_t length_of(unsigned state)
{
    static const size_t lengths[] = {0, 1, 900, 4096, FILE_SMALL_MAX, FILE_SMALL_MAX + 1, 40000};
    return lengths[state % COUNT(lengths)];
}

/* Each replaces a file by one that was complete before it had the name. */
static void *replace(void *argument)
{
    char octets[LENT_MAX];
    char name[32];
    char path[32];
    const unsigned *index = argument;
    snprintf(name, sizeof name, "new%u", *index);
    snprintf(path, sizeof path, "root/%u", *index);
    for (unsigned i = 0; i < CHANGES_MAX && !atomic_load(&stop); i++) {
        size_t length = length_of(i);
        const struct timespec times[2] = {{0, UTIME_OMIT}, {1234567890, (long)length}};
        int file = openat(site.directory, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        fill(octets, length, (unsigned)length);
        bool written = write(file, octets, length) == (ssize_t)length && futimens(file, times) == 0;
        close(file);
        if (!written || renameat(site.directory, name, site.directory, path) != 0) return argument;
    }
    return NULL;
}

static bool is_of_one_state(const struct file *file, const struct loan *loan)
{
    char octets[LENT_MAX];
    char expected[LENT_MAX];
    const char *content = file->content;
    size_t length = (size_t)file->modified.tv_nsec;
    if (file->size != length) return false;
    if (content == NULL && pread(file->descriptor, octets, LENT_MAX, 0) != (ssize_t)length)
        return false;
    fill(expected, length, (unsigned)length);
    if (memcmp(content == NULL ? octets : content, expected, length) != 0) return false;
    return loan->note_length == 0 ||
        (loan->note_length == sizeof length && memcmp(loan->note, &length, sizeof length) == 0);
}

static void *look_often(void *argument)
{
    struct loan *loan = malloc(sizeof *loan);
    struct file file;
    char path[16];
    for (unsigned i = 0; i < LOOKS; i++) {
        int64_t now = START + atomic_fetch_add(&ticks, 1) * (SECOND / 10);
        snprintf(path, sizeof path, "/%u", i % FILES);
        if (file_cache_find(&cache, path, FILE_PLAIN, now, &file, loan) != FS_FOUND) continue;
        atomic_fetch_add(&found, 1);
        if (!is_of_one_state(&file, loan)) atomic_fetch_add(&mixed, 1);
        if (loan->note_length > 0) atomic_fetch_add(&noted, 1);
        if (file.descriptor >= 0) close(file.descriptor);
        size_t length = (size_t)file.modified.tv_nsec;
        file_cache_annotate(&cache, loan, &length, sizeof length);
    }
    free(loan);
    return argument;
}

static void run_readers(void *(*act)(void *))
{
    pthread_t readers[READERS];
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, act, NULL), 0);
    for (size_t i = 0; i < READERS; i++) pthread_join(readers[i], NULL);
}

static int start(void **state)
{
    atomic_store(&stop, false);
    atomic_store(&ticks, 0);
    atomic_store(&found, 0);
    atomic_store(&mixed, 0);
    atomic_store(&noted, 0);
    return cache_start(state);
}

static void test_files_that_are_replaced_are_never_mixed(void **state)
{
    static unsigned numbers[FILES];
    char name[32];
    pthread_t writers[FILES];
    void *failed = NULL;
    (void)state;
    for (unsigned i = 0; i < FILES; i++) {
        numbers[i] = i;
        snprintf(name, sizeof name, "root/%u", i);
        site_octets(name, 0, 0);
        site_time(name, 1234567890, 0);
        assert_int_equal(pthread_create(&writers[i], NULL, replace, &numbers[i]), 0);
    }
    run_readers(look_often);
    atomic_store(&stop, true);
    for (unsigned i = 0; i < FILES; i++) {
        pthread_join(writers[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(atomic_load(&mixed), 0);
    assert_int_equal(atomic_load(&found), READERS * LOOKS);
    assert_true(atomic_load(&noted) > 0);
}

/* Two generations of one length, and cut now and then. */
static void *overwrite(void *argument)
{
    char octets[2][FILE_SMALL_MAX];
    memset(octets[0], 'a', sizeof octets[0]);
    memset(octets[1], 'b', sizeof octets[1]);
    int file = openat(site.directory, "root/same", O_WRONLY | O_CLOEXEC);
    for (int i = 0; i < CHANGES_MAX && !atomic_load(&stop); i++) {
        const struct timespec times[2] = {{0, UTIME_OMIT}, {1234567890, i}};
        futimens(file, times);
        if (pwrite(file, octets[i % 2], FILE_SMALL_MAX, 0) != FILE_SMALL_MAX) return argument;
        if (i % 10 == 0 && ftruncate(file, i % 3 * 5000) != 0) return argument;
    }
    close(file);
    return NULL;
}

/* The length is that of the content, whatever the writer does meanwhile. */
static void *look_at_same(void *argument)
{
    struct loan *loan = malloc(sizeof *loan);
    struct file file;
    for (unsigned i = 0; i < LOOKS; i++) {
        int64_t now = START + atomic_fetch_add(&ticks, 1) * (SECOND / 3);
        if (file_cache_find(&cache, "/same", FILE_PLAIN, now, &file, loan) != FS_FOUND) continue;
        atomic_fetch_add(&found, 1);
        bool whole = file.size <= FILE_SMALL_MAX;
        for (size_t at = 0; file.content != NULL && at < file.size; at++)
            whole = whole && memchr("ab", file.content[at], 3) != NULL; /* NUL: it was just cut */
        if (!whole) atomic_fetch_add(&mixed, 1);
        if (file.descriptor >= 0) close(file.descriptor);
    }
    free(loan);
    return argument;
}

static void test_a_file_that_is_written_into_is_lent_in_its_length(void **state)
{
    pthread_t writer;
    void *failed = NULL;
    (void)state;
    site_file("root/same", "ab");
    assert_int_equal(pthread_create(&writer, NULL, overwrite, &ticks), 0);
    run_readers(look_at_same);
    atomic_store(&stop, true);
    pthread_join(writer, &failed);
    assert_null(failed);
    assert_int_equal(atomic_load(&found), READERS * LOOKS);
    assert_int_equal(atomic_load(&mixed), 0);
}

/* More names than places in all sets they fall into, files and none, large and small. */
static void *look_at_many(void *argument)
{
    struct loan *loan = malloc(sizeof *loan);
    struct file file;
    char path[32];
    for (unsigned i = 0; i < LOOKS; i++) {
        int64_t tick = atomic_fetch_add(&ticks, 1);
        static const char *const kinds[] = {"large", "small", "nothing"};
        snprintf(path, sizeof path, "/%s%u", kinds[i % 3], (unsigned)(tick * 7 % 20));
        enum fs_status status =
            file_cache_find(&cache, path, FILE_PLAIN, START + tick * (SECOND / 50), &file, loan);
        if (status != (i % 3 == 2 ? FS_NOT_FOUND : FS_FOUND)) atomic_fetch_add(&mixed, 1);
        if (status == FS_FOUND) file_cache_annotate(&cache, loan, path, strlen(path));
        if (status == FS_FOUND && file.descriptor >= 0) close(file.descriptor);
        if (status == FS_FOUND && loan->note_length > 0 &&
            (loan->note_length != strlen(path) || memcmp(loan->note, path, strlen(path)) != 0))
            atomic_fetch_add(&mixed, 1);
    }
    free(loan);
    return argument;
}

static void test_many_threads_share_few_descriptors(void **state)
{
    char name[32];
    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "root/large%u", i);
        site_octets(name, FILE_SMALL_MAX + 1, i);
        snprintf(name, sizeof name, "root/small%u", i);
        site_octets(name, 100 + i, i);
    }
    run_readers(look_at_many);
    assert_int_equal(atomic_load(&mixed), 0);
    assert_true(held() <= BUDGET);
    assert_int_equal(atomic_load(&cache.descriptors), BUDGET - (int)held());
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_files_that_are_replaced_are_never_mixed, start, cache_stop),
        cmocka_unit_test_setup_teardown(
            test_a_file_that_is_written_into_is_lent_in_its_length, start, cache_stop),
        cmocka_unit_test_setup_teardown(test_many_threads_share_few_descriptors, start, cache_stop),
    };
    return cmocka_run_group_tests(tests, site_make, site_remove);
}
