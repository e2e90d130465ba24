#include "http/target.h"

#include <string.h>

static bool is_alphanumeric(char octet)
{
    return (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'Z') ||
           (octet >= 'a' && octet <= 'z');
}

/* unreserved or sub-delims, RFC 3986 §2.2 and §2.3 */
static bool is_name_octet(char octet)
{
    return is_alphanumeric(octet) || (octet != '\0' && strchr("-._~!$&'()*+,;=", octet) != NULL);
}

/* How many octets the host takes: an IP literal in brackets, or a registered name, RFC 3986 §3.2.2.
 * A host may be empty. */
static size_t host_length(struct text text)
{
    size_t length = 0;
    if (text.length > 0 && text.start[0] == '[') {
        do
            length++;
        while (length < text.length && (text_hex_digit(text.start[length]) >= 0 ||
                                        text.start[length] == ':' || text.start[length] == '.'));
        bool closed = length > 1 && length < text.length && text.start[length] == ']';
        return closed ? length + 1 : 0;
    }
    while (length < text.length) {
        if (is_name_octet(text.start[length]))
            length++;
        else if (text.start[length] == '%' && length + 2 < text.length &&
                 text_hex_digit(text.start[length + 1]) >= 0 &&
                 text_hex_digit(text.start[length + 2]) >= 0)
            length += 3;
        else
            break;
    }
    return length;
}

/* host [":" port] without user information, RFC 9110 §4.2.4; a port needs a host. */
static bool is_authority(struct text text)
{
    size_t length = host_length(text);
    if (length == 0)
        return false;
    if (length < text.length && text.start[length] != ':')
        return false;
    for (size_t i = length + 1; i < text.length; i++)
        if (text.start[i] < '0' || text.start[i] > '9')
            return false;
    return true;
}

bool http_check_host(const struct http_request *request, struct http_problem *problem)
{
    struct text host = {NULL, 0};
    size_t count = http_find_field(request, "Host", &host);
    if (count == 0 && request->minor_version >= 1)
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "A request in HTTP/1.1 needs a Host field line", "RFC 9112 §3.2");
    if (count > 1)
        return http_refuse(problem, HTTP_BAD_REQUEST, "There is more than one Host field line",
                           "RFC 9112 §3.2");
    if (host.length > 0 && !is_authority(host))
        return http_refuse(problem, HTTP_BAD_REQUEST, "The value of Host is not a host and a port",
                           "RFC 9112 §3.2");
    return true;
}

/* The offset of the first occurrence, or the length where there is none. */
static size_t find(struct text text, char octet)
{
    const char *found = memchr(text.start, octet, text.length);
    return found == NULL ? text.length : (size_t)(found - text.start);
}

/* absolute-form, RFC 9112 §3.2.2. Leaves in *rest the path and the query. */
static bool parse_absolute_form(struct text *rest, struct http_target *target,
                                struct http_problem *problem)
{
    struct text scheme = text_until(*rest, find(*rest, ':'));
    struct text after = text_from(*rest, scheme.length);
    if (text_equals_ignoring_case(scheme, "https"))
        return http_refuse(problem, HTTP_MISDIRECTED_REQUEST,
                           "The target's scheme is https, but this server speaks http only",
                           "RFC 9110 §7.4");
    if (!text_equals_ignoring_case(scheme, "http") || after.length < 3 ||
        memcmp(after.start, "://", 3) != 0)
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "The target is neither a path nor starts with http://", "RFC 9112 §3.2");
    after = text_from(after, 3);
    size_t length = find(after, '/');
    length = find(text_until(after, length), '?');
    target->authority = text_until(after, length);
    if (!is_authority(target->authority))
        return http_refuse(problem, HTTP_BAD_REQUEST, "The target has no valid host",
                           "RFC 9110 §4.2.1");
    target->form = HTTP_ABSOLUTE_FORM;
    *rest = text_from(after, length);
    return true;
}

/* The other forms are for one method each, RFC 9112 §3.2.3 and §3.2.4. */
static bool parse_special_form(const struct http_request *request, struct http_target *target,
                               struct http_problem *problem)
{
    if (text_equals(request->target, "*") && text_equals(request->method, "OPTIONS"))
        target->form = HTTP_ASTERISK_FORM;
    else if (is_authority(request->target) && text_equals(request->method, "CONNECT"))
        target->form = HTTP_AUTHORITY_FORM;
    else if (text_equals(request->target, "*"))
        return http_refuse(problem, HTTP_BAD_REQUEST, "The target * is for OPTIONS only",
                           "RFC 9112 §3.2.4");
    else
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "The target is neither a path nor starts with http://", "RFC 9112 §3.2");
    return true;
}

