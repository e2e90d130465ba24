#include "http/request.h"

#include <string.h>

/* The octets that may stand inside a line of a head: all but controls other than tab. RFC 9112 §5
 * leaves the field value to RFC 9110 §5.5, which makes CR, LF and NUL dangerous and the rest of the
 * controls invalid. */
static bool is_line_octet(char octet)
{
    unsigned char value = (unsigned char)octet;
    return (value >= 0x20 && value != 0x7f) || value == '\t';
}

/* Where the CR LF of the empty line has to begin at the latest. */
enum { HEAD_LINE_LIMIT = HTTP_HEAD_MAX - 2 };

static bool is_target_octet(char octet)
{
    return octet > 0x20 && octet < 0x7f && octet != '#';
}

/* RFC 9112 §2.2: a server should ignore at least one empty line before the request line. */
static size_t count_empty_lines(struct text octets)
{
    size_t count = 0;
    while (count < HTTP_EMPTY_LINES_MAX && octets.length >= 2 * count + 2 &&
           octets.start[2 * count] == '\r' && octets.start[2 * count + 1] == '\n')
        count++;
    return count;
}

/* Names the fault of an octet that no line may hold; first_line says where it stands. */
static void refuse_octet(struct text octets, size_t at, bool first_line,
                         struct http_problem *problem)
{
    unsigned char octet = (unsigned char)octets.start[at];
    if (at == 0 && octet == 0x16) {
        http_refuse(problem, HTTP_BAD_REQUEST,
                    "This is a TLS hello, but this server speaks http, not https",
                    "RFC 9110 §4.2.1");
        problem->hint = "Ask for a target that starts with http://.";
    } else if (octet == '\n') {
        http_refuse(problem, HTTP_BAD_REQUEST,
                    first_line ? "The request line ended in LF alone; HTTP lines end in CR LF"
                               : "A field line ended in LF alone; HTTP lines end in CR LF",
                    "RFC 9112 §2.2");
        problem->hint = "With netcat, use nc -C.";
    } else if (octet == '\r') {
        http_refuse(problem, HTTP_BAD_REQUEST, "A CR was not followed by LF", "RFC 9112 §2.2");
    } else {
        http_refuse(problem, HTTP_BAD_REQUEST,
                    first_line ? "The request line holds a control character"
                               : "A field line holds a control character",
                    first_line ? "RFC 9112 §3" : "RFC 9110 §5.5");
    }
}

/* A request line that has no end within the limit: is it the method, the target or the rest that is
 * too long? RFC 9112 §3: 501 for a method longer than any known, 414 for a target too long. */
static void refuse_long_request_line(struct text octets, struct http_problem *problem)
{
    struct text line = text_until(octets, HTTP_REQUEST_LINE_MAX);
    size_t method = 0;
    while (method < line.length && text_is_tchar(line.start[method]))
        method++;
    size_t target = method + 1;
    while (target < line.length && is_target_octet(line.start[target]))
        target++;
    bool room_for_version = target + strlen(" HTTP/1.1") <= line.length;
    if (method == line.length)
        http_refuse(problem, HTTP_NOT_IMPLEMENTED, "The method is longer than any that is known",
                    "RFC 9112 §3");
    else if (method == 0 || line.start[method] != ' ' || room_for_version)
        http_refuse(problem, HTTP_BAD_REQUEST,
                    "The request line is not: method, one space, target, one space, version",
                    "RFC 9112 §3");
    else
        http_refuse(problem, HTTP_URI_TOO_LONG, "The request line is longer than 8192 octets",
                    "RFC 9112 §3");
}

/* Names why the look cannot go on at this octet. */
static enum http_parse refuse_head(struct text octets, size_t at, bool first_line, size_t start,
                                   struct http_problem *problem)
{
    bool third_empty_line = at == start && start == 2 * HTTP_EMPTY_LINES_MAX;
    if (third_empty_line && octets.start[at] == '\r' && octets.start[at + 1] == '\n')
        http_refuse(problem, HTTP_BAD_REQUEST, "More than two empty lines before the request line",
                    "RFC 9112 §2.2");
    else if (first_line && is_line_octet(octets.start[at]))
        refuse_long_request_line(text_from(octets, start), problem);
    else if (at > HEAD_LINE_LIMIT || is_line_octet(octets.start[at]))
        http_refuse(problem, HTTP_FIELDS_TOO_LARGE, "The head is longer than 32768 octets",
                    "RFC 9110 §5.4");
    else
        refuse_octet(octets, at, first_line, problem);
    return HTTP_INVALID;
}

