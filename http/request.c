#include "http/request.h"

/* Where the CR LF of the empty line has to begin at the latest. */
enum { LAST_LINE_LIMIT = HTTP_HEAD_MAX - 2 };

/* Visible ASCII but #, which starts what is never sent, RFC 9112 §3.2. */
static bool is_target_octet(char octet)
{
    return octet > 0x20 && octet < 0x7f && octet != '#';
}

/* A request line without an end: is it the method, the target or the rest that is too long? */
static enum http_fault fault_of_long_line(struct text line)
{
    struct text method = text_take(&line, text_is_tchar);
    if (line.length == 0) return HTTP_FAULT_LONG_METHOD;
    if (method.length == 0 || !text_skip(&line, " ")) return HTTP_FAULT_NO_SINGLE_SPACE;
    text_take(&line, is_target_octet);
    bool version_fits = line.length >= strlen(" HTTP/1.1");
    return version_fits ? HTTP_FAULT_NO_SINGLE_SPACE : HTTP_FAULT_LONG_REQUEST_LINE;
}

/* RFC 9112 §2.2: a server should ignore at least one empty line before the request line. */
static size_t empty_lines_length(struct text octets)
{
    size_t lines = 0;
    while (lines < HTTP_EMPTY_LINES_MAX && text_skip(&octets, "\r\n")) lines++;
    return lines * strlen("\r\n");
}

/* The look came to an octet that ends a line, or that it may not pass. */
static enum http_fault fault_at(struct text octets, size_t at, size_t start, bool first_line)
{
    char octet = octets.start[at];
    if (first_line && text_is_line_octet(octet))
        return fault_of_long_line(text_until(text_from(octets, start), HTTP_REQUEST_LINE_MAX));
    if (at > LAST_LINE_LIMIT || text_is_line_octet(octet)) return HTTP_FAULT_LONG_HEAD;
    if (octet == '\n') return first_line ? HTTP_FAULT_LF_ALONE : HTTP_FAULT_LF_ALONE_IN_FIELD;
    if (octet == '\r' && octets.start[at + 1] != '\n') return HTTP_FAULT_CR_ALONE;
    if (octet == '\r') return at == start ? HTTP_FAULT_EMPTY_LINES : HTTP_FAULT_NONE;
    if (octet == 0x16 && at == 0) return HTTP_FAULT_TLS_HELLO;
    return first_line ? HTTP_FAULT_CONTROL : HTTP_FAULT_CONTROL_IN_FIELD;
}

/* The length of the whole lines before the empty one; 0 where something is wrong in them. Compilers
 * make the second loop, which does not branch, check 16 octets at a time. */
static size_t sound_lines_length(struct text octets)
{
    size_t length = 0, line;
    unsigned char sound = 1;
    if (octets.length > HTTP_REQUEST_LINE_MAX) octets.length = HTTP_REQUEST_LINE_MAX;
    while ((line = text_find(text_from(octets, length), '\n')) > 1 && length + line < octets.length)
        length += line + 1;
    for (size_t i = 0; i + 1 < length; i++) {
        char octet = octets.start[i];
        sound &= (octet == '\r') == (octets.start[i + 1] == '\n');
        sound &= text_is_line_octet(octet) || octet == '\r' || octet == '\n';
    }
    return sound ? length : 0;
}

enum http_parse http_look_at_head(struct text octets, size_t *looked, struct http_problem *problem)
{
    size_t start = empty_lines_length(octets);
    size_t at = *looked > start ? *looked : start;
    if (*looked == 0) at += sound_lines_length(text_from(octets, start));
    bool empty = false;
    while (!empty) {
        bool first_line = memchr(octets.start + start, '\n', at - start) == NULL;
        size_t limit = first_line ? start + HTTP_REQUEST_LINE_MAX : LAST_LINE_LIMIT;
        while (at < octets.length && at < limit && text_is_line_octet(octets.start[at])) at++;
        *looked = at;
        if (at == octets.length || (at + 1 == octets.length && octets.start[at] == '\r'))
            return HTTP_INCOMPLETE;
        enum http_fault fault = fault_at(octets, at, start, first_line);
        if (!http_passes(problem, fault, octets.start + at)) return HTTP_INVALID;
        empty = octets.start[at - 1] == '\n';
        at += strlen("\r\n");
    }
    *looked = at;
    return HTTP_COMPLETE;
}

static bool next_line(struct text *octets, struct text *line)
{
    size_t end = text_find(*octets, '\n');
    if (end == octets->length || end == 0 || octets->start[end - 1] != '\r') return false;
    *line = text_until(*octets, end - 1);
    *octets = text_from(*octets, end + 1);
    return true;
}

