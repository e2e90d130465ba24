/* listed_page.h: the page that listing_open() makes of a directory, and what holds for each. */
#ifndef STRATA_TESTS_SERVER_LISTED_PAGE_H
#define STRATA_TESTS_SERVER_LISTED_PAGE_H

#include "server/listing.h"
#include "tests/support/site.h"

/* Of 10,000 entries, each with the longest name there is. */
enum { LISTED_PAGE_MAX = 32 << 20 };

/* The whole page as a string, dead at the next call. */
static inline const char *listed_page(const char *path)
{
    static char *page;
    struct file file;
    struct stat status;
    size_t descriptors = count_descriptors();
    memset(&file, 0xa5, sizeof file);
    const char *guarded = guard_end(0, path, strlen(path) + 1);
    assert_int_equal(listing_open(&site.root, guarded, &file), FS_FOUND);
    assert_int_equal(count_descriptors(), descriptors + 1);
    assert_int_equal(fstat(file.descriptor, &status), 0);
    assert_int_equal(status.st_size, file.size);
    assert_int_equal(status.st_mtim.tv_sec, file.modified.tv_sec);
    assert_int_equal(status.st_mtim.tv_nsec, file.modified.tv_nsec);
    assert_int_equal(file.modified.tv_sec, 0); /* so it has no validators */
    assert_string_equal(file.media_type, "text/html; charset=utf-8");
    assert_true(file.size < LISTED_PAGE_MAX);
    page = realloc(page, file.size + 1);
    assert_int_equal(pread(file.descriptor, page, file.size + 1, 0), file.size);
    page[file.size] = '\0';
    assert_int_equal(strlen(page), file.size);
    assert_int_not_equal(fcntl(file.descriptor, F_GETFD) & FD_CLOEXEC, 0);
    assert_int_equal(close(file.descriptor), 0);
    return page;
}

static inline size_t times_in(const char *page, const char *part)
{
    size_t count = 0;
    for (const char *at = page; (at = strstr(at, part)) != NULL; at += strlen(part)) count++;
    return count;
}

static inline void assert_in_page(const char *page, const char *part)
{
    if (strstr(page, part) == NULL) fail_msg("no %s in:\n%s", part, page);
}

static inline void assert_not_in_page(const char *page, const char *part)
{
    if (strstr(page, part) != NULL) fail_msg("%s in:\n%s", part, page);
}

#endif
