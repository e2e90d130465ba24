/* site.h: a temporary directory with a document root in it, and something outside of that.
 *
 *     site_make()      …/root and …/outside, both empty; the root is open
 *     site_file() …    what is in it, named relative to the temporary directory
 *     assert_found(), assert_outcome()      what opening a path comes to, and that nothing leaks
 *     site_remove()
 */
#pragma once

#include "fs/document_root.h"
#include "tests/support/guard_page.h"
#include "tests/support/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>

static struct {
    char path[256]; /* of the temporary directory */
    int directory;  /* the same, open */
    struct document_root root;
} site;

static inline void site_directory(const char *name)
{
    assert_int_equal(mkdirat(site.directory, name, 0755), 0);
}

static inline void site_file(const char *name, const char *content)
{
    int file = openat(site.directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    assert_true(file >= 0);
    assert_int_equal(write(file, content, strlen(content)), strlen(content));
    assert_int_equal(close(file), 0);
}

/* An octet that tells where it stands. */
static inline char site_octet(size_t at)
{
    return (char)('!' + (at + at / 91) % 93);
}

/* A file of so many of them. */
static inline void site_file_of(const char *name, size_t length)
{
    char *octets = malloc(length + 1);
    assert_non_null(octets);
    for (size_t i = 0; i < length; i++) octets[i] = site_octet(i);
    octets[length] = '\0';
    site_file(name, octets);
    free(octets);
}

static inline void site_link(const char *name, const char *to)
{
    assert_int_equal(symlinkat(to, site.directory, name), 0);
}

/* Makes a directory whose name is 200 times this letter, and goes on to it: the descriptor becomes
 * that of the new directory, and the name is put behind the path. */
static inline void site_descend(int *directory, char *path, char letter)
{
    char name[201] = "";
    memset(name, letter, 200);
    assert_int_equal(mkdirat(*directory, name, 0755), 0);
    int parent = *directory;
    *directory = openat(parent, name, O_PATH | O_CLOEXEC);
    close(parent);
    strcat(path, name);
}

/* When it was changed last. */
static inline void site_time(const char *name, int64_t seconds, long nanoseconds)
{
    const struct timespec times[2] = {{0, UTIME_OMIT}, {seconds, nanoseconds}};
    assert_int_equal(utimensat(site.directory, name, times, 0), 0);
}

static inline int site_make(void **state)
{
    const char *temporary = getenv("TMPDIR");
    char root[300];
    (void)state;
    snprintf(site.path, sizeof site.path, "%s/strata-test-XXXXXX",
        temporary == NULL ? "/tmp" : temporary);
    umask(022);
    if (mkdtemp(site.path) == NULL || chmod(site.path, 0755) != 0) return -1;
    site.directory = open(site.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    site_directory("root");
    site_directory("outside");
    snprintf(root, sizeof root, "%s/root", site.path);
    assert_int_equal(document_root_open(&site.root, root), FS_FOUND);
    return 0;
}

/* Directories are made writable first, whatever a test made of them. */
static inline void remove_content(int parent, const char *name)
{
    fchmodat(parent, name, 0755, 0);
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *stream = directory < 0 ? NULL : fdopendir(directory);
    struct dirent *entry;
    while (stream != NULL && (entry = readdir(stream)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (unlinkat(directory, entry->d_name, 0) == 0) continue;
        remove_content(directory, entry->d_name);
        unlinkat(directory, entry->d_name, AT_REMOVEDIR);
    }
    if (stream != NULL) closedir(stream);
}

static inline int site_remove(void **state)
{
    (void)state;
    document_root_close(&site.root);
    close(site.directory);
    remove_content(AT_FDCWD, site.path);
    return rmdir(site.path);
}

static inline size_t count_descriptors(void)
{
    size_t count = 0;
    DIR *stream = opendir("/proc/self/fd");
    assert_non_null(stream);
    while (readdir(stream) != NULL) count++;
    closedir(stream);
    return count;
}

/* Opens a path, and checks what holds for every outcome: a descriptor where there is a file, and
 * none else; a file that is not found leaves the struct as it was. */
static inline enum fs_status open_path(
    const struct document_root *root, const char *path, struct file *file)
{
    struct file before;
    size_t descriptors = count_descriptors();
    memset(file, 0xa5, sizeof *file);
    memcpy(&before, file, sizeof before);
    const char *guarded = guard_end(0, path, strlen(path) + 1);
    enum fs_status status = document_root_open_file(root, guarded, file);
    assert_int_equal(count_descriptors(), descriptors + (status == FS_FOUND));
    if (status != FS_FOUND) assert_memory_equal(file, &before, sizeof before);
    return status;
}

/* Anything but a file that is found. */
static inline void assert_outcome(const char *path, enum fs_status expected)
{
    struct file file;
    enum fs_status status = open_path(&site.root, path, &file);
    if (status == FS_FOUND) close(file.descriptor);
    if (status != expected) fail_msg("%.80s: %d instead of %d", path, (int)status, (int)expected);
}

/* A file with this content. */
static inline void assert_found(const char *path, const char *content)
{
    struct file file;
    char octets[256];
    enum fs_status status = open_path(&site.root, path, &file);
    if (status != FS_FOUND) fail_msg("%.80s: %d instead of %d", path, (int)status, (int)FS_FOUND);
    ssize_t length = read(file.descriptor, octets, sizeof octets - 1);
    assert_int_equal(close(file.descriptor), 0);
    assert_true(length >= 0);
    octets[length] = '\0';
    if (strcmp(octets, content) != 0)
        fail_msg("%.80s: \"%s\" instead of \"%s\"", path, octets, content);
    assert_int_equal(file.size, strlen(content));
}