/* HTTP-version, RFC 9112 §2.3: case-sensitive, one digit either side of the dot. */
static bool parse_version(struct text version, struct http_request *request)
{
    if (!text_skip(&version, "HTTP/") || version.length != 3 || version.start[1] != '.')
        return false;
    request->major_version = version.start[0] - '0';
    request->minor_version = version.start[2] - '0';
    return text_is_digit(version.start[0]) && text_is_digit(version.start[2]);
}

/* request-line = method SP request-target SP HTTP-version, RFC 9112 §3 */
static enum http_fault parse_request_line(struct http_request *request, struct text *rest)
{
    *rest = request->line;
    request->method = text_take(rest, text_is_tchar);
    if (request->method.length == 0) return HTTP_FAULT_NO_METHOD;
    if (!text_skip(rest, " ")) return HTTP_FAULT_NO_SINGLE_SPACE;
    request->target = text_take(rest, is_target_octet);
    if (request->target.length > 0 && rest->length == 0) return HTTP_FAULT_NO_VERSION;
    if (request->target.length == 0 || !text_skip(rest, " ")) return HTTP_FAULT_TARGET_OCTET;
    return parse_version(*rest, request) ? HTTP_FAULT_NONE : HTTP_FAULT_VERSION_SYNTAX;
}

/* field-line = field-name ":" OWS field-value OWS, RFC 9112 §5 */
enum http_fault http_parse_field_line(struct text line, struct http_field *field)
{
    field->name = text_take(&line, text_is_tchar);
    bool named = field->name.length > 0;
    if (line.length == 0) return HTTP_FAULT_NO_COLON;
    if (text_is_space(line.start[0]))
        return named ? HTTP_FAULT_SPACE_BEFORE_COLON : HTTP_FAULT_FOLDED_LINE;
    if (!named || !text_skip(&line, ":")) return HTTP_FAULT_FIELD_NAME;
    field->value = text_trim(line);
    return HTTP_FAULT_NONE;
}

/* A bit for the first letter of a name: most of those that are looked for start like none. */
static uint32_t initial(const char *name)
{
    return (uint32_t)1 << (*name & 31);
}

enum http_parse http_parse_request_head(
    struct text head, struct http_request *request, struct http_problem *problem)
{
    enum http_fault fault = HTTP_FAULT_NO_REQUEST_LINE;
    size_t count = 0;
    struct text line, rest = head; /* rest: where what is wrong begins */
    struct http_field field;
    request->line = request->method = request->target = text_until(head, 0);
    request->major_version = request->minor_version = 0;
    request->initials = 0;
    request->field_count = 0;
    head = text_from(head, empty_lines_length(head));
    if (next_line(&head, &request->line)) fault = parse_request_line(request, &rest);
    for (; fault == HTTP_FAULT_NONE && next_line(&head, &line) && line.length > 0; count++) {
        fault = http_parse_field_line(line, &field);
        if (fault != HTTP_FAULT_NONE || count == HTTP_FIELD_LINES_MAX)
            rest = text_from(field.name, field.name.length);
        if (fault != HTTP_FAULT_NONE || count >= HTTP_FIELD_LINES_MAX) continue;
        request->fields[request->field_count++] = field;
        request->initials |= initial(field.name.start);
    }
    /* The order of the checks: the syntax of every line, the version, the sizes. */
    if (fault == HTTP_FAULT_NONE && request->major_version != 1) fault = HTTP_FAULT_VERSION;
    if (fault == HTTP_FAULT_NONE && count > HTTP_FIELD_LINES_MAX) fault = HTTP_FAULT_MANY_FIELDS;
    return http_passes(problem, fault, rest.start) ? HTTP_COMPLETE : HTTP_INVALID;
}

static bool has_name(const struct http_field *field, struct text name)
{
    return field->name.length == name.length &&
        strncasecmp(field->name.start, name.start, name.length) == 0;
}

size_t http_find_field(const struct http_request *request, const char *name, struct text *value)
{
    if ((request->initials & initial(name)) == 0) return 0;
    const struct text wanted = text_of(name);
    size_t count = 0;
    for (size_t i = 0; i < request->field_count; i++)
        if (has_name(&request->fields[i], wanted) && count++ == 0)
            *value = request->fields[i].value;
    return count;
}

bool http_next_list_element(const struct http_request *request, const char *name,
    struct http_list *list, struct text *element)
{
    if ((request->initials & initial(name)) == 0) return false;
    const struct text wanted = text_of(name);
    while (list->rest.length == 0 || !text_next_element(&list->rest, element)) {
        if (list->next_field == request->field_count) return false;
        const struct http_field *field = &request->fields[list->next_field++];
        if (has_name(field, wanted)) list->rest = field->value;
    }
    return true;
}
