#include "server/exchange.h"
#include "server/worker.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A head and a page always fit, and an interim response before them. */
enum { OUTPUT_ROOM = HTTP_RESPONSE_HEAD_MAX + EXCHANGE_OCTETS_MAX + 64 };
_Static_assert((int)OUTPUT_ROOM < (int)SEAT_OUTPUT_SIZE, "an answer fits an empty output buffer");

static void start(struct exchange *exchange)
{
    exchange->request.line = exchange->request.method = text_of("");
    exchange->request.field_count = 0;
    exchange->content = exchange->octets = text_of("");
    exchange->file.descriptor = -1;
    http_response_start(&exchange->response, HTTP_REFUSED);
    exchange->response.broken = true; /* until a handler has responded */
}

/* Steps 1 and 2: is the head here, and what does it say? While content arrives the head stays in
 * the input, and is parsed again. */
static enum http_parse read_head(struct exchange *exchange, struct session *session,
                                 struct text input, struct http_problem *problem)
{
    size_t looked = session->looked;
    bool framed = session->content.phase != HTTP_CONTENT_UNDECIDED;
    enum http_parse look = framed ? HTTP_COMPLETE : http_look_at_head(input, &looked, problem);
    session->looked = (uint32_t)looked;
    if (look == HTTP_INCOMPLETE)
        return look;
    struct http_problem earlier;
    enum http_parse parse =
        http_parse_request_head(text_until(input, looked), &exchange->request, &earlier);
    /* A fault in the lines before a limit comes before the limit; one of syntax before all. */
    bool has_line = exchange->request.line.length > 0;
    if (parse == HTTP_INVALID && (look == HTTP_COMPLETE || has_line) &&
        (look == HTTP_COMPLETE || problem->status != HTTP_BAD_REQUEST))
        *problem = earlier;
    if (!has_line)
        exchange->request.line = text_until(input, looked);
    return look == HTTP_INVALID ? look : parse;
}

/* Step 3: where does the message end? Once a request. */
static enum http_parse frame(struct exchange *exchange, struct session *session,
                             struct http_problem *problem)
{
    if (session->content.phase != HTTP_CONTENT_UNDECIDED)
        return HTTP_COMPLETE;
    return http_frame_content(&exchange->request, &session->content, problem) ? HTTP_COMPLETE
                                                                              : HTTP_INVALID;
}

static uint64_t content_limit(const struct exchange *exchange)
{
    uint32_t limit = exchange->method->content_limit;
    return limit > 0 ? limit : METHOD_CONTENT_MAX;
}

static bool check_content_limit(const struct exchange *exchange, const struct session *session,
                                struct http_problem *problem)
{
    if (!http_content_exceeds(&session->content, content_limit(exchange)))
        return true;
    return http_refuse(problem, HTTP_CONTENT_TOO_LARGE,
                       "The request has more content than this method takes here",
                       "RFC 9110 §15.5.14");
}

/* Expect, RFC 9110 §10.1.1: not defined for 1.0, where it is ignored. */
static bool check_expectation(const struct exchange *exchange, struct http_problem *problem)
{
    struct http_list list = {0};
    struct text expectation;
    while (exchange->request.minor_version >= 1 &&
           http_next_list_element(&exchange->request, "Expect", &list, &expectation))
        if (!text_equals_ignoring_case(expectation, "100-continue"))
            return http_refuse(problem, HTTP_EXPECTATION_FAILED,
                               "The only expectation that can be met is 100-continue",
                               "RFC 9110 §10.1.1");
    return true;
}

/* Step 4: what the head alone decides, in the order of the checks. */
static bool check_head(struct exchange *exchange, const struct session *session,
                       struct http_problem *problem)
{
    if (!http_check_host(&exchange->request, problem))
        return false;
    exchange->method = method_find(exchange->request.method);
    if (exchange->method == NULL)
        return http_refuse(problem, HTTP_NOT_IMPLEMENTED, "This server has no such method",
                           "RFC 9110 §15.6.2");
    return http_parse_target(&exchange->request, &exchange->target, problem) &&
           check_content_limit(exchange, session, problem) && check_expectation(exchange, problem);
}

