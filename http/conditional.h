/* conditional.h: validators (RFC 9110 §8.8) and the preconditions that ask for them (§13).
 *
 *     http_describe_file()            what stands for this state of a file, then
 *     http_evaluate_preconditions()   is the method to be applied at all? and for GET
 *     http_allows_range()             If-Range: may a Range be answered with a part?
 * Pure: the clock is the caller's, as seconds and nanoseconds since 1970.
 */
#pragma once

#include "http/request.h"

#include <stdint.h>
#include <time.h>

enum { HTTP_ENTITY_TAG_SIZE = 64 }; /* its NUL included */

struct http_validators {
    char entity_tag[HTTP_ENTITY_TAG_SIZE]; /* with its quotes, and W/ while it is weak; "": none */
    int64_t last_modified;                 /* seconds, never after now; 0 where there is no tag */
    bool strong;                           /* both of them, §8.8.1 and §8.8.2.2 */
};

/* The tag is made of size, time stamp and content coding (its name, of at most 16 characters; ""
 * for identity): no inode, for instances behind a balancer must agree. Weak while the file is less
 * than two seconds old, or from the future: it may change again under the same time stamp. A file
 * with one of 0 or 1, or from before 1970 (a reproducible build), has neither validator. */
void http_describe_file(struct http_validators *validators, uint64_t size, struct timespec modified,
    const char *coding, struct timespec now);

/* §13.2.2: HTTP_OK, apply the method; HTTP_NOT_MODIFIED or HTTP_PRECONDITION_FAILED, do not. "*"
 * matches a file whatever its validators. NULL for these: there is no file, so If-Match fails and
 * no other field counts. A list of tags is read whole or names nothing: then If-Match fails, and
 * If-None-Match holds. A date field is ignored where it is no date or sent twice, and where the
 * file has no validators; now is for dates with two digits of a year. */
enum http_status http_evaluate_preconditions(
    const struct http_request *, const struct http_validators *, int64_t now);

/* §13.1.5: no If-Range, or one that names this very state, by a strong tag or by a date that is as
 * strong. Sent twice it names nothing: the whole file is never wrong. */
bool http_allows_range(const struct http_request *, const struct http_validators *, int64_t now);
