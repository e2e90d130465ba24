/* writing.h: files made, replaced and removed beneath the root.
 *
 *     fs_open_parent()    where is it, or would it be?
 *     fs_look()           what is there now, whatever a cache believes
 *     fs_replace(), fs_append(), fs_remove()
 *     fs_close_parent()
 *
 * The directory is looked up once, beneath the root, and stays open: what happens to its path
 * meanwhile leads nothing elsewhere. A change goes by the file's name in it, and a name is never
 * followed: a symlink is replaced or removed itself. These FS_ statuses say why nothing changed:
 * FS_DIRECTORY, there is one of that name; FS_FORBIDDEN; FS_FULL; else as document_root.h has them.
 */
#pragma once

#include "fs/document_root.h"

#include <limits.h>
#include <stddef.h>

struct parent {
    int directory;           /* -1: none */
    char name[NAME_MAX + 1]; /* of the file in it: the last segment of the path */
};

/* FS_NOT_FOUND: the directory is not there. FS_DIRECTORY: it is, and the path, which ends in a
 * slash, names it. Only after FS_FOUND is there anything to close. */
enum fs_status fs_open_parent(
    const struct document_root *, const char *path, struct parent *parent);
void fs_close_parent(struct parent *parent);

/* Fills in size and time stamp of a regular file, or of a symlink itself. FS_NOT_SERVED: it is
 * neither that nor a directory. */
enum fs_status fs_look(const struct parent *parent, struct file *file);

/* The octets become all of the file, which is made where there is none: in any case a new one, with
 * the mode of new files. Whoever opens it has the old content or the new, never a part; who has the
 * old one open keeps it. Meanwhile ".strata-0" stands beside it, hidden from requests. What a kill
 * leaves nobody removes: the next one is ".strata-1", and where there are 100 of them, nothing can
 * be replaced in that directory (FS_FAILED). */
enum fs_status fs_replace(const struct parent *, const void *octets, size_t length);

/* The octets come after what the file holds, which is made where there is none. Of what a disk has
 * no room for, FS_FULL, the beginning may stay. FS_NOT_SERVED: it is no regular file. */
enum fs_status fs_append(const struct parent *, const void *octets, size_t length);

enum fs_status fs_remove(const struct parent *parent);
