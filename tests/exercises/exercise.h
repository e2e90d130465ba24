/* exercise.h — a test of an exercise is a sentence, a request, and what the response must be, each
 * expectation with the section that asks for it:
 *
 *     static void red_options_lists_the_methods_that_are_allowed(void)
 *     {
 *         site_has("file.txt", "file");
 *         ask("OPTIONS /file.txt HTTP/1.1\r\nHost: a\r\n\r\n");
 *         expect_answer(200, "RFC 9110 §9.3.7");
 *         expect_element("Allow", "GET", "RFC 9110 §10.2.1");
 *     }
 *
 * A name starts with red_ (it fails until the exercise is done) or guard_ (it holds before and
 * after). Every test has a site and a server of its own, which explains itself; at the end the
 * server has to stop in order, and no sanitizer may have reported. Every wait is bounded.
 *
 * A failed expectation prints the request, the response with a caret under the first wrong octet,
 * what was expected, and what the server explained since the request.
 */
#ifndef STRATA_TESTS_EXERCISES_EXERCISE_H
#define STRATA_TESTS_EXERCISES_EXERCISE_H

#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/server.h"
#include "tests/system/support/site.h"

/* --- The site and the server ------------------------------------------------------------------ */

/* A file, before or after the server has started; names as in site.h. */
void site_has(const char *name, const char *text);

/* Starts the server with these options (ARGUMENTS("--list"); NULL: none). A test that does not say
 * so has its server started without options by the first request. */
void serve(const char *const *options);

/* The same with a server that has one more row in its method table: ECHO, which is for /echo only.
 */
void serve_with_echo(const char *const *options);

/* --- Asking ----------------------------------------------------------------------------------- */

/* Sends a request on a new connection and receives the response. */
void ask(const char *request);

/* The same, as printf has it. */
void ask_with(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* On the connection of the request before. */
void ask_next(const char *request);

/* In steps: a new connection; octets on it, in one send or in pieces each of which has been taken
 * by the server before the next is sent; one response, interim or final. */
void begin_connection(void);
void send_text(const char *text);
void send_in_pieces(const char *text, size_t piece);
void receive(void);

/* --- Expecting -------------------------------------------------------------------------------- */

/* An answer with this status; or with any of 2xx. */
void expect_answer(int status, const char *rule);
void expect_success(const char *rule);

/* The field has exactly this value; NULL: there is no such field. */
void expect_field(const char *name, const char *value, const char *rule);

/* The field is a list that has this element. */
void expect_element(const char *name, const char *element, const char *rule);

/* The content is this text, octet by octet. */
void expect_content(const char *text, const char *rule);

/* The text is somewhere in the content; it is nowhere in the response. */
void expect_content_has(const char *text, const char *rule);
void expect_nowhere(const char *text, const char *rule);

/* The connection serves a next request, which a GET shows; or the server has closed it. */
void expect_usable(const char *rule);
void expect_closed(const char *rule);

/* The file of the site holds this text; NULL: it is not there. */
void expect_file(const char *name, const char *text, const char *rule);

/* The method's row in server/methods.def asks for the right to write. No answer shows that here: an
 * instrumented server has no sandbox. */
void expect_row_writes(const char *method);

/* Any other condition, in words: expect_that(count == 1, "RFC …", "one file, not %d", count). */
void expect_that(bool holds, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* --- The rest --------------------------------------------------------------------------------- */

/* What the test in hand has; for what the functions above do not do. */
struct exercise {
    struct site site;
    struct server server; /* port 0: not started */
    struct client client; /* the connection of the last request; socket -1: none */
    char *request;        /* the last one, as sent; NULL: none */
    struct response response;
    size_t explained; /* octets that the server had written before the last request */
};
extern struct exercise exercise;

struct exercise_test {
    const char *name;
    void (*function)(void);
};
#define EXERCISE_TEST(function)                                                                    \
    {                                                                                              \
#function, function                                                                        \
    }

/* Runs those whose names fit the pattern of an argument, without one all. Returns main's. */
int exercise_run(
    const struct exercise_test *tests, size_t count, int argument_count, char **arguments);

/* Prints all that is known and fails the test. wrong is the first octet of the response that is
 * not as expected; NULL: no octet is to blame. */
void unexpected(const char *wrong, const char *rule, const char *format, ...)
    __attribute__((format(printf, 3, 4), noreturn));

#endif
