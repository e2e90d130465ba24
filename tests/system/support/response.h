/* response.h — a strict reader of responses. What RFC 9112 lets a recipient forgive fails the test:
 *
 *     status line   exactly `HTTP/1.1 SP 3DIGIT SP reason CRLF` (§4)
 *     field lines   exactly `token ":" SP value CRLF`, no name twice but a list's (§5)
 *     content       exactly one Content-Length and that many octets (§6.2); neither with 1xx and
 *                   204; no content with 304 and in answers to HEAD (§6.3)
 *     Date          in every final response, an IMF-fixdate of now (RFC 9110 §6.6.1, §5.6.7)
 *     Server        `strata`; X-Content-Type-Options `nosniff` wherever there is a Content-Type
 *
 * response_read() waits for one response, interim or final; response_release() when done with it.
 */
#ifndef STRATA_TESTS_SYSTEM_RESPONSE_H
#define STRATA_TESTS_SYSTEM_RESPONSE_H

#include "tests/system/support/client.h"

#include <stdbool.h>
#include <stddef.h>

struct field {
    const char *name;
    const char *value;
};

struct response {
    int status;
    char *octets; /* head and content as they came, with a NUL after them */
    size_t length;
    size_t head_length;
    char *lines; /* the head again, cut into the strings of fields */
    struct field fields[40];
    size_t field_count;
    const char *content;
    size_t content_length;
    bool closes; /* says Connection: close */
};

/* False: Server must be missing instead, until the next test. */
extern bool response_names_server;

enum request_method { TO_ANY, TO_HEAD };

void response_read(struct client *client, struct response *response, enum request_method method);
const char *response_field(const struct response *response, const char *name);

/* Anywhere after the status line. */
bool response_contains(const struct response *response, const char *text);
void response_release(struct response *response);

/* Reads a response and fails unless its status is this one. */
void response_expect(struct client *client, struct response *response, int status);

/* The same for a response of which nothing else matters. */
void expect_status(struct client *client, int status);

/* Fails unless the response has the field with exactly this value; NULL: unless it has no such
 * field. */
void response_expect_field(const struct response *response, const char *name, const char *value);

/* Fails unless the content is that of a file made by site_add_octets with this size. */
void response_expect_octets(const struct response *response, size_t size);

/* Fails unless the content is this text. */
void response_expect_content(const struct response *response, const char *text);

/* One request on a connection of its own, and the final response to it. */
void request_once(int port, const char *request, struct response *response, int status);

/* GET, with `Connection: close`. */
void get_once(int port, const char *target, struct response *response, int status);

/* The same again and again until the status is this one, and the content this text where it is not
 * NULL: what is kept of a file is believed for a second. Fails when it does not come to that. */
void get_until(int port, const char *target, struct response *, int status, const char *text);

#endif
