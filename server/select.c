/* From the target to the representation that is wanted of it: which file, is it still wanted, and
 * which octets. */
#include "http/negotiation.h"
#include "server/exchange.h"
#include "server/listing.h"

#include <unistd.h>

/* A directory's target ends in a slash: relative references in its page count on it. RFC 9110 §2.3:
 * what we say, we have to understand. */
static void redirect_to_directory(struct exchange *exchange)
{
    bool reads = text_equals(exchange->request.method, "GET") ||
        text_equals(exchange->request.method, "HEAD");
    struct text query = exchange->target.query;
    char location[3 * PATH_MAX + HTTP_REQUEST_LINE_MAX + 2]; /* the directory is there: PATH_MAX */
    size_t length = http_encode_path(exchange->target.path, location);
    location[length++] = '/';
    memcpy(location + length, query.start, query.length);
    enum http_fault fault = reads ? HTTP_FAULT_DIRECTORY : HTTP_FAULT_DIRECTORY_UNSAFE;
    /* A request line that asks for it has room for a method and a version, too. */
    if (length + query.length > HTTP_REQUEST_LINE_MAX - 32) fault = HTTP_FAULT_LONG_LOCATION;
    exchange_refuse(exchange, fault);
    if (fault == HTTP_FAULT_LONG_LOCATION) return;
    http_response_add_field(
        &exchange->response, "Location", (struct text){location, length + query.length});
}

/* Opens the file, and instead of it a variant that lies beside it in a coding that the client
 * likes better. */
static enum fs_status open_variant(struct exchange *exchange, const char *path)
{
    static const char *const codings[] = {"br", "zstd", "gzip"};
    static const char *const suffixes[] = {".br", ".zst", ".gz"};
    enum { COUNT = sizeof codings / sizeof codings[0] };
    const struct document_root *root = &exchange->site->root;
    struct file *file = &exchange->file;
    struct file variants[COUNT];
    unsigned available = 0;
    enum fs_status status = document_root_open_file(root, path, file);
    if (status != FS_FOUND) return status;
    for (size_t i = 0; i < COUNT; i++) {
        enum fs_status one = document_root_open_beside(root, path, file, suffixes[i], &variants[i]);
        if (one == FS_FOUND) available |= 1u << i;
        if (one == FS_EXHAUSTED) status = one; /* perhaps there, and so perhaps preferred */
    }
    size_t chosen = http_choose_coding(&exchange->request, codings, COUNT, available);
    for (size_t i = 0; i < COUNT; i++) {
        if ((available & 1u << i) == 0) continue;
        close(i == chosen ? file->descriptor : variants[i].descriptor);
        if (i == chosen) *file = variants[i];
    }
    exchange->has_variants = available != 0;
    if (chosen < COUNT) exchange->coding = codings[chosen];
    return status;
}

/* To list a directory is long work: only half of the workers may be at it at once. */
static enum fs_status list(struct exchange *exchange)
{
    struct site *site = exchange->site;
    enum fs_status status = FS_EXHAUSTED;
    if (atomic_fetch_sub(&site->listings_left, 1) > 0)
        status = listing_open(&site->root, exchange->target.path, &exchange->file);
    atomic_fetch_add(&site->listings_left, 1);
    return status;
}

/* The file, or what stands in for one that is not there. */
static enum fs_status find_file(struct exchange *exchange)
{
    const struct http_target *target = &exchange->target;
    const char *slash = strrchr(target->path, '/');
    bool lists = exchange->site->lists && slash != NULL && slash[1] == '\0';
    enum fs_status status = open_variant(exchange, target->path);
    if (status == FS_NOT_FOUND && lists) status = list(exchange);
    if (status != FS_NOT_FOUND || exchange->site->fallback[0] == '\0') return status;
    status = open_variant(exchange, exchange->site->fallback);
    return status == FS_DIRECTORY ? FS_NOT_FOUND : status;
}

/* The one place where the words of fs/ become those of http/. */
bool exchange_open_file(struct exchange *exchange)
{
    const struct file *file = &exchange->file;
    enum http_fault fault = HTTP_FAULT_UNREADABLE_NOW;
    enum fs_status status = find_file(exchange);
    if (status == FS_NOT_FOUND || status == FS_NOT_SERVED) fault = HTTP_FAULT_ABSENT;
    if (status == FS_FORBIDDEN) fault = HTTP_FAULT_UNREADABLE;
    if (status == FS_EXHAUSTED) fault = HTTP_FAULT_EXHAUSTED;
    if (status == FS_FOUND)
        http_describe_file(
            &exchange->validators, file->size, file->modified, exchange->coding, exchange->now);
    else if (status == FS_DIRECTORY)
        redirect_to_directory(exchange);
    else
        exchange_refuse(exchange, fault);
    return status == FS_FOUND;
}

bool exchange_meets_preconditions(struct exchange *exchange)
{
    enum http_status status = http_evaluate_preconditions(
        &exchange->request, &exchange->validators, exchange->now.tv_sec);
    if (status == HTTP_PRECONDITION_FAILED) exchange_refuse(exchange, HTTP_FAULT_PRECONDITION);
    if (status == HTTP_NOT_MODIFIED) exchange_respond_octets(exchange, status, NULL, text_of(""));
    return status == HTTP_OK;
}

enum http_status exchange_select_range(struct exchange *exchange)
{
    const struct http_request *request = &exchange->request;
    char content_range[HTTP_CONTENT_RANGE_SIZE];
    if (!http_allows_range(request, &exchange->validators, exchange->now.tv_sec)) return HTTP_OK;
    enum http_status status = http_select_range(request, exchange->file.size, &exchange->range);
    if (status != HTTP_RANGE_NOT_SATISFIABLE) return status;
    exchange_refuse(exchange, HTTP_FAULT_RANGE);
    http_format_content_range(NULL, exchange->file.size, content_range);
    http_response_add_field(&exchange->response, "Content-Range", text_of(content_range));
    return HTTP_REFUSED;
}
