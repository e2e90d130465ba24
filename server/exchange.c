#include "server/story.h"
#include "server/worker.h"

#include <unistd.h>

/* A head and a page always fit, and an interim response before them. */
enum { OUTPUT_ROOM = HTTP_RESPONSE_HEAD_MAX + EXCHANGE_OCTETS_MAX + 64 };
_Static_assert((int)OUTPUT_ROOM < (int)SEAT_OUTPUT_SIZE, "an answer fits an empty output buffer");

static void start(struct exchange *exchange, int64_t clock)
{
    exchange->clock = clock;
    clock_gettime(CLOCK_REALTIME_COARSE, &exchange->now); /* the clock of time stamps on files */
    exchange->head = exchange->request.line = exchange->request.method = text_of("");
    exchange->request.field_count = 0;
    exchange->content = exchange->octets = text_of("");
    exchange->file = (struct file){.descriptor = -1};
    exchange->parent.directory = -1;
    exchange->has_variants = false;
    exchange->description.validators.entity_tag[0] = '\0';
    exchange->description.length = exchange->description.part_length = 0;
    http_response_start(&exchange->response, HTTP_REFUSED);
    exchange->response.broken = true; /* until a handler has responded */
}

/* Steps 1 and 2: is the head here, and what does it say? While content arrives the head stays in
 * the input, and is parsed again. */
static enum http_parse read_head(struct worker *worker, struct text input)
{
    struct exchange *exchange = &worker->exchange;
    size_t looked = worker->session->looked;
    bool framed = worker->session->content.phase != HTTP_CONTENT_UNDECIDED;
    enum http_parse look = HTTP_COMPLETE;
    struct http_problem limit;
    if (!framed) look = http_look_at_head(input, &looked, &limit);
    worker->session->looked = (uint32_t)looked;
    if (look == HTTP_INCOMPLETE) return look;
    struct text head = text_until(input, looked);
    enum http_parse parse = http_parse_request_head(head, &exchange->request, &exchange->problem);
    bool has_line = exchange->request.line.length > 0;
    if (!has_line) exchange->request.line = head;
    exchange->head = text_from(head, (size_t)(exchange->request.line.start - head.start));
    if (look == HTTP_COMPLETE) return parse;
    /* The order of the checks: a fault in the whole lines before a limit comes before it. */
    if (parse == HTTP_COMPLETE || !has_line || limit.status == HTTP_BAD_REQUEST)
        exchange->problem = limit;
    return look;
}

static bool check_content_limit(struct worker *worker)
{
    uint32_t limit = worker->exchange.method->content_limit;
    if (limit == 0) limit = METHOD_CONTENT_MAX;
    return !http_content_exceeds(&worker->session->content, limit) ||
        http_refuse(&worker->exchange.problem, HTTP_FAULT_MUCH_CONTENT, NULL);
}

/* Expect, RFC 9110 §10.1.1: not defined for 1.0, where it is ignored. */
static bool check_expectation(struct exchange *exchange, bool *continues)
{
    struct http_list list = {0};
    struct text expectation;
    if (exchange->request.minor_version == 0) return true;
    while (http_next_list_element(&exchange->request, "Expect", &list, &expectation)) {
        *continues = text_equals_ignoring_case(expectation, "100-continue");
        if (!*continues)
            return http_refuse(&exchange->problem, HTTP_FAULT_EXPECTATION, expectation.start);
    }
    return true;
}

/* Steps 3 and 4: where does it end, and what does the head alone decide? In the order of the
 * checks. 100 is sent where it is asked for, content is to come and none of it is here. */
static bool check_head(struct worker *worker, struct connection *connection)
{
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct exchange *exchange = &worker->exchange;
    const struct http_request *request = &exchange->request;
    struct http_problem *problem = &exchange->problem;
    struct http_content *content = &worker->session->content;
    bool is_new = content->phase == HTTP_CONTENT_UNDECIDED;
    bool continues = false;
    if (is_new && !http_frame_content(request, content, problem)) return false;
    if (!http_check_host(request, problem)) return false;
    exchange->method = method_find(request->method);
    if (exchange->method == NULL)
        return http_refuse(problem, HTTP_FAULT_METHOD_UNKNOWN, request->method.start);
    if (!http_parse_target(request, &exchange->target, problem)) return false;
    if (!check_content_limit(worker) || !check_expectation(exchange, &continues)) return false;
    if (is_new && continues && content->phase != HTTP_CONTENT_COMPLETE &&
        connection_input(connection).length == worker->session->looked) {
        memcpy(connection_space(connection).start, interim, strlen(interim));
        connection_queue(connection, strlen(interim));
    }
    if (is_new && exchange->story != NULL) story_asked(exchange);
    return true;
}

/* Step 5: takes what is here of the content, so that only the head stays in the input. */
static enum http_parse read_content(struct worker *worker, struct connection *connection)
{
    struct http_content *content = &worker->session->content;
    struct octets input = connection_input(connection);
    bool whole = content->phase == HTTP_CONTENT_COMPLETE;
    enum http_parse state = whole ? HTTP_COMPLETE : HTTP_INCOMPLETE;
    size_t head = worker->session->looked;
    size_t at = head;
    while (state == HTTP_INCOMPLETE && at < input.length) {
        size_t taken = 0;
        struct text data;
        struct text rest = {input.start + at, input.length - at};
        state = http_take_content(content, rest, &taken, &data, &worker->exchange.problem);
        at += taken;
        if (state == HTTP_INVALID || !check_content_limit(worker) || !session_keep(worker, data))
            state = HTTP_INVALID;
    }
    if (state != HTTP_INVALID) connection_remove(connection, head, at - head);
    const struct kept_content *kept = worker->session->kept;
    if (kept != NULL) worker->exchange.content = (struct text){kept->octets, kept->length};
    return state;
}

