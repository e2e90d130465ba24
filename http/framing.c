#include "http/framing.h"

/* Takes "1*DIGIT OWS" off the text; false where that is not there or does not fit 63 bits. */
static bool take_number(struct text *text, uint64_t *number)
{
    struct text digits = *text;
    *number = 0;
    for (; text->length > 0 && text->start[0] >= '0' && text->start[0] <= '9';
         *text = text_from(*text, 1)) {
        uint64_t digit = (uint64_t)(text->start[0] - '0');
        if (*number > (INT64_MAX - digit) / 10) return false;
        *number = *number * 10 + digit;
    }
    bool any = text->length < digits.length;
    *text = text_trim(*text);
    return any;
}

/* Content-Length, RFC 9110 §8.6: every line, and every element of each, is the same number. */
static bool frame_by_length(
    const struct http_request *request, struct http_content *content, struct http_problem *problem)
{
    bool known = false;
    for (size_t i = 0; i < request->field_count; i++) {
        struct text value = request->fields[i].value;
        bool more = text_equals_ignoring_case(request->fields[i].name, "Content-Length");
        while (more) {
            uint64_t length;
            if (!take_number(&value, &length) || (known && length != content->octets_left) ||
                (value.length > 0 && value.start[0] != ','))
                return http_refuse(problem, HTTP_FAULT_CONTENT_LENGTH);
            content->octets_left = length;
            known = true;
            more = value.length > 0;
            value = text_trim(text_from(value, more));
        }
    }
    content->phase = content->octets_left > 0 ? HTTP_CONTENT_OCTETS : HTTP_CONTENT_COMPLETE;
    return true;
}

/* RFC 9112 §6.1 and §6.3: in a request, chunked must be there once and last. */
static bool frame_by_coding(
    const struct http_request *request, struct http_content *content, struct http_problem *problem)
{
    struct http_list list = {0};
    struct text coding;
    size_t chunked = 0;
    size_t others = 0;
    while (http_next_list_element(request, "Transfer-Encoding", &list, &coding)) {
        bool is_chunked = text_equals_ignoring_case(coding, "chunked");
        struct text name = text_trim(text_until(coding, text_find(coding, ';')));
        struct text token = text_take_token(&name);
        if (chunked > 0 || token.length == 0 || name.length > 0)
            return http_refuse(problem, HTTP_FAULT_NOT_CHUNKED_LAST);
        chunked += is_chunked;
        others += !is_chunked;
    }
    if (chunked == 0) return http_refuse(problem, HTTP_FAULT_NOT_CHUNKED_LAST);
    content->phase = HTTP_CHUNK_SIZE;
    return others == 0 || http_refuse(problem, HTTP_FAULT_OTHER_CODING);
}

bool http_frame_content(
    const struct http_request *request, struct http_content *content, struct http_problem *problem)
{
    struct text value;
    *content = (struct http_content){0};
    if (http_find_field(request, "Transfer-Encoding", &value) == 0)
        return frame_by_length(request, content, problem);
    if (http_find_field(request, "Content-Length", &value) > 0)
        return http_refuse(problem, HTTP_FAULT_CODING_AND_LENGTH);
    if (request->minor_version == 0) return http_refuse(problem, HTTP_FAULT_CODING_IN_1_0);
    return frame_by_coding(request, content, problem);
}

static enum http_content_phase if_octet(bool is_it, enum http_content_phase next)
{
    return is_it ? next : HTTP_CONTENT_UNDECIDED;
}

/* The chunked coding, RFC 9112 §7.1: the phase that follows an octet; UNDECIDED: it may not stand
 * there. A size has at most as many digits as 64 bits hold. */
