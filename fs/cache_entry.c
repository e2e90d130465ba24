/* An entry of the file cache: what a path came to, loaded from the disk and lent as copies. */
#include "fs/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool cache_is_unchanged(const struct file *file)
{
    struct stat now;
    return fstat(file->descriptor, &now) == 0 && (uint64_t)now.st_size == file->size &&
        now.st_mtim.tv_sec == file->modified.tv_sec &&
        now.st_mtim.tv_nsec == file->modified.tv_nsec;
}

/* Takes an open file over. One that is large, or being written to, stays open. */
static enum fs_status keep(struct cache_entry *entry, enum file_form form, const struct file *file)
{
    size_t octets = file->size <= FILE_SMALL_MAX ? (size_t)file->size : 0;
    struct kept_file *kept = malloc(sizeof *kept + octets);
    bool is_read = kept != NULL && octets == file->size &&
        pread(file->descriptor, kept->content, octets, 0) == (ssize_t)octets &&
        cache_is_unchanged(file);
    if (kept == NULL || is_read) close(file->descriptor);
    if (kept == NULL) return FS_EXHAUSTED;
    kept->file = *file;
    kept->note_length = 0;
    if (is_read) kept->file.descriptor = -1;
    entry->forms[form] = kept;
    entry->available |= 1u << form;
    entry->octets += octets;
    entry->descriptors += !is_read;
    return FS_FOUND;
}

struct cache_entry *cache_entry_load(const struct document_root *root, const char *path)
{
    struct file file, beside;
    size_t length = strlen(path) + 1;
    struct cache_entry *entry = calloc(1, sizeof *entry + length);
    if (entry == NULL) return NULL;
    memcpy(entry->path, path, length);
    entry->status = document_root_open_file(root, path, &file);
    if (entry->status == FS_FOUND) entry->status = keep(entry, FILE_PLAIN, &file);
    for (unsigned form = FILE_BR; form < FILE_FORMS && entry->status == FS_FOUND; form++) {
        enum fs_status status = document_root_open_beside(root, path, &file, form, &beside);
        if (status == FS_FOUND) status = keep(entry, form, &beside);
        if (status == FS_EXHAUSTED) entry->status = status; /* perhaps there, perhaps preferred */
    }
    return entry;
}

void cache_entry_free(struct cache_entry *entry)
{
    for (int form = 0; form < FILE_FORMS; form++) {
        struct kept_file *kept = entry->forms[form];
        if (kept != NULL && kept->file.descriptor >= 0) close(kept->file.descriptor);
        free(kept);
    }
    free(entry);
}

enum fs_status cache_entry_lend(
    const struct cache_entry *entry, enum file_form form, struct file *file, struct loan *loan)
{
    const struct kept_file *kept = entry->forms[form];
    if (entry->status != FS_FOUND) return entry->status;
    if (kept == NULL) return FS_NOT_FOUND;
    bool is_open = kept->file.descriptor >= 0;
    *file = kept->file;
    if (is_open) file->descriptor = fcntl(kept->file.descriptor, F_DUPFD_CLOEXEC, 0);
    if (is_open && file->descriptor < 0) return fs_status_of(errno);
    if (!is_open) file->content = memcpy(loan->content, kept->content, file->size);
    file->forms = entry->available;
    loan->entry = entry->number;
    loan->form = form;
    loan->note_length = kept->note_length;
    memcpy(loan->note, kept->note, kept->note_length);
    return FS_FOUND;
}
