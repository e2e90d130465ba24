#include "tests/exercises/exercise.h"

#include "tests/exercises/show.h"
#include "tests/support/test.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response_rules.h"
#include "tests/system/support/steps.h"
#include "tests/system/support/threads.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Seconds for an answer, unless STRATA_PATIENT is set: then somebody steps through the server. */
enum { ANSWER_PATIENCE = 20, DEBUGGER_PATIENCE = 24 * 60 * 60 };

struct exercise exercise;

static double patience_for_answers(void)
{
    return getenv("STRATA_PATIENT") == NULL ? ANSWER_PATIENCE : DEBUGGER_PATIENCE;
}

/* --- The site and the server ------------------------------------------------------------------ */

void site_has(const char *name, const char *text)
{
    site_add(&exercise.site, name, text);
}

static void start(const char *program, const char *const *options)
{
    const char *arguments[16] = {"--explain", "--threads", "2"};
    size_t count = 3;
    for (; options != NULL && *options != NULL; options++) {
        if (count == COUNT(arguments) - 1) failed("too many options for the server");
        arguments[count++] = *options;
    }
    server_start(&exercise.server,
        &(struct launch){
            .program = program, .arguments = arguments, .directory = exercise.site.root});
}

void serve(const char *const *options)
{
    start(NULL, options);
}

void serve_with_echo(const char *const *options)
{
    const char *program = getenv("STRATA_ECHO_PROGRAM");
    if (program == NULL) failed("STRATA_ECHO_PROGRAM does not name the server with ECHO");
    start(program, options);
}

/* --- Asking ----------------------------------------------------------------------------------- */

static void remember_request(const char *text)
{
    char *errors = server_errors(&exercise.server);
    exercise.explained = strlen(errors);
    free(errors);
    free(exercise.request);
    exercise.request = strdup(text);
    response_release(&exercise.response);
}

void begin_connection(void)
{
    if (exercise.server.port == 0) serve(NULL);
    if (exercise.client.socket >= 0) client_close(&exercise.client);
    client_connect(&exercise.client, exercise.server.port);
}

void send_text(const char *text)
{
    remember_request(text);
    client_send_text(&exercise.client, text);
}

void send_in_pieces(const char *text, size_t piece)
{
    size_t length = strlen(text);
    remember_request(text);
    for (size_t sent = 0; sent < length; sent += piece) {
        if (sent + piece > length) piece = length - sent;
        client_send(&exercise.client, text + sent, piece);
        server_await_rest(&exercise.server);
    }
}

/* What came of a response that is not whole is shown all the same. */
static void receive_more(const char *rule, const char *wanted)
{
    struct client *client = &exercise.client;
    enum arrival arrival = client_receive(client, patience_for_answers());
    if (arrival == ARRIVED) return;
    struct response *response = &exercise.response;
    free(response->octets);
    response->length = client_pending(client);
    const char *start = client->input == NULL ? "" : client->input + client->start;
    response->octets = strndup(start, response->length);
    unexpected(response->length > 0 ? response->octets + response->length : NULL, rule,
        "%s; instead %s", wanted,
        arrival == SILENCE     ? "silence: nothing more came in time"
            : arrival == ENDED ? "the server closed the connection"
                               : "the server reset the connection");
}

static size_t receive_head(void)
{
    struct client *client = &exercise.client;
    for (;;) {
        const char *start = client->input + client->start;
        size_t pending = client_pending(client);
        const char *end = pending < 4 ? NULL : memmem(start, pending, "\r\n\r\n", 4);
        if (end != NULL) return (size_t)(end - start) + 4;
        receive_more("RFC 9112 §2.2", "a response, whose head ends in an empty line");
    }
}

static void copy_response(size_t length)
{
    struct response *response = &exercise.response;
    free(response->octets);
    response->length = length;
    response->octets = malloc(length + 1);
    if (response->octets == NULL) failed("no memory for %zu octets", length);
    memcpy(response->octets, exercise.client.input + exercise.client.start, length);
    response->octets[length] = '\0';
    response->content = response->octets + response->head_length;
}

static bool has_content(const struct response *response)
{
    return response->status >= 200 && response->status != 204 && response->status != 304 &&
        strncmp(exercise.request, "HEAD ", 5) != 0;
}

/* RFC 9112 §6.3: neither a length, nor chunks, nor the end of the connection says where the content
 * ends. */
static bool is_endless(const struct response *response)
{
    const char *connection = response_field(response, "Connection");
    return has_content(response) && response_field(response, "Content-Length") == NULL &&
        response_field(response, "Transfer-Encoding") == NULL &&
        (connection == NULL || strcasecmp(connection, "close") != 0);
}

static void check_head(struct response *response)
{
    const char *end = response->octets + response->head_length - 2;
    const char *problem = response_parse_head(response);
    if (problem == NULL && is_endless(response))
        unexpected(end, "RFC 9112 §6.3",
            "Content-Length, for the connection stays open: this response has none, "
            "and a client would wait for ever");
    if (problem == NULL) problem = response_check_fields(response);
    if (problem != NULL)
        unexpected(end, "RFC 9112 §6.3", "a head that is whole; this has %s", problem);
}

/* The content is as long as the head says: RFC 9112 §6.3. */
void receive(void)
{
    struct response *response = &exercise.response;
    response_release(response);
    response->head_length = receive_head();
    copy_response(response->head_length);
    response->lines = strdup(response->octets);
    check_head(response);
    if (has_content(response))
        response->content_length = strtoull(response_field(response, "Content-Length"), NULL, 10);
    size_t length = response->head_length + response->content_length;
    while (client_pending(&exercise.client) < length)
        receive_more("RFC 9112 §6.3", "as many octets as Content-Length says");
    copy_response(length);
    exercise.client.start += length;
}

void ask(const char *request)
{
    begin_connection();
    ask_next(request);
}

void ask_next(const char *request)
{
    send_text(request);
    receive();
}

void ask_with(const char *format, ...)
{
    char *request = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&request, format, arguments);
    va_end(arguments);
    if (length < 0) failed("no memory for a request");
    ask(request);
    free(request);
}

/* --- Running ---------------------------------------------------------------------------------- */

static int begin(void **state)
{
    (void)state;
    steps_begin();
    exercise = (struct exercise){.client.socket = -1};
    site_create(&exercise.site);
    return 0;
}

static int end(void **state)
{
    (void)state;
    servers_abandon(NULL);
    if (exercise.client.socket >= 0) client_close(&exercise.client);
    free(exercise.request);
    response_release(&exercise.response);
    site_remove(&exercise.site);
    return 0;
}

static void run(void **state)
{
    const struct exercise_test *test = *state;
    test->function();
    if (exercise.client.socket >= 0) client_close(&exercise.client);
    if (exercise.server.port != 0) server_stop(&exercise.server);
}

int exercise_run(
    const struct exercise_test *tests, size_t count, int argument_count, char **arguments)
{
    struct CMUnitTest *all = calloc(count, sizeof *all);
    if (all == NULL) return EXIT_FAILURE;
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0); /* in order with standard error */
    if (argument_count > 1) cmocka_set_test_filter(arguments[1]);
    for (size_t i = 0; i < count; i++)
        all[i] = (struct CMUnitTest){tests[i].name, run, begin, end, (void *)(uintptr_t)&tests[i]};
    int failures = _cmocka_run_group_tests("exercise", all, count, NULL, NULL);
    free(all);
    return failures;
}
