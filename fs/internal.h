/* internal.h: what the files of fs/ share. Not for others. */
#pragma once

#include "fs/document_root.h"

#include <stdbool.h>

/* openat2(2), strictly beneath the directory. -1: errno says why. */
int fs_open_beneath(int directory, const char *name, uint64_t flags);

/* What errno means for the path. */
enum fs_status fs_status_of(int error);

/* Does a segment of an absolute path start with a dot? ".well-known" may (RFC 8615). */
bool fs_is_hidden(const char *path);
