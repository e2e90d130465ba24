#include "http/target.h"

#include <string.h>

/* unreserved or sub-delims, RFC 3986 §2.2 and §2.3 */
static bool is_name_octet(char octet)
{
    return text_is_alphanumeric(octet) ||
        (octet != '\0' && strchr("-._~!$&'()*+,;=", octet) != NULL);
}

/* Takes one octet off an encoded text, decoded; false when it does not stand for one. */
static bool next_octet(struct text *text, char *octet)
{
    bool encoded = text->start[0] == '%';
    *octet = text->start[0];
    if (encoded) {
        int high = text->length > 2 ? text_hex_digit(text->start[1]) : -1;
        int low = text->length > 2 ? text_hex_digit(text->start[2]) : -1;
        if (high < 0 || low < 0) return false;
        *octet = (char)(high * 16 + low);
    }
    *text = text_from(*text, encoded ? 3 : 1);
    return true;
}

/* How many octets the host takes: an IP literal in brackets, or a registered name, RFC 3986 §3.2.2.
 */
static size_t host_length(struct text text)
{
    struct text rest = text;
    char octet;
    if (text.length > 0 && text.start[0] == '[') {
        size_t end = text_find(text, ']');
        for (size_t i = 1; i < end; i++)
            if (text_hex_digit(text.start[i]) < 0 && text.start[i] != ':' && text.start[i] != '.')
                return 0;
        return end > 1 && end < text.length ? end + 1 : 0;
    }
    while (rest.length > 0 && (is_name_octet(rest.start[0]) || rest.start[0] == '%'))
        if (!next_octet(&rest, &octet)) return 0;
    return text.length - rest.length;
}

/* host [":" port] without user information, RFC 9110 §4.2.4 */
static bool is_authority(struct text text)
{
    size_t length = host_length(text);
    if (length == 0 || (length < text.length && text.start[length] != ':')) return false;
    for (size_t i = length + 1; i < text.length; i++)
        if (text.start[i] < '0' || text.start[i] > '9') return false;
    return true;
}

bool http_check_host(const struct http_request *request, struct http_problem *problem)
{
    struct text host = text_of("");
    size_t count = http_find_field(request, "Host", &host);
    if (count == 0 && request->minor_version >= 1) return http_refuse(problem, HTTP_FAULT_NO_HOST);
    if (count > 1) return http_refuse(problem, HTTP_FAULT_MANY_HOSTS);
    return host.length == 0 || is_authority(host) || http_refuse(problem, HTTP_FAULT_HOST);
}

/* absolute-form, RFC 9112 §3.2.2. Leaves in *rest the path and the query. */
static bool parse_absolute_form(
    struct text *rest, struct http_target *target, struct http_problem *problem)
{
    struct text scheme = text_until(*rest, text_find(*rest, ':'));
    struct text after = text_from(*rest, scheme.length);
    if (text_equals_ignoring_case(scheme, "https"))
        return http_refuse(problem, HTTP_FAULT_TARGET_HTTPS);
    if (!text_equals_ignoring_case(scheme, "http") || after.length < 3 ||
        memcmp(after.start, "://", 3) != 0)
        return http_refuse(problem, HTTP_FAULT_TARGET_FORM);
    after = text_from(after, 3);
    size_t length = text_find(text_until(after, text_find(after, '/')), '?');
    target->authority = text_until(after, length);
    target->form = HTTP_ABSOLUTE_FORM;
    *rest = text_from(after, length);
    return is_authority(target->authority) || http_refuse(problem, HTTP_FAULT_TARGET_HOST);
}

