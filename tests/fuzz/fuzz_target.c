/* The request target (http/target.h): its form and its path.
 *
 * Fed: a method and a target, as in "GET /a/../b?c" or "OPTIONS *".
 * Must hold:
 *     - a path is absolute, NUL-terminated, and has no control, no dot segment, no empty segment;
 *       it is the one that the slow way of RFC 3986 §5.2.4 comes to
 *     - authority and query lie within the target; form and method go together
 *     - a path encoded is a target again, one for the same path; and safe in a Location
 */
#include "http/target.h"
#include "tests/fuzz/fuzz.h"

enum { INPUT_MAX = 1024 }; /* the longest that the slow way is patient with */

/* Decodes what lies before the query: RFC 3986 §2.1. The parser took it, so it is well-formed. */
static size_t decode(struct text encoded, char *path)
{
    size_t length = 0;
    for (size_t i = 0; i < encoded.length && encoded.start[i] != '?'; i++) {
        char octet = encoded.start[i];
        if (octet == '%') {
            char digits[] = {encoded.start[i + 1], encoded.start[i + 2], '\0'};
            octet = (char)strtoul(digits, NULL, 16);
            i += 2;
        }
        path[length++] = octet;
    }
    path[length] = '\0';
    return length;
}

/* Deletes so many characters at the front of a string. */
static void delete (char *string, size_t count)
{
    memmove(string, string + count, strlen(string + count) + 1);
}

static bool starts_with(const char *string, const char *start)
{
    return strncmp(string, start, strlen(start)) == 0;
}

/* RFC 3986 §5.2.4, word by word: moves the path from one buffer to the other. */
static void remove_dot_segments(char *input, char *output)
{
    *output = '\0';
    while (*input != '\0') {
        if (starts_with(input, "/./")) {
            delete (input, 2);
        } else if (strcmp(input, "/.") == 0) {
            strcpy(input, "/");
        } else if (starts_with(input, "/../") || strcmp(input, "/..") == 0) {
            must_hold(*output != '\0'); /* above the root: the parser refuses that */
            *strrchr(output, '/') = '\0';
            delete (input, 3);
            if (*input == '\0') strcpy(input, "/");
        } else {
            size_t length = 1 + strcspn(input + 1, "/");
            strncat(output, input, length);
            delete (input, length);
        }
    }
}

static void check_path(const struct http_target *target, struct text encoded)
{
    char path[INPUT_MAX + 2] = "/"; /* for an absolute-form without one */
    char expected[INPUT_MAX + 2];
    if (decode(encoded, path) == 0) strcpy(path, "/");
    remove_dot_segments(path, expected);
    for (char *slashes; (slashes = strstr(expected, "//")) != NULL;) delete (slashes, 1);
    must_hold(strcmp(target->path, expected) == 0);
    must_hold(target->path_length == strlen(target->path));
    must_hold(target->path[0] == '/');
    must_hold(strstr(target->path, "//") == NULL && strstr(target->path, "/../") == NULL);
    for (const char *octet = target->path; *octet != '\0'; octet++)
        must_hold((unsigned char)*octet >= 0x20 && *octet != 0x7f);
}

static bool parse(const struct http_request *request, struct http_target *target)
{
    struct http_problem problem = {0};
    memset(target, 0xa5, sizeof *target);
    bool parsed = http_parse_target(request, target, &problem);
    must_hold(parsed || problem.status >= 400);
    return parsed;
}

/* RFC 3986 §3.3: pchar and the slash. Two slashes at the start would be an authority. */
static void check_encoded(const struct http_target *target)
{
    static char encoded[3 * INPUT_MAX];
    static struct http_target again;
    struct http_request request = {.method = text_of("GET")};
    size_t length = http_encode_path(target->path, encoded);
    must_hold(length <= 3 * target->path_length);
    must_hold(text_is_made_of((struct text){encoded, length}, ALPHANUMERIC "-._~!$&'()*+,;=:@/%"));
    must_hold(encoded[0] == '/' && !(length > 1 && encoded[1] == '/'));
    request.target = fuzz_copy((struct text){encoded, length});
    must_hold(parse(&request, &again));
    must_hold(again.form == HTTP_ORIGIN_FORM && again.query.length == 0);
    must_hold(strcmp(again.path, target->path) == 0);
    free((char *)request.target.start);
}

static void check_target(const struct http_request *request, const struct http_target *target)
{
    struct text text = request->target;
    bool has_path = target->form == HTTP_ORIGIN_FORM || target->form == HTTP_ABSOLUTE_FORM;
    must_hold(target->form != HTTP_TARGET_REFUSED);
    must_hold((text.start[0] == '/') == (target->form == HTTP_ORIGIN_FORM));
    must_hold((target->form == HTTP_ASTERISK_FORM) == text_equals(text, "*"));
    must_hold(target->form != HTTP_ASTERISK_FORM || text_equals(request->method, "OPTIONS"));
    must_hold(target->form != HTTP_AUTHORITY_FORM || text_equals(request->method, "CONNECT"));
    must_hold(has_path || (target->path_length == 0 && target->query.length == 0));
    must_hold(text_lies_within(target->query, text));
    must_hold(target->query.length == 0 || target->query.start[0] == '?');
    if (!has_path) return;
    if (target->form == HTTP_ABSOLUTE_FORM) {
        must_hold(target->authority.length > 0 && text_lies_within(target->authority, text));
        text = text_from(text, strlen("http://") + target->authority.length);
    }
    check_path(target, text);
    check_encoded(target);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
    static struct http_request request;
    static struct http_target target;
    struct http_problem problem;
    static const char rest[] = " HTTP/1.1\r\n\r\n";
    if (length > INPUT_MAX) return 0;
    struct text head = {fuzz_memory(length + strlen(rest)), length + strlen(rest)};
    memcpy((char *)head.start, octets, length);
    memcpy((char *)head.start + length, rest, strlen(rest));
    if (http_parse_request_head(head, &request, &problem) == HTTP_COMPLETE) {
        request.target = fuzz_copy(request.target);
        if (parse(&request, &target)) check_target(&request, &target);
        free((char *)request.target.start);
    }
    free((char *)head.start);
    return 0;
}
