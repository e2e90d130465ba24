#include "http/request.h"

#include <string.h>

/* Where the CR LF of the empty line has to begin at the latest. */
enum { LAST_LINE_LIMIT = HTTP_HEAD_MAX - 2 };

/* What may stand inside a line of a head: all but controls other than tab, RFC 9110 §5.5. */
static bool is_line_octet(char octet)
{
    return ((unsigned char)octet >= 0x20 && octet != 0x7f) || octet == '\t';
}

static struct text take_target(struct text *rest)
{
    struct text whole = *rest;
    while (
        rest->length > 0 && rest->start[0] > 0x20 && rest->start[0] < 0x7f && rest->start[0] != '#')
        *rest = text_from(*rest, 1);
    return text_until(whole, whole.length - rest->length);
}

/* A request line without an end: is it the method, the target or the rest that is too long? */
static enum http_fault fault_of_long_line(struct text line)
{
    struct text method = text_take_token(&line);
    if (line.length == 0) return HTTP_FAULT_LONG_METHOD;
    if (method.length == 0 || line.start[0] != ' ') return HTTP_FAULT_NO_SINGLE_SPACE;
    line = text_from(line, 1);
    take_target(&line);
    return line.length < strlen(" HTTP/1.1") ? HTTP_FAULT_LONG_REQUEST_LINE
                                             : HTTP_FAULT_NO_SINGLE_SPACE;
}

/* RFC 9112 §2.2: a server should ignore at least one empty line before the request line. */
static size_t empty_lines_length(struct text octets)
{
    size_t length = 0;
    while (length < 2 * HTTP_EMPTY_LINES_MAX && octets.length >= length + 2 &&
        memcmp(octets.start + length, "\r\n", 2) == 0)
        length += 2;
    return length;
}

/* Why the look cannot go on at this octet. */
static enum http_fault fault_at(struct text octets, size_t at, size_t start, bool first_line)
{
    if (first_line && is_line_octet(octets.start[at]))
        return fault_of_long_line(text_until(text_from(octets, start), HTTP_REQUEST_LINE_MAX));
    if (at > LAST_LINE_LIMIT || is_line_octet(octets.start[at])) return HTTP_FAULT_LONG_HEAD;
    if (octets.start[at] == '\r')
        return octets.start[at + 1] == '\n' ? HTTP_FAULT_EMPTY_LINES : HTTP_FAULT_CR_ALONE;
    if (octets.start[at] == '\n')
        return first_line ? HTTP_FAULT_LF_ALONE : HTTP_FAULT_LF_ALONE_IN_FIELD;
    if (at == 0 && octets.start[at] == 0x16) return HTTP_FAULT_TLS_HELLO;
    return first_line ? HTTP_FAULT_CONTROL : HTTP_FAULT_CONTROL_IN_FIELD;
}

