/* From the target to the representation that is wanted of it: which file, is it still wanted, and
 * which octets. */
#include "http/date.h"
#include "http/negotiation.h"
#include "server/listing.h"
#include "server/story.h"

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

/* By the form of the file. */
static const char *const codings[FILE_FORMS] = {"", "br", "zstd", "gzip"};

/* Opens the file, and instead of it a variant that lies beside it in a coding that the client
 * likes better. */
static enum fs_status open_variant(struct exchange *exchange, const char *path)
{
    struct file_cache *files = &exchange->site->files;
    struct file *file = &exchange->file;
    struct file variant;
    enum fs_status status =
        file_cache_find(files, path, FILE_PLAIN, exchange->clock, file, &exchange->loan);
    if (status != FS_FOUND || file->forms == 1u << FILE_PLAIN) return status;
    exchange->has_variants = true;
    enum file_form form =
        (enum file_form)http_choose_coding(&exchange->request, codings, FILE_FORMS, file->forms);
    if (form == FILE_PLAIN ||
        file_cache_find(files, path, form, exchange->clock, &variant, &exchange->loan) != FS_FOUND)
        return status;
    if (file->descriptor >= 0) close(file->descriptor);
    *file = variant;
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
    if (exchange->story != NULL) story_file(exchange, target->path, status);
    if (status != FS_NOT_FOUND || exchange->site->fallback[0] == '\0') return status;
    status = open_variant(exchange, exchange->site->fallback);
    if (exchange->story != NULL) story_file(exchange, exchange->site->fallback, status);
    return status == FS_DIRECTORY ? FS_NOT_FOUND : status;
}

/* The description is kept beside the file, unless it may still change: a tag turns strong when the
 * time stamp is two seconds old, and a date must not be in the future. */
static void describe(struct exchange *exchange)
{
    const struct file *file = &exchange->file;
    const char *coding = codings[exchange->loan.form];
    struct http_response *response = &exchange->response;
    struct description *description = &exchange->description;
    struct http_validators *validators = &description->validators;
    char date[HTTP_DATE_SIZE];
    memcpy(description, exchange->loan.note, exchange->loan.note_length);
    if (exchange->loan.note_length > 0) return;
    http_describe_file(validators, file->size, file->modified, coding, exchange->now);
    http_format_date(validators->last_modified, date);
    http_response_start(response, HTTP_OK);
    http_response_add_field(response, "Content-Type", text_of(file->media_type));
    http_response_add_field(response, "Accept-Ranges", text_of("bytes"));
    if (coding[0] != '\0') http_response_add_field(response, "Content-Encoding", text_of(coding));
    if (validators->entity_tag[0] != '\0') {
        http_response_add_field(response, "ETag", text_of(validators->entity_tag));
        http_response_add_field(response, "Last-Modified", text_of(date));
    }
    description->part_length = response->fields_length;
    http_response_add_number(response, "Content-Length", file->size);
    description->length = response->fields_length;
    memcpy(description->lines, response->fields, response->fields_length);
    response->broken = true; /* until a handler has responded */
    if (validators->strong || validators->entity_tag[0] == '\0')
        file_cache_annotate(&exchange->site->files, &exchange->loan, description,
            offsetof(struct description, lines) + description->length);
}

/* The one place where the words of fs/ become those of http/. */
bool exchange_open_file(struct exchange *exchange)
{
    enum http_fault fault = HTTP_FAULT_UNREADABLE_NOW;
    enum fs_status status = find_file(exchange);
    if (status == FS_NOT_FOUND || status == FS_NOT_SERVED) fault = HTTP_FAULT_ABSENT;
    if (status == FS_FORBIDDEN) fault = HTTP_FAULT_UNREADABLE;
    if (status == FS_EXHAUSTED) fault = HTTP_FAULT_EXHAUSTED;
    if (status == FS_FOUND)
        describe(exchange);
    else if (status == FS_DIRECTORY)
        redirect_to_directory(exchange);
    else
        exchange_refuse(exchange, fault);
    return status == FS_FOUND;
}

bool exchange_meets_preconditions(struct exchange *exchange)
{
    bool is_absent = exchange->parent.directory >= 0 && !exchange->is_present;
    enum http_status status = http_evaluate_preconditions(&exchange->request,
        is_absent ? NULL : &exchange->description.validators, exchange->now.tv_sec);
    if (exchange->story != NULL) story_preconditions(exchange, status);
    if (status == HTTP_PRECONDITION_FAILED) exchange_refuse(exchange, HTTP_FAULT_PRECONDITION);
    if (status == HTTP_NOT_MODIFIED) exchange_respond_octets(exchange, status, NULL, text_of(""));
    return status == HTTP_OK;
}

enum http_status exchange_select_range(struct exchange *exchange)
{
    const struct http_request *request = &exchange->request;
    char content_range[HTTP_CONTENT_RANGE_SIZE];
    enum http_status status = HTTP_OK;
    exchange->range = (struct http_range){0, exchange->file.size};
    if (http_allows_range(request, &exchange->description.validators, exchange->now.tv_sec))
        status = http_select_range(request, exchange->file.size, &exchange->range);
    if (exchange->story != NULL) story_range(exchange, status);
    if (status != HTTP_RANGE_NOT_SATISFIABLE) return status;
    exchange_refuse(exchange, HTTP_FAULT_RANGE);
    http_format_content_range(NULL, exchange->file.size, content_range);
    http_response_add_field(&exchange->response, "Content-Range", text_of(content_range));
    return HTTP_REFUSED;
}
