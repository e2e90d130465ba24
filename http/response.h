/* response.h: the head of a response, RFC 9112 §4. The one place that prints a head.
 *
 *     http_response_start()         a status, no fields, Connection: close until that is changed
 *     http_response_add_…()         field lines, in the order in which they are sent
 *     http_response_format_head()   into octets
 *
 * A field that would break the head (a control character, no room) is left out and the response
 * marked broken: whoever sends it then sends a 500 instead. So no caller has to check each field.
 */
#pragma once

#include "http/status.h"
#include "http/text.h"

/* A Location as long as a request line, the lines that every response has, and the rest. */
enum { HTTP_RESPONSE_FIELDS_MAX = 16 * 1024, HTTP_RESPONSE_HEAD_MAX = 16 * 1024 + 256 };

struct http_response {
    enum http_status status;
    const char *connection; /* "close", "keep-alive" (RFC 9112 §9.3), or NULL: no such field */
    bool broken;
    size_t fields_length;
    char fields[HTTP_RESPONSE_FIELDS_MAX]; /* whole lines with CR LF; not NUL-terminated */
};

void http_response_start(struct http_response *response, enum http_status status);
void http_response_add_field(struct http_response *response, const char *name, struct text value);
void http_response_add_number(struct http_response *, const char *name, uint64_t number);

/* Whole lines, each with CR LF, that have been checked before. */
void http_response_add_lines(struct http_response *response, struct text lines);

/* Writes status line, Date, fields, Connection and the empty line; at most HTTP_RESPONSE_HEAD_MAX
 * octets. Returns how many. date is an HTTP-date (RFC 9110 §6.6.1). */
size_t http_response_format_head(const struct http_response *, const char *date, char *octets);
