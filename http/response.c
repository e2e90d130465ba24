#include "http/response.h"

#include <stdio.h>
#include <string.h>

void http_response_start(struct http_response *response, enum http_status status)
{
    response->status = status;
    response->persistence = HTTP_CLOSES;
    response->broken = false;
    response->fields_length = 0;
}

static void append(struct http_response *response, struct text text)
{
    if (text.length == 0)
        return;
    memcpy(response->fields + response->fields_length, text.start, text.length);
    response->fields_length += text.length;
}

/* RFC 9110 §5.5: a CR or LF in a value would start a line of somebody else's choosing. */
static bool is_field_value(struct text value)
{
    for (size_t i = 0; i < value.length; i++) {
        unsigned char octet = (unsigned char)value.start[i];
        if ((octet < 0x20 && octet != '\t') || octet == 0x7f)
            return false;
    }
    return true;
}

void http_response_add_field(struct http_response *response, const char *name, struct text value)
{
    size_t line_length = strlen(name) + strlen(": ") + value.length + strlen("\r\n");
    if (!is_field_value(value) || line_length > sizeof response->fields - response->fields_length) {
        response->broken = true;
        return;
    }
    append(response, text_of(name));
    append(response, text_of(": "));
    append(response, value);
    append(response, text_of("\r\n"));
}

void http_response_add_number(struct http_response *response, const char *name, uint64_t value)
{
    char digits[21];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    http_response_add_field(response, name, (struct text){digits, (size_t)length});
}

void http_response_add_lines(struct http_response *response, struct text lines)
{
    if (lines.length > sizeof response->fields - response->fields_length)
        response->broken = true;
    else
        append(response, lines);
}

size_t http_response_format_head(const struct http_response *response, const char *date,
                                 char *octets)
{
    static const char *const connection[] = {
        [HTTP_CLOSES] = "Connection: close\r\n",
        [HTTP_PERSISTS] = "",
        [HTTP_KEEPS_ALIVE] = "Connection: keep-alive\r\n",
    };
    enum http_status status =
        response->status == HTTP_REFUSED ? HTTP_INTERNAL_SERVER_ERROR : response->status;
    /* RFC 9112 §4: strata's own version, whatever 1.x the request said (RFC 9110 §2.5). */
    int length = snprintf(octets, HTTP_RESPONSE_HEAD_MAX, "HTTP/1.1 %03u %s\r\nDate: %s\r\n%s",
                          (unsigned)status % 1000, http_reason_phrase(status), date,
                          connection[response->persistence]);
    size_t at = (size_t)length;
    memcpy(octets + at, response->fields, response->fields_length);
    at += response->fields_length;
    memcpy(octets + at, "\r\n", 2);
    return at + 2;
}
