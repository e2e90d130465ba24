#include "fs/document_root.h"
#include "fs/media_type.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* openat2(2) gives EAGAIN when something was renamed while it resolved ".."; try again this often.
 */
enum { RESOLVE_TRIES = 16 };

static int open_beneath(int directory, const char *name, uint64_t flags)
{
    struct open_how how = {
        .flags = flags | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    for (int tries = 0;; tries++) {
        /* glibc 2.36 has no wrapper for it. */
        int descriptor = (int)syscall(SYS_openat2, directory, name, &how, sizeof how);
        bool again = errno == EINTR || (errno == EAGAIN && tries < RESOLVE_TRIES);
        if (descriptor >= 0 || !again)
            return descriptor;
    }
}

static enum fs_status status_of(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
        return FS_NOT_FOUND;
    case EXDEV: /* would leave the root */
    case ELOOP: /* a magic link, or a loop of links */
    case ENXIO: /* a socket, or a device without a driver */
    case ENODEV:
        return FS_NOT_SERVED;
    case EACCES:
    case EPERM:
        return FS_FORBIDDEN;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
        return FS_EXHAUSTED;
    default:
        return FS_FAILED;
    }
}

enum fs_status document_root_open(struct document_root *root, const char *directory)
{
    root->directory = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root->directory < 0)
        return status_of(errno);
    int probe = open_beneath(root->directory, ".", O_PATH);
    if (probe >= 0) {
        close(probe);
        return FS_FOUND;
    }
    int error = errno;
    document_root_close(root);
    /* Some containers answer EPERM for system calls that they do not know. */
    return error == ENOSYS || error == EPERM ? FS_UNSUPPORTED : status_of(error);
}

void document_root_close(struct document_root *root)
{
    close(root->directory);
    root->directory = -1;
}

static bool is_hidden(const char *path)
{
    for (const char *slash = path; slash != NULL; slash = strchr(slash + 1, '/')) {
        size_t length = strcspn(slash + 1, "/");
        bool well_known =
            length == strlen(".well-known") && strncmp(slash + 1, ".well-known", length) == 0;
        if (slash[1] == '.' && !well_known)
            return true;
    }
    return false;
}

/* O_NONBLOCK: opening a FIFO must not wait for its writer. O_NOCTTY: nor become its terminal's. */
static enum fs_status open_regular(const struct document_root *root, const char *name,
                                   struct file *file)
{
    struct stat status;
    int descriptor = open_beneath(root->directory, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return status_of(errno);
    if (fstat(descriptor, &status) != 0) {
        close(descriptor);
        return FS_FAILED;
    }
    if (!S_ISREG(status.st_mode)) {
        close(descriptor);
        return S_ISDIR(status.st_mode) ? FS_DIRECTORY : FS_NOT_SERVED;
    }
    *file = (struct file){
        .descriptor = descriptor,
        .size = (uint64_t)status.st_size,
        .modified = status.st_mtim,
        .media_type = media_type_of(name),
    };
    return FS_FOUND;
}

enum fs_status document_root_open_file(const struct document_root *root, const char *path,
                                       struct file *file)
{
    char name[PATH_MAX];
    size_t length = strlen(path);
    if (path[0] != '/')
        return FS_REFUSED;
    if (length + strlen("index.html") > sizeof name)
        return FS_NOT_FOUND;
    if (is_hidden(path))
        return FS_NOT_SERVED;
    bool ends_in_slash = path[length - 1] == '/';
    memcpy(name, path + 1, length); /* with its NUL: relative to the root */
    if (ends_in_slash)
        strcpy(name + length - 1, "index.html");
    enum fs_status status = open_regular(root, name, file);
    if (status == FS_NOT_FOUND && !ends_in_slash) {
        strcpy(name + length - 1, ".html");
        status = open_regular(root, name, file);
    } else if (!ends_in_slash) {
        return status;
    }
    return status == FS_DIRECTORY ? FS_NOT_FOUND : status; /* one that is called index.html */
}