/* Step 5: 100, if it was asked for, content is to come and none of it is here. */
static void invite_content(const struct exchange *exchange, const struct session *session,
                           struct connection *connection)
{
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct text expectation;
    bool nothing_here = connection_input(connection).length == session->looked;
    if (session->content.phase == HTTP_CONTENT_COMPLETE || !nothing_here ||
        session->content.octets_so_far > 0 || exchange->request.minor_version == 0 ||
        http_find_field(&exchange->request, "Expect", &expectation) == 0)
        return;
    memcpy(connection_space(connection).start, interim, strlen(interim));
    connection_queue(connection, strlen(interim));
}

/* Keeps content for a method that wants it; all that is kept is bounded with the buffer memory. */
static bool keep(struct worker *worker, struct session *session, struct text data,
                 struct http_problem *problem)
{
    size_t limit = worker->exchange.method->content_limit;
    if (limit == 0 || data.length == 0)
        return true;
    if (session->kept == NULL && transport_reserve(&worker->server->transport, limit)) {
        session->kept = malloc(sizeof *session->kept + limit);
        if (session->kept == NULL)
            transport_release(&worker->server->transport, limit);
        else
            *session->kept = (struct kept_content){.size = limit};
    }
    if (session->kept == NULL)
        return http_refuse(problem, HTTP_SERVICE_UNAVAILABLE,
                           "The server is out of memory for the moment", "RFC 9110 §15.6.4");
    memcpy(session->kept->octets + session->kept->length, data.start, data.length);
    session->kept->length += data.length;
    return true;
}

/* Step 6: takes what is here of the content, so that only the head stays in the input. */
static enum http_parse read_content(struct worker *worker, struct session *session,
                                    struct connection *connection, struct http_problem *problem)
{
    struct octets octets = connection_input(connection);
    struct text input = {octets.start, octets.length};
    enum http_parse state = HTTP_COMPLETE;
    size_t at = session->looked;
    while (session->content.phase != HTTP_CONTENT_COMPLETE && state != HTTP_INVALID) {
        size_t taken;
        struct text data;
        if (at == input.length) {
            state = HTTP_INCOMPLETE;
            break;
        }
        state = http_take_content(&session->content, text_from(input, at), &taken, &data, problem);
        if (state == HTTP_INVALID)
            break;
        at += taken;
        if (!check_content_limit(&worker->exchange, session, problem) ||
            !keep(worker, session, data, problem))
            state = HTTP_INVALID;
    }
    connection_remove(connection, session->looked, at - session->looked);
    if (session->kept != NULL)
        worker->exchange.content = (struct text){session->kept->octets, session->kept->length};
    return state;
}

static void log_response(struct worker *worker, const struct connection *connection,
                         uint64_t content_length)
{
    const struct exchange *exchange = &worker->exchange;
    char peer[INET6_ADDRSTRLEN];
    connection_peer(connection, peer);
    struct log_entry entry = {
        .peer = peer,
        .time = worker->date_time,
        .request_line = exchange->request.line,
        .status = exchange->response.status,
        .octets = content_length,
    };
    http_find_field(&exchange->request, "Referer", &entry.referer);
    http_find_field(&exchange->request, "User-Agent", &entry.user_agent);
    access_log_add(&worker->server->log, &worker->log, &entry);
}

static void close_file(struct exchange *exchange)
{
    if (exchange->file.descriptor >= 0)
        close(exchange->file.descriptor);
    exchange->file.descriptor = -1;
}

/* Queues head and content. RFC 9110 §9.3.2: a response to HEAD has no content, whatever its status;
 * its fields are those of GET. */
