/* range.h: which octets of a representation are wanted, RFC 9110 §14. Pure. */
#pragma once

#include "http/request.h"

#include <stdint.h>

enum { HTTP_CONTENT_RANGE_SIZE = 80 }; /* three numbers of 20 digits, "bytes ", "-", "/", NUL */

struct http_range {
    uint64_t first_pos, length;
};

/* Fills in the range and returns HTTP_PARTIAL_CONTENT; or HTTP_OK: all of it, and so for every
 * method but GET (§14.2), an empty representation, no Range, several Range lines, an unknown unit
 * or bad syntax, and ranges that do not join to one, or come to 16 pieces before they do (§17.15);
 * or HTTP_RANGE_NOT_SATISFIABLE. In every case but PARTIAL_CONTENT the range is the whole. Numbers
 * may have any length; those that 64 bits do not hold are all the same. */
enum http_status http_select_range(
    const struct http_request *, uint64_t complete_length, struct http_range *range);

/* The value of Content-Range (§14.4) in a 206; of a 416 where range is NULL. */
void http_format_content_range(
    const struct http_range *range, uint64_t complete_length, char value[HTTP_CONTENT_RANGE_SIZE]);
