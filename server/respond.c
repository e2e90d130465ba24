/* What a handler may do: open the file that was asked for, and fill in the response. */
#include "server/exchange.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

static void start_response(
    struct exchange *exchange, enum http_status status, const char *media_type, uint64_t length)
{
    struct http_response *response = &exchange->response;
    http_response_start(response, status);
    http_response_add_field(response, "Server", text_of("strata"));
    http_response_add_field(response, "Cache-Control", text_of("no-cache"));
    http_response_add_field(response, "X-Content-Type-Options", text_of("nosniff"));
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

void exchange_respond_file(struct exchange *exchange, enum http_status status)
{
    start_response(exchange, status, exchange->file.media_type, exchange->file.size);
    exchange->octets = text_of("");
}

/* RFC 9110 §12.5.1: is text/html named in Accept, with a weight above 0? A wildcard alone does not
 * ask for a page. */
static bool accepts_html(const struct exchange *exchange)
{
    struct http_list list = {0};
    struct text range;
    while (http_next_list_element(&exchange->request, "Accept", &list, &range)) {
        size_t length = text_find(range, ';');
        struct text weight = text_trim(text_from(range, length + (length < range.length)));
        bool refused = weight.length >= 3 &&
            text_equals_ignoring_case(text_until(weight, 3), "q=0") &&
            strspn(weight.start + 3, ".0") >= weight.length - 3;
        if (text_equals_ignoring_case(text_trim(text_until(range, length)), "text/html"))
            return !refused;
    }
    return false;
}

/* The content says what was wrong. Its form depends on Accept, and Vary says so (RFC 9110
 * §12.5.5). */
void exchange_refuse(struct exchange *exchange, const struct http_problem *problem)
{
    bool html = accepts_html(exchange);
    exchange_respond_octets(exchange, problem->status,
        html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8",
        page_format(problem, html, exchange->page));
    http_response_add_field(&exchange->response, "Vary", text_of("Accept"));
    if (problem->status == HTTP_SERVICE_UNAVAILABLE)
        http_response_add_number(&exchange->response, "Retry-After", 1);
}

void exchange_refuse_for(struct exchange *exchange, enum http_fault fault)
{
    struct http_problem problem;
    http_refuse(&problem, fault);
    exchange_refuse(exchange, &problem);
}

void exchange_refuse_method(struct exchange *exchange)
{
    char allow[METHOD_ALLOW_SIZE];
    exchange_refuse_for(exchange, HTTP_FAULT_METHOD_HERE);
    http_response_add_field(&exchange->response, "Allow", method_format_allow(allow));
}

/* The site's own page where a page is wanted, else a sentence. */
static void refuse_not_found(struct exchange *exchange)
{
    if (!accepts_html(exchange) ||
        document_root_open_file(exchange->root, "/404.html", &exchange->file) != FS_FOUND) {
        exchange_refuse_for(exchange, HTTP_FAULT_ABSENT);
        return;
    }
    exchange_respond_file(exchange, HTTP_NOT_FOUND);
    http_response_add_field(&exchange->response, "Vary", text_of("Accept"));
}

/* A directory's target ends in a slash: relative references in its page count on it. */
static void redirect_to_directory(struct exchange *exchange)
{
    bool safe = text_equals(exchange->request.method, "GET") ||
        text_equals(exchange->request.method, "HEAD");
    struct text query = exchange->target.query;
    char location[3 * PATH_MAX + HTTP_REQUEST_LINE_MAX + 2]; /* the directory is there: PATH_MAX */
    size_t length = http_encode_path(exchange->target.path, location);
    location[length++] = '/';
    memcpy(location + length, query.start, query.length);
    exchange_refuse_for(exchange, safe ? HTTP_FAULT_DIRECTORY : HTTP_FAULT_DIRECTORY_UNSAFE);
    http_response_add_field(
        &exchange->response, "Location", (struct text){location, length + query.length});
}

/* The one place where the words of fs/ become those of http/. */
const struct file *exchange_open_file(struct exchange *exchange)
{
    enum fs_status status =
        document_root_open_file(exchange->root, exchange->target.path, &exchange->file);
    if (status == FS_FOUND) return &exchange->file;
    if (status == FS_DIRECTORY)
        redirect_to_directory(exchange);
    else if (status == FS_NOT_FOUND || status == FS_NOT_SERVED)
        refuse_not_found(exchange);
    else if (status == FS_FORBIDDEN)
        exchange_refuse_for(exchange, HTTP_FAULT_UNREADABLE);
    else
        exchange_refuse_for(
            exchange, status == FS_EXHAUSTED ? HTTP_FAULT_EXHAUSTED : HTTP_FAULT_UNREADABLE_NOW);
    return NULL;
}
