/* What a client prefers (http/negotiation.h): codings and weights.
 *
 * Fed: values of Accept-Encoding, each a field line, with LF between them. How many octets they are
 * says which codings are available.
 * Must hold:
 *     - several lines are one list (RFC 9110 §5.3)
 *     - a weight is that of the first element that names the coding, as a second reader finds it,
 *       below, which knows no quotes
 *     - a coding is chosen only where it is available, is acceptable, and no other that is weighs
 *       more; identity, where it weighs more than all of them or none is acceptable
 */
#include "http/negotiation.h"
#include "tests/fuzz/fuzz.h"

enum { LINES_MAX = 4, CODINGS = 4, LINE_MAX = 1024 };

static const char *const codings[CODINGS] = {"identity", "br", "zstd", "gzip"};
static const char field_name[] = "Accept-Encoding";

/* A request with such lines; the texts are parts of the input. */
static void fill_in(struct http_request *request, struct text input)
{
    request->initials = UINT32_MAX;
    request->field_count = 0;
    for (bool more = true; more && request->field_count < LINES_MAX;) {
        struct text line = text_until(input, text_find(input, '\n'));
        more = line.length < input.length;
        input = text_from(input, line.length + more);
        request->fields[request->field_count++] =
            (struct http_field){text_of(field_name), text_trimmed(line)};
    }
}

/* The same request with one line, in memory that is freed with its value. */
static void join_lines(struct http_request *joined, const struct http_request *request)
{
    struct text list = {fuzz_memory(LINES_MAX * (LINE_MAX + 1)), 0};
    for (size_t i = 0; i < request->field_count; i++) {
        char *end = (char *)list.start + list.length;
        if (i > 0) *end++ = ',';
        memcpy(end, request->fields[i].value.start, request->fields[i].value.length);
        list.length += request->fields[i].value.length + (i > 0);
    }
    joined->initials = UINT32_MAX;
    joined->field_count = 1;
    joined->fields[0] = (struct http_field){text_of(field_name), list};
}

/* qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ), RFC 9110 §12.4.2; in thousandths */
static int read_qvalue(struct text value)
{
    char digits[] = "000";
    if (value.length == 0 || value.length > 5) return -1;
    struct text rest = text_from(value, 1);
    bool one = value.start[0] == '1';
    if (!one && value.start[0] != '0') return -1;
    if (rest.length > 0 && !text_skip(&rest, ".")) return -1;
    if (!text_is_made_of(rest, one ? "0" : "0123456789")) return -1;
    memcpy(digits, rest.start, rest.length);
    return one ? 1000 : atoi(digits);
}

/* Takes off what lies before a separator, and the separator. */
static struct text take_until(struct text *rest, char separator)
{
    struct text part = text_until(*rest, text_find(*rest, separator));
    *rest = text_from(*rest, part.length + (part.length < rest->length));
    return text_trimmed(part);
}

/* The weight among the parameters of an element: 1000 where there is none. */
static int read_weight(struct text parameters)
{
    while (parameters.length > 0) {
        struct text parameter = take_until(&parameters, ';');
        if (parameter.length == 0 || (parameter.start[0] | 0x20) != 'q') continue;
        struct text rest = text_from(parameter, 1);
        if (rest.length > 0 && text_is_made_of(text_until(rest, 1), TCHAR)) continue;
        return text_skip(&rest, "=") ? read_qvalue(rest) : -1;
    }
    return 1000;
}

/* -1: not named */
static int find_weight(const struct http_request *joined, const char *name)
{
    struct text list = joined->fields[0].value;
    while (list.length > 0) {
        struct text element = take_until(&list, ',');
        int weight = -1;
        if (text_equals_ignoring_case(take_until(&element, ';'), name))
            weight = read_weight(element);
        if (weight >= 0) return weight;
    }
    return -1;
}

static void check_weight(
    const struct http_request *request, const struct http_request *joined, const char *name)
{
    struct text list = joined->fields[0].value;
    int weight = http_weight_of(request, field_name, name);
    must_hold(weight >= -1 && weight <= 1000);
    if (text_find(list, '"') < list.length) return; /* what is quoted may go on in the next line */
    must_hold(http_weight_of(joined, field_name, name) == weight);
    must_hold(find_weight(joined, name) == weight);
}

/* RFC 9110 §12.5.3: a coding that is not named has the weight of "*". */
static int weight_with_wildcard(const struct http_request *request, const char *name)
{
    int weight = http_weight_of(request, field_name, name);
    if (weight < 0 && strcmp(name, "gzip") == 0)
        weight = http_weight_of(request, field_name, "x-gzip"); /* §8.4.1.3: the same */
    return weight < 0 ? http_weight_of(request, field_name, "*") : weight;
}

static void check_choice(const struct http_request *request, size_t available)
{
    size_t chosen = http_choose_coding(request, codings, CODINGS, (unsigned)available);
    must_hold(chosen < CODINGS);
    int weight = weight_with_wildcard(request, codings[chosen]);
    must_hold(chosen == 0 || (weight > 0 && (available & 1u << chosen) != 0));
    for (size_t i = 1; i < CODINGS; i++) {
        int other = (available & 1u << i) != 0 ? weight_with_wildcard(request, codings[i]) : 0;
        must_hold(other <= weight || other <= 0);
        must_hold(i >= chosen || other < weight || other <= 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
    static struct http_request request;
    static struct http_request joined;
    if (length > LINE_MAX) return 0;
    struct text input = fuzz_copy(fuzz_text(octets, length));
    fill_in(&request, input);
    join_lines(&joined, &request);
    for (size_t i = 0; i < CODINGS; i++) check_weight(&request, &joined, codings[i]);
    check_weight(&request, &joined, "*");
    check_choice(&request, length % (1u << CODINGS));
    free((char *)joined.fields[0].value.start);
    free((char *)input.start);
    return 0;
}
