/* Where a message ends (http/framing.h): its length, or chunked.
 *
 * Fed: the head of a request.
 * Must hold: its framing is accepted exactly where a second reader, below, has no doubt, and then
 * it is the same. The second reader joins all lines of a name to one list first (RFC 9110 §5.3).
 * Two readers that disagree on where a request ends is how smuggling works (RFC 9112 §11.2).
 */
#include "http/framing.h"
#include "tests/fuzz/fuzz.h"

/* The elements of a list, with the empty ones. */
enum { ELEMENTS_MAX = 512 };
struct list {
    size_t lines, count;
    struct text elements[ELEMENTS_MAX];
};

/* Commas in quoted strings separate here, too: where there are quotes, the framing is refused. */
static bool split_list(const struct http_request *request, const char *name, struct list *list)
{
    list->lines = list->count = 0;
    for (size_t i = 0; i < request->field_count; i++) {
        struct text rest = request->fields[i].value;
        bool more = text_equals_ignoring_case(request->fields[i].name, name);
        if (more) list->lines++;
        while (more) {
            size_t comma = text_find(rest, ',');
            if (list->count == ELEMENTS_MAX) return false;
            list->elements[list->count++] = text_trimmed(text_until(rest, comma));
            more = comma < rest.length;
            if (more) rest = text_from(rest, comma + 1);
        }
    }
    return true;
}

/* RFC 9110 §8.6: all elements the same decimal number, here one that fits 63 bits. */
static bool read_length(const struct list *list, uint64_t *length)
{
    static const char most[] = "9223372036854775807";
    char number[sizeof most] = "0";
    for (size_t i = 0; i < list->count; i++) {
        struct text element = list->elements[i];
        if (element.length == 0 || !text_is_made_of(element, "0123456789")) return false;
        while (element.length > 1 && element.start[0] == '0') element = text_from(element, 1);
        if (element.length > strlen(most)) return false;
        if (i > 0 && !text_equals(element, number)) return false;
        snprintf(number, sizeof number, "%.*s", (int)element.length, element.start);
    }
    *length = strtoull(number, NULL, 10);
    return strlen(number) < strlen(most) || strcmp(number, most) <= 0;
}

/* RFC 9112 §6.1: chunked, once and last; the codings before it are not understood here. */
static enum http_status judge_codings(const struct list *list)
{
    size_t others = 0;
    bool chunked = false;
    for (size_t i = 0; i < list->count; i++) {
        struct text element = list->elements[i];
        struct text name = text_trimmed(text_until(element, text_find(element, ';')));
        if (element.length == 0) continue; /* RFC 9110 §5.6.1: empty ones are ignored */
        if (chunked || name.length == 0 || !text_is_made_of(name, TCHAR)) return HTTP_BAD_REQUEST;
        chunked = text_equals_ignoring_case(element, "chunked");
        others += !chunked;
    }
    if (!chunked) return HTTP_BAD_REQUEST;
    return others > 0 ? HTTP_NOT_IMPLEMENTED : HTTP_OK;
}

static bool has_quotes(const struct list *list)
{
    bool found = false;
    for (size_t i = 0; i < list->count; i++)
        found = found || text_find(list->elements[i], '"') < list->elements[i].length;
    return found;
}

static void check_framing(const struct http_request *request)
{
    static struct list lengths;
    static struct list codings;
    struct http_content content;
    struct http_problem problem = {0};
    uint64_t length = 0;
    if (!split_list(request, "Content-Length", &lengths) ||
        !split_list(request, "Transfer-Encoding", &codings))
        return;
    memset(&content, 0xa5, sizeof content);
    enum http_status expected = HTTP_BAD_REQUEST;
    if (codings.lines > 0 && lengths.lines == 0 && request->minor_version > 0)
        expected = judge_codings(&codings);
    if (codings.lines == 0 && read_length(&lengths, &length)) expected = HTTP_OK;
    bool accepted = http_frame_content(request, &content, &problem);
    must_hold(accepted == (expected == HTTP_OK));
    must_hold(accepted == (content.phase != HTTP_CONTENT_UNDECIDED));
    must_hold(accepted || problem.status == expected || has_quotes(&codings));
    if (!accepted) return;
    must_hold((content.phase == HTTP_CHUNK_SIZE) == (codings.lines > 0));
    must_hold((content.phase == HTTP_CONTENT_COMPLETE) == (codings.lines == 0 && length == 0));
    must_hold(content.octets_left == length && content.octets_so_far == 0);
    must_hold(http_content_exceeds(&content, length == 0 ? 0 : length - 1) == (length > 0));
    must_hold(!http_content_exceeds(&content, length));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
    static struct http_request request;
    struct http_problem problem;
    struct text head = fuzz_copy(fuzz_text(octets, length));
    size_t looked = 0;
    if (http_look_at_head(head, &looked, &problem) == HTTP_COMPLETE &&
        http_parse_request_head(text_until(head, looked), &request, &problem) == HTTP_COMPLETE)
        check_framing(&request);
    free((char *)head.start);
    return 0;
}
