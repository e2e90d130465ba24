/* exchange.h: one request and the response to it.
 *
 * exchange_answer() tells the whole story (exchange.c); what a handler may do is in respond.c. A
 * handler reads what was asked and fills in the response: it calls exchange_open_file() and
 * exchange_respond_file(), or exchange_respond_octets(), or exchange_refuse…(), and returns.
 * Nothing in a struct exchange can reach the client, so a handler is tested without a socket.
 */
#pragma once

#include "fs/document_root.h"
#include "http/framing.h"
#include "http/response.h"
#include "http/target.h"
#include "server/methods.h"
#include "server/pages.h"

struct exchange {
    const struct document_root *root;

    struct http_problem problem; /* why the request is refused, once it is */

    /* What was asked. The texts are dead after the response. */
    struct http_request request;
    struct http_target target;
    const struct method *method;
    struct text content; /* kept up to the method's content limit */

    /* The response: its head, then octets or a whole file, or nothing. */
    struct http_response response;
    struct text octets;
    struct file file; /* descriptor -1: none */
    char page[PAGE_SIZE];
};

enum { EXCHANGE_OCTETS_MAX = 16 * 1024 }; /* more content than this goes into a file */

/* The file that the target names; or NULL, and the response says why (404, 403, 301, 503 …). The
 * file is the exchange's. */
const struct file *exchange_open_file(struct exchange *exchange);

/* The file as the content. */
void exchange_respond_file(struct exchange *exchange, enum http_status status);

/* Octets as the content, instead of a file that was opened; they live until the handler has
 * returned, in exchange->page or longer. */
void exchange_respond_octets(
    struct exchange *exchange, enum http_status status, const char *media_type, struct text octets);

/* A response that explains what was wrong, as HTML where the request accepts it. */
void exchange_refuse(struct exchange *exchange, const struct http_problem *problem);
void exchange_refuse_for(struct exchange *exchange, enum http_fault fault);

/* 405 with Allow: the resource is there, the method not for it (RFC 9110 §15.5.6). */
void exchange_refuse_method(struct exchange *exchange);

/* What became of an attempt to answer the request at the front of the input. CLOSES: answered, the
 * connection closes when the answer is sent; LINGERS: likewise, but octets may be on the way, so
 * half-close first; ANSWERED: the next request may follow; PARTIAL: octets are missing; FULL: the
 * output has to be flushed first. */
enum outcome { OUTCOME_CLOSES, OUTCOME_LINGERS, OUTCOME_ANSWERED, OUTCOME_PARTIAL, OUTCOME_FULL };

struct worker;
struct connection;

/* Answers the request at the front of the input, if it is there whole: the story of an exchange. */
enum outcome exchange_answer(struct worker *worker, struct connection *connection);

/* Answers 408 to a request that did not come in time; the connection's input is gone. */
void exchange_time_out(struct worker *worker, struct connection *connection);
