#include "fs/directory.h"
#include "fs/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_listed(const char *name)
{
    if (name[0] == '.') return false;
    for (; *name != '\0'; name++)
        if ((unsigned char)*name < 0x20 || *name == 0x7f) return false;
    return true;
}

/* A symlink counts as what it leads to, found from the root as a request would find it. */
static bool describe(
    int root, const char *path, int directory, const char *name, struct directory_entry *entry)
{
    struct stat status;
    bool known = fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (known && S_ISLNK(status.st_mode)) {
        char target[PATH_MAX + NAME_MAX];
        snprintf(target, sizeof target, "%s%s", path + 1, name);
        int descriptor = fs_open_beneath(root, target, O_PATH);
        known = descriptor >= 0 && fstat(descriptor, &status) == 0;
        if (descriptor >= 0) close(descriptor);
    }
    entry->is_directory = known && S_ISDIR(status.st_mode);
    if (!known || (!entry->is_directory && !S_ISREG(status.st_mode))) return false;
    snprintf(entry->name, sizeof entry->name, "%s", name);
    entry->size = (uint64_t)status.st_size;
    entry->modified = status.st_mtim.tv_sec;
    return true;
}

static int compare(const void *left, const void *right)
{
    const struct directory_entry *a = left;
    const struct directory_entry *b = right;
    if (a->is_directory != b->is_directory) return a->is_directory ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* Fills in the entries until there are no more, or no room for one. Only errno tells an error of
 * readdir(3) from the end. */
static enum fs_status read_entries(
    const struct document_root *root, const char *path, DIR *stream, struct directory *directory)
{
    struct directory_entry entry;
    struct dirent *found;
    while (errno = 0, (found = readdir(stream)) != NULL) {
        if (!is_listed(found->d_name)) continue;
        bool listed = describe(root->directory, path, dirfd(stream), found->d_name, &entry);
        if (!listed && fs_status_of(errno) == FS_EXHAUSTED) return FS_EXHAUSTED;
        if (!listed) continue;
        directory->is_cut = directory->count == DIRECTORY_ENTRIES_MAX;
        if (directory->is_cut) return FS_FOUND;
        directory->entries[directory->count++] = entry;
    }
    return errno == 0 ? FS_FOUND : fs_status_of(errno);
}

/* The memory for the most entries is asked for at once: what is not written to is not there. */
enum fs_status directory_read(
    const struct document_root *root, const char *path, struct directory *directory)
{
    *directory = (struct directory){0};
    if (path[0] != '/' || path[strlen(path) - 1] != '/') return FS_NOT_FOUND;
    if (fs_is_hidden(path)) return FS_NOT_SERVED;
    int descriptor =
        fs_open_beneath(root->directory, path[1] == '\0' ? "." : path + 1, O_RDONLY | O_DIRECTORY);
    if (descriptor < 0) return fs_status_of(errno);
    directory->entries = malloc(DIRECTORY_ENTRIES_MAX * sizeof *directory->entries);
    DIR *stream = directory->entries == NULL ? NULL : fdopendir(descriptor);
    if (stream == NULL) {
        close(descriptor);
        return FS_EXHAUSTED;
    }
    enum fs_status status = read_entries(root, path, stream, directory);
    closedir(stream);
    qsort(directory->entries, directory->count, sizeof *directory->entries, compare);
    return status;
}
