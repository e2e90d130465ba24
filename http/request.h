/* request.h: the head of a request, RFC 9112 §2 to §5: the request line and the field lines.
 *
 * Stateless: the caller keeps the octets, and calls again with the same first octet when there are
 * more. Two steps, in this order:
 *     http_look_at_head()           is the head here? Looks at each octet once, however it arrives.
 *     http_parse_request_head()     what does it say? Call it when the look said COMPLETE.
 * Nothing is copied: the texts of a request point into the octets given, and live as long as those.
 */
#pragma once

#include "http/status.h"
#include "http/text.h"

/* Empty lines skipped before a request line, RFC 9112 §2.2; octets of a request line without CR LF,
 * RFC 9112 §3 asks for 8000. Then what a whole head may have. */
enum { HTTP_EMPTY_LINES_MAX = 2, HTTP_REQUEST_LINE_MAX = 8 * 1024 };
enum { HTTP_HEAD_MAX = 32 * 1024, HTTP_FIELD_LINES_MAX = 100 };

struct http_field {
    struct text name, value; /* the value without white space around it */
};

struct http_request {
    struct text line; /* as received, without CR LF; empty until there is a whole one */
    struct text method, target;
    int major_version, minor_version;
    uint32_t initials; /* of the names: 1 << (letter & 31), either case */
    size_t field_count;
    struct http_field fields[HTTP_FIELD_LINES_MAX];
};

/* Looks at the octets from *looked on, and leaves in *looked how far it came; start with 0.
 * COMPLETE:   *looked is the length of the head, its empty line included.
 * INCOMPLETE: call again with at least one octet more.
 * INVALID:    an octet that no head may hold (a control other than tab, CR without LF, LF without
 *             CR), a third empty line before the request line, or a limit (414, 431, 501). */
enum http_parse http_look_at_head(struct text octets, size_t *looked, struct http_problem *problem);

/* Parses a head: COMPLETE or INVALID. On INVALID the request holds what came before the fault.
 * Given octets that the look refused, it parses the whole lines among them; what is wrong with
 * those comes before a limit. */
enum http_parse http_parse_request_head(
    struct text head, struct http_request *, struct http_problem *);

/* Parses one field line, without its CR LF; HTTP_FAULT_NONE, or what is wrong with it. */
enum http_fault http_parse_field_line(struct text line, struct http_field *field);

/* How many field lines have that name, and the value of the first (unchanged when there is none).
 * Names are compared ignoring case, RFC 9110 §5.1. */
size_t http_find_field(const struct http_request *request, const char *name, struct text *value);

/* Walks the elements of a list that may be split over several field lines (RFC 9110 §5.3). Start
 * with a zeroed struct http_list; false when there are no more. */
struct http_list {
    size_t next_field;
    struct text rest;
};
bool http_next_list_element(const struct http_request *request, const char *name,
    struct http_list *list, struct text *element);
