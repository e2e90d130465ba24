#include "server/worker.h"

#include <stdarg.h>
#include <stdio.h>

enum { EXCERPT_MOST = 48, EXCERPT_SIZE = EXPLAIN_OCTETS_SIZE(EXCERPT_MOST) };

/* ACCEPTED, RECEIVED … as in events.def */
enum event_name {
#define EVENT(name, layer, verb, rule) name,
#include "server/events.def"
};

/* Whatever was done since the last event, this one's layer did. rule: in place of the row's. */
__attribute__((format(printf, 4, 5))) static void tell(
    struct story *story, enum event_name name, const char *rule, const char *format, ...)
{
    static const struct {
        enum layer layer;
        const char *verb, *rule;
    } rows[] = {
#define EVENT(name, layer, verb, rule) {LAYER_##layer, verb, rule},
#include "server/events.def"
    };
    char words[EXPLAIN_WORDS_MAX];
    struct event *event = &story->event;
    int64_t now = wait_clock();
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    story->spent[rows[name].layer] += now - story->told_at;
    event->at = now;
    event->layer = rows[name].layer;
    event->verb = rows[name].verb;
    event->rule = rule == NULL ? rows[name].rule : rule;
    event->words = words;
    explain_event(story->explain, event);
    story->told_at = wait_clock(); /* telling is nobody's work */
}

static const struct {
    const char *words, *rule;
} waits_told[] = {
#define WAIT_WORDS(name, words, rule) [WAIT_##name] = {words, rule},
#include "server/words.def"
};

void story_turn(struct worker *worker, const struct connection *connection)
{
    struct story *story = worker->exchange.story;
    char peer[INET6_ADDRSTRLEN];
    struct session *session = story->session = worker_session(worker, connection);
    /* A request has begun, or is the first. */
    bool begins = connection->wait < WAIT_PEER_READS && connection->wait != WAIT_NEXT_REQUEST;
    bool is_new = !connection->watched || session->number == 0;
    if (is_new) session->number = atomic_fetch_add(&story->explain->connections, 1) + 1;
    if (is_new) session->answered = 0;
    story->event.connection = session->number;
    story->event.request = session->answered + begins;
    story->event.turn = story->told_at = connection->seat->now;
    story->received = connection->received;
    story->sent = connection->sent;
    memset(story->spent, 0, sizeof story->spent);
    connection_peer(connection, peer);
    if (is_new)
        tell(story, ACCEPTED, NULL, "%s port %u", peer,
            (unsigned)ntohs(connection->peer.sin6_port)); /* of IPv4 at the same place */
    else
        tell(story, connection->overdue || story->event.worker == 0 ? OVERDUE : RESUMED, NULL,
            "it waited %s", waits_told[connection->wait].words);
}

/* Of what begins a message the first line; the rest may hold what is nobody's business. */
void story_received(struct story *story, const struct connection *connection, enum io_status status)
{
    static const char *const others[] = {
#define IO_WORDS(name, words) [IO_##name] = words,
#include "server/words.def"
    };
    char excerpt[EXCERPT_SIZE] = "more of it";
    size_t count = connection->received - story->received;
    struct octets input = connection_input(connection);
    struct text here = {input.start, input.length};
    story->received = connection->received;
    if (status == IO_DONE) story->event.request = story->session->answered + 1;
    size_t line = text_find(here, '\n');
    here.length = line + (line < here.length);
    if (count == input.length) explain_octets(excerpt, here, 34);
    if (status != IO_DONE)
        tell(story, RECEIVED, NULL, "%s", others[status]);
    else
        tell(story, RECEIVED, NULL, "%zu octets, %zu so far: %s", count, input.length, excerpt);
}

static const struct known_field {
    const char *name, *rule;
    bool secret;
} known_fields[] = {
#define FIELD(name, rule, secret) {name, rule, secret},
#include "server/fields.def"
};

