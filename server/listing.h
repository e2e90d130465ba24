/* listing.h: what a directory holds, as a page. */
#pragma once

#include "fs/document_root.h"

/* Writes the listing of the directory that an absolute path names into a file that has no name, and
 * so no validators (its time stamp is 1970). The descriptor is the caller's, as with
 * document_root_open_file(). FS_FOUND; FS_NOT_FOUND where the path does not end in a slash or names
 * no directory. */
enum fs_status listing_open(const struct document_root *, const char *path, struct file *);
