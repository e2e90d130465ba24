/* explain.h: what a layer saw or decided, and why, as a line on standard error (--explain).
 *
 *     explain_set()     once, from the command line
 *     explain_event()   from any thread
 *
 * No layer prints. server/ looks at what they return (story.h) and makes an event of it; here it
 * becomes a line, text in 100 columns or a JSON object (RFC 8259), and is written at once:
 *
 *     c3.r1   http      parsed     GET /about, HTTP/1.1, 2 field lines            RFC 9112 §3
 */
#pragma once

#include "http/text.h"

#include <stdatomic.h>

enum layer { LAYER_TRANSPORT, LAYER_HTTP, LAYER_FS, LAYER_SERVER, LAYER_COUNT };

struct explain {
    unsigned layers; /* 1 << layer for those that are asked for; 0: nothing is explained */
    bool is_json, has_colour;
    atomic_uint workers, connections; /* so far */
    atomic_uint lost;                 /* lines that nobody took */
};

struct event {
    int64_t at, turn; /* nanoseconds of the monotonic clock: now, and when the turn began */
    unsigned worker;  /* counted from 1; 0: the timekeeper */
    uint32_t connection, request; /* counted from 1; requests on each connection */
    enum layer layer;
    const char *verb, *words; /* visible ASCII */
    const char *rule;         /* "RFC 9112 §3", or NULL */
};

enum { EXPLAIN_WORDS_MAX = 1024, EXPLAIN_LINE_MAX = 2 * EXPLAIN_WORDS_MAX + 256 };

/* layers: "transport,http"; NULL: none. format: "text" or "json". False: they are neither, and that
 * was said. */
bool explain_set(struct explain *explain, const char *layers, const char *format);

/* Writes the line, its LF included, and returns its length. */
size_t explain_format(const struct explain *, const struct event *, char line[EXPLAIN_LINE_MAX]);

/* One write. Who reads slowly is waited for a moment; then lines are lost, and counted. */
void explain_event(struct explain *explain, const struct event *event);

/* Writes octets as report_octets() does, in at most so many columns, and "..." where that is not
 * all; NUL-terminated. */
void explain_octets(char *to, struct text octets, size_t most);
#define EXPLAIN_OCTETS_SIZE(most) ((most) + sizeof "...")
