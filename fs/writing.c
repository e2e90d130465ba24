#include "fs/writing.h"
#include "fs/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* New content is written under a name that is hidden, so no request can ask for it. More than one
 * is there only while other processes write here, or after one of them was killed. */
enum { TEMPORARY_NAMES = 100, TEMPORARY_SIZE = 16 };

enum fs_status fs_open_parent(
    const struct document_root *root, const char *path, struct parent *parent)
{
    const char *slash = strrchr(path, '/');
    char directory[PATH_MAX];
    if (path[0] != '/') return FS_REFUSED;
    if (fs_is_hidden(path)) return FS_NOT_SERVED;
    int length = snprintf(directory, sizeof directory, ".%.*s", (int)(slash - path), path);
    if (length >= (int)sizeof directory || strlen(slash + 1) > NAME_MAX) return FS_NOT_FOUND;
    memcpy(parent->name, slash + 1, strlen(slash + 1) + 1);
    parent->directory = fs_open_beneath(root->directory, directory, O_PATH | O_DIRECTORY);
    if (parent->directory < 0) return fs_status_of(errno);
    if (parent->name[0] != '\0') return FS_FOUND;
    fs_close_parent(parent);
    return FS_DIRECTORY;
}

void fs_close_parent(struct parent *parent)
{
    close(parent->directory);
    parent->directory = -1;
}

enum fs_status fs_look(const struct parent *parent, struct file *file)
{
    struct stat status;
    if (fstatat(parent->directory, parent->name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return fs_status_of(errno);
    if (S_ISDIR(status.st_mode)) return FS_DIRECTORY;
    if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode)) return FS_NOT_SERVED;
    file->size = (uint64_t)status.st_size;
    file->modified = status.st_mtim;
    return FS_FOUND;
}

/* Writes all and closes; what is answered as done is on the disk. 0, or what errno said. */
static int save(int descriptor, const char *octets, size_t length)
{
    int error = 0;
    while (length > 0 && error == 0) {
        ssize_t count = write(descriptor, octets, length);
        if (count < 0 && errno != EINTR) error = errno;
        if (count <= 0) continue;
        octets += count;
        length -= (size_t)count;
    }
    if (error == 0 && fsync(descriptor) != 0) error = errno;
    close(descriptor);
    return error;
}

static enum fs_status status_of_change(int error)
{
    if (error == 0) return FS_FOUND;
    if (error == EISDIR) return FS_DIRECTORY;
    if (error == EROFS) return FS_FORBIDDEN;
    bool is_full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    return is_full ? FS_FULL : fs_status_of(error);
}

enum fs_status fs_replace(const struct parent *parent, const void *octets, size_t length)
{
    char name[TEMPORARY_SIZE];
    int directory = parent->directory;
    int descriptor = -1;
    errno = EEXIST;
    for (int i = 0; i < TEMPORARY_NAMES && descriptor < 0 && errno == EEXIST; i++) {
        snprintf(name, sizeof name, ".strata-%d", i);
        descriptor = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    if (descriptor < 0) return status_of_change(errno);
    int error = save(descriptor, octets, length);
    if (error == 0 && renameat(directory, name, directory, parent->name) != 0) error = errno;
    if (error != 0) unlinkat(directory, name, 0);
    return status_of_change(error);
}

/* O_NONBLOCK: opening a FIFO must not wait for its reader. */
enum fs_status fs_append(const struct parent *parent, const void *octets, size_t length)
{
    const int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    struct stat status;
    int descriptor = openat(parent->directory, parent->name, flags | O_CLOEXEC, 0666);
    if (descriptor < 0) return status_of_change(errno);
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
        return status_of_change(save(descriptor, octets, length));
    close(descriptor);
    return FS_NOT_SERVED;
}

enum fs_status fs_remove(const struct parent *parent)
{
    bool done = unlinkat(parent->directory, parent->name, 0) == 0;
    return status_of_change(done ? 0 : errno);
}
