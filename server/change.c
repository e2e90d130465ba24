/* What methods that write share: where the file is, and what became of the change. */
#include "server/story.h"
#include "transport/wait.h"

/* The words of fs/ become those of http/, where a file is written. */
static enum http_fault fault_of(enum fs_status status)
{
    if (status == FS_NOT_FOUND || status == FS_NOT_SERVED) return HTTP_FAULT_ABSENT;
    if (status == FS_DIRECTORY) return HTTP_FAULT_NO_FILE;
    if (status == FS_FORBIDDEN) return HTTP_FAULT_UNWRITABLE;
    if (status == FS_EXHAUSTED) return HTTP_FAULT_EXHAUSTED;
    return status == FS_FULL ? HTTP_FAULT_FULL : HTTP_FAULT_UNWRITABLE_NOW;
}

static bool refuse(struct exchange *exchange, enum fs_status status, enum http_fault fault)
{
    if (exchange->story != NULL) story_file(exchange, exchange->target.path, status);
    exchange_refuse(exchange, fault);
    return false;
}

/* RFC 9110 §13.2.1: preconditions are for the state just before the change. So it is asked of the
 * disk, and no other change comes between. */
bool exchange_open_parent(struct exchange *exchange, enum http_fault without_parent)
{
    struct site *site = exchange->site;
    struct parent *parent = &exchange->parent;
    struct file file;
    pthread_mutex_lock(&site->changes);
    enum fs_status status = fs_open_parent(&site->root, exchange->target.path, parent);
    if (status != FS_FOUND) {
        pthread_mutex_unlock(&site->changes);
        bool is_absent = status == FS_NOT_FOUND;
        return refuse(exchange, status, is_absent ? without_parent : fault_of(status));
    }
    status = fs_look(parent, &file);
    exchange->is_present = status == FS_FOUND;
    if (exchange->is_present)
        http_describe_file(
            &exchange->description.validators, file.size, file.modified, "", exchange->now);
    return exchange->is_present || status == FS_NOT_FOUND ||
        refuse(exchange, status, fault_of(status));
}

bool exchange_changed(struct exchange *exchange, enum fs_status status)
{
    file_cache_forget(&exchange->site->files, wait_clock());
    if (status != FS_FOUND) return refuse(exchange, status, fault_of(status));
    if (exchange->story != NULL) story_changed(exchange);
    return true;
}

void exchange_end_change(struct exchange *exchange)
{
    if (exchange->parent.directory < 0) return;
    fs_close_parent(&exchange->parent);
    pthread_mutex_unlock(&exchange->site->changes);
}