/* The other forms are for one method each, RFC 9112 §3.2.3 and §3.2.4. */
static bool parse_special_form(
    const struct http_request *request, struct http_target *target, struct http_problem *problem)
{
    bool asterisk = text_equals(request->target, "*");
    if (asterisk && text_equals(request->method, "OPTIONS"))
        target->form = HTTP_ASTERISK_FORM;
    else if (text_equals(request->method, "CONNECT") && is_authority(request->target) &&
        host_length(request->target) + 1 < request->target.length) /* RFC 9110 §9.3.6: a port */
        target->form = HTTP_AUTHORITY_FORM;
    else
        return http_refuse(problem, asterisk ? HTTP_FAULT_ASTERISK : HTTP_FAULT_TARGET_FORM);
    return true;
}

/* Ends the segment that starts at segment: empty ones and "." vanish, ".." takes the one before
 * with it; false where there is none. The path always starts with a slash, and so does each
 * segment. */
static bool end_segment(struct http_target *target, size_t segment, bool slash)
{
    struct text name = {target->path + segment, target->path_length - segment};
    if (text_equals(name, ".")) {
        target->path_length = segment;
    } else if (text_equals(name, "..")) {
        target->path_length = segment - 1;
        while (target->path_length > 0 && target->path[target->path_length - 1] != '/')
            target->path_length--;
    } else if (slash) {
        target->path[target->path_length++] = '/';
    }
    return target->path_length > 0;
}

/* An empty segment names no file: "//" stands for "/". */
static void collapse_slashes(struct http_target *target)
{
    size_t length = 0;
    for (size_t i = 0; i < target->path_length; i++)
        if (target->path[i] != '/' || length == 0 || target->path[length - 1] != '/')
            target->path[length++] = target->path[i];
    target->path[length] = '\0';
    target->path_length = length;
}

static bool decode_path(struct text path, struct http_target *target, struct http_problem *problem)
{
    bool encoded_slash = false;
    size_t segment = 1;
    target->path[0] = '/';
    target->path_length = 1;
    if (path.length > 0) path = text_from(path, 1); /* its slash */
    while (path.length > 0) {
        bool slash = path.start[0] == '/';
        char octet;
        if (!next_octet(&path, &octet)) return http_refuse(problem, HTTP_FAULT_PERCENT);
        if ((unsigned char)octet < 0x20 || octet == 0x7f)
            return http_refuse(problem, HTTP_FAULT_ENCODED_CONTROL);
        encoded_slash = encoded_slash || (octet == '/' && !slash);
        if (!slash) target->path[target->path_length++] = octet;
        if ((slash || path.length == 0) && !end_segment(target, segment, slash))
            return http_refuse(problem, HTTP_FAULT_ABOVE_ROOT);
        if (slash) segment = target->path_length;
    }
    collapse_slashes(target);
    return !encoded_slash || http_refuse(problem, HTTP_FAULT_ENCODED_SLASH);
}

bool http_parse_target(
    const struct http_request *request, struct http_target *target, struct http_problem *problem)
{
    struct text rest = request->target;
    target->form = HTTP_ORIGIN_FORM;
    target->authority = target->query = text_until(rest, 0);
    target->path_length = 0;
    target->path[0] = '\0';
    http_find_field(request, "Host", &target->authority);
    if (rest.start[0] != '/') {
        bool absolute = memchr(rest.start, ':', rest.length) != NULL;
        if (!absolute || text_equals(request->method, "CONNECT"))
            return parse_special_form(request, target, problem);
        if (!parse_absolute_form(&rest, target, problem)) return false;
    }
    size_t path_length = text_find(rest, '?');
    target->query = text_from(rest, path_length);
    return decode_path(text_until(rest, path_length), target, problem);
}

size_t http_encode_path(const char *path, char *encoded)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t length = 0;
    for (; *path != '\0'; path++) {
        bool plain = is_name_octet(*path) || strchr(":@/", *path) != NULL;
        encoded[length++] = plain ? *path : '%';
        if (!plain) {
            encoded[length++] = digits[(unsigned char)*path >> 4];
            encoded[length++] = digits[(unsigned char)*path & 15];
        }
    }
    return length;
}