enum http_parse http_look_at_head(struct text octets, size_t *looked, struct http_problem *problem)
{
    size_t start = 2 * count_empty_lines(octets);
    size_t at = *looked;
    bool first_line = at <= start || memchr(octets.start + start, '\n', at - start) == NULL;
    for (;;) {
        size_t limit = first_line ? start + HTTP_REQUEST_LINE_MAX : HEAD_LINE_LIMIT;
        while (at < octets.length && at < limit && is_line_octet(octets.start[at]))
            at++;
        *looked = at;
        if (at == octets.length || (at + 1 == octets.length && octets.start[at] == '\r'))
            return HTTP_INCOMPLETE;
        bool line_ends = octets.start[at] == '\r' && octets.start[at + 1] == '\n';
        bool empty = at == 0 || octets.start[at - 1] == '\n';
        bool too_many_empty = empty && at == start && first_line;
        if (!line_ends || at > limit || too_many_empty)
            return refuse_head(octets, at, first_line, start, problem);
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
    const char *end = memchr(octets->start, '\n', octets->length);
    if (end == NULL || end == octets->start || end[-1] != '\r')
        return false;
    size_t length = (size_t)(end - octets->start);
    *line = text_until(*octets, length - 1);
    *octets = text_from(*octets, length + 1);
    return true;
}

/* HTTP-version, RFC 9112 §2.3: case-sensitive, one digit either side of the dot. */
static bool parse_version(struct text version, struct http_request *request, int *major,
                          struct http_problem *problem)
{
    const char *start = version.start;
    if (version.length != strlen("HTTP/1.1") || memcmp(start, "HTTP/", 5) != 0 || start[6] != '.' ||
        start[5] < '0' || start[5] > '9' || start[7] < '0' || start[7] > '9')
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "The request line does not end in a version such as HTTP/1.1",
                           "RFC 9112 §2.3");
    *major = start[5] - '0';
    request->minor_version = start[7] - '0';
    return true;
}

/* request-line = method SP request-target SP HTTP-version, RFC 9112 §3 */
static bool parse_request_line(struct http_request *request, int *major,
                               struct http_problem *problem)
{
    struct text rest = request->line;
    size_t length = 0;
    while (length < rest.length && text_is_tchar(rest.start[length]))
        length++;
    if (length == 0)
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "The request line does not start with a method, which is a token",
                           "RFC 9110 §9.1");
    request->method = text_until(rest, length);
    if (length == rest.length || rest.start[length] != ' ')
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "The method is not followed by a single space and a target",
                           "RFC 9112 §3");
    rest = text_from(rest, length + 1);
    length = 0;
    while (length < rest.length && is_target_octet(rest.start[length]))
        length++;
    if (length == 0 || (length < rest.length && rest.start[length] != ' '))
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "The target is missing or holds an octet that no target may hold",
                           "RFC 9112 §3.2");
    request->target = text_until(rest, length);
    if (length == rest.length)
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "The request line has no version; HTTP/0.9 is not spoken here",
                           "RFC 9112 §2.3");
    return parse_version(text_from(rest, length + 1), request, major, problem);
}

/* field-line = field-name ":" OWS field-value OWS, RFC 9112 §5 */
static bool parse_field_line(struct text line, struct http_field *field,
                             struct http_problem *problem)
{
    size_t length = 0;
    while (length < line.length && text_is_tchar(line.start[length]))
        length++;
    if (length == line.length)
        return http_refuse(problem, HTTP_BAD_REQUEST, "A field line has no colon", "RFC 9112 §5");
    bool white_space = line.start[length] == ' ' || line.start[length] == '\t';
    if (white_space && length == 0)
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "A field line starts with white space; folded lines are obsolete",
                           "RFC 9112 §5.2");
    if (white_space)
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "There is white space between a field name and its colon",
                           "RFC 9112 §5.1");
    if (length == 0 || line.start[length] != ':')
        return http_refuse(problem, HTTP_BAD_REQUEST, "A field name is not a token",
                           "RFC 9110 §5.1");
    field->name = text_until(line, length);
    field->value = text_trim(text_from(line, length + 1));
    return true;
}

/* Checks every line, and keeps those within the limit. */
static bool parse_field_lines(struct text octets, struct http_request *request,
                              struct http_problem *problem, size_t *count)
{
    struct text line;
    while (next_line(&octets, &line) && line.length > 0) {
        struct http_field field;
        if (!parse_field_line(line, &field, problem))
            return false;
        if (*count < HTTP_FIELD_LINES_MAX)
            request->fields[request->field_count++] = field;
        *count += 1;
    }
    return true;
}

enum http_parse http_parse_request_head(struct text head, struct http_request *request,
                                        struct http_problem *problem)
{
    size_t count = 0;
    int major = 0;
    request->line = request->method = request->target = text_until(head, 0);
    request->minor_version = 0;
    request->field_count = 0;
    head = text_from(head, 2 * count_empty_lines(head));
    if (!next_line(&head, &request->line))
        http_refuse(problem, HTTP_BAD_REQUEST, "There is no request line", "RFC 9112 §3");
    else if (!parse_request_line(request, &major, problem) ||
             !parse_field_lines(head, request, problem, &count))
        return HTTP_INVALID;
    else if (major != 1)
        http_refuse(problem, HTTP_VERSION_NOT_SUPPORTED,
                    "This server speaks HTTP/1.1 and HTTP/1.0, no other major version",
                    "RFC 9110 §15.6.6");
    else if (count > HTTP_FIELD_LINES_MAX)
        http_refuse(problem, HTTP_FIELDS_TOO_LARGE, "The head has more than 100 field lines",
                    "RFC 9110 §5.4");
    else
        return HTTP_COMPLETE;
    return HTTP_INVALID;
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
        if (list->next_field == request->field_count)
            return false;
        list->rest = request->fields[list->next_field++].value;
    }
    return true;
}
