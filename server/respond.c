/* How a response is filled in: with octets, a file, or what was wrong. */
#include "http/negotiation.h"
#include "server/story.h"

#include <unistd.h>

/* The lines of every response, and of content where it has a media type. */
static void start_response(
    struct exchange *exchange, enum http_status status, const char *media_type, uint64_t length)
{
    const struct site *site = exchange->site;
    struct http_response *response = &exchange->response;
    http_response_start(response, status);
    http_response_add_lines(response, (struct text){site->fields, site->fields_length});
    if (exchange->has_variants) /* RFC 9110 §12.5.5: chosen by it, or not */
        http_response_add_field(response, "Vary", text_of("Accept-Encoding"));
    if (media_type == NULL) return;
    http_response_add_field(response, "Content-Type", text_of(media_type));
    http_response_add_number(response, "Content-Length", length);
}

/* The range of the file is the content: from memory, or read when it is sent. */
static void take_range(struct exchange *exchange, struct http_range range)
{
    exchange->range = range;
    if (exchange->file.content != NULL)
        exchange->octets = (struct text){exchange->file.content + range.first_pos, range.length};
}

/* What was opened is not what is answered after all. */
static void drop_file(struct exchange *exchange)
{
    if (exchange->file.descriptor >= 0) close(exchange->file.descriptor);
    exchange->file.descriptor = -1;
    exchange->file.content = NULL;
}

void exchange_respond_octets(
    struct exchange *exchange, enum http_status status, const char *media_type, struct text octets)
{
    const char *tag = exchange->description.validators.entity_tag;
    drop_file(exchange);
    start_response(exchange, status, media_type, octets.length);
    if (status == HTTP_NOT_MODIFIED && tag[0] != '\0') /* RFC 9110 §15.4.5 */
        http_response_add_field(&exchange->response, "ETag", text_of(tag));
    exchange->octets = octets;
}

/* A file that was not opened for the target has no description. */
void exchange_respond_file(struct exchange *exchange, enum http_status status)
{
    const struct file *file = &exchange->file;
    const struct description *description = &exchange->description;
    struct http_response *response = &exchange->response;
    char content_range[HTTP_CONTENT_RANGE_SIZE];
    bool is_part = status == HTTP_PARTIAL_CONTENT;
    size_t length = is_part ? description->part_length : description->length;
    take_range(exchange, is_part ? exchange->range : (struct http_range){0, file->size});
    start_response(exchange, status, length > 0 ? NULL : file->media_type, file->size);
    http_response_add_lines(response, (struct text){description->lines, length});
    if (!is_part) return;
    http_response_add_number(response, "Content-Length", exchange->range.length);
    http_format_content_range(&exchange->range, file->size, content_range);
    http_response_add_field(response, "Content-Range", text_of(content_range));
}

/* The content says what was wrong, or it is the site's own page for what is not there. Its form
 * depends on Accept, and Vary says so (RFC 9110 §12.5.5); a wildcard does not ask for HTML. */
void exchange_refuse(struct exchange *exchange, enum http_fault fault)
{
    const struct http_problem *problem = &exchange->problem;
    bool html = http_weight_of(&exchange->request, "Accept", "text/html") > 0;
    const char *media_type = html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
    if (fault != HTTP_FAULT_NONE) http_refuse(&exchange->problem, fault, NULL);
    if (exchange->story != NULL) story_refused(exchange);
    drop_file(exchange);
    exchange->description.length = 0;
    if (html && problem->status == HTTP_NOT_FOUND &&
        file_cache_find(&exchange->site->files, "/404.html", FILE_PLAIN, exchange->clock,
            &exchange->file, &exchange->loan) == FS_FOUND)
        exchange_respond_file(exchange, problem->status);
    else
        exchange_respond_octets(
            exchange, problem->status, media_type, page_format(problem, html, exchange->page));
    http_response_add_field(&exchange->response, "Vary", text_of("Accept"));
    if (problem->status == HTTP_METHOD_NOT_ALLOWED) /* RFC 9110 §15.5.6 */
        http_response_add_field(&exchange->response, "Allow", method_allow());
    if (problem->status == HTTP_SERVICE_UNAVAILABLE)
        http_response_add_field(&exchange->response, "Retry-After", text_of("1"));
}