static void queue_response(struct worker *worker, struct connection *connection)
{
    struct exchange *exchange = &worker->exchange;
    bool omitted = text_equals(exchange->request.method, "HEAD");
    char *start = connection_space(connection).start;
    worker_time(worker);
    size_t length = http_response_format_head(&exchange->response, worker->date, start);
    uint64_t content_length = omitted ? 0 : exchange->octets.length;
    memcpy(start + length, exchange->octets.start, content_length);
    connection_queue(connection, length + content_length);
    if (exchange->file.descriptor >= 0 && exchange->file.size > 0 && !omitted) {
        content_length = exchange->file.size;
        connection_queue_file(connection, &(struct file_range){
                                              .descriptor = exchange->file.descriptor,
                                              .length = exchange->file.size,
                                              .modified = exchange->file.modified,
                                          });
        exchange->file.descriptor = -1; /* the connection's from now on */
    }
    close_file(exchange);
    log_response(worker, connection, content_length);
}

/* Step 8: sends the response, and decides whether the connection outlives it: never when the end of
 * the request is unknown or not here, for the next octet could mean anything. */
static enum outcome send_response(struct worker *worker, struct connection *connection,
                                  struct session *session)
{
    static const struct http_problem broken = {HTTP_INTERNAL_SERVER_ERROR,
                                               "The server could not form its response",
                                               "RFC 9110 §15.6.1", NULL};
    struct exchange *exchange = &worker->exchange;
    if (exchange->response.broken || exchange->octets.length > EXCHANGE_OCTETS_MAX) {
        close_file(exchange);
        exchange_refuse(exchange, &broken);
    }
    bool whole = session->content.phase == HTTP_CONTENT_COMPLETE;
    bool persists = whole && http_persists(&exchange->request) &&
                    exchange->response.status != HTTP_SERVICE_UNAVAILABLE &&
                    !transport_is_draining(&worker->server->transport);
    if (persists)
        exchange->response.persistence =
            exchange->request.minor_version == 0 ? HTTP_KEEPS_ALIVE : HTTP_PERSISTS;
    queue_response(worker, connection);
    connection_consume(connection, session->looked);
    session_reset(worker->server, session);
    if (persists)
        return OUTCOME_ANSWERED;
    bool cut = connection_input(connection).length > 0;
    return whole && !cut ? OUTCOME_CLOSES : OUTCOME_LINGERS;
}

enum outcome exchange_answer(struct worker *worker, struct connection *connection)
{
    struct exchange *exchange = &worker->exchange;
    struct session *session = worker_session(worker, connection);
    struct octets octets = connection_input(connection);
    struct text input = {octets.start, octets.length};
    struct http_problem problem;
    if (input.length == 0)
        return OUTCOME_INCOMPLETE;
    if (connection_space(connection).length < OUTPUT_ROOM)
        return OUTCOME_NO_ROOM;
    start(exchange);
    bool is_new = session->content.phase == HTTP_CONTENT_UNDECIDED;
    enum http_parse state = read_head(exchange, session, input, &problem); /* 1, 2 */
    if (state == HTTP_COMPLETE)
        state = frame(exchange, session, &problem); /* 3. where does it end? */
    if (state == HTTP_COMPLETE && !check_head(exchange, session, &problem))
        state = HTTP_INVALID; /* 4. refused by its head alone */
    if (state == HTTP_COMPLETE && is_new)
        invite_content(exchange, session, connection); /* 5. 100 Continue */
    if (state == HTTP_COMPLETE)
        state = read_content(worker, session, connection, &problem); /* 6. is it all here? */
    if (state == HTTP_INCOMPLETE)
        return OUTCOME_INCOMPLETE;
    if (state == HTTP_COMPLETE)
        exchange->method->handler(exchange); /* 7. the method's own story */
    else
        exchange_refuse(exchange, &problem);
    return send_response(worker, connection, session); /* 8. head, content, and then? */
}

void exchange_time_out(struct worker *worker, struct connection *connection)
{
    static const struct http_problem problem = {
        HTTP_REQUEST_TIMEOUT, "The request did not arrive in time", "RFC 9110 §15.5.9", NULL};
    start(&worker->exchange);
    exchange_refuse(&worker->exchange, &problem);
    queue_response(worker, connection);
    session_reset(worker->server, worker_session(worker, connection));
}
