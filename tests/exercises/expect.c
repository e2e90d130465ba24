#include "server/methods.h"
#include "tests/exercises/exercise.h"
#include "tests/exercises/show.h"
#include "tests/support/test.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/threads.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- What is printed -------------------------------------------------------------------------- */

/* What the server explained since the last request; it may not have come to it yet. */
static void print_explained(void)
{
    struct patience patience = patience_for(2);
    while (server_is_running(&exercise.server) && !server_rests(&exercise.server))
        if (!patience_left(&patience)) break;
    char *errors = server_errors(&exercise.server);
    if (errors != NULL && strlen(errors) > exercise.explained) {
        fprintf(stderr, "explained\n");
        char *rest = NULL;
        for (char *line = strtok_r(errors + exercise.explained, "\n", &rest); line != NULL;
             line = strtok_r(NULL, "\n", &rest))
            fprintf(stderr, "    %s\n", line);
    }
    free(errors);
}

static const char *wanted_content; /* NULL: it is not the content that is not as expected */

void unexpected(const char *wrong, const char *rule, const char *format, ...)
{
    const struct response *response = &exercise.response;
    va_list arguments;
    if (exercise.request != NULL) {
        fprintf(stderr, "request\n");
        show_octets(stderr, exercise.request, strlen(exercise.request), SIZE_MAX);
    }
    if (response->length > 0) {
        size_t place = wrong == NULL ? SIZE_MAX : (size_t)(wrong - response->octets);
        fprintf(stderr, "response\n");
        show_octets(stderr, response->octets, response->length, place);
    }
    fprintf(stderr, "expected (%s)\n    ", rule);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    if (wanted_content != NULL)
        show_octets(stderr, wanted_content, strlen(wanted_content), SIZE_MAX);
    wanted_content = NULL;
    if (exercise.server.port != 0) print_explained();
    _fail(__FILE__, __LINE__);
    abort();
}

/* --- Where the first wrong octet is ----------------------------------------------------------- */

/* The first octet in which a text differs from the one that is wanted: its end at the latest. */
static const char *difference(const char *text, size_t length, const char *wanted)
{
    size_t same = 0;
    while (same < length && wanted[same] != '\0' && text[same] == wanted[same]) same++;
    return text + same;
}

/* The value of the field as it stands in the octets; NULL: there is none. The strict reader has
 * seen to it that a line is name, colon, one space, value. */
static const char *place_of_value(const char *name)
{
    const char *line = exercise.response.octets;
    size_t length = strlen(name);
    while ((line = strstr(line, "\r\n")) != NULL && line[2] != '\r') {
        line += 2;
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') return line + length + 2;
    }
    return NULL;
}

/* The empty line after the head: where a field that is missing could have been. */
static const char *end_of_head(void)
{
    return exercise.response.octets + exercise.response.head_length - 2;
}

/* --- Expecting -------------------------------------------------------------------------------- */

void expect_answer(int status, const char *rule)
{
    char wanted[16];
    const char *place = exercise.response.octets + strlen("HTTP/1.1 ");
    if (exercise.response.status == status) return;
    snprintf(wanted, sizeof wanted, "%d", status);
    unexpected(difference(place, 3, wanted), rule, "the status is %d", status);
}

void expect_success(const char *rule)
{
    const char *place = exercise.response.octets + strlen("HTTP/1.1 ");
    if (exercise.response.status / 100 != 2) unexpected(place, rule, "the status is 2xx: success");
}

void expect_field(const char *name, const char *value, const char *rule)
{
    const char *found = response_field(&exercise.response, name);
    const char *place = place_of_value(name);
    if (value == NULL && found == NULL) return;
    if (value == NULL) unexpected(place, rule, "there is no field %s", name);
    if (found == NULL) unexpected(end_of_head(), rule, "%s: %s", name, value);
    if (strcmp(found, value) != 0)
        unexpected(difference(place, strlen(found), value), rule, "%s: %s", name, value);
}

/* RFC 9110 §5.6.1, for elements that are tokens. */
static bool list_has(const char *list, const char *element)
{
    size_t length = strlen(element);
    while (*list != '\0') {
        list += strspn(list, ", \t");
        size_t end = strcspn(list, ", \t");
        if (end == length && strncmp(list, element, length) == 0) return true;
        list += end;
    }
    return false;
}

void expect_element(const char *name, const char *element, const char *rule)
{
    const char *found = response_field(&exercise.response, name);
    if (found == NULL)
        unexpected(end_of_head(), rule, "%s: a list, and %s is in it", name, element);
    if (!list_has(found, element))
        unexpected(place_of_value(name) + strlen(found), rule, "%s is in %s", element, name);
}

void expect_content(const char *text, const char *rule)
{
    const struct response *response = &exercise.response;
    size_t length = response->content_length;
    if (length == strlen(text) && memcmp(response->content, text, length) == 0) return;
    wanted_content = text;
    unexpected(difference(response->content, length, text), rule,
        "this content, %zu octets instead of %zu:", strlen(text), length);
}

void expect_content_has(const char *text, const char *rule)
{
    const struct response *response = &exercise.response;
    if (memmem(response->content, response->content_length, text, strlen(text)) != NULL) return;
    unexpected(response->octets + response->length, rule, "\"%s\" is in the content", text);
}

void expect_nowhere(const char *text, const char *rule)
{
    const struct response *response = &exercise.response;
    const char *found = memmem(response->octets, response->length, text, strlen(text));
    if (found != NULL) unexpected(found, rule, "\"%s\" is not in the response", text);
}

void expect_usable(const char *rule)
{
    if (exercise.response.closes)
        unexpected(place_of_value("Connection"), rule, "the connection stays open");
    ask_next("GET /no-such-file HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_answer(404, rule);
}

void expect_closed(const char *rule)
{
    enum arrival arrival = ARRIVED;
    if (client_pending(&exercise.client) == 0) arrival = client_receive(&exercise.client, 20);
    if (arrival == ARRIVED || arrival == SILENCE)
        unexpected(NULL, rule, "the server closes the connection; instead %s came",
            arrival == ARRIVED ? "more" : "nothing");
}

void expect_file(const char *name, const char *text, const char *rule)
{
    char *found = file_text(site_path(&exercise.site, name).text, NULL);
    if (found == NULL && text != NULL)
        unexpected(NULL, rule, "the site has a file %s that holds \"%s\"", name, text);
    if (found != NULL && text == NULL) unexpected(NULL, rule, "the site has no file %s", name);
    if (found != NULL && strcmp(found, text) != 0)
        unexpected(NULL, rule, "the file %s holds \"%s\"; it holds \"%s\"", name, text, found);
    free(found);
}

void expect_row_writes(const char *method)
{
    static const struct {
        const char *token;
        uint32_t flags;
    } rows[] = {
#define METHOD(token, handler, content_limit, flags) {token, flags},
#include "server/methods.def"
#undef METHOD
    };
    const char *wrong = "there is no such row";
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (strcmp(rows[i].token, method) != 0) continue;
        if ((rows[i].flags & WRITES) != 0) return;
        wrong = "it does not, and where the sandbox is on, as it is not here, the answer is 403";
    }
    unexpected(NULL, "server/methods.def", "the row of %s has the flag WRITES; %s", method, wrong);
}

void expect_that(bool holds, const char *rule, const char *format, ...)
{
    char words[400];
    va_list arguments;
    if (holds) return;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    unexpected(NULL, rule, "%s", words);
}
