/* response_fields.h: the field lines of a response that was filled in but not sent. */
#ifndef STRATA_TESTS_SERVER_RESPONSE_FIELDS_H
#define STRATA_TESTS_SERVER_RESPONSE_FIELDS_H

#include "http/response.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

/* How many field lines have that name, and the value of the last. */
static inline size_t find_response_field(
    const struct http_response *response, const char *name, struct text *value)
{
    size_t count = 0;
    size_t name_length = strlen(name);
    struct text rest = {response->fields, response->fields_length};
    while (rest.length > 0) {
        const char *end = memmem(rest.start, rest.length, "\r\n", 2);
        assert_non_null(end);
        size_t length = (size_t)(end - rest.start);
        if (length > name_length + 1 && memcmp(rest.start, name, name_length) == 0 &&
            memcmp(rest.start + name_length, ": ", 2) == 0) {
            *value = (struct text){rest.start + name_length + 2, length - name_length - 2};
            count++;
        }
        rest = text_from(rest, length + 2);
    }
    return count;
}

/* There is one such field line, with this value. */
static inline void assert_field(
    const struct http_response *response, const char *name, const char *expected)
{
    struct text value;
    if (find_response_field(response, name, &value) != 1)
        fail_msg("no field %s, or several, in:\n%.*s", name, (int)response->fields_length,
            response->fields);
    if (!text_equals(value, expected))
        fail_msg("%s: %.*s instead of %s", name, (int)value.length, value.start, expected);
}

static inline void assert_no_field(const struct http_response *response, const char *name)
{
    struct text value;
    if (find_response_field(response, name, &value) != 0)
        fail_msg("%s: %.*s", name, (int)value.length, value.start);
}

/* How many field lines there are. */
static inline size_t count_field_lines(const struct http_response *response)
{
    size_t count = 0;
    for (size_t i = 0; i < response->fields_length; i++) count += response->fields[i] == '\n';
    return count;
}

/* Is there a Vary line with this value? There may be several: one list (RFC 9110 §5.3). */
static inline bool varies_with(const struct http_response *response, const char *name)
{
    char line[64];
    size_t length = (size_t)snprintf(line, sizeof line, "\r\nVary: %s\r\n", name);
    return memmem(response->fields, response->fields_length, line, length) != NULL;
}

#endif
