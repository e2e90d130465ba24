/* document_root.h: from a decoded path to an open file beneath one directory.
 *
 *     document_root_open()        once, at start
 *     document_root_probe()       when the process has become another user
 *     document_root_open_file()   from any thread, any number of times, and after it
 *     document_root_open_beside() for what lies beside that file
 *     document_root_close()
 *
 * The kernel keeps every look-up beneath the directory: openat2(2) with RESOLVE_BENEATH refuses
 * whatever would leave it ("..", absolute symlinks, a directory moved meanwhile), and
 * RESOLVE_NO_MAGICLINKS the links of /proc. No check of names can be as safe.
 */
#pragma once

#include <stdint.h>
#include <time.h>

/* FS_FOUND, FS_NOT_FOUND … as in fs_statuses.def; the first, zero, is refused. */
enum fs_status {
#define FS_STATUS(name, reason) FS_##name,
#include "fs/fs_statuses.def"
};

struct document_root {
    int directory;
};

/* A file as it is, and what may lie beside it: the same in a content coding, under its name and
 * ".br", ".zst" or ".gz". */
enum file_form { FILE_PLAIN, FILE_BR, FILE_ZST, FILE_GZ, FILE_FORMS };

/* A regular file: open, or its content in memory. */
struct file {
    int descriptor;           /* the caller's, to close or to hand on; -1: see content */
    const char *content;      /* all of it; NULL: it is to be read */
    uint64_t size;            /* octets */
    struct timespec modified; /* as the file system has it, to the nanosecond */
    const char *media_type;   /* a constant */
    const char *ending;       /* what the path had to be completed with; a constant */
    uint32_t memory;          /* octets of memory that the open file is made of; 0: a disk's */
    unsigned forms;           /* 1 << form for each that is there, where that was looked for */
};

/* FS_FOUND, or why the directory cannot be served. */
enum fs_status document_root_open(struct document_root *root, const char *directory);
void document_root_close(struct document_root *root);

/* The same for the directory that is open: may this process look into it? */
enum fs_status document_root_probe(const struct document_root *root);

/* Opens what an absolute path means: path/index.html where it ends in a slash, else the file of
 * that name, else path.html. No segment may start with a dot, except ".well-known" (RFC 8615).
 * Fills in file only when it returns FS_FOUND: open, so content is NULL, and memory and forms are 0
 * here. Never blocks on a FIFO or device. */
enum fs_status document_root_open_file(
    const struct document_root *, const char *path, struct file *);

/* Opens another form of the file that was opened under this path, as in "about.html.gz". It has the
 * media type of the name without the suffix. */
enum fs_status document_root_open_beside(const struct document_root *, const char *path,
    const struct file *, enum file_form, struct file *beside);
