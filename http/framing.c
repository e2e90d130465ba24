#include "http/framing.h"

/* Takes "OWS 1*DIGIT OWS" off the text; false where that is not there or does not fit 63 bits. */
static bool take_length(struct text *text, uint64_t *length)
{
    *text = text_trim(*text);
    bool taken = text_take_number(text, length);
    *text = text_trim(*text);
    return taken && *length <= INT64_MAX;
}

/* Content-Length, RFC 9110 §8.6: every line, and every element of each, is the same number. */
static enum http_fault find_length(const struct http_request *request, uint64_t *length)
{
    bool known = false;
    uint64_t number;
    for (size_t i = 0; i < request->field_count; i++) {
        struct text value = request->fields[i].value;
        if (!text_equals_ignoring_case(request->fields[i].name, "Content-Length")) continue;
        do {
            if (!take_length(&value, &number) || (known && number != *length))
                return HTTP_FAULT_CONTENT_LENGTH;
            *length = number;
            known = true;
        } while (text_skip(&value, ","));
        if (value.length > 0) return HTTP_FAULT_CONTENT_LENGTH;
    }
    return HTTP_FAULT_NONE;
}

/* RFC 9112 §6.1 and §6.3: in a request, chunked must be there once and last. */
static enum http_fault check_coding(const struct http_request *request)
{
    struct http_list list = {0};
    struct text value;
    bool chunked = false;
    size_t count = 0;
    if (http_find_field(request, "Content-Length", &value) > 0) return HTTP_FAULT_CODING_AND_LENGTH;
    if (request->minor_version == 0) return HTTP_FAULT_CODING_IN_1_0;
    for (; http_next_list_element(request, "Transfer-Encoding", &list, &value); count++) {
        struct text rest = text_trim(text_until(value, text_find(value, ';')));
        if (chunked || text_take(&rest, text_is_tchar).length == 0 || rest.length > 0)
            return HTTP_FAULT_NOT_CHUNKED_LAST;
        chunked = text_equals_ignoring_case(value, "chunked");
    }
    if (!chunked) return HTTP_FAULT_NOT_CHUNKED_LAST;
    return count > 1 ? HTTP_FAULT_OTHER_CODING : HTTP_FAULT_NONE;
}

bool http_frame_content(
    const struct http_request *request, struct http_content *content, struct http_problem *problem)
{
    struct text value = {NULL, 0};
    uint64_t length = 0;
    bool chunked = http_find_field(request, "Transfer-Encoding", &value) > 0;
    enum http_fault fault = chunked ? check_coding(request) : find_length(request, &length);
    *content = (struct http_content){.octets_left = length};
    if (fault != HTTP_FAULT_NONE && !chunked) http_find_field(request, "Content-Length", &value);
    if (!http_passes(problem, fault, value.start)) return false;
    content->phase = length > 0 ? HTTP_CONTENT_OCTETS : HTTP_CONTENT_COMPLETE;
    if (chunked) content->phase = HTTP_CHUNK_SIZE;
    return true;
}

static bool is_hex_digit(char octet)
{
    return text_hex_digit(octet) >= 0;
}

