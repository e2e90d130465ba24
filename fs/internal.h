/* internal.h: what the files of fs/ share. Not for others. */
#pragma once

#include "fs/file_cache.h"

/* openat2(2), strictly beneath the directory. -1: errno says why. */
int fs_open_beneath(int directory, const char *name, uint64_t flags);

/* What errno means for the path. */
enum fs_status fs_status_of(int error);

/* Does a segment of an absolute path start with a dot? ".well-known" may (RFC 8615). */
bool fs_is_hidden(const char *path);

/* One form of a file: its content follows where it is in memory, else it is open. */
struct kept_file {
    struct file file;
    size_t note_length;
    char note[FILE_NOTE_MAX];
    char content[];
};

/* What a path came to when it was looked up. */
struct cache_entry {
    struct cache_entry *next; /* in a list of those that are to be freed */
    uint64_t number, hash;
    int64_t looked; /* when */
    enum fs_status status;
    unsigned available; /* 1 << form for each that is there */
    struct kept_file *forms[FILE_FORMS];
    size_t octets;   /* of content */
    int descriptors; /* open ones */
    char path[];
};

/* Looks the path up on the disk. NULL: there is no memory for the entry. */
struct cache_entry *cache_entry_load(const struct document_root *, const char *path);
void cache_entry_free(struct cache_entry *entry);

/* Is an open file still as it was when it was looked up? */
bool cache_is_unchanged(const struct file *file);

/* A copy for the borrower. */
enum fs_status cache_entry_lend(
    const struct cache_entry *, enum file_form, struct file *, struct loan *);

/* Which of these places is given up for another entry; count: none can be. Those that are free are
 * none, and where is_open says so, those that hold no descriptor. */
size_t file_cache_choose_victim(struct cache_entry *const places[], size_t count, bool is_open);
