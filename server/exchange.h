/* exchange.h: one request and the response to it.
 *
 * exchange_answer() tells the whole story (exchange.c); what a handler may do is in respond.c. A
 * handler reads what was asked and fills in the response: it calls exchange_open_file() and
 * exchange_respond_file(), or exchange_respond_octets(), or exchange_refuse…(), and returns; one
 * that WRITES calls exchange_open_parent() and exchange_changed() (change.c).
 * Nothing in a struct exchange can reach the client, so a handler is tested without a socket.
 */
#pragma once

#include "fs/writing.h"
#include "http/conditional.h"
#include "http/framing.h"
#include "http/range.h"
#include "http/response.h"
#include "http/target.h"
#include "server/methods.h"
#include "server/pages.h"
#include "server/site.h"

/* More content than this goes into a file. Two validators, four short lines, a media type. */
enum { EXCHANGE_OCTETS_MAX = FILE_SMALL_MAX, DESCRIPTION_LINES_MAX = 384 };

/* What is known of a file that was opened. It is prepared once and kept beside the file. */
struct description {
    struct http_validators validators;
    size_t length, part_length;        /* of all lines, and of those that fit a part as well */
    char lines[DESCRIPTION_LINES_MAX]; /* the field lines that say it, whole, with CR LF */
};

struct exchange {
    struct site *site;
    struct story *story;         /* what is told of it; NULL: nothing (server/story.h) */
    struct timespec now;         /* since 1970, when the answer was begun */
    int64_t clock;               /* monotonic, in nanoseconds, when the turn began */
    struct http_problem problem; /* why the request is refused, once it is */

    /* What was asked. The texts are dead after the response. */
    struct text head; /* as received: from the request line to the empty line */
    struct http_request request;
    struct http_target target;
    const struct method *method;
    struct text content; /* kept up to the method's content limit */

    /* The file that was opened; descriptor -1 and content NULL: none. */
    struct file file;
    struct loan loan;
    bool has_variants; /* in several content codings */
    struct description description;

    /* What is to be changed; no directory: nothing. */
    struct parent parent;
    bool is_present; /* a file of that name */

    /* The response: its head, then octets or a range of the file, or nothing. */
    struct http_response response;
    struct text octets;
    struct http_range range;
    char page[PAGE_SIZE];
};

/* Opens exchange->file: what the target names, in the coding that the client prefers. False: the
 * response says why not (404, 403, 301, 503 …). */
bool exchange_open_file(struct exchange *exchange);

/* RFC 9110 §13. False: the method must not be applied to the file, which for one that WRITES need
 * not be there; the response says so (304, 412). */
bool exchange_meets_preconditions(struct exchange *exchange);

/* RFC 9110 §14. HTTP_PARTIAL_CONTENT: a range of the file is wanted; HTTP_OK: all of it;
 * HTTP_REFUSED: the response says why not (416). */
enum http_status exchange_select_range(struct exchange *exchange);

/* Finds exchange->parent, and whether the file is there now, for a method that WRITES: from here to
 * the end of the handler nobody else's request changes a file. It is the one that the target names,
 * to the letter: no index.html, no .html. False: the response says why not; without_parent: what is
 * wrong where the directory is not there. */
bool exchange_open_parent(struct exchange *exchange, enum http_fault without_parent);

/* What fs_replace(), fs_append() or fs_remove() came to. FS_FOUND: the next request sees it; else
 * false, and the response says why not. */
bool exchange_changed(struct exchange *exchange, enum fs_status status);

/* The file as the content: all of it, or for HTTP_PARTIAL_CONTENT the range that was selected of a
 * file that exchange_open_file() opened. */
void exchange_respond_file(struct exchange *exchange, enum http_status status);

/* Octets as the content, instead of a file that was opened. They outlive the handler: in
 * exchange->page, in what the request says, or a constant. A media type of NULL: neither
 * Content-Type nor Content-Length, so only for a status without content (204, 304), or where the
 * handler adds a Content-Length itself; else name a type, even for an empty text. A 304 has the
 * ETag of the file that was opened, if it has one (RFC 9110 §15.4.5). */
void exchange_respond_octets(
    struct exchange *exchange, enum http_status status, const char *media_type, struct text octets);

/* A response that explains what was wrong, as HTML where the request accepts it, and with
 * "Vary: Accept", as well as what it varies by already. A 404 that may be HTML is the site's
 * /404.html, where that is there. A 405 has Allow, a 503 "Retry-After: 1". HTTP_FAULT_METHOD_HERE:
 * the resource is there, the method is not for it. HTTP_FAULT_NONE: the exchange's problem, which
 * is known already. */
void exchange_refuse(struct exchange *exchange, enum http_fault fault);

/* For exchange_answer(): the handler has returned. */
void exchange_end_change(struct exchange *exchange);

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
