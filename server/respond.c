/* How a response is filled in: with octets, a file, or what was wrong. */
#include "http/date.h"
#include "http/negotiation.h"
#include "server/exchange.h"

#include <unistd.h>

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

void exchange_respond_octets(
    struct exchange *exchange, enum http_status status, const char *media_type, struct text octets)
{
    if (exchange->file.descriptor >= 0) close(exchange->file.descriptor);
    exchange->file.descriptor = -1; /* opened, but not what is answered after all */
    start_response(exchange, status, media_type, octets.length);
    exchange->octets = octets;
}

void exchange_add_entity_tag(struct exchange *exchange)
{
    struct text tag = text_of(exchange->validators.entity_tag);
    if (tag.length > 0) http_response_add_field(&exchange->response, "ETag", tag);
}

/* What only the file has that was asked for, not a page that stands for something else. */
static void describe_file(struct exchange *exchange)
{
    struct http_response *response = &exchange->response;
    char date[HTTP_DATE_SIZE];
    http_response_add_field(response, "Accept-Ranges", text_of("bytes"));
    if (exchange->coding != NULL)
        http_response_add_field(response, "Content-Encoding", text_of(exchange->coding));
    exchange_add_entity_tag(exchange);
    if (exchange->validators.entity_tag[0] == '\0') return;
    http_format_date(exchange->validators.last_modified, date);
    http_response_add_field(response, "Last-Modified", text_of(date));
}

void exchange_respond_file(struct exchange *exchange, enum http_status status)
{
    const struct file *file = &exchange->file;
    char content_range[HTTP_CONTENT_RANGE_SIZE];
    if (status != HTTP_PARTIAL_CONTENT) exchange->range = (struct http_range){0, file->size};
    start_response(exchange, status, file->media_type, exchange->range.length);
    exchange->octets = text_of("");
    if (status == HTTP_OK || status == HTTP_PARTIAL_CONTENT) describe_file(exchange);
    if (status != HTTP_PARTIAL_CONTENT) return;
    http_format_content_range(&exchange->range, file->size, content_range);
    http_response_add_field(&exchange->response, "Content-Range", text_of(content_range));
}

/* RFC 9110 §12.5.1: a wildcard alone does not ask for a page. */
bool exchange_accepts_html(const struct exchange *exchange)
{
    return http_weight_of(&exchange->request, "Accept", "text/html") > 0;
}

/* The content says what was wrong. Its form depends on Accept, and Vary says so (RFC 9110
 * §12.5.5). */
void exchange_refuse(struct exchange *exchange, enum http_fault fault)
{
    bool html = exchange_accepts_html(exchange);
    const char *media_type = html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
    if (fault != HTTP_FAULT_NONE) http_refuse(&exchange->problem, fault);
    exchange_respond_octets(exchange, exchange->problem.status, media_type,
        page_format(&exchange->problem, html, exchange->page));
    http_response_add_field(&exchange->response, "Vary", text_of("Accept"));
    if (exchange->problem.status == HTTP_SERVICE_UNAVAILABLE)
        http_response_add_number(&exchange->response, "Retry-After", 1);
}

void exchange_refuse_method(struct exchange *exchange)
{
    exchange_refuse(exchange, HTTP_FAULT_METHOD_HERE);
    http_response_add_field(&exchange->response, "Allow", method_allow());
}
