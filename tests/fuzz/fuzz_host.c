/* The host (http/target.h), in Host or in an absolute-form.
 *
 * Fed: the value of a Host field.
 * Must hold:
 *     - it is accepted exactly where it is empty or, read by a second reader below, a host and
 *       perhaps a port
 *     - one that is not empty is accepted in "GET http://HOST/" exactly where it is as a field
 */
#include "http/target.h"
#include "tests/fuzz/fuzz.h"

/* RFC 3986 §3.2.2: reg-name, whose percent signs are followed by two digits */
static bool is_name(struct text name)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    if (!text_is_made_of(name, ALPHANUMERIC "-._~!$&'()*+,;=%")) return false;
    for (size_t i = 0; i < name.length; i++) {
        if (name.start[i] != '%') continue;
        if (name.length - i < 3 || !text_is_made_of((struct text){name.start + i + 1, 2}, digits))
            return false;
    }
    return name.length > 0;
}

/* host [ ":" port ]: a name has no colon, and an IP literal is in brackets. */
static bool is_host(struct text text)
{
    struct text host = text_until(text, text_find(text, ':'));
    if (text.length > 0 && text.start[0] == '[') {
        size_t end = text_find(text, ']');
        if (end == text.length) return false;
        host = text_until(text, end + 1);
    }
    struct text port = text_from(text, host.length);
    if (port.length > 0 && port.start[0] != ':') return false;
    if (!text_is_made_of(port, port.length > 1 ? ":0123456789" : ":")) return false;
    if (port.length > 1 && text_find(text_from(port, 1), ':') < port.length - 1) return false;
    if (host.length == 0 || host.start[0] != '[') return is_name(host);
    struct text address = {host.start + 1, host.length - 2};
    return address.length > 0 && text_is_made_of(address, "0123456789abcdefABCDEF:.");
}

/* False: not even the head is one. The request points into the head. */
static bool parse(const char *head, size_t length, struct http_request *request)
{
    struct text text = {head, length};
    struct http_problem problem;
    size_t looked = 0;
    return http_look_at_head(text, &looked, &problem) == HTTP_COMPLETE && looked == length &&
        http_parse_request_head(text, request, &problem) == HTTP_COMPLETE;
}

static void check_absolute_form(struct text host, bool accepted)
{
    static struct http_request request;
    static struct http_target target;
    struct http_problem problem;
    char *head = fuzz_memory(host.length + 64);
    size_t length =
        (size_t)sprintf(head, "GET http://%.*s/ HTTP/1.0\r\n\r\n", (int)host.length, host.start);
    bool right = parse(head, length, &request) && http_parse_target(&request, &target, &problem) &&
        texts_are_equal(target.authority, host);
    must_hold(right == accepted);
    free(head);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
    static struct http_request request;
    struct http_problem problem = {0};
    char *head = fuzz_memory(length + 64);
    size_t size = (size_t)sprintf(head, "GET / HTTP/1.1\r\nHost: ");
    memcpy(head + size, octets, length);
    size += length;
    size += (size_t)sprintf(head + size, "\r\n\r\n");
    if (parse(head, size, &request) && request.field_count == 1) {
        struct text host = request.fields[0].value;
        bool accepted = http_check_host(&request, &problem);
        must_hold(accepted == (problem.status != HTTP_BAD_REQUEST));
        must_hold(accepted == (host.length == 0 || is_host(host)));
        if (host.length > 0) check_absolute_form(host, accepted);
    }
    free(head);
    return 0;
}
