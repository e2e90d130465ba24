/* Preconditions (http/conditional.h): tags, dates and If-Range.
 *
 * Fed: the head of a request; and its first octets as size and times of a file.
 * Must hold:
 *     - for a file without an entity tag, with a weak and with a strong one, the outcome is that of
 *       RFC 9110 §13.2.2, followed below step by step by a second reader
 *     - any file's tag is an entity tag, strong when it has settled; another size or time, another
 *       tag; and If-None-Match with it comes to 304
 */
#include "http/conditional.h"
#include "http/date.h"
#include "tests/fuzz/fuzz.h"

enum { NOW = 1732323600, MODIFIED = 784111777, VALUE_MAX = 4096 };

/* All lines of a name as one value, RFC 9110 §5.3; false: there is none. */
static bool find_value(const struct http_request *request, const char *name, char value[VALUE_MAX])
{
    size_t length = 0;
    bool found = false;
    for (size_t i = 0; i < request->field_count; i++) {
        const struct http_field *field = &request->fields[i];
        if (!text_equals_ignoring_case(field->name, name)) continue;
        length += (size_t)snprintf(value + length, VALUE_MAX - length, "%s%.*s", found ? ", " : "",
            (int)field->value.length, field->value.start);
        found = true;
    }
    return found;
}

/* entity-tag, §8.8.3: its length, or 0 where there is none. */
static size_t tag_length(const char *string)
{
    size_t length = strncmp(string, "W/", 2) == 0 ? 2 : 0;
    if (string[length++] != '"') return 0;
    while ((unsigned char)string[length] > ' ' && string[length] != '"' && string[length] != 0x7f)
        length++;
    return string[length] == '"' ? length + 1 : 0;
}

/* §8.8.3.2 */
static bool tags_match(const char *one, size_t length, const char *other, bool strongly)
{
    bool one_is_weak = *one == 'W';
    bool other_is_weak = *other == 'W';
    if (strongly && (one_is_weak || other_is_weak)) return false;
    struct text opaque = {one + 2 * one_is_weak, length - 2 * (size_t)one_is_weak};
    return text_equals(opaque, other + 2 * other_is_weak);
}

/* "*" / #entity-tag: is this one among them? Not where a part of the list is no entity tag. */
static bool names_tag(const char *value, const char *tag, bool strongly)
{
    bool named = false;
    bool separated = true;
    if (strcmp(value, "*") == 0) return true;
    for (; *value != '\0'; value += strspn(value, " \t")) {
        if (*value == ',') {
            separated = true;
            value++;
            continue;
        }
        size_t length = tag_length(value);
        if (length == 0 || !separated) return false;
        named = named || (*tag != '\0' && tags_match(value, length, tag, strongly));
        separated = false;
        value += length;
    }
    return named;
}

/* The five steps of §13.2.2. */
static enum http_status evaluate(
    const struct http_request *request, const struct http_validators *validators)
{
    static char value[VALUE_MAX];
    const char *tag = validators->entity_tag;
    int64_t date;
    bool get = text_equals(request->method, "GET") || text_equals(request->method, "HEAD");
    if (find_value(request, "If-Match", value)) { /* 1. */
        if (!names_tag(value, tag, true)) return HTTP_PRECONDITION_FAILED;
    } else if (find_value(request, "If-Unmodified-Since", value)) { /* 2. */
        if (*tag != '\0' && http_parse_date(text_of(value), NOW, &date) &&
            date < validators->last_modified)
            return HTTP_PRECONDITION_FAILED;
    }
    if (find_value(request, "If-None-Match", value)) { /* 3. */
        if (names_tag(value, tag, false)) return get ? HTTP_NOT_MODIFIED : HTTP_PRECONDITION_FAILED;
    } else if (get && find_value(request, "If-Modified-Since", value)) { /* 4. */
        if (*tag != '\0' && http_parse_date(text_of(value), NOW, &date) &&
            date >= validators->last_modified)
            return HTTP_NOT_MODIFIED;
    }
    return HTTP_OK; /* 5. is If-Range, below */
}

/* §13.1.5: an entity tag has a quote among its first three characters. */
static bool range_is_allowed(
    const struct http_request *request, const struct http_validators *validators)
{
    static char value[VALUE_MAX];
    int64_t date;
    if (!find_value(request, "If-Range", value)) return true;
    if (!validators->strong) return false;
    if (memchr(value, '"', strnlen(value, 3)) != NULL)
        return tag_length(value) == strlen(value) &&
            tags_match(value, strlen(value), validators->entity_tag, true);
    return http_parse_date(text_of(value), NOW, &date) && date == validators->last_modified;
}

static void check_request(const struct http_request *request)
{
    static const struct http_validators files[] = {
        {.entity_tag = ""},
        {.entity_tag = "W/\"5-2ebc9c21-0\"", .last_modified = MODIFIED},
        {.entity_tag = "\"5-2ebc9c21-0\"", .last_modified = MODIFIED, .strong = true},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        must_hold(
            http_evaluate_preconditions(request, &files[i], NOW) == evaluate(request, &files[i]));
        must_hold(
            http_allows_range(request, &files[i], NOW) == range_is_allowed(request, &files[i]));
    }
}

struct facts {
    uint64_t size;
    int64_t modified, now;
    uint32_t nanoseconds;
};

static struct http_validators describe(struct facts facts)
{
    struct http_validators validators;
    struct timespec modified = {facts.modified, facts.nanoseconds % 1000000000};
    http_describe_file(
        &validators, facts.size, modified, "sixteen-letters!", (struct timespec){facts.now, 0});
    return validators;
}

static void check_description(struct facts facts)
{
    struct http_request request = {
        .method = text_of("GET"), .initials = UINT32_MAX, .field_count = 1};
    struct facts other = {facts.size + 1, facts.modified, facts.now, facts.nanoseconds};
    struct facts later = {facts.size, facts.modified, facts.modified + 3, facts.nanoseconds};
    struct http_validators file = describe(facts);
    const char *tag = file.entity_tag;
    must_hold((*tag == '\0') == (facts.modified <= 1));
    if (*tag == '\0') return;
    must_hold(tag_length(tag) == strlen(tag) && strlen(tag) < HTTP_ENTITY_TAG_SIZE);
    must_hold(file.strong == (*tag == '"') && file.last_modified <= facts.now);
    must_hold(!file.strong || facts.modified <= facts.now - 2);
    must_hold(
        !tags_match(describe(other).entity_tag, strlen(describe(other).entity_tag), tag, false));
    must_hold(describe(later).strong);
    must_hold(
        tags_match(describe(later).entity_tag, strlen(describe(later).entity_tag), tag, false));
    request.fields[0] = (struct http_field){text_of("If-None-Match"), text_of(tag)};
    must_hold(http_evaluate_preconditions(&request, &file, NOW) == HTTP_NOT_MODIFIED);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
    static struct http_request request;
    struct http_problem problem;
    struct facts facts = {0};
    size_t looked = 0;
    if (length > VALUE_MAX / 2) return 0;
    struct text head = fuzz_copy(fuzz_text(octets, length));
    if (http_look_at_head(head, &looked, &problem) == HTTP_COMPLETE &&
        http_parse_request_head(head, &request, &problem) == HTTP_COMPLETE)
        check_request(&request);
    free((char *)head.start);
    memcpy(&facts, octets, length < sizeof facts ? length : sizeof facts);
    facts.modified %= INT64_C(1) << 40;
    facts.now %= INT64_C(1) << 40;
    check_description(facts);
    return 0;
}
