/* slow_chunked.h: a second reader of the chunked coding, RFC 9112 §7.1, to compare the first with.
 *
 * It has all octets at once and never resumes: a function for each part of the grammar takes that
 * part off the rest, and says INCOMPLETE when it comes to the end.
 */
#pragma once

#include "http/framing.h"
#include "tests/fuzz/fuzz.h"

struct decoded {
    enum http_parse outcome;
    size_t taken; /* octets; where INVALID, before the first wrong one */
    size_t length;
    char *content;
};

struct reader {
    struct text rest;
    struct decoded decoded;
    size_t extensions, trailers, trailer_lines; /* octets, octets, lines: so far */
};

static inline enum http_parse read_octet(struct reader *reader, const char *allowed)
{
    if (reader->rest.length == 0) return HTTP_INCOMPLETE;
    if (!text_is_made_of(text_until(reader->rest, 1), allowed)) return HTTP_INVALID;
    reader->rest = text_from(reader->rest, 1);
    return HTTP_COMPLETE;
}

static inline enum http_parse read_line_end(struct reader *reader)
{
    enum http_parse outcome = read_octet(reader, "\r");
    return outcome == HTTP_COMPLETE ? read_octet(reader, "\n") : outcome;
}

static inline bool is_next(const struct reader *reader, const char *allowed)
{
    return reader->rest.length > 0 && text_is_made_of(text_until(reader->rest, 1), allowed);
}

static inline bool is_line_octet_next(const struct reader *reader)
{
    unsigned char octet = reader->rest.length == 0 ? '\0' : (unsigned char)reader->rest.start[0];
    return octet == '\t' || (octet >= ' ' && octet != 0x7f);
}

/* chunk-size, at most 16 digits */
static inline enum http_parse read_size(struct reader *reader, unsigned long long *size)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    char number[HTTP_CHUNK_SIZE_DIGITS_MAX + 1] = "";
    for (size_t count = 0; is_next(reader, digits); count++) {
        if (count == HTTP_CHUNK_SIZE_DIGITS_MAX) return HTTP_INVALID;
        number[count] = reader->rest.start[0];
        read_octet(reader, digits);
    }
    *size = strtoull(number, NULL, 16);
    if (number[0] == '\0') return read_octet(reader, digits); /* which says why there is none */
    return HTTP_COMPLETE;
}

/* chunk-ext: white space, a semicolon, anything that may stand in a line */
static inline enum http_parse read_extensions(struct reader *reader)
{
    bool spaces = is_next(reader, " \t");
    bool inside = false;
    if (!spaces && !is_next(reader, ";")) return HTTP_COMPLETE;
    while (reader->rest.length > 0) {
        inside = inside || is_next(reader, ";");
        if (inside ? !is_line_octet_next(reader) : !is_next(reader, " \t"))
            return inside && is_next(reader, "\r") ? HTTP_COMPLETE : HTTP_INVALID;
        if (++reader->extensions > HTTP_CHUNK_EXTENSIONS_MAX) return HTTP_INVALID;
        reader->rest = text_from(reader->rest, 1);
    }
    return HTTP_INCOMPLETE;
}

static inline enum http_parse read_chunk_octets(struct reader *reader, unsigned long long size)
{
    struct decoded *decoded = &reader->decoded;
    while (size-- > 0) {
        if (reader->rest.length == 0) return HTTP_INCOMPLETE;
        decoded->content[decoded->length++] = reader->rest.start[0];
        reader->rest = text_from(reader->rest, 1);
    }
    return read_line_end(reader);
}

/* One octet of a trailer line counts when it is taken. */
static inline enum http_parse count_trailer(struct reader *reader)
{
    if (++reader->trailers > HTTP_TRAILERS_MAX) return HTTP_INVALID;
    reader->rest = text_from(reader->rest, 1);
    return HTTP_COMPLETE;
}

/* trailer-section: lines of name, colon and value */
static inline enum http_parse read_trailer_line(struct reader *reader)
{
    bool named = false;
    if (is_next(reader, TCHAR) && ++reader->trailer_lines > HTTP_FIELD_LINES_MAX)
        return HTTP_INVALID;
    for (; is_next(reader, TCHAR); named = true)
        if (count_trailer(reader) == HTTP_INVALID) return HTTP_INVALID;
    if (reader->rest.length == 0) return HTTP_INCOMPLETE;
    if (!named || !is_next(reader, ":")) return HTTP_INVALID;
    while (is_line_octet_next(reader))
        if (count_trailer(reader) == HTTP_INVALID) return HTTP_INVALID;
    for (const char *end = "\r\n"; *end != '\0'; end++) {
        const char allowed[] = {*end, '\0'};
        if (reader->rest.length == 0) return HTTP_INCOMPLETE;
        if (!is_next(reader, allowed) || count_trailer(reader) == HTTP_INVALID) return HTTP_INVALID;
    }
    return HTTP_COMPLETE;
}

static inline enum http_parse read_all(struct reader *reader)
{
    enum http_parse outcome = HTTP_COMPLETE;
    unsigned long long size = 1;
    while (outcome == HTTP_COMPLETE && size > 0) {
        outcome = read_size(reader, &size);
        if (outcome == HTTP_COMPLETE) outcome = read_extensions(reader);
        if (outcome == HTTP_COMPLETE) outcome = read_line_end(reader);
        if (outcome == HTTP_COMPLETE && size > 0) outcome = read_chunk_octets(reader, size);
    }
    while (outcome == HTTP_COMPLETE && reader->rest.length > 0 && !is_next(reader, "\r"))
        outcome = read_trailer_line(reader);
    return outcome == HTTP_COMPLETE ? read_line_end(reader) : outcome;
}

static inline struct decoded decode_slowly(struct text octets)
{
    struct reader reader = {.rest = octets, .decoded.content = fuzz_memory(octets.length)};
    reader.decoded.outcome = read_all(&reader);
    reader.decoded.taken = octets.length - reader.rest.length;
    return reader.decoded;
}
