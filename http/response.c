#include "http/response.h"

#include <stdio.h>

void http_response_start(struct http_response *response, enum http_status status)
{
    response->status = status;
    response->connection = "close";
    response->broken = false;
    response->fields_length = 0;
}

/* RFC 9110 §5.5: a CR or LF in a value would start a line of somebody else's choosing. */
void http_response_add_field(struct http_response *response, const char *name, struct text value)
{
    size_t room = sizeof response->fields - response->fields_length;
    char *line = response->fields + response->fields_length;
    struct text rest = value;
    text_take(&rest, text_is_line_octet);
    if (rest.length > 0 || strlen(name) + value.length + strlen(": \r\n") >= room)
        response->broken = true;
    else
        response->fields_length +=
            (size_t)snprintf(line, room, "%s: %.*s\r\n", name, (int)value.length, value.start);
}

void http_response_add_lines(struct http_response *response, struct text lines)
{
    if (lines.length > sizeof response->fields - response->fields_length) response->broken = true;
    if (response->broken) return;
    memcpy(response->fields + response->fields_length, lines.start, lines.length);
    response->fields_length += lines.length;
}

/* RFC 9112 §4: strata's own version, whatever 1.x the request said (RFC 9110 §2.5). */
size_t http_response_format_head(
    const struct http_response *response, const char *date, char *octets)
{
    unsigned status = response->status;
    if (status == HTTP_REFUSED) status = HTTP_INTERNAL_SERVER_ERROR;
    bool says = response->connection != NULL;
    return (size_t)snprintf(octets, HTTP_RESPONSE_HEAD_MAX,
        "HTTP/1.1 %03u %s\r\nDate: %s\r\n%s%s%s%.*s\r\n", status, http_reason_phrase(status), date,
        says ? "Connection: " : "", says ? response->connection : "", says ? "\r\n" : "",
        (int)response->fields_length, response->fields);
}
