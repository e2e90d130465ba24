#include "http/framing.h"

#include <string.h>

/* Content-Length = 1*DIGIT, RFC 9110 §8.6; false where it is not, or does not fit 63 bits. */
static bool parse_length(struct text digits, uint64_t *length)
{
    *length = 0;
    for (size_t i = 0; i < digits.length; i++) {
        if (digits.start[i] < '0' || digits.start[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(digits.start[i] - '0');
        if (*length > (INT64_MAX - digit) / 10)
            return false;
        *length = *length * 10 + digit;
    }
    return digits.length > 0;
}

/* One field line may hold the same value several times, RFC 9110 §8.6. *known says whether *length
 * already has the value that all others must equal. */
static bool parse_length_line(struct text value, bool *known, uint64_t *length)
{
    for (;;) {
        const char *comma = memchr(value.start, ',', value.length);
        size_t end = comma == NULL ? value.length : (size_t)(comma - value.start);
        uint64_t this_length;
        if (!parse_length(text_trim(text_until(value, end)), &this_length))
            return false;
        if (*known && this_length != *length)
            return false;
        *length = this_length;
        *known = true;
        if (comma == NULL)
            return true;
        value = text_from(value, end + 1);
    }
}

static bool frame_by_length(const struct http_request *request, struct http_content *content,
                            struct http_problem *problem)
{
    bool known = false;
    uint64_t length = 0;
    for (size_t i = 0; i < request->field_count; i++)
        if (text_equals_ignoring_case(request->fields[i].name, "Content-Length") &&
            !parse_length_line(request->fields[i].value, &known, &length))
            return http_refuse(problem, HTTP_BAD_REQUEST,
                               "Content-Length is not one decimal number that fits 63 bits",
                               "RFC 9110 §8.6");
    content->octets_left = length;
    content->phase = length > 0 ? HTTP_CONTENT_OCTETS : HTTP_CONTENT_COMPLETE;
    return true;
}

/* transfer-coding = token *( OWS ";" OWS transfer-parameter ), RFC 9112 §7 */
static bool is_transfer_coding(struct text element)
{
    const char *semicolon = memchr(element.start, ';', element.length);
    if (semicolon != NULL)
        element = text_trim(text_until(element, (size_t)(semicolon - element.start)));
    return text_is_token(element);
}

/* RFC 9112 §6.1 and §6.3: in a request, chunked must be there once and last. */
static bool frame_by_coding(const struct http_request *request, struct http_content *content,
                            struct http_problem *problem)
{
    struct http_list list = {0};
    struct text element;
    size_t chunked = 0;
    size_t others = 0;
    while (http_next_list_element(request, "Transfer-Encoding", &list, &element)) {
        bool is_chunked = text_equals_ignoring_case(element, "chunked");
        if (chunked > 0 || (!is_chunked && !is_transfer_coding(element)))
            return http_refuse(problem, HTTP_BAD_REQUEST,
                               "Transfer-Encoding does not end in one chunked, or holds no coding",
                               "RFC 9112 §6.3");
        chunked += is_chunked;
        others += !is_chunked;
    }
    if (chunked == 0)
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "Transfer-Encoding does not end in chunked: the length is unknowable",
                           "RFC 9112 §6.3");
    if (others > 0)
        return http_refuse(problem, HTTP_NOT_IMPLEMENTED,
                           "No transfer coding but chunked is understood here", "RFC 9112 §6.1");
    content->phase = HTTP_CHUNK_SIZE;
    return true;
}

bool http_frame_content(const struct http_request *request, struct http_content *content,
                        struct http_problem *problem)
{
    struct text value;
    *content = (struct http_content){0};
    if (http_find_field(request, "Transfer-Encoding", &value) == 0)
        return frame_by_length(request, content, problem);
    if (http_find_field(request, "Content-Length", &value) > 0)
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "Transfer-Encoding and Content-Length exclude each other",
                           "RFC 9112 §6.3");
    if (request->minor_version == 0)
        return http_refuse(problem, HTTP_BAD_REQUEST, "HTTP/1.0 has no Transfer-Encoding",
                           "RFC 9112 §6.1");
    return frame_by_coding(request, content, problem);
}

/* chunk-size = 1*HEXDIG, then an extension or CR LF: RFC 9112 §7.1 */
static bool take_size_octet(struct http_content *content, char octet, struct http_problem *problem)
{
    int digit = text_hex_digit(octet);
    if (digit >= 0 && content->size_digits < HTTP_CHUNK_SIZE_DIGITS_MAX) {
        content->octets_left = content->octets_left * 16 + (uint64_t)digit;
        content->size_digits++;
    } else if (digit >= 0 || content->size_digits == 0) {
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "A chunk size is not 1 to 16 hexadecimal digits", "RFC 9112 §7.1");
    } else if (octet == '\r') {
        content->phase = HTTP_CHUNK_SIZE_LF;
    } else if (octet == ';' || octet == ' ' || octet == '\t') {
        content->phase = octet == ';' ? HTTP_CHUNK_EXTENSION : HTTP_CHUNK_SPACE;
        content->extension_octets++;
    } else {
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "A chunk size is followed by neither an extension nor CR LF",
                           "RFC 9112 §7.1");
    }
    return true;
}

