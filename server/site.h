/* site.h: what is served, and what every response says; as the options have it.
 *
 *     site_open()     once, at start; while the workers run only listings_left changes, and what is
 *                     kept of files
 *     site_close()
 */
#pragma once

#include "fs/file_cache.h"
#include "server/options.h"

#include <limits.h>
#include <stdatomic.h>

enum { SITE_FIELDS_MAX = 4096 };

struct site {
    struct document_root root;
    struct file_cache files;          /* beneath it */
    pthread_mutex_t changes;          /* held by who looks at a file and changes it; then a leaf */
    bool lists;                       /* directories that have no index */
    atomic_int listings_left;         /* so many more may be made just now */
    char fallback[PATH_MAX];          /* the path answered where nothing is found; "": none */
    char fields[SITE_FIELDS_MAX + 1]; /* the field lines of every response, whole, with CR LF */
    size_t fields_length;
};

/* EX_OK, or the exit status, and why was said: no such directory or fallback, a field that would
 * break the head of a response. */
int site_open(struct site *site, const struct options *options);

/* The same for what is open, when the process has become another user. */
int site_probe(struct site *site, const struct options *options);
void site_close(struct site *site);
