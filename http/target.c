#include "http/target.h"

/* unreserved or sub-delims, RFC 3986 §2.2 and §2.3 */
static bool is_name_octet(char octet)
{
    return text_is_alphanumeric(octet) ||
        (octet != '\0' && strchr("-._~!$&'()*+,;=", octet) != NULL);
}

/* What an IP literal is made of. */
static bool is_address_octet(char octet)
{
    return text_hex_digit(octet) >= 0 || octet == ':' || octet == '.';
}

/* Takes one octet off an encoded text, decoded; false when it does not stand for one. */
static bool next_octet(struct text *text, char *octet)
{
    *octet = text->start[0];
    *text = text_from(*text, 1);
    if (*octet != '%') return true;
    if (text->length < 2) return false;
    int high = text_hex_digit(text->start[0]);
    int low = text_hex_digit(text->start[1]);
    *octet = (char)(high * 16 + low);
    *text = text_from(*text, 2);
    return high >= 0 && low >= 0;
}

/* Takes the host off: an IP literal in brackets, or a registered name, RFC 3986 §3.2.2. */
static bool take_host(struct text *rest)
{
    size_t length = rest->length;
    char octet;
    if (text_skip(rest, "["))
        return text_take(rest, is_address_octet).length > 0 && text_skip(rest, "]");
    while (rest->length > 0 && (is_name_octet(rest->start[0]) || rest->start[0] == '%'))
        if (!next_octet(rest, &octet)) return false;
    return rest->length < length;
}

/* host [":" port] without user information, RFC 9110 §4.2.4 */
static bool is_authority(struct text text, bool needs_port)
{
    if (!take_host(&text)) return false;
    bool has_port = text_skip(&text, ":") && text_take(&text, text_is_digit).length > 0;
    return text.length == 0 && (has_port || !needs_port);
}

bool http_check_host(const struct http_request *request, struct http_problem *problem)
{
    struct text host = text_of("");
    size_t count = http_find_field(request, "Host", &host);
    if (count == 0 && request->minor_version >= 1)
        return http_refuse(problem, HTTP_FAULT_NO_HOST, NULL);
    if (count > 1) return http_refuse(problem, HTTP_FAULT_MANY_HOSTS, host.start);
    return host.length == 0 || is_authority(host, false) ||
        http_refuse(problem, HTTP_FAULT_HOST, host.start);
}

/* Ends the segment that starts at segment, and ends in a slash or with the path: "." vanishes, ".."
 * takes the one before with it; false where there is none. RFC 3986 §5.2.4. */
static bool end_segment(struct http_target *target, size_t segment, bool slash)
{
    struct text name = {target->path + segment, target->path_length - segment - slash};
    if (text_equals(name, ".")) {
        target->path_length = segment;
    } else if (text_equals(name, "..")) {
        target->path_length = segment - 1;
        while (target->path_length > 0 && target->path[target->path_length - 1] != '/')
            target->path_length--;
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

/* origin-form = absolute-path [ "?" query ], RFC 9112 §3.2.1. A segment starts after a slash. */
static enum http_fault parse_origin_form(struct text text, struct http_target *target)
{
    struct text path = text_until(text, text_find(text, '?'));
    bool encoded_slash = false;
    size_t segment = 1;
    target->query = text_from(text, path.length);
    target->path[0] = '/';
    target->path_length = 1;
    text_skip(&path, "/");
    while (path.length > 0) {
        bool slash = path.start[0] == '/';
        if (!encoded_slash) target->at = path.start;
        char octet;
        if (!next_octet(&path, &octet)) return HTTP_FAULT_PERCENT;
        if (octet == '\t' || !text_is_line_octet(octet)) return HTTP_FAULT_ENCODED_CONTROL;
        encoded_slash = encoded_slash || (octet == '/' && !slash);
        target->path[target->path_length++] = octet;
        if (!slash && path.length > 0) continue;
        if (!end_segment(target, segment, slash)) return HTTP_FAULT_ABOVE_ROOT;
        segment = target->path_length;
    }
    collapse_slashes(target);
    return encoded_slash ? HTTP_FAULT_ENCODED_SLASH : HTTP_FAULT_NONE;
}

/* absolute-form, RFC 9112 §3.2.2: a scheme and an authority, then as in origin-form. */
static enum http_fault parse_absolute_form(struct text text, struct http_target *target)
{
    struct text scheme = text_until(text, text_find(text, ':'));
    struct text rest = text_from(text, scheme.length);
    if (text_equals_ignoring_case(scheme, "https") && rest.length > 0)
        return HTTP_FAULT_TARGET_HTTPS;
    if (!text_equals_ignoring_case(scheme, "http") || !text_skip(&rest, "://"))
        return HTTP_FAULT_TARGET_FORM;
    target->form = HTTP_ABSOLUTE_FORM;
    target->authority = text_until(rest, text_find(text_until(rest, text_find(rest, '/')), '?'));
    if (!is_authority(target->authority, false)) return HTTP_FAULT_TARGET_HOST;
    return parse_origin_form(text_from(rest, target->authority.length), target);
}

/* Asterisk-form and authority-form are for one method each, RFC 9112 §3.2.3 and §3.2.4. */
static enum http_fault parse_form(const struct http_request *request, struct http_target *target)
{
    struct text text = request->target;
    if (text.start[0] == '/') return parse_origin_form(text, target);
    if (text_equals(text, "*")) {
        target->form = HTTP_ASTERISK_FORM;
        return text_equals(request->method, "OPTIONS") ? HTTP_FAULT_NONE : HTTP_FAULT_ASTERISK;
    }
    if (text_equals(request->method, "CONNECT")) { /* RFC 9110 §9.3.6: with a port */
        target->form = HTTP_AUTHORITY_FORM;
        return is_authority(text, true) ? HTTP_FAULT_NONE : HTTP_FAULT_TARGET_FORM;
    }
    return parse_absolute_form(text, target);
}

bool http_parse_target(
    const struct http_request *request, struct http_target *target, struct http_problem *problem)
{
    target->form = HTTP_ORIGIN_FORM;
    target->authority = target->query = text_of("");
    target->path_length = 0;
    target->path[0] = '\0';
    http_find_field(request, "Host", &target->authority);
    target->at = request->target.start;
    enum http_fault fault = parse_form(request, target);
    return http_passes(problem, fault, target->at);
}

size_t http_encode_path(const char *path, char *encoded)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t length = 0;
    for (; *path != '\0'; path++) {
        bool plain = is_name_octet(*path) || strchr(":@/", *path) != NULL;
        encoded[length++] = (char)(plain ? *path : '%');
        if (plain) continue;
        encoded[length++] = digits[(unsigned char)*path >> 4];
        encoded[length++] = digits[(unsigned char)*path & 15];
    }
    return length;
}
