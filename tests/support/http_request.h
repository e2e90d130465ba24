/* http_request.h: requests made by hand, each part against an unreadable page of its own. */
#pragma once

#include "http/request.h"
#include "tests/support/http.h"

enum { HAND_MADE_FIELDS_MAX = GUARD_ROOMS - 2 }; /* rooms 0 and 1 are for the rest */

/* A request in HTTP/1.minor with these field lines: "Name: value\r\n…". After the last there is one
 * that an earlier request left behind. */
static inline struct http_request hand_made_request(
    const char *method, struct text target, int minor, const char *lines)
{
    struct http_request request;
    memset(&request, 0xa5, sizeof request);
    request.method = guarded_in(1, (struct text){method, strlen(method)});
    request.target = guarded(target);
    request.line = request.target;
    request.minor_version = minor;
    request.initials = UINT32_MAX;
    request.field_count = 0;
    while (*lines != '\0') {
        const char *colon = strchr(lines, ':');
        const char *end = strstr(lines, "\r\n");
        assert_true(colon != NULL && end > colon + 1);
        assert_true(request.field_count < HAND_MADE_FIELDS_MAX);
        size_t room = 2 + request.field_count;
        struct http_field *field = &request.fields[request.field_count++];
        field->name = (struct text){
            guard_start(room, lines, (size_t)(colon - lines)), (size_t)(colon - lines)};
        field->value = guarded_in(room, (struct text){colon + 2, (size_t)(end - colon - 2)});
        lines = end + 2;
    }
    request.fields[request.field_count] = (struct http_field){{"Host", 4}, {"left behind", 11}};
    if (request.field_count > 0) request.fields[request.field_count].name = request.fields[0].name;
    return request;
}

/* A GET request for the target "/" with these field lines. */
static inline struct http_request request_with(int minor, const char *lines)
{
    return hand_made_request("GET", (struct text){"/", 1}, minor, lines);
}
