/* listed.h: what directory_read() finds, and that it leaves nothing open. */
#pragma once

#include "fs/directory.h"
#include "tests/support/site.h"

static struct directory listed;

/* Reads the directory that the path names in the root; what was listed before is freed. */
static inline enum fs_status list_path(const char *path)
{
    struct directory found;
    size_t descriptors = count_descriptors();
    memset(&found, 0xa5, sizeof found);
    const char *guarded = guard_end(0, path, strlen(path) + 1);
    enum fs_status status = directory_read(&site.root, guarded, &found);
    free(listed.entries);
    listed = found;
    assert_int_equal(count_descriptors(), descriptors);
    return status;
}

/* The names, each with a bar behind it, those of directories with a slash before the bar. */
static inline const char *listed_names(void)
{
    static char names[64 * 1024];
    size_t length = 0;
    names[0] = '\0';
    for (size_t i = 0; i < listed.count; i++) {
        const struct directory_entry *entry = &listed.entries[i];
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%s|", entry->name,
            entry->is_directory ? "/" : "");
        assert_true(length < sizeof names);
    }
    return names;
}

static inline void assert_listed(const char *path, const char *expected)
{
    assert_int_equal(list_path(path), FS_FOUND);
    assert_false(listed.is_cut);
    assert_string_equal(listed_names(), expected);
}

/* There is no such listing: nothing is in it. */
static inline void assert_not_listed(const char *path, enum fs_status expected)
{
    enum fs_status status = list_path(path);
    if (status != expected) fail_msg("%.80s: %d instead of %d", path, (int)status, (int)expected);
    assert_int_equal(listed.count, 0);
    assert_false(listed.is_cut);
}

/* The entry with that name, which there has to be. */
static inline const struct directory_entry *listed_entry(const char *name)
{
    for (size_t i = 0; i < listed.count; i++)
        if (strcmp(listed.entries[i].name, name) == 0) return &listed.entries[i];
    fail_msg("%s is not listed", name);
    return NULL;
}

static inline int listed_close(void **state)
{
    free(listed.entries);
    listed = (struct directory){0};
    return site_remove(state);
}