/* NULL: strata reads it and leaves it alone. */
static const struct known_field *find_known(struct text name)
{
    for (size_t i = 0; i < sizeof known_fields / sizeof known_fields[0]; i++)
        if (text_equals_ignoring_case(name, known_fields[i].name)) return &known_fields[i];
    return NULL;
}

void story_head(const struct exchange *exchange, struct text input, enum http_parse parse)
{
    struct story *story = exchange->story;
    const struct http_request *request = &exchange->request;
    const struct http_field *end = request->fields + request->field_count;
    char name[EXCERPT_SIZE], value[EXCERPT_SIZE];
    story->head = input;
    story->event.request = story->session->answered + 1;
    if (parse != HTTP_COMPLETE || story->session->content.phase != HTTP_CONTENT_UNDECIDED) return;
    explain_octets(name, request->method, 10);
    explain_octets(value, request->target, 18);
    tell(story, PARSED, NULL, "%s %s, HTTP/%d.%d, %zu field line%s", name, value,
        request->major_version, request->minor_version, request->field_count,
        request->field_count == 1 ? "" : "s");
    for (const struct http_field *field = request->fields; field < end; field++) {
        const struct known_field *known = find_known(field->name);
        bool secret = known != NULL && known->secret;
        explain_octets(name, field->name, 24);
        explain_octets(value, secret ? text_of("(masked)") : field->value, 24);
        tell(story, FIELD_LINE, known == NULL ? NULL : known->rule, "%s: %s", name, value);
    }
}

void story_asked(const struct exchange *exchange)
{
    struct story *story = exchange->story;
    const struct http_content *content = &story->session->content;
    char path[EXCERPT_SIZE], query[EXCERPT_SIZE];
    explain_octets(path, text_of(exchange->target.path), 22);
    explain_octets(query, exchange->target.query, 16);
    tell(story, FRAMED, NULL, "%zu octets of content%s", (size_t)content->octets_left,
        content->phase == HTTP_CHUNK_SIZE ? " so far: it comes in chunks" : "");
    tell(story, TARGET, NULL, "path %s, query %s", path, query[0] == '\0' ? "none" : query);
}

void story_chose(const struct exchange *exchange)
{
    tell(exchange->story, CHOSE, NULL, "the handler of %s, with %zu octets of content",
        exchange->method->token, (size_t)exchange->story->session->content.octets_so_far);
}

void story_file(const struct exchange *exchange, const char *path, enum fs_status status)
{
    static const char *const reasons[] = {
#define FS_WORDS(name, words) [FS_##name] = words,
#include "server/words.def"
    };
    char name[EXCERPT_SIZE];
    const struct file *file = &exchange->file;
    explain_octets(name, text_of(path), 22);
    bool ends = status == FS_FOUND && file->ending != NULL && file->ending[0] != '\0';
    if (status != FS_FOUND)
        tell(exchange->story, MISSED, NULL, "%s: %s", name, reasons[status]);
    else
        tell(exchange->story, OPENED, NULL, "%s%s%s, %zu octets, %.*s%s", name, ends ? " + " : "",
            ends ? file->ending : "", (size_t)file->size, (int)strcspn(file->media_type, ";"),
            file->media_type, exchange->loan.form == FILE_PLAIN ? "" : ", coded");
}

void story_changed(const struct exchange *exchange)
{
    char name[EXCERPT_SIZE];
    explain_octets(name, text_of(exchange->target.path), 22);
    tell(exchange->story, CHANGED, NULL, "%s", name);
}

/* The first field that is there, in the order of RFC 9110 §13.2.2. */
void story_preconditions(const struct exchange *exchange, enum http_status status)
{
    static const char *const names[] = {
        "If-Match", "If-Unmodified-Since", "If-None-Match", "If-Modified-Since"};
    struct text value;
    size_t i = status == HTTP_NOT_MODIFIED ? 2 : 0; /* those that lead to 304 */
    while (i < 4 && http_find_field(&exchange->request, names[i], &value) == 0) i++;
    if (i < 4)
        tell(exchange->story, CONDITION, NULL, "%s %s", names[i],
            status == HTTP_OK ? "lets it pass" : "does not hold");
}

