#include "http/conditional.h"
#include "http/date.h"

#include <stdio.h>

void http_describe_file(struct http_validators *validators, uint64_t size, struct timespec modified,
    const char *coding, struct timespec now)
{
    *validators = (struct http_validators){0};
    if (modified.tv_sec <= 1) return;
    time_t settled = now.tv_sec - 2;
    validators->strong = modified.tv_sec < settled ||
        (modified.tv_sec == settled && modified.tv_nsec <= now.tv_nsec);
    validators->last_modified = modified.tv_sec < now.tv_sec ? modified.tv_sec : now.tv_sec;
    snprintf(validators->entity_tag, HTTP_ENTITY_TAG_SIZE, "%s\"%jx-%jx-%lx%s%s\"",
        validators->strong ? "" : "W/", (uintmax_t)size, (uintmax_t)modified.tv_sec,
        (unsigned long)modified.tv_nsec, *coding == '\0' ? "" : "-", coding);
}

/* etagc, §8.8.3: a comma and a backslash are octets like any other. */
static bool is_etagc(char character)
{
    return (unsigned char)character > 0x20 && character != '"' && character != 0x7f;
}

/* Takes off the entity tag that the text starts with; empty: there is none. */
static struct text take_entity_tag(struct text *rest)
{
    struct text whole = *rest;
    text_skip(rest, "W/");
    bool opened = text_skip(rest, "\"");
    text_take(rest, is_etagc);
    if (!opened || !text_skip(rest, "\"")) *rest = whole;
    return text_until(whole, whole.length - rest->length);
}

/* §8.8.3.2: strongly, or else weakly. */
static bool tags_match(struct text theirs, const char *entity_tag, bool strongly)
{
    struct text ours = text_of(entity_tag);
    bool weak = text_skip(&ours, "W/");
    weak = text_skip(&theirs, "W/") || weak;
    return theirs.length > 0 && text_equals(theirs, ours.start) && !(weak && strongly);
}

/* Is the field "*", or a list with this tag in it? A list that cannot be read holds nothing. */
static bool field_names(
    const struct http_request *request, const char *name, const char *entity_tag, bool strongly)
{
    struct text value;
    bool named = false;
    if (http_find_field(request, name, &value) == 1 && text_equals(value, "*")) return true;
    for (size_t i = 0; i < request->field_count; i++) {
        if (!text_equals_ignoring_case(request->fields[i].name, name)) continue;
        struct text rest = request->fields[i].value;
        do {
            text_take(&rest, text_is_space);
            named = tags_match(take_entity_tag(&rest), entity_tag, strongly) || named;
            text_take(&rest, text_is_space);
        } while (text_skip(&rest, ","));
        if (rest.length > 0) return false;
    }
    return named;
}

/* False where a date condition is to be ignored: §13.1.3, §13.1.4. */
static bool find_date(const struct http_request *request, const char *name,
    const struct http_validators *validators, int64_t now, int64_t *date)
{
    struct text value;
    return validators->entity_tag[0] != '\0' && http_find_field(request, name, &value) == 1 &&
        http_parse_date(value, now, date);
}

enum http_status http_evaluate_preconditions(
    const struct http_request *request, const struct http_validators *validators, int64_t now)
{
    struct text value;
    int64_t date;
    if (validators == NULL)
        return http_find_field(request, "If-Match", &value) > 0 ? HTTP_PRECONDITION_FAILED
                                                                : HTTP_OK;
    bool reads = text_equals(request->method, "GET") || text_equals(request->method, "HEAD");
    if (http_find_field(request, "If-Match", &value) > 0) {
        if (!field_names(request, "If-Match", validators->entity_tag, true))
            return HTTP_PRECONDITION_FAILED;
    } else if (find_date(request, "If-Unmodified-Since", validators, now, &date) &&
        validators->last_modified > date) {
        return HTTP_PRECONDITION_FAILED;
    }
    if (http_find_field(request, "If-None-Match", &value) > 0) {
        if (field_names(request, "If-None-Match", validators->entity_tag, false))
            return reads ? HTTP_NOT_MODIFIED : HTTP_PRECONDITION_FAILED;
    } else if (reads && find_date(request, "If-Modified-Since", validators, now, &date) &&
        validators->last_modified <= date) {
        return HTTP_NOT_MODIFIED;
    }
    return HTTP_OK;
}

bool http_allows_range(
    const struct http_request *request, const struct http_validators *validators, int64_t now)
{
    struct text value;
    int64_t date;
    size_t count = http_find_field(request, "If-Range", &value);
    if (count != 1 || !validators->strong) return count == 0;
    if (text_equals(value, validators->entity_tag)) return true;
    return http_parse_date(value, now, &date) && date == validators->last_modified;
}
