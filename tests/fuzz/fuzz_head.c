/* The head of a request (http/request.h).
 *
 * Fed: the octets that arrive on a connection.
 * Must hold:
 *     - cut in two anywhere, or octet by octet, they are judged as they are at once: the same
 *       outcome, the same fault, after the same octet
 *     - the texts of a request lie within its head; method and names are tokens, values are
 *       trimmed, no control is left in one
 *     - a head written anew from what was understood is understood as the same
 */
#include "http/request.h"
#include "tests/fuzz/fuzz.h"

struct look {
    enum http_parse outcome;
    size_t looked;
    struct http_problem problem; /* of constants: the same fault is the same pointers */
};

/* Looks at a copy, from where the look before came to. */
static struct look look_on(struct look before, struct text octets)
{
    struct look look = {.looked = before.looked};
    struct text copy = fuzz_copy(octets);
    look.outcome = http_look_at_head(copy, &look.looked, &look.problem);
    must_hold(look.looked <= octets.length);
    free((char *)copy.start);
    return look;
}

static bool looks_are_equal(struct look one, struct look other)
{
    return one.outcome == other.outcome && one.looked == other.looked &&
        one.problem.sentence == other.problem.sentence;
}

static void check_arrival(struct text octets, struct look at_once)
{
    const struct look none = {.outcome = HTTP_INCOMPLETE};
    struct look bit_by_bit = none;
    for (size_t split = 0; split < octets.length; split += fuzz_step(octets.length)) {
        struct look first = look_on(none, text_until(octets, split));
        if (first.outcome == HTTP_INCOMPLETE) first = look_on(first, octets);
        must_hold(looks_are_equal(first, at_once));
        if (bit_by_bit.outcome == HTTP_INCOMPLETE)
            bit_by_bit = look_on(bit_by_bit, text_until(octets, split));
    }
    if (bit_by_bit.outcome == HTTP_INCOMPLETE) bit_by_bit = look_on(bit_by_bit, octets);
    must_hold(looks_are_equal(bit_by_bit, at_once));
}

static bool holds_control(struct text value)
{
    for (size_t i = 0; i < value.length; i++) {
        unsigned char octet = (unsigned char)value.start[i];
        if ((octet < 0x20 && octet != '\t') || octet == 0x7f) return true;
    }
    return false;
}

/* What holds for every request, a refused one too. */
static void check_texts(const struct http_request *request, struct text head)
{
    must_hold(text_lies_within(request->line, head));
    must_hold(text_lies_within(request->method, head));
    must_hold(text_lies_within(request->target, head));
    must_hold(text_is_made_of(request->method, TCHAR));
    must_hold(request->field_count <= HTTP_FIELD_LINES_MAX);
    for (size_t i = 0; i < request->field_count; i++) {
        const struct http_field *field = &request->fields[i];
        must_hold(text_lies_within(field->name, head) && text_lies_within(field->value, head));
        must_hold(field->name.length > 0 && text_is_made_of(field->name, TCHAR));
        must_hold(!holds_control(field->value));
        if (field->value.length == 0) continue;
        must_hold(strchr(" \t", field->value.start[0]) == NULL);
        must_hold(strchr(" \t", field->value.start[field->value.length - 1]) == NULL);
    }
}

static size_t append(char *octets, size_t at, struct text text)
{
    memcpy(octets + at, text.start, text.length);
    return at + text.length;
}

/* The same request without what does not matter, such as white space around values. */
static struct text write_head(const struct http_request *request, size_t room)
{
    char *octets = fuzz_memory(room);
    char version[] = " HTTP/1.0\r\n";
    size_t at = append(octets, 0, request->method);
    at = append(octets, at, text_of(" "));
    at = append(octets, at, request->target);
    version[8] = (char)('0' + request->minor_version);
    at = append(octets, at, text_of(version));
    for (size_t i = 0; i < request->field_count; i++) {
        at = append(octets, at, request->fields[i].name);
        at = append(octets, at, text_of(":"));
        at = append(octets, at, request->fields[i].value);
        at = append(octets, at, text_of("\r\n"));
    }
    return (struct text){octets, append(octets, at, text_of("\r\n"))};
}

static void check_rewritten(const struct http_request *request, struct text head)
{
    struct http_request again;
    struct http_problem problem;
    size_t looked = 0;
    struct text written = write_head(request, head.length); /* which is no shorter */
    must_hold(request->major_version == 1);
    must_hold(request->line.start <= head.start + 2 * strlen("\r\n")); /* two empty lines before */
    must_hold(http_look_at_head(written, &looked, &problem) == HTTP_COMPLETE);
    must_hold(looked == written.length);
    must_hold(http_parse_request_head(written, &again, &problem) == HTTP_COMPLETE);
    must_hold(texts_are_equal(again.method, request->method));
    must_hold(texts_are_equal(again.target, request->target));
    must_hold(again.minor_version == request->minor_version);
    must_hold(again.field_count == request->field_count);
    for (size_t i = 0; i < request->field_count; i++) {
        must_hold(texts_are_equal(again.fields[i].name, request->fields[i].name));
        must_hold(texts_are_equal(again.fields[i].value, request->fields[i].value));
    }
    free((char *)written.start);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
    struct text input = fuzz_text(octets, length);
    struct http_request request;
    struct http_problem problem = {0};
    struct look look = look_on((struct look){0}, input);
    check_arrival(input, look);
    if (look.outcome == HTTP_INCOMPLETE) return 0;
    struct text head = fuzz_copy(text_until(input, look.looked));
    enum http_parse outcome = http_parse_request_head(head, &request, &problem);
    check_texts(&request, head);
    must_hold(outcome == HTTP_COMPLETE || problem.status >= 400);
    if (look.outcome == HTTP_COMPLETE && outcome == HTTP_COMPLETE) check_rewritten(&request, head);
    free((char *)head.start);
    return 0;
}
