/* Byte ranges (http/range.h).
 *
 * Fed: the value of a Range field; it is asked of representations of many lengths.
 * Must hold:
 *     - up to 24 octets: what is selected is what a second reader marks octet by octet, below,
 *       where these are one run; else it is the whole, or 416 where there is no run
 *     - of any length: a part lies within the whole, and Content-Range says which; anything but 206
 *       selects the whole
 *     - no method but GET has ranges, and two lines of Range count as none
 */
#include "http/range.h"
#include "tests/fuzz/fuzz.h"

enum { MARKED_MAX = 24 }; /* too few for so many runs that a set is ignored (§17.15) */

/* digits, or nothing, which is absent; a number of more than 64 bits is the largest there is. */
static bool read_number(struct text digits, bool *present, unsigned long long *number)
{
    char string[4096];
    if (digits.length >= sizeof string || !text_is_made_of(digits, "0123456789")) return false;
    memcpy(string, digits.start, digits.length);
    string[digits.length] = '\0';
    *present = digits.length > 0;
    *number = strtoull(string, NULL, 10);
    return true;
}

/* One range-spec, RFC 9110 §14.1.1. False: it is none. */
static bool mark_spec(struct text spec, size_t length, bool marked[MARKED_MAX])
{
    size_t dash = text_find(spec, '-');
    unsigned long long first, last;
    bool has_first, has_last;
    if (dash == spec.length || !read_number(text_until(spec, dash), &has_first, &first) ||
        !read_number(text_from(spec, dash + 1), &has_last, &last))
        return false;
    if (!has_first && !has_last) return false;
    if (has_first && has_last && last < first) return false;
    for (size_t i = 0; i < length; i++) {
        bool wanted = has_first ? i >= first && (!has_last || i <= last) : length - i <= last;
        marked[i] = marked[i] || wanted;
    }
    return true;
}

/* bytes=1#range-spec, where empty elements and white space around the others do not matter. */
static enum http_status mark_set(struct text value, size_t length, bool marked[MARKED_MAX])
{
    size_t specs = 0;
    size_t runs = 0;
    if (value.length < 6 || !text_equals_ignoring_case(text_until(value, 6), "bytes=") ||
        length == 0)
        return HTTP_OK;
    for (value = text_from(value, 6);; value = text_from(value, 1)) {
        struct text spec = text_until(value, text_find(value, ','));
        value = text_from(value, spec.length);
        spec = text_trimmed(spec);
        if (spec.length > 0 && !mark_spec(spec, length, marked)) return HTTP_OK;
        specs += spec.length > 0;
        if (value.length == 0) break;
    }
    for (size_t i = 0; i < length; i++) runs += marked[i] && (i == 0 || !marked[i - 1]);
    if (specs == 0 || runs > 1) return HTTP_OK;
    return runs == 0 ? HTTP_RANGE_NOT_SATISFIABLE : HTTP_PARTIAL_CONTENT;
}

static void check_marked(const struct http_request *request, struct text value, size_t length)
{
    struct http_range range = {UINT64_MAX, UINT64_MAX};
    bool marked[MARKED_MAX] = {false};
    enum http_status expected = mark_set(value, length, marked);
    must_hold(http_select_range(request, length, &range) == expected);
    if (expected != HTTP_PARTIAL_CONTENT) return;
    for (size_t i = 0; i < length; i++)
        must_hold(marked[i] == (i >= range.first_pos && i - range.first_pos < range.length));
}

static void check_any(const struct http_request *request, uint64_t length)
{
    char value[HTTP_CONTENT_RANGE_SIZE];
    char expected[HTTP_CONTENT_RANGE_SIZE];
    struct http_range range = {UINT64_MAX, UINT64_MAX};
    if (http_select_range(request, length, &range) != HTTP_PARTIAL_CONTENT) {
        must_hold(range.first_pos == 0 && range.length == length);
        return;
    }
    must_hold(range.length > 0 && range.first_pos < length);
    must_hold(range.length <= length - range.first_pos);
    http_format_content_range(&range, length, value);
    snprintf(expected, sizeof expected, "bytes %llu-%llu/%llu", (unsigned long long)range.first_pos,
        (unsigned long long)(range.first_pos + range.length - 1), (unsigned long long)length);
    must_hold(strcmp(value, expected) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
    static const uint64_t lengths[] = {
        0, 1, 64, 1000, 1 << 20, UINT64_C(1) << 32, INT64_MAX, UINT64_MAX - 1, UINT64_MAX};
    static struct http_request request;
    struct text value = fuzz_copy(fuzz_text(octets, length));
    struct http_range range;
    request =
        (struct http_request){.method = text_of("GET"), .minor_version = 1, .initials = UINT32_MAX};
    request.fields[request.field_count++] = (struct http_field){text_of("Range"), value};
    for (size_t i = 0; i <= MARKED_MAX; i++) check_marked(&request, value, i);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) check_any(&request, lengths[i]);
    request.fields[request.field_count++] = (struct http_field){text_of("range"), value};
    must_hold(http_select_range(&request, 10, &range) == HTTP_OK);
    request.field_count = 1;
    request.method = text_of("HEAD");
    must_hold(http_select_range(&request, 10, &range) == HTTP_OK);
    free((char *)value.start);
    return 0;
}
