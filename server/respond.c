/* How a response is filled in: with octets, a file, or what was wrong. */
#include "http/date.h"
#include "http/negotiation.h"
#include "server/exchange.h"

#include <stdio.h>
#include <unistd.h>

static void start_response(
    struct exchange *exchange, enum http_status status, const char *media_type, uint64_t length)
{
    const struct site *site = exchange->site;
    char digits[sizeof "18446744073709551615"];
    struct http_response *response = &exchange->response;
    struct text tag = text_of(exchange->validators.entity_tag);
    http_response_start(response, status);
    http_response_add_lines(response, (struct text){site->fields, site->fields_length});
    if (exchange->has_variants) /* RFC 9110 §12.5.5: chosen by it, or not */
        http_response_add_field(response, "Vary", text_of("Accept-Encoding"));
    bool of_file = exchange->file.descriptor >= 0 || status == HTTP_NOT_MODIFIED;
    if (of_file && status < HTTP_BAD_REQUEST && tag.length > 0)
        http_response_add_field(response, "ETag", tag);
    if (media_type == NULL) return;
    http_response_add_field(response, "Content-Type", text_of(media_type));
    snprintf(digits, sizeof digits, "%ju", (uintmax_t)length);
    http_response_add_field(response, "Content-Length", text_of(digits));
}

/* What was opened is not what is answered after all. */
static void drop_file(struct exchange *exchange)
{
    if (exchange->file.descriptor >= 0) close(exchange->file.descriptor);
    exchange->file.descriptor = -1;
}

void exchange_respond_octets(
    struct exchange *exchange, enum http_status status, const char *media_type, struct text octets)
{
    drop_file(exchange);
    start_response(exchange, status, media_type, octets.length);
    exchange->octets = octets;
}

/* What only the file has that was asked for, not a page that stands for something else. */
static void describe_file(struct exchange *exchange)
{
    struct http_response *response = &exchange->response;
    char date[HTTP_DATE_SIZE];
    http_format_date(exchange->validators.last_modified, date);
    http_response_add_field(response, "Accept-Ranges", text_of("bytes"));
    if (exchange->coding[0] != '\0')
        http_response_add_field(response, "Content-Encoding", text_of(exchange->coding));
    if (exchange->validators.entity_tag[0] != '\0')
        http_response_add_field(response, "Last-Modified", text_of(date));
}

void exchange_respond_file(struct exchange *exchange, enum http_status status)
{
    const struct file *file = &exchange->file;
    char content_range[HTTP_CONTENT_RANGE_SIZE];
    if (status != HTTP_PARTIAL_CONTENT) exchange->range = (struct http_range){0, file->size};
    start_response(exchange, status, file->media_type, exchange->range.length);
    if (status == HTTP_OK || status == HTTP_PARTIAL_CONTENT) describe_file(exchange);
    if (status != HTTP_PARTIAL_CONTENT) return;
    http_format_content_range(&exchange->range, file->size, content_range);
    http_response_add_field(&exchange->response, "Content-Range", text_of(content_range));
}

/* The content says what was wrong, or it is the site's own page for what is not there. Its form
 * depends on Accept, and Vary says so (RFC 9110 §12.5.5); a wildcard does not ask for HTML. */
void exchange_refuse(struct exchange *exchange, enum http_fault fault)
{
    const struct http_problem *problem = &exchange->problem;
    bool html = http_weight_of(&exchange->request, "Accept", "text/html") > 0;
    const char *media_type = html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
    if (fault != HTTP_FAULT_NONE) http_refuse(&exchange->problem, fault);
    drop_file(exchange);
    if (html && problem->status == HTTP_NOT_FOUND &&
        document_root_open_file(&exchange->site->root, "/404.html", &exchange->file) == FS_FOUND)
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
