/* status.h: the error vocabulary of http/: status codes, and what was wrong with a message.
 *
 * Zero of every status enum means refused, so that an emptied or forgotten function fails closed.
 */
#ifndef STRATA_HTTP_STATUS_H
#define STRATA_HTTP_STATUS_H

#include <stdbool.h>

/* RFC 9110 §15. Those that strata sends. */
enum http_status {
    HTTP_REFUSED = 0, /* no decision was made; sent as 500 */
    HTTP_CONTINUE = 100,
    HTTP_OK = 200,
    HTTP_MOVED_PERMANENTLY = 301,
    HTTP_PERMANENT_REDIRECT = 308,
    HTTP_BAD_REQUEST = 400,
    HTTP_FORBIDDEN = 403,
    HTTP_NOT_FOUND = 404,
    HTTP_METHOD_NOT_ALLOWED = 405,
    HTTP_REQUEST_TIMEOUT = 408,
    HTTP_CONTENT_TOO_LARGE = 413,
    HTTP_URI_TOO_LONG = 414,
    HTTP_EXPECTATION_FAILED = 417,
    HTTP_MISDIRECTED_REQUEST = 421,
    HTTP_FIELDS_TOO_LARGE = 431,
    HTTP_INTERNAL_SERVER_ERROR = 500,
    HTTP_NOT_IMPLEMENTED = 501,
    HTTP_SERVICE_UNAVAILABLE = 503,
    HTTP_VERSION_NOT_SUPPORTED = 505,
};

/* The outcome of parsing a message that arrives bit by bit. */
enum http_parse {
    HTTP_INVALID = 0, /* never valid, whatever follows; a struct http_problem says why */
    HTTP_INCOMPLETE,  /* valid so far: call again, from the same first octet, with more */
    HTTP_COMPLETE,
};

/* Why a request is refused. The strings are constants, safe to show: no octet of a request. */
struct http_problem {
    enum http_status status;
    const char *sentence; /* what was wrong, without a full stop */
    const char *section;  /* "RFC 9112 §2.2" */
    const char *hint;     /* what to do about it, a sentence; or NULL */
};

/* Fills in a problem without a hint. Always false, so that a check can return it. */
bool http_refuse(struct http_problem *problem, enum http_status status, const char *sentence,
                 const char *section);

/* "Not Found". A status that is not in the enum is an internal error, and so is its phrase. */
const char *http_reason_phrase(enum http_status status);

#endif
