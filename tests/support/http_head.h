/* http_head.h: gives a head to the look and to the parser, in one go and in pieces. */
#pragma once

#include "http/request.h"
#include "tests/support/http.h"

/* What became of octets that were looked at and, if there was a whole head, parsed. */
struct parsed_head {
    enum http_status status; /* HTTP_OK: taken; HTTP_CONTINUE: incomplete; else why refused */
    size_t length;           /* of the head */
    struct http_request request;
    struct http_problem problem;
};

/* Looks, and checks that it makes no difference at which end of it the memory stops. */
static inline enum http_parse look(struct text octets, size_t *looked, struct http_problem *problem)
{
    struct text at_start = {guard_start(1, octets.start, octets.length), octets.length};
    struct http_problem other = unfilled_problem();
    size_t other_looked = *looked;
    *problem = unfilled_problem();
    enum http_parse result = http_look_at_head(guarded(octets), looked, problem);
    assert_int_equal(http_look_at_head(at_start, &other_looked, &other), result);
    assert_int_equal(other_looked, *looked);
    assert_int_equal(other.status, problem->status);
    if (result == HTTP_INVALID)
        assert_explained(problem);
    else
        assert_true(*looked <= octets.length);
    return result;
}

static inline enum http_parse parse(
    struct text head, struct http_request *request, struct http_problem *problem)
{
    struct text at_start = {guard_start(1, head.start, head.length), head.length};
    struct http_problem other = unfilled_problem();
    memset(request, 0xa5, sizeof *request);
    enum http_parse other_result = http_parse_request_head(at_start, request, &other);
    memset(request, 0xa5, sizeof *request);
    *problem = unfilled_problem();
    enum http_parse result = http_parse_request_head(guarded(head), request, problem);
    assert_int_equal(other_result, result);
    assert_int_equal(other.status, problem->status);
    assert_true(result == HTTP_COMPLETE || result == HTTP_INVALID);
    if (result == HTTP_INVALID) assert_explained(problem);
    return result;
}

/* The request's texts are dead at the next call. */
static inline enum http_status parse_head(struct text octets, struct parsed_head *parsed)
{
    parsed->length = 0;
    enum http_parse result = look(octets, &parsed->length, &parsed->problem);
    parsed->status = HTTP_CONTINUE;
    if (result == HTTP_COMPLETE) {
        struct text head = {octets.start, parsed->length};
        result = parse(head, &parsed->request, &parsed->problem);
        parsed->status = HTTP_OK;
    }
    if (result == HTTP_INVALID) parsed->status = parsed->problem.status;
    return parsed->status;
}

/* A look that is interrupted after split octets ends like one in one go. */
static inline void assert_same_look_when_split(struct text octets, size_t split)
{
    struct http_problem problem;
    struct http_problem later;
    size_t whole = 0;
    size_t looked = 0;
    enum http_parse result = look(octets, &whole, &problem);
    enum http_parse first = look((struct text){octets.start, split}, &looked, &later);
    if (first == HTTP_INCOMPLETE) first = look(octets, &looked, &later);
    if (first == result && (result == HTTP_INVALID || looked == whole) &&
        (result != HTTP_INVALID || later.status == problem.status))
        return;
    show_octets(octets);
    fail_msg("split after %zu octets: %d, %d, %zu instead of %d, %d, %zu", split, (int)first,
        (int)later.status, looked, (int)result, (int)problem.status, whole);
}

/* One octet more each time; returns what the first look that was not INCOMPLETE said, and leaves
 * in *length how many octets had arrived then. */
static inline enum http_parse look_octet_by_octet(
    struct text octets, size_t *length, struct http_problem *problem)
{
    size_t looked = 0;
    for (*length = 0; *length <= octets.length; ++*length) {
        enum http_parse result = look((struct text){octets.start, *length}, &looked, problem);
        if (result != HTTP_INCOMPLETE) return result;
    }
    *length = octets.length;
    return HTTP_INCOMPLETE;
}

/* The octets get this status, however they arrive. */
static inline void assert_head_status(struct text octets, enum http_status expected)
{
    struct parsed_head parsed;
    size_t step = octets.length > 600 ? octets.length / 12 : 1;
    if (parse_head(octets, &parsed) != expected) {
        show_octets(octets);
        if (parsed.status >= 400)
            print_error("refused: %s (%s)\n", parsed.problem.sentence, parsed.problem.section);
        fail_msg("status %d instead of %d", (int)parsed.status, (int)expected);
    }
    for (size_t split = 0; split <= octets.length; split += step)
        assert_same_look_when_split(octets, split);
}
