/* status.h: the error vocabulary of http/: status codes, and what can be wrong with a message.
 *
 * Zero of every status enum means refused, so that an emptied or forgotten function fails closed.
 */
#pragma once

#include <stdbool.h>

/* RFC 9110 §15: HTTP_OK, HTTP_NOT_FOUND … as in statuses.def. */
enum http_status {
    HTTP_REFUSED = 0, /* no decision was made; sent as 500 */
#define STATUS(name, code, phrase) HTTP_##name = code,
#include "http/statuses.def"
};

/* The outcome of parsing a message that arrives bit by bit. INVALID: never valid, whatever follows;
 * a struct http_problem says why. INCOMPLETE: valid so far, call again, from the same first octet,
 * with more. */
enum http_parse { HTTP_INVALID = 0, HTTP_INCOMPLETE, HTTP_COMPLETE };

/* What can be wrong: HTTP_FAULT_LF_ALONE … as in problems.def; and after those, nothing. */
enum http_fault {
#define PROBLEM(name, status, section, sentence, hint) HTTP_FAULT_##name,
#include "http/problems.def"
    HTTP_FAULT_NONE,
};

/* Why a request is refused. The strings are constants, safe to show: no octet of a request. */
struct http_problem {
    enum http_status status;
    const char *section;  /* "RFC 9112 §2.2" */
    const char *sentence; /* what was wrong, without a full stop */
    const char *hint;     /* what to do about it, a sentence; or NULL */
    const char *at;       /* the octet received that is wrong; NULL: the message as a whole */
};

/* Says what was wrong, and at which octet. Always false, so that a check can return it. */
bool http_refuse(struct http_problem *problem, enum http_fault fault, const char *at);

/* True where there is no fault; else refuses. */
static inline bool http_passes(struct http_problem *problem, enum http_fault fault, const char *at)
{
    return fault == HTTP_FAULT_NONE || http_refuse(problem, fault, at);
}

/* "Not Found". A status that is not in the enum is an internal error, and so is its phrase. */
const char *http_reason_phrase(enum http_status status);