enum http_parse http_look_at_head(struct text octets, size_t *looked, struct http_problem *problem)
{
    size_t start = empty_lines_length(octets);
    size_t at = *looked;
    bool first_line = at <= start || memchr(octets.start + start, '\n', at - start) == NULL;
    for (;;) {
        size_t limit = first_line ? start + HTTP_REQUEST_LINE_MAX : LAST_LINE_LIMIT;
        while (at < octets.length && at < limit && is_line_octet(octets.start[at])) at++;
        *looked = at;
        if (at == octets.length || (at + 1 == octets.length && octets.start[at] == '\r'))
            return HTTP_INCOMPLETE;
        bool line_ends = octets.start[at] == '\r' && octets.start[at + 1] == '\n';
        bool empty = at == 0 || octets.start[at - 1] == '\n';
        if (!line_ends || at > limit || (empty && at == start)) {
            http_refuse(problem, fault_at(octets, at, start, first_line));
            return HTTP_INVALID;
        }
        at += 2;
        if (empty && at > start) {
            *looked = at;
            return HTTP_COMPLETE;
        }
        first_line = at <= start;
    }
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
static bool parse_version(struct text version, struct http_request *request, int *major)
{
    const char *start = version.start;
    if (version.length != strlen("HTTP/1.1") || memcmp(start, "HTTP/", 5) != 0 || start[6] != '.' ||
        start[5] < '0' || start[5] > '9' || start[7] < '0' || start[7] > '9')
        return false;
    *major = start[5] - '0';
    request->minor_version = start[7] - '0';
    return true;
}

/* request-line = method SP request-target SP HTTP-version, RFC 9112 §3 */
static bool parse_request_line(
    struct http_request *request, int *major, struct http_problem *problem)
{
    struct text rest = request->line;
    request->method = text_take_token(&rest);
    if (request->method.length == 0) return http_refuse(problem, HTTP_FAULT_NO_METHOD);
    if (rest.length == 0 || rest.start[0] != ' ')
        return http_refuse(problem, HTTP_FAULT_NO_SINGLE_SPACE);
    rest = text_from(rest, 1);
    request->target = take_target(&rest);
    if (request->target.length == 0 || (rest.length > 0 && rest.start[0] != ' '))
        return http_refuse(problem, HTTP_FAULT_TARGET_OCTET);
    if (rest.length == 0) return http_refuse(problem, HTTP_FAULT_NO_VERSION);
    return parse_version(text_from(rest, 1), request, major) ||
        http_refuse(problem, HTTP_FAULT_VERSION_SYNTAX);
}

/* field-line = field-name ":" OWS field-value OWS, RFC 9112 §5 */
static bool parse_field_line(
    struct text line, struct http_field *field, struct http_problem *problem)
{
    field->name = text_take_token(&line);
    if (line.length == 0) return http_refuse(problem, HTTP_FAULT_NO_COLON);
    if (text_is_space(line.start[0]))
        return http_refuse(problem,
            field->name.length == 0 ? HTTP_FAULT_FOLDED_LINE : HTTP_FAULT_SPACE_BEFORE_COLON);
    if (field->name.length == 0 || line.start[0] != ':')
        return http_refuse(problem, HTTP_FAULT_FIELD_NAME);
    field->value = text_trim(text_from(line, 1));
    return true;
}

/* The order of the checks: the syntax of every line, the version, the sizes. */
static bool parse_lines(
    struct text head, struct http_request *request, struct http_problem *problem)
{
    int major = 0;
    size_t count = 0;
    struct text line;
    if (!next_line(&head, &request->line)) return http_refuse(problem, HTTP_FAULT_NO_REQUEST_LINE);
    if (!parse_request_line(request, &major, problem)) return false;
    for (; next_line(&head, &line) && line.length > 0; count++) {
        struct http_field field;
        if (!parse_field_line(line, &field, problem)) return false;
        if (count < HTTP_FIELD_LINES_MAX) request->fields[request->field_count++] = field;
    }
    if (major != 1) return http_refuse(problem, HTTP_FAULT_VERSION);
    return count <= HTTP_FIELD_LINES_MAX || http_refuse(problem, HTTP_FAULT_MANY_FIELDS);
}

enum http_parse http_parse_request_head(
    struct text head, struct http_request *request, struct http_problem *problem)
{
    request->line = request->method = request->target = text_until(head, 0);
    request->minor_version = 0;
    request->field_count = 0;
    head = text_from(head, empty_lines_length(head));
    return parse_lines(head, request, problem) ? HTTP_COMPLETE : HTTP_INVALID;
}

size_t http_find_field(const struct http_request *request, const char *name, struct text *value)
{
    size_t count = 0;
    for (size_t i = 0; i < request->field_count; i++)
        if (text_equals_ignoring_case(request->fields[i].name, name) && count++ == 0)
            *value = request->fields[i].value;
    return count;
}

bool http_next_list_element(const struct http_request *request, const char *name,
    struct http_list *list, struct text *element)
{
    while (!text_next_element(&list->rest, element)) {
        while (list->next_field < request->field_count &&
            !text_equals_ignoring_case(request->fields[list->next_field].name, name))
            list->next_field++;
        if (list->next_field == request->field_count) return false;
        list->rest = request->fields[list->next_field++].value;
    }
    return true;
}
