/* cache.h: a file cache over the document root of site.h, and what it lends.
 *
 *     CACHED(test)       a test with a cache of its own, which leaves no descriptor open
 *     look()             one look-up; what was lent is in lent, and closed
 *     assert_lent() …    what a look-up comes to
 *     replace_file() …   what happens to files meanwhile
 */
#pragma once

#include "fs/internal.h"
#include "tests/support/site.h"

enum { BUDGET = 8, LENT_MAX = 64 * 1024 };

#define SECOND       CACHE_BELIEVED
#define START        (1000 * SECOND)
#define CACHED(test) cmocka_unit_test_setup_teardown(test, cache_start, cache_stop)

static struct file_cache cache;
static size_t descriptors_before;

static struct {
    struct file file;
    struct loan loan;
    char content[LENT_MAX + 1];
} lent;

static inline int cache_start(void **state)
{
    (void)state;
    descriptors_before = count_descriptors();
    file_cache_open(&cache, &site.root, BUDGET, true);
    return 0;
}

static inline void cache_restart(int descriptors, bool keeps)
{
    file_cache_close(&cache);
    file_cache_open(&cache, &site.root, descriptors, keeps);
}

static inline int cache_stop(void **state)
{
    (void)state;
    file_cache_close(&cache);
    return count_descriptors() == descriptors_before ? 0 : -1;
}

/* How many descriptors the cache holds. */
static inline size_t held(void)
{
    return count_descriptors() - descriptors_before;
}

/* Octets that depend on where they stand, and on the seed. */
static inline void fill(char *octets, size_t length, unsigned seed)
{
    for (size_t i = 0; i < length; i++) octets[i] = (char)(i * 31 + (i >> 8) * 7 + seed);
}

static inline void write_octets(const char *name, int flags, size_t length, unsigned seed)
{
    static char octets[LENT_MAX];
    fill(octets, length, seed);
    int file = openat(site.directory, name, O_WRONLY | O_CLOEXEC | flags, 0644);
    assert_true(file >= 0);
    assert_int_equal(write(file, octets, length), length);
    assert_int_equal(close(file), 0);
}

static inline void site_octets(const char *name, size_t length, unsigned seed)
{
    write_octets(name, O_CREAT | O_EXCL, length, seed);
}

/* Another file takes the name. */
static inline void replace_file(const char *name, size_t length, unsigned seed)
{
    site_octets("new", length, seed);
    assert_int_equal(renameat(site.directory, "new", site.directory, name), 0);
}

/* The octets at the start of the same file become others; its time stamp, too. */
static inline void overwrite_file(const char *name, size_t length, unsigned seed)
{
    write_octets(name, 0, length, seed);
}

static inline void remove_file(const char *name)
{
    assert_int_equal(unlinkat(site.directory, name, 0), 0);
}

/* What was lent, as far as the size says, and not an octet more in the file. */
static inline void take_content(void)
{
    struct file *file = &lent.file;
    bool in_memory = file->descriptor < 0;
    assert_true(file->size <= LENT_MAX);
    assert_int_equal(in_memory, file->content != NULL);
    if (in_memory) {
        assert_int_equal(file->descriptor, -1);
        assert_ptr_equal(file->content, lent.loan.content);
        memcpy(lent.content, file->content, file->size);
    } else {
        assert_true((fcntl(file->descriptor, F_GETFD) & FD_CLOEXEC) != 0);
        assert_int_equal(pread(file->descriptor, lent.content, sizeof lent.content, 0), file->size);
    }
    lent.content[file->size] = '\0';
}

/* Without closing what was lent. A file that is not found leaves the struct as it was. */
static inline enum fs_status look_and_hold(const char *path, enum file_form form, int64_t now)
{
    struct file before;
    memset(&lent.file, 0xa5, sizeof lent.file);
    memset(&lent.loan, 0xa5, sizeof lent.loan);
    memcpy(&before, &lent.file, sizeof before);
    const char *guarded = guard_end(0, path, strlen(path) + 1);
    enum fs_status status = file_cache_find(&cache, guarded, form, now, &lent.file, &lent.loan);
    if (status == FS_FOUND) {
        take_content();
        assert_int_equal(lent.loan.form, form);
        assert_true(lent.loan.entry != 0);
    } else {
        assert_memory_equal(&lent.file, &before, sizeof before);
        assert_int_equal(lent.loan.note_length, 0);
        assert_int_equal(lent.loan.entry, 0);
        assert_int_equal(lent.loan.form, FILE_PLAIN);
    }
    return status;
}

static inline enum fs_status look(const char *path, enum file_form form, int64_t now)
{
    enum fs_status status = look_and_hold(path, form, now);
    if (status == FS_FOUND && lent.file.descriptor >= 0) close(lent.file.descriptor);
    return status;
}

static inline void assert_look(const char *path, int64_t now, enum fs_status expected)
{
    enum fs_status status = look(path, FILE_PLAIN, now);
    if (status != expected) fail_msg("%.80s: %d instead of %d", path, (int)status, (int)expected);
}

static inline void assert_form(
    const char *path, enum file_form form, int64_t now, const char *content)
{
    assert_int_equal(look(path, form, now), FS_FOUND);
    assert_string_equal(lent.content, content);
}

static inline void assert_lent(const char *path, int64_t now, const char *content)
{
    assert_form(path, FILE_PLAIN, now, content);
}

/* These octets, in this length. */
static inline void assert_octets(const char *path, int64_t now, size_t length, unsigned seed)
{
    static char octets[LENT_MAX];
    fill(octets, length, seed);
    assert_look(path, now, FS_FOUND);
    assert_int_equal(lent.file.size, length);
    assert_memory_equal(lent.content, octets, length);
}

/* The number of the entry that this look-up was answered from: the same as before where it was
 * kept, another where the path was looked up on the disk. */
static inline uint64_t entry_of(const char *path, int64_t now)
{
    assert_look(path, now, FS_FOUND);
    return lent.loan.entry;
}
