/* target.h: what a request is for: the request target and Host.
 *
 * RFC 9112 §3.2 (forms), §3.3 (with Host it makes the target URI), RFC 3986 §2.1
 * (percent-encoding), §5.2.4 (dot segments). The path is decoded once and then cleaned; what a name
 * means as a file is not decided here.
 */
#pragma once

#include "http/request.h"

/* /path?query, http://authority/path?query; CONNECT's and OPTIONS' own. */
enum http_target_form {
    HTTP_TARGET_REFUSED = 0,
    HTTP_ORIGIN_FORM,
    HTTP_ABSOLUTE_FORM,
    HTTP_AUTHORITY_FORM,
    HTTP_ASTERISK_FORM,
};

struct http_target {
    enum http_target_form form;
    struct text authority; /* absolute-form's, else Host's value; may be empty */
    struct text query;     /* with its question mark, or empty; not decoded */
    const char *at;        /* where the fault is, if there is one: see below */
    size_t path_length;
    /* Decoded, absolute, NUL-terminated, without NUL, controls, dot segments and empty segments; it
     * ends in a slash where the target's path does. "" for authority- and asterisk-form. */
    char path[HTTP_REQUEST_LINE_MAX + 1];
};

/* One valid Host line in HTTP/1.1, at most one in 1.0 (RFC 9112 §3.2); an empty value is valid. */
bool http_check_host(const struct http_request *request, struct http_problem *problem);

/* Decides the form and decodes the path of the request's target. The fault is at the target's first
 * octet, but in a path at the percent sign that is wrong; for dot segments above the root where the
 * last octet of the segment begins, its slash if it has one; and once a slash came encoded, at the
 * percent sign of that, whatever else is wrong behind it. */
bool http_parse_target(const struct http_request *, struct http_target *, struct http_problem *);

/* Writes a decoded path percent-encoded, all but unreserved characters, sub-delims and ":@/" (RFC
 * 3986 §3.3). Returns its length; at most 3 x the path's. Not NUL-terminated. */
size_t http_encode_path(const char *path, char *encoded);