static bool is_control(char octet)
{
    return ((unsigned char)octet < 0x20 && octet != '\t') || octet == 0x7f;
}

/* RFC 9112 §7.1.1: unrecognized extensions are ignored; their amount ought to be limited. */
static bool take_extension_octet(struct http_content *content, char octet,
                                 struct http_problem *problem)
{
    if (octet == '\r' && content->phase == HTTP_CHUNK_EXTENSION) {
        content->phase = HTTP_CHUNK_SIZE_LF;
        return true;
    }
    if (octet == ';')
        content->phase = HTTP_CHUNK_EXTENSION;
    bool is_space = octet == ' ' || octet == '\t';
    if (is_control(octet) || (content->phase == HTTP_CHUNK_SPACE && !is_space))
        return http_refuse(problem, HTTP_BAD_REQUEST, "A chunk extension is malformed",
                           "RFC 9112 §7.1.1");
    if (content->extension_octets++ >= HTTP_CHUNK_EXTENSIONS_MAX)
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           "The chunk extensions are longer than 1024 octets", "RFC 9112 §7.1.1");
    return true;
}

/* RFC 9112 §7.1.2: trailer lines have the form of field lines; they are dropped. */
static bool take_trailer_octet(struct http_content *content, char octet,
                               struct http_problem *problem)
{
    enum http_content_phase phase = content->phase;
    if (octet == '\r' && phase != HTTP_TRAILER_NAME)
        content->phase = phase == HTTP_TRAILER_START ? HTTP_LAST_LF : HTTP_TRAILER_LF;
    else if (phase != HTTP_TRAILER_VALUE && text_is_tchar(octet))
        content->phase = HTTP_TRAILER_NAME;
    else if (phase == HTTP_TRAILER_NAME && octet == ':')
        content->phase = HTTP_TRAILER_VALUE;
    else if (phase != HTTP_TRAILER_VALUE || is_control(octet))
        return http_refuse(problem, HTTP_BAD_REQUEST, "A trailer line is not a field line",
                           "RFC 9112 §7.1.2");
    bool starts_line = phase == HTTP_TRAILER_START && octet != '\r';
    if (++content->trailer_octets > HTTP_TRAILERS_MAX ||
        (starts_line && ++content->trailer_lines > HTTP_FIELD_LINES_MAX))
        return http_refuse(problem, HTTP_FIELDS_TOO_LARGE,
                           "The trailers are more than 100 lines or 32768 octets", "RFC 9110 §5.4");
    return true;
}

/* The exact octet that has to come now, and the phase after it. */
static bool take_fixed_octet(struct http_content *content, char octet, struct http_problem *problem)
{
    bool valid = octet == (content->phase == HTTP_CHUNK_OCTETS_CR ? '\r' : '\n');
    if (!valid)
        return http_refuse(problem, HTTP_BAD_REQUEST,
                           content->phase == HTTP_CHUNK_OCTETS_CR
                               ? "A chunk is longer than its size says"
                               : "A line of the chunked coding does not end in CR LF",
                           "RFC 9112 §7.1");
    if (content->phase == HTTP_CHUNK_OCTETS_CR)
        content->phase = HTTP_CHUNK_OCTETS_LF;
    else if (content->phase == HTTP_CHUNK_OCTETS_LF)
        content->phase = HTTP_CHUNK_SIZE;
    else if (content->phase == HTTP_CHUNK_SIZE_LF)
        content->phase = content->octets_left > 0 ? HTTP_CHUNK_OCTETS : HTTP_TRAILER_START;
    else if (content->phase == HTTP_TRAILER_LF)
        content->phase = HTTP_TRAILER_START;
    else
        content->phase = HTTP_CONTENT_COMPLETE;
    content->size_digits = 0;
    return true;
}

static bool take_framing_octet(struct http_content *content, char octet,
                               struct http_problem *problem)
{
    switch (content->phase) {
    case HTTP_CHUNK_SIZE:
        return take_size_octet(content, octet, problem);
    case HTTP_CHUNK_SPACE:
    case HTTP_CHUNK_EXTENSION:
        return take_extension_octet(content, octet, problem);
    case HTTP_TRAILER_START:
    case HTTP_TRAILER_NAME:
    case HTTP_TRAILER_VALUE:
        return take_trailer_octet(content, octet, problem);
    default:
        return take_fixed_octet(content, octet, problem);
    }
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
        if (!take_framing_octet(content, octets.start[at++], problem))
            return HTTP_INVALID;
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
            content->phase == HTTP_CONTENT_OCTETS ? HTTP_CONTENT_COMPLETE : HTTP_CHUNK_OCTETS_CR;
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
        if (text_equals_ignoring_case(option, "close"))
            return false;
        if (text_equals_ignoring_case(option, "keep-alive"))
            persists = true;
    }
    return persists;
}