static const struct {
    char octet;
    enum http_content_phase after_octet;
    bool (*kind)(char octet);
    enum http_content_phase after_kind;
    enum http_fault fault;
} phases[] = {
#define PHASE(name, octet, after_octet, kind, after_kind, fault)                                   \
    [HTTP_##name] = {octet, HTTP_##after_octet, kind, HTTP_##after_kind, HTTP_FAULT_##fault},
#include "http/chunked.def"
};

/* The phase that follows an octet; UNDECIDED: it may not stand there. */
static enum http_content_phase next_phase(const struct http_content *content, char octet)
{
    enum http_content_phase phase = content->phase;
    if (phase == HTTP_CHUNK_DIGITS && octet != '\r' && !is_hex_digit(octet))
        phase = HTTP_CHUNK_SPACE; /* which may be empty */
    if (phase == HTTP_CHUNK_SIZE_LF && octet == '\n' && content->octets_left == 0)
        return HTTP_TRAILER_START;
    if (octet == phases[phase].octet) return phases[phase].after_octet;
    bool belongs = phases[phase].kind != NULL && phases[phase].kind(octet);
    return belongs ? phases[phase].after_kind : HTTP_CONTENT_UNDECIDED;
}

/* Counts what has to be limited: the size's digits, extensions and trailers (RFC 9112 §7.1.1). */
static enum http_fault take_octet(struct http_content *content, char octet)
{
    enum http_content_phase phase = content->phase;
    enum http_content_phase next = next_phase(content, octet);
    bool extends = next == HTTP_CHUNK_SPACE || next == HTTP_CHUNK_EXTENSION;
    bool trails = phase >= HTTP_TRAILER_START && next < HTTP_LAST_LF;
    content->phase = HTTP_CONTENT_UNDECIDED; /* until the octet is found to be right */
    if (next == HTTP_CONTENT_UNDECIDED) return phases[phase].fault;
    if (phase == HTTP_CHUNK_SIZE) content->size_digits = 0;
    if (next == HTTP_CHUNK_DIGITS) {
        content->octets_left = content->octets_left * 16 + (uint64_t)text_hex_digit(octet);
        if (++content->size_digits > HTTP_CHUNK_SIZE_DIGITS_MAX) return HTTP_FAULT_CHUNK_SIZE;
    }
    if (extends && ++content->extension_octets > HTTP_CHUNK_EXTENSIONS_MAX)
        return HTTP_FAULT_CHUNK_EXTENSIONS;
    if ((trails && ++content->trailer_octets > HTTP_TRAILERS_MAX) ||
        (trails && phase == HTTP_TRAILER_START && ++content->trailer_lines > HTTP_FIELD_LINES_MAX))
        return HTTP_FAULT_TRAILERS;
    content->phase = (uint8_t)next;
    return HTTP_FAULT_NONE;
}

static bool in_octets(const struct http_content *content)
{
    return content->phase == HTTP_CONTENT_OCTETS || content->phase == HTTP_CHUNK_OCTETS;
}

enum http_parse http_take_content(struct http_content *content, struct text octets, size_t *taken,
    struct text *data, struct http_problem *problem)
{
    size_t at = 0;
    while (at < octets.length && !in_octets(content) && content->phase != HTTP_CONTENT_COMPLETE) {
        enum http_fault fault = take_octet(content, octets.start[at]);
        if (!http_passes(problem, fault, octets.start + at++)) return HTTP_INVALID;
    }
    uint64_t wanted = in_octets(content) ? content->octets_left : 0;
    *data = text_from(octets, at);
    if (data->length > wanted) data->length = (size_t)wanted;
    *taken = at + data->length;
    content->octets_so_far += data->length;
    content->octets_left -= data->length;
    if (in_octets(content) && content->octets_left == 0)
        content->phase =
            content->phase == HTTP_CHUNK_OCTETS ? HTTP_CHUNK_OCTETS_CR : HTTP_CONTENT_COMPLETE;
    return content->phase == HTTP_CONTENT_COMPLETE ? HTTP_COMPLETE : HTTP_INCOMPLETE;
}

/* A chunk's size counts when its line is complete: the answer must not depend on how it arrives. */
bool http_content_exceeds(const struct http_content *content, uint64_t limit)
{
    uint64_t left = in_octets(content) ? content->octets_left : 0;
    return content->octets_so_far > limit || left > limit - content->octets_so_far;
}

bool http_persists(const struct http_request *request)
{
    struct http_list list = {0};
    struct text option;
    bool persists = request->minor_version >= 1;
    while (http_next_list_element(request, "Connection", &list, &option)) {
        if (text_equals_ignoring_case(option, "close")) return false;
        persists = persists || text_equals_ignoring_case(option, "keep-alive");
    }
    return persists;
}