/* Takes one octet off an encoded path, decoded; false when it does not stand for one. */
static bool next_octet(struct text *path, char *octet)
{
    size_t length = 1;
    *octet = path->start[0];
    if (*octet == '%') {
        int high = path->length > 2 ? text_hex_digit(path->start[1]) : -1;
        int low = path->length > 2 ? text_hex_digit(path->start[2]) : -1;
        if (high < 0 || low < 0)
            return false;
        *octet = (char)(high * 16 + low);
        length = 3;
    }
    *path = text_from(*path, length);
    return true;
}

/* Ends the segment that starts at segment: empty ones and "." vanish, ".." takes the one before
 * with it. The path always starts with a slash, and so does each segment. */
static bool end_segment(struct http_target *target, size_t segment, bool slash)
{
    struct text name = {target->path + segment, target->path_length - segment};
    if (name.length == 0)
        return true;
    if (text_equals(name, ".")) {
        target->path_length = segment;
    } else if (text_equals(name, "..")) {
        if (segment == 1)
            return false;
        target->path_length = segment - 1;
        while (target->path[target->path_length - 1] != '/')
            target->path_length--;
    } else if (slash) {
        target->path[target->path_length++] = '/';
    }
    return true;
}

static bool decode_path(struct text path, struct http_target *target, struct http_problem *problem)
{
    bool encoded_slash = false;
    size_t segment = 1;
    target->path[0] = '/';
    target->path_length = 1;
    while (path.length > 0) {
        bool slash = path.start[0] == '/';
        char octet;
        if (!next_octet(&path, &octet))
            return http_refuse(
                problem, HTTP_BAD_REQUEST,
                "A percent sign in the target is not followed by two hexadecimal digits",
                "RFC 3986 §2.1");
        if ((unsigned char)octet < 0x20 || octet == 0x7f)
            return http_refuse(problem, HTTP_BAD_REQUEST,
                               "The target's path holds an encoded control character",
                               "RFC 3986 §7.3");
        encoded_slash = encoded_slash || (octet == '/' && !slash);
        if (!slash)
            target->path[target->path_length++] = octet;
        if ((slash || path.length == 0) && !end_segment(target, segment, slash))
            return http_refuse(problem, HTTP_BAD_REQUEST,
                               "The target's dot segments lead above the root", "RFC 3986 §5.2.4");
        if (slash)
            segment = target->path_length;
    }
    target->path[target->path_length] = '\0';
    if (encoded_slash)
        return http_refuse(problem, HTTP_NOT_FOUND, "No file name holds a slash, encoded or not",
                           "RFC 9110 §15.5.5");
    return true;
}

bool http_parse_target(const struct http_request *request, struct http_target *target,
                       struct http_problem *problem)
{
    struct text rest = request->target;
    target->form = HTTP_TARGET_REFUSED;
    target->authority = target->query = text_until(rest, 0);
    target->path_length = 0;
    target->path[0] = '\0';
    http_find_field(request, "Host", &target->authority);
    bool has_colon = find(rest, ':') < rest.length;
    if (rest.start[0] == '/')
        target->form = HTTP_ORIGIN_FORM;
    else if (!has_colon || text_equals(request->method, "CONNECT"))
        return parse_special_form(request, target, problem);
    else if (!parse_absolute_form(&rest, target, problem))
        return false;
    size_t path_length = find(rest, '?');
    target->query = text_from(rest, path_length);
    return decode_path(text_until(rest, path_length), target, problem);
}

size_t http_encode_path(const char *path, char *encoded)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t length = 0;
    for (; *path != '\0'; path++) {
        if (is_name_octet(*path) || strchr(":@/", *path) != NULL) {
            encoded[length++] = *path;
        } else {
            encoded[length++] = '%';
            encoded[length++] = digits[(unsigned char)*path >> 4];
            encoded[length++] = digits[(unsigned char)*path & 15];
        }
    }
    return length;
}
