/* What a handler may do: open the file that was asked for, and fill in the response. */
#include "server/exchange.h"

#include <string.h>
#include <unistd.h>

/* On every response: what is sent may be cached, but is to be checked before it is used again. */
static const char common_fields[] = "Server: strata\r\n"
                                    "Cache-Control: no-cache\r\n"
                                    "X-Content-Type-Options: nosniff\r\n";

static void start_response(struct exchange *exchange, enum http_status status)
{
    http_response_start(&exchange->response, status);
    http_response_add_lines(&exchange->response, text_of(common_fields));
    exchange->octets = text_of("");
}

static void set_octets(struct exchange *exchange, const char *media_type, struct text octets)
{
    http_response_add_field(&exchange->response, "Content-Type", text_of(media_type));
    http_response_add_number(&exchange->response, "Content-Length", octets.length);
    exchange->octets = octets;
}

void exchange_respond_octets(struct exchange *exchange, enum http_status status,
                             const char *media_type, struct text octets)
{
    start_response(exchange, status);
    set_octets(exchange, media_type, octets);
}

void exchange_respond_file(struct exchange *exchange, enum http_status status)
{
    start_response(exchange, status);
    http_response_add_field(&exchange->response, "Content-Type",
                            text_of(exchange->file.media_type));
    http_response_add_number(&exchange->response, "Content-Length", exchange->file.size);
}

/* RFC 9110 §12.5.1: is text/html named in Accept? A wildcard alone does not ask for a page. */
static bool accepts_html(const struct exchange *exchange)
{
    struct http_list list = {0};
    struct text range;
    while (http_next_list_element(&exchange->request, "Accept", &list, &range)) {
        const char *semicolon = memchr(range.start, ';', range.length);
        if (semicolon != NULL)
            range = text_trim(text_until(range, (size_t)(semicolon - range.start)));
        if (text_equals_ignoring_case(range, "text/html"))
            return true;
    }
    return false;
}

/* A response whose form depends on Accept says so, RFC 9110 §12.5.5. */
static void explain(struct exchange *exchange, const struct http_problem *problem)
{
    bool html = accepts_html(exchange);
    http_response_add_field(&exchange->response, "Vary", text_of("Accept"));
    if (problem->status == HTTP_SERVICE_UNAVAILABLE)
        http_response_add_number(&exchange->response, "Retry-After", 1);
    set_octets(exchange, page_media_type(html), page_format(problem, html, exchange->page));
}

void exchange_refuse(struct exchange *exchange, const struct http_problem *problem)
{
    start_response(exchange, problem->status);
    explain(exchange, problem);
}

void exchange_refuse_method(struct exchange *exchange)
{
    const struct http_problem problem = {
        .status = HTTP_METHOD_NOT_ALLOWED,
        .sentence = "The method is known here, but not for this target",
        .section = "RFC 9110 §15.5.6",
        .hint = "Allow says which are.",
    };
    char allow[METHOD_ALLOW_SIZE];
    start_response(exchange, problem.status);
    http_response_add_field(&exchange->response, "Allow", method_format_allow(allow));
    explain(exchange, &problem);
}

/* The site's own page where a page is wanted, else a sentence. */
static void refuse_not_found(struct exchange *exchange)
{
    const struct http_problem problem = {
        .status = HTTP_NOT_FOUND,
        .sentence = "Nothing is served under this path",
        .section = "RFC 9110 §15.5.5",
    };
    if (accepts_html(exchange) &&
        document_root_open_file(exchange->root, "/404.html", &exchange->file) == FS_FOUND) {
        exchange_respond_file(exchange, problem.status);
        http_response_add_field(&exchange->response, "Vary", text_of("Accept"));
    } else {
        exchange_refuse(exchange, &problem);
    }
}

/* A directory's target ends in a slash: relative references in its page count on it. */
static void redirect_to_directory(struct exchange *exchange)
{
    bool safe = text_equals(exchange->request.method, "GET") ||
                text_equals(exchange->request.method, "HEAD");
    const struct http_problem problem = {
        .status = safe ? HTTP_MOVED_PERMANENTLY : HTTP_PERMANENT_REDIRECT,
        .sentence = "This is a directory, and its path ends in a slash",
        .section = safe ? "RFC 9110 §15.4.2" : "RFC 9110 §15.4.9",
        .hint = "Location says where it is.",
    };
    char location[3 * HTTP_REQUEST_LINE_MAX];
    size_t length = http_encode_path(exchange->target.path, location);
    struct text query = exchange->target.query;
    start_response(exchange, problem.status);
    if (length + 1 + query.length > sizeof location) {
        exchange->response.broken = true;
        return;
    }
    location[length++] = '/';
    if (query.length > 0)
        memcpy(location + length, query.start, query.length);
    length += query.length;
    http_response_add_field(&exchange->response, "Location", (struct text){location, length});
    explain(exchange, &problem);
}

/* The one place where the words of fs/ become those of http/. */
static void refuse_file(struct exchange *exchange, enum fs_status status)
{
    static const struct http_problem forbidden = {
        HTTP_FORBIDDEN, "The file is there, but this server may not read it", "RFC 9110 §15.5.4",
        "Check its permissions."};
    static const struct http_problem exhausted = {
        HTTP_SERVICE_UNAVAILABLE, "The server is out of descriptors or memory for the moment",
        "RFC 9110 §15.6.4", NULL};
    static const struct http_problem failed = {
        HTTP_INTERNAL_SERVER_ERROR, "The file could not be read", "RFC 9110 §15.6.1", NULL};
    switch (status) {
    case FS_DIRECTORY:
        redirect_to_directory(exchange);
        break;
    case FS_NOT_FOUND:
    case FS_NOT_SERVED:
        refuse_not_found(exchange);
        break;
    case FS_FORBIDDEN:
        exchange_refuse(exchange, &forbidden);
        break;
    case FS_EXHAUSTED:
        exchange_refuse(exchange, &exhausted);
        break;
    default:
        exchange_refuse(exchange, &failed);
    }
}

const struct file *exchange_open_file(struct exchange *exchange)
{
    enum fs_status status =
        document_root_open_file(exchange->root, exchange->target.path, &exchange->file);
    if (status == FS_FOUND)
        return &exchange->file;
    refuse_file(exchange, status);
    return NULL;
}
