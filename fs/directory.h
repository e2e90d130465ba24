/* directory.h: what a directory beneath the document root holds, for a listing.
 *
 * directory_read() reads and sorts; whatever it returned, the entries are the caller's to free(3).
 */
#pragma once

#include "fs/document_root.h"

#include <limits.h>
#include <stdbool.h>

enum { DIRECTORY_ENTRIES_MAX = 10000 };

struct directory_entry {
    char name[NAME_MAX + 1];
    bool is_directory;
    uint64_t size;    /* octets */
    int64_t modified; /* seconds since 1970 */
};

struct directory {
    struct directory_entry *entries; /* directories first, then by the octets of their names */
    size_t count;
    bool is_cut; /* there are more than DIRECTORY_ENTRIES_MAX */
};

/* Regular files and directories, symlinks to them that stay beneath the root included; what is
 * hidden is left out, and so is a name with a control character, for no target can name it.
 * FS_FOUND; else as document_root_open_file() has it, FS_NOT_FOUND where the path, absolute and
 * ending in a slash, names no directory. */
enum fs_status directory_read(const struct document_root *, const char *path, struct directory *);