static enum http_content_phase next_phase(const struct http_content *content, char octet)
{
    bool space = text_is_space(octet);
    bool plain = ((unsigned char)octet >= 0x20 && octet != 0x7f) || octet == '\t';
    switch (content->phase) {
    case HTTP_CHUNK_SIZE:
        if (text_hex_digit(octet) >= 0 || content->size_digits == 0)
            return if_octet(
                text_hex_digit(octet) >= 0 && content->size_digits < HTTP_CHUNK_SIZE_DIGITS_MAX,
                HTTP_CHUNK_SIZE);
        if (octet == '\r') return HTTP_CHUNK_SIZE_LF;
        return octet == ';' ? HTTP_CHUNK_EXTENSION : if_octet(space, HTTP_CHUNK_SPACE);
    case HTTP_CHUNK_SPACE:
        return octet == ';' ? HTTP_CHUNK_EXTENSION : if_octet(space, HTTP_CHUNK_SPACE);
    case HTTP_CHUNK_EXTENSION:
        return octet == '\r' ? HTTP_CHUNK_SIZE_LF : if_octet(plain, HTTP_CHUNK_EXTENSION);
    case HTTP_CHUNK_SIZE_LF:
        return if_octet(
            octet == '\n', content->octets_left > 0 ? HTTP_CHUNK_OCTETS : HTTP_TRAILER_START);
    case HTTP_CHUNK_OCTETS_CR: return if_octet(octet == '\r', HTTP_CHUNK_OCTETS_LF);
    case HTTP_CHUNK_OCTETS_LF: return if_octet(octet == '\n', HTTP_CHUNK_SIZE);
    case HTTP_TRAILER_START:
        return octet == '\r' ? HTTP_LAST_LF : if_octet(text_is_tchar(octet), HTTP_TRAILER_NAME);
    case HTTP_TRAILER_NAME:
        return octet == ':' ? HTTP_TRAILER_VALUE
                            : if_octet(text_is_tchar(octet), HTTP_TRAILER_NAME);
    case HTTP_TRAILER_VALUE:
        return octet == '\r' ? HTTP_TRAILER_LF : if_octet(plain, HTTP_TRAILER_VALUE);
    case HTTP_TRAILER_LF: return if_octet(octet == '\n', HTTP_TRAILER_START);
    case HTTP_LAST_LF: return if_octet(octet == '\n', HTTP_CONTENT_COMPLETE);
    default: return HTTP_CONTENT_UNDECIDED;
    }
}

static enum http_fault fault_of(enum http_content_phase phase)
{
    if (phase >= HTTP_TRAILER_START) return HTTP_FAULT_TRAILER;
    if (phase >= HTTP_CHUNK_OCTETS) return HTTP_FAULT_CHUNK_END;
    return phase == HTTP_CHUNK_SPACE || phase == HTTP_CHUNK_EXTENSION ? HTTP_FAULT_CHUNK_EXTENSION
                                                                      : HTTP_FAULT_CHUNK_SIZE;
}

/* Counts what has to be limited: the size's digits, extensions and trailers (RFC 9112 §7.1.1). */
static bool take_framing_octet(
    struct http_content *content, char octet, struct http_problem *problem)
{
    enum http_content_phase phase = content->phase;
    enum http_content_phase next = content->phase = next_phase(content, octet);
    if (next == HTTP_CONTENT_UNDECIDED) return http_refuse(problem, fault_of(phase));
    if (next == HTTP_CHUNK_SIZE && phase == HTTP_CHUNK_SIZE) {
        content->octets_left = content->octets_left * 16 + (uint64_t)text_hex_digit(octet);
        content->size_digits++;
    } else {
        content->size_digits = 0;
    }
    if ((next == HTTP_CHUNK_EXTENSION || next == HTTP_CHUNK_SPACE) &&
        ++content->extension_octets > HTTP_CHUNK_EXTENSIONS_MAX)
        return http_refuse(problem, HTTP_FAULT_CHUNK_EXTENSIONS);
    if ((phase >= HTTP_TRAILER_START && next != HTTP_LAST_LF && phase != HTTP_LAST_LF &&
            ++content->trailer_octets > HTTP_TRAILERS_MAX) ||
        (phase == HTTP_TRAILER_START && next == HTTP_TRAILER_NAME &&
            ++content->trailer_lines > HTTP_FIELD_LINES_MAX))
        return http_refuse(problem, HTTP_FAULT_TRAILERS);
    return true;
}

static bool in_octets(const struct http_content *content)
{
    return content->phase == HTTP_CONTENT_OCTETS || content->phase == HTTP_CHUNK_OCTETS;
}

enum http_parse http_take_content(struct http_content *content, struct text octets, size_t *taken,
    struct text *data, struct http_problem *problem)
{
    size_t at = 0;
    while (at < octets.length && !in_octets(content) && content->phase != HTTP_CONTENT_COMPLETE)
        if (!take_framing_octet(content, octets.start[at++], problem)) return HTTP_INVALID;
    *data = text_from(octets, at);
    if (!in_octets(content))
        data->length = 0;
    else if (data->length > content->octets_left)
        data->length = (size_t)content->octets_left;
    content->octets_so_far += data->length;
    content->octets_left -= data->length;
    *taken = at + data->length;
    if (in_octets(content) && content->octets_left == 0)
        content->phase =
            content->phase == HTTP_CHUNK_OCTETS ? HTTP_CHUNK_OCTETS_CR : HTTP_CONTENT_COMPLETE;
    return content->phase == HTTP_CONTENT_COMPLETE ? HTTP_COMPLETE : HTTP_INCOMPLETE;
}

bool http_content_exceeds(const struct http_content *content, uint64_t limit)
{
    return content->octets_so_far > limit || content->octets_left > limit - content->octets_so_far;
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
