#include "http/response.h"
#include "http/date.h"

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
    char *to = response->fields + response->fields_length;
    struct text rest = value;
    text_take(&rest, text_is_line_octet);
    bool fits = rest.length == 0 && strlen(name) + value.length + strlen(": \r\n") < room;
    if (!fits) response->broken = true;
    if (!fits) return;
    to = text_write(text_write(to, name), ": ");
    to = text_write(mempcpy(to, value.start, value.length), "\r\n");
    response->fields_length = (size_t)(to - response->fields);
}

void http_response_add_number(struct http_response *response, const char *name, uint64_t number)
{
    char digits[20];
    size_t length = (size_t)(text_write_number(digits, number) - digits);
    http_response_add_field(response, name, (struct text){digits, length});
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
    enum http_status status = response->status;
    if (status == HTTP_REFUSED) status = HTTP_INTERNAL_SERVER_ERROR;
    char *to = text_write(text_write_number(text_write(octets, "HTTP/1.1 "), status), " ");
    to = text_write(text_write(to, http_reason_phrase(status)), "\r\nDate: ");
    to = text_write(mempcpy(to, date, HTTP_DATE_SIZE - 1), "\r\n");
    if (response->connection != NULL)
        to = text_write(text_write(text_write(to, "Connection: "), response->connection), "\r\n");
    to = mempcpy(to, response->fields, response->fields_length);
    return (size_t)(text_write(to, "\r\n") - octets);
}