static void log_response(struct worker *worker, struct connection *connection, uint64_t length)
{
    const struct exchange *exchange = &worker->exchange;
    struct log_entry entry = {.date = worker->date, .octets = length};
    if (worker->server->log.descriptor < 0) return;
    entry.request_line = exchange->request.line;
    entry.status = exchange->response.status;
    connection_peer(connection, entry.peer);
    http_find_field(&exchange->request, "Referer", &entry.referer);
    http_find_field(&exchange->request, "User-Agent", &entry.user_agent);
    access_log_add(&worker->server->log, &worker->log, &entry);
}

/* Queues head and content. RFC 9110 §9.3.2: a response to HEAD has no content, whatever its status;
 * its fields are those of GET. */
static void queue_response(struct worker *worker, struct connection *connection)
{
    struct exchange *exchange = &worker->exchange;
    struct file *file = &exchange->file;
    char *start = connection_space(connection).start;
    time_t now = exchange->now.tv_sec;
    if (now != worker->date_time) http_format_date(now, worker->date);
    worker->date_time = now;
    if (text_equals(exchange->request.method, "HEAD"))
        exchange->octets.length = exchange->range.length = 0;
    size_t length = http_response_format_head(&exchange->response, worker->date, start);
    memcpy(start + length, exchange->octets.start, exchange->octets.length);
    connection_queue(connection, length + exchange->octets.length);
    bool has_file = file->descriptor >= 0 && exchange->range.length > 0; /* to be read */
    struct file_range range = {file->descriptor, file->memory, exchange->range.first_pos,
        exchange->range.length, file->modified};
    if (has_file) connection_queue_file(connection, &range);
    if (!has_file && file->descriptor >= 0) close(file->descriptor);
    log_response(worker, connection, has_file ? range.length : exchange->octets.length);
    file->descriptor = -1; /* the connection's now, or closed */
}

/* Step 7: sends the response, and decides whether the connection outlives it: never when the end of
 * the request is unknown or not here, for the next octet could mean anything. */
static enum outcome send_response(struct worker *worker, struct connection *connection)
{
    struct exchange *exchange = &worker->exchange;
    bool whole = worker->session->content.phase == HTTP_CONTENT_COMPLETE;
    bool may_persist = whole && http_persists(&exchange->request);
    bool persists = may_persist && exchange->response.status != HTTP_SERVICE_UNAVAILABLE &&
        !atomic_load(&worker->server->transport.draining);
    if (persists)
        exchange->response.connection = exchange->request.minor_version == 0 ? "keep-alive" : NULL;
    if (exchange->story != NULL) story_decided(exchange, whole, persists);
    queue_response(worker, connection);
    connection_consume(connection, worker->session->looked);
    session_reset(worker->server, worker->session);
    if (persists) return OUTCOME_ANSWERED;
    bool asked = whole && !may_persist; /* for the end: then no more is on its way */
    return asked && connection_input(connection).length == 0 ? OUTCOME_CLOSES : OUTCOME_LINGERS;
}

enum outcome exchange_answer(struct worker *worker, struct connection *connection)
{
    struct exchange *exchange = &worker->exchange;
    struct octets octets = connection_input(connection);
    struct text input = {octets.start, octets.length};
    if (input.length == 0) return OUTCOME_PARTIAL;
    if (connection_space(connection).length < OUTPUT_ROOM) return OUTCOME_FULL;
    start(exchange, worker->seat.now);
    enum http_parse state = read_head(worker, input); /* 1, 2. the head */
    if (exchange->story != NULL) story_head(exchange, input, state);
    if (state == HTTP_COMPLETE && !check_head(worker, connection)) state = HTTP_INVALID; /* 3, 4. */
    if (state == HTTP_COMPLETE) state = read_content(worker, connection); /* 5. the content */
    if (state == HTTP_INCOMPLETE) return OUTCOME_PARTIAL;
    if (state == HTTP_COMPLETE && exchange->story != NULL) story_chose(exchange);
    if (state == HTTP_INVALID) exchange_refuse(exchange, HTTP_FAULT_NONE);
    if (state == HTTP_COMPLETE) exchange->method->handler(exchange); /* 6. the method's story */
    exchange_end_change(exchange);
    if (exchange->response.broken || exchange->octets.length > EXCHANGE_OCTETS_MAX)
        exchange_refuse(exchange, HTTP_FAULT_NO_RESPONSE);
    return send_response(worker, connection); /* 7. head, content, and then? */
}

void exchange_time_out(struct worker *worker, struct connection *connection)
{
    start(&worker->exchange, worker->seat.now);
    if (worker->exchange.story != NULL) story_turn(worker, connection);
    exchange_refuse(&worker->exchange, HTTP_FAULT_LATE);
    if (worker->exchange.story != NULL) story_decided(&worker->exchange, false, false);
    queue_response(worker, connection);
    session_reset(worker->server, worker_session(worker, connection));
}
