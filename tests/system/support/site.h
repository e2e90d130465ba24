/* site.h — a temporary directory to serve, with things beside it that must never be served.
 *
 * site_create() makes BASE and BASE/root; names given to the other functions are relative to
 * BASE/root, and the directories they name on the way are made. "../outside.txt" is therefore a
 * file outside the root. Files carry an old modification time, so that a change during a test
 * shows. site_remove() takes it all away.
 */
#ifndef STRATA_TESTS_SYSTEM_SITE_H
#define STRATA_TESTS_SYSTEM_SITE_H

#include <stddef.h>
#include <time.h>

struct site {
    char base[64];
    char root[80];
};

struct site_path {
    char text[6000];
};

void site_create(struct site *site);
void site_remove(struct site *site);

struct site_path site_path(const struct site *site, const char *name);
void site_add(const struct site *site, const char *name, const char *text);
void site_add_octets(const struct site *site, const char *name, size_t size);
void site_add_directory(const struct site *site, const char *name);
void site_add_link(const struct site *site, const char *name, const char *target);
void site_add_fifo(const struct site *site, const char *name);
void site_add_socket(const struct site *site, const char *name);

/* Another modification time. */
void site_set_time(const struct site *site, const char *name, struct timespec modified);

/* The octets of every file made by site_add_octets, as many as are asked for; valid until more are.
 * Each depends on its position and is never zero, so that neither padding nor a range one off
 * passes for the content. */
const unsigned char *site_octets(size_t size);

/* A file's text, with a NUL after it, to be freed; its length in *length unless that is NULL. NULL:
 * no such file. */
char *file_text(const char *path, size_t *length);

#endif
