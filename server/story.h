/* story.h: what --explain tells: each function looks at what a layer has returned, and makes events
 * of it (explain.h): what was seen, what was decided, and why.
 *
 * Where nothing is explained exchange->story is NULL, and none of them is called. The calls, in the
 * order of a turn:
 *     story_turn()        a worker has a connection to serve
 *     story_received(), story_head(), story_asked(), story_chose()
 *     story_file(), story_preconditions(), story_range(), story_refused()
 *     story_decided()
 *     story_waits()
 */
#pragma once

#include "http/framing.h"
#include "server/exchange.h"
#include "server/explain.h"
#include "transport/connection.h"

/* What a worker tells of the connection that it serves. */
struct story {
    struct explain *explain;
    struct session *session;
    struct event event;         /* who, and in which turn */
    struct text head;           /* the request's, as far as it is here */
    uint64_t received, sent;    /* by the connection, when it was last told */
    int64_t told_at;            /* the last event */
    int64_t spent[LAYER_COUNT]; /* nanoseconds of this turn, for the request in hand */
};

struct worker;

void story_turn(struct worker *worker, const struct connection *connection);
void story_received(struct story *, const struct connection *, enum io_status);

/* A head was looked for at the start of the input. */
void story_head(const struct exchange *exchange, struct text input, enum http_parse parse);

/* The head is in order: the framing, the target, the method. */
void story_asked(const struct exchange *exchange);

/* The content is complete, too. */
void story_chose(const struct exchange *exchange);

void story_file(const struct exchange *exchange, const char *path, enum fs_status status);
void story_changed(const struct exchange *exchange);
void story_preconditions(const struct exchange *exchange, enum http_status status);
void story_range(const struct exchange *exchange, enum http_status status);

/* The exchange's problem is what will be answered. */
void story_refused(const struct exchange *exchange);

/* The response is complete: adds Server-Timing to it. whole: the end of the request is known. */
void story_decided(struct exchange *exchange, bool whole, bool persists);

/* The turn is over: what was sent in it, and what follows. */
void story_waits(struct worker *worker, const struct connection *connection, enum wait wait);