void story_range(const struct exchange *exchange, enum http_status status)
{
    const char *taken = status == HTTP_PARTIAL_CONTENT ? "" : "not taken: ";
    struct text value;
    if (http_find_field(&exchange->request, "Range", &value) > 0)
        tell(exchange->story, RANGE, NULL, "%s%zu octets from %zu on", taken,
            (size_t)exchange->range.length, (size_t)exchange->range.first_pos);
}

/* From the octet that is wrong to the end of its line. */
static void tell_octet(struct story *story, const struct http_problem *problem)
{
    struct text head = story->head;
    const char *line = problem->at;
    char excerpt[EXCERPT_SIZE];
    while (line > head.start && line[-1] != '\n') line--;
    struct text name = text_from(head, (size_t)(line - head.start));
    struct text rest = text_from(head, (size_t)(problem->at - head.start));
    const struct known_field *known = find_known(text_take(&name, text_is_tchar));
    size_t end = text_find(rest, '\n');
    if (end < rest.length) rest.length = end + 1;
    if (known != NULL && known->secret) rest = text_of("(masked)");
    /* A line of an unknown name may continue a secret: the octet, and no more. */
    explain_octets(excerpt, rest, known == NULL && line > head.start ? 4 : 24);
    tell(story, REFUSED, problem->section, "octet %zu: \"%s\"", (size_t)(problem->at - head.start),
        excerpt);
}

void story_refused(const struct exchange *exchange)
{
    if (exchange->problem.at != NULL) tell_octet(exchange->story, &exchange->problem);
    tell(exchange->story, BECAUSE, NULL, "%s", exchange->problem.sentence);
}

/* Server-Timing has milliseconds. */
void story_decided(struct exchange *exchange, bool whole, bool persists)
{
    struct story *story = exchange->story;
    const int64_t *spent = story->spent;
    enum http_status status = exchange->response.status;
    bool old = exchange->request.minor_version == 0;
    const char *why = old ? "HTTP/1.0 with keep-alive" : "HTTP/1.1, and nobody said close";
    if (!persists) why = "the server needs the room, or stops";
    if (!http_persists(&exchange->request))
        why = old ? "HTTP/1.0, and no keep-alive" : "the client says close";
    if (!whole) why = "the request was not read to its end";
    char value[160];
    tell(story, DECIDED, status == exchange->problem.status ? exchange->problem.section : NULL,
        "%d %s", (int)status, http_reason_phrase(status));
    tell(story, persists ? PERSISTS : CLOSES, NULL, "%s", why);
    snprintf(value, sizeof value, "transport;dur=%.3f, http;dur=%.3f, fs;dur=%.3f, server;dur=%.3f",
        (double)spent[LAYER_TRANSPORT] / 1e6, (double)spent[LAYER_HTTP] / 1e6,
        (double)spent[LAYER_FS] / 1e6, (double)spent[LAYER_SERVER] / 1e6);
    http_response_add_field(&exchange->response, "Server-Timing", text_of(value));
    memset(story->spent, 0, sizeof story->spent);
    story->session->answered++;
}

void story_waits(struct worker *worker, const struct connection *connection, enum wait wait)
{
    struct story *story = worker->exchange.story;
    int64_t limit = worker->server->transport.options.limits[wait];
    size_t sent = connection->sent - story->sent;
    size_t left = connection->output_length + connection->file.length;
    if (sent > 0) tell(story, SENT, NULL, "%zu octets, %zu are left", sent, left);
    char most[40] = "";
    if (wait != WAIT_CLOSE && limit != WAIT_FOREVER)
        snprintf(most, sizeof most, ", at most %.15g s", (double)limit / 1e9);
    tell(story, wait == WAIT_CLOSE ? CLOSED : WAITS, waits_told[wait].rule, "%s%s",
        waits_told[wait].words, most);
    if (wait == WAIT_CLOSE) story->session->number = 0;
}
