#include "fs/internal.h"
#include "fs/media_type.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* openat2(2) gives EAGAIN when something was renamed while it resolved ".."; try again this often.
 */
enum { RESOLVE_TRIES = 16 };

int fs_open_beneath(int directory, const char *name, uint64_t flags)
{
    const uint64_t resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = resolve};
    for (int tries = 0;; tries++) {
        /* glibc 2.36 has no wrapper for it. */
        int descriptor = (int)syscall(SYS_openat2, directory, name, &how, sizeof how);
        bool again = errno == EINTR || (errno == EAGAIN && tries < RESOLVE_TRIES);
        if (descriptor >= 0 || !again) return descriptor;
    }
}

enum fs_status fs_status_of(int error)
{
    if (error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG) return FS_NOT_FOUND;
    if (error == EACCES || error == EPERM) return FS_FORBIDDEN;
    /* Out of the root; a magic link; a socket; a device that is not there. */
    if (error == EXDEV || error == ELOOP || error == ENXIO || error == ENODEV) return FS_NOT_SERVED;
    bool exhausted = error == EMFILE || error == ENFILE || error == ENOMEM || error == EAGAIN;
    return exhausted ? FS_EXHAUSTED : FS_FAILED;
}

enum fs_status document_root_open(struct document_root *root, const char *directory)
{
    root->directory = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root->directory < 0) return fs_status_of(errno);
    enum fs_status status = document_root_probe(root);
    if (status != FS_FOUND) close(root->directory);
    return status;
}

enum fs_status document_root_probe(const struct document_root *root)
{
    int probe = fs_open_beneath(root->directory, ".", O_PATH);
    if (probe >= 0) close(probe);
    if (probe >= 0) return FS_FOUND;
    /* Some containers answer EPERM for system calls that they do not know. */
    return errno == ENOSYS || errno == EPERM ? FS_UNSUPPORTED : fs_status_of(errno);
}

void document_root_close(struct document_root *root)
{
    close(root->directory);
    root->directory = -1;
}

bool fs_is_hidden(const char *path)
{
    static const char known[] = "/.well-known/";
    for (const char *dot = strstr(path, "/."); dot != NULL; dot = strstr(dot + 1, "/."))
        if (strncmp(dot, known, strlen(known)) != 0 && strcmp(dot, "/.well-known") != 0)
            return true;
    return false;
}

/* O_NONBLOCK: opening a FIFO must not wait for its writer. O_NOCTTY: nor become its terminal's. */
static enum fs_status open_regular(int root, const char *name, struct file *file)
{
    struct stat status;
    int descriptor = fs_open_beneath(root, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    bool forbidden = descriptor < 0 && errno == EACCES;
    /* A directory may be searched but not read. */
    if (forbidden) descriptor = fs_open_beneath(root, name, O_PATH | O_DIRECTORY);
    if (descriptor < 0) return forbidden ? FS_FORBIDDEN : fs_status_of(errno);
    bool known = fstat(descriptor, &status) == 0;
    if (known && S_ISREG(status.st_mode)) {
        *file = (struct file){
            .descriptor = descriptor, .size = (uint64_t)status.st_size, .modified = status.st_mtim};
        return FS_FOUND;
    }
    close(descriptor);
    return !known ? FS_FAILED : S_ISDIR(status.st_mode) ? FS_DIRECTORY : FS_NOT_SERVED;
}

/* Opens the file that the path names with these endings. */
static enum fs_status open_named(const struct document_root *root, const char *path,
    const char *ending, const char *suffix, struct file *file)
{
    char name[PATH_MAX];
    int length = snprintf(name, sizeof name, "%s%s", path + 1, ending);
    if (length >= (int)(sizeof name - strlen(suffix))) return FS_NOT_FOUND;
    memcpy(name + length, suffix, strlen(suffix) + 1);
    enum fs_status status = open_regular(root->directory, name, file);
    if (status != FS_FOUND) return status;
    name[length] = '\0'; /* the type is that of the name without the suffix */
    file->media_type = media_type_of(name);
    file->ending = ending;
    return status;
}

enum fs_status document_root_open_file(
    const struct document_root *root, const char *path, struct file *file)
{
    if (path[0] != '/') return FS_REFUSED;
    if (fs_is_hidden(path)) return FS_NOT_SERVED;
    bool ends_in_slash = path[strlen(path) - 1] == '/';
    enum fs_status status = FS_NOT_FOUND;
    if (!ends_in_slash) status = open_named(root, path, "", "", file);
    if (status != FS_NOT_FOUND) return status;
    status = open_named(root, path, ends_in_slash ? "index.html" : ".html", "", file);
    return status == FS_DIRECTORY ? FS_NOT_FOUND : status;
}

enum fs_status document_root_open_beside(const struct document_root *root, const char *path,
    const struct file *file, enum file_form form, struct file *beside)
{
    static const char *const suffixes[FILE_FORMS] = {"", ".br", ".zst", ".gz"};
    return open_named(root, path, file->ending, suffixes[form], beside);
}
