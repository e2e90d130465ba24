/* document_root.h: from a decoded path to an open file beneath one directory.
 *
 *     document_root_open()        once, at start
 *     document_root_open_file()   from any thread, any number of times
 *     document_root_close()
 *
 * The kernel keeps every look-up beneath the directory: openat2(2) with RESOLVE_BENEATH refuses
 * whatever would leave it ("..", absolute symlinks, a directory moved meanwhile), and
 * RESOLVE_NO_MAGICLINKS the links of /proc. No check of names can be as safe.
 */
#pragma once

#include <stdint.h>
#include <time.h>

enum fs_status {
    FS_REFUSED = 0,
    FS_FOUND,
    FS_DIRECTORY,   /* the path names a directory and does not end in a slash */
    FS_NOT_FOUND,   /* nothing there */
    FS_NOT_SERVED,  /* hidden, leads out of the root, or is not a regular file */
    FS_FORBIDDEN,   /* there, but not readable to this process */
    FS_EXHAUSTED,   /* out of descriptors or memory: later may do */
    FS_UNSUPPORTED, /* document_root_open() only: the kernel has no openat2 (Linux < 5.6) */
    FS_FAILED,      /* an error of the disk, or one not foreseen */
};

struct document_root {
    int directory;
};

/* An open regular file. Its descriptor is the caller's, to close or to hand on. */
struct file {
    int descriptor;
    uint64_t size;            /* octets */
    struct timespec modified; /* as the file system has it, to the nanosecond */
    const char *media_type;   /* a constant */
};

/* FS_FOUND, or why the directory cannot be served. */
enum fs_status document_root_open(struct document_root *root, const char *directory);
void document_root_close(struct document_root *root);

/* Opens what an absolute path means: path/index.html where it ends in a slash, else the file of
 * that name, else path.html. No segment may start with a dot, except ".well-known" (RFC 8615).
 * Fills in file only when it returns FS_FOUND. Never blocks on a FIFO or device. */
enum fs_status document_root_open_file(
    const struct document_root *, const char *path, struct file *);
