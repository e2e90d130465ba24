/* framing.h: where a message ends, and whether the connection outlives it.
 *
 * RFC 9112 §6 (Content-Length, Transfer-Encoding), §7.1 (chunked), §9.3 (persistence). Framing in
 * doubt is refused: two readers that disagree on where a request ends is how smuggling works
 * (§11.2).
 *
 * A struct http_content is all that is kept between two arrivals of octets. Zeroed, it is
 * undecided; http_frame_content() decides it from a complete head, then http_take_content() takes
 * octets as they come, until COMPLETE or INVALID.
 */
#pragma once

#include "http/request.h"

#include <stdint.h>

/* Octets in one message; digits as many as 64 bits have. */
enum { HTTP_CHUNK_EXTENSIONS_MAX = 1024, HTTP_TRAILERS_MAX = HTTP_HEAD_MAX };
enum { HTTP_CHUNK_SIZE_DIGITS_MAX = 16 };

/* What the next octet belongs to: content, or framing as in chunked.def. */
enum http_content_phase {
    HTTP_CONTENT_UNDECIDED = 0,
    HTTP_CONTENT_OCTETS, /* content of known length */
    HTTP_CHUNK_OCTETS,
#define PHASE(name, octet, after_octet, kind, after_kind, fault) HTTP_##name,
#include "http/chunked.def"
    HTTP_CONTENT_COMPLETE,
};

struct http_content {
    uint8_t phase;                      /* enum http_content_phase */
    uint8_t size_digits, trailer_lines; /* the digits of this chunk's size */
    uint16_t extension_octets, trailer_octets;
    uint64_t octets_left;   /* of the content, or of this chunk */
    uint64_t octets_so_far; /* of content, framing not counted */
};

/* Decides the framing. False: refused, and no octet after the head may be interpreted. */
bool http_frame_content(const struct http_request *, struct http_content *, struct http_problem *);

/* Takes framing octets and then at most one run of content, which *data points to (empty when there
 * is none); *taken says how many octets in all.
 * COMPLETE: the message has ended. INVALID: interpret nothing after it; the
 * content is undecided again. INCOMPLETE: call again with the octets not taken, or with more. */
enum http_parse http_take_content(struct http_content *content, struct text octets, size_t *taken,
    struct text *data, struct http_problem *problem);

/* Is the content known to be longer than limit? */
bool http_content_exceeds(const struct http_content *content, uint64_t limit);

/* RFC 9112 §9.3: 1.1 unless "close", 1.0 only with "keep-alive". */
bool http_persists(const struct http_request *request);
