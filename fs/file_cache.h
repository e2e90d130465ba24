/* file_cache.h: what is asked for often, kept ready: small files in memory, large ones open.
 *
 *     file_cache_open()       once, at start
 *     file_cache_find()       from any thread: kept or not, the answer is what the disk has
 *     file_cache_forget()     after a change of our own: what was kept before it is not believed
 *     file_cache_annotate()   what the borrower made of a file, to be lent with it from then on
 *     file_cache_close()      when no thread uses it any more
 *
 * What is kept is believed for a second; then the path is opened and read anew, whatever is kept of
 * it. So a change is seen within a second, and nothing is compared that could be equal by chance.
 *
 * It is built like a processor's cache: the hash of a path says which set may keep it, and a set
 * has few places, its share of the memory, and a lock of its own. What goes to make room is chosen
 * within the set. Paths that name no file have places of their own, so that asking for many of them
 * drives out no file.
 *
 * What is lent is a copy, made under the lock of the set: content is copied, the descriptor of a
 * large file duplicated. The duplicate shares its offset with others: read it at one of your own,
 * as pread(2) and sendfile(2) do.
 */
#pragma once

#include "fs/document_root.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* Files of at most so many octets are kept in memory. */
enum { FILE_SMALL_MAX = 16 * 1024, FILE_NOTE_MAX = 512 };

/* 8192 files and 64 MiB in all. A path that is no file's is kept if it is no longer than this. */
enum { CACHE_SETS = 1024, CACHE_SET_FILES = 8, CACHE_SET_MISSES = 2, CACHE_SET_PLACES = 10 };
enum { CACHE_SET_OCTETS = 64 * 1024, CACHE_MISS_PATH_MAX = 255 };

#define CACHE_BELIEVED ((int64_t)1000000000) /* nanoseconds */

struct cache_entry; /* fs/internal.h */

struct cache_set {
    pthread_mutex_t lock; /* a leaf; guards: */
    size_t octets;        /* of content; together at most CACHE_SET_OCTETS */
    struct cache_entry *places[CACHE_SET_PLACES]; /* files, then misses; NULL: free */
};

struct file_cache {
    const struct document_root *root;
    bool keeps;                  /* else everything is opened anew each time */
    atomic_int descriptors;      /* so many more may be kept open */
    atomic_uint_fast64_t loaded; /* entries, ever */
    atomic_int_fast64_t forgot;  /* what was looked up until then is not believed */
    atomic_uint hand;            /* the set to ask next for a descriptor */
    struct cache_set sets[CACHE_SETS];
};

/* The borrower's own copy of what is kept. */
struct loan {
    uint64_t entry; /* its number */
    enum file_form form;
    size_t note_length; /* 0: none */
    char note[FILE_NOTE_MAX];
    char content[FILE_SMALL_MAX]; /* what the file's content points to */
};

/* descriptors: at most so many files are kept open. keeps: false: none, and nothing in memory. */
void file_cache_open(
    struct file_cache *, const struct document_root *, int descriptors, bool keeps);
void file_cache_close(struct file_cache *cache);

/* Finds what document_root_open_file() opens for the path, or for another form what
 * document_root_open_beside() does; FS_NOT_FOUND where that form is not there. Fills in file
 * only when it returns FS_FOUND; a descriptor is then the caller's. Else the loan is empty. now:
 * nanoseconds of a clock that never goes back, read before the call. */
enum fs_status file_cache_find(struct file_cache *, const char *path, enum file_form, int64_t now,
    struct file *, struct loan *);

/* What was looked up until now is not believed any more, whether or not it is kept yet: one file is
 * found under several paths. now: read after the change. */
void file_cache_forget(struct file_cache *cache, int64_t now);

/* Keeps a note of at most FILE_NOTE_MAX octets beside what was lent, while that is kept. */
void file_cache_annotate(struct file_cache *, const struct loan *, const void *note, size_t length);
