/* access_log.h: one line for each response, in Combined Log Format.
 *
 * Each worker has a log_buffer of its own; whole lines are written when it is full, at the tick,
 * and at once to a terminal. Only what fits is written, without waiting: a reader that is too slow
 * loses lines, which are counted and told, and never stalls the server.
 */
#pragma once

#include "http/text.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

/* PIPE_BUF, what a pipe takes whole; longer values are cut short. */
enum { LOG_BUFFER_SIZE = 4096, LOG_LINE_MAX = 4096 };

struct access_log {
    const char *path;
    int directory;              /* of a regular file, which may be opened anew in it; -1: none */
    int descriptor;             /* -1: no log */
    bool is_terminal;           /* written to at once */
    bool may_wait;              /* shared with others, who chose that writing waits */
    pthread_mutex_t write_lock; /* a leaf: one writer at a time where it may wait */
    atomic_bool torn;           /* it ends in a piece of a line */
    atomic_uint_fast64_t lost;  /* lines dropped since they were told last */
};

struct log_buffer {
    pthread_mutex_t lock; /* a leaf; guards: */
    size_t length;
    char octets[LOG_BUFFER_SIZE];
};

struct log_entry {
    char peer[INET6_ADDRSTRLEN]; /* its address */
    const char *date;            /* an HTTP-date */
    struct text request_line;    /* as received; empty: none came */
    unsigned status;
    uint64_t octets; /* of content, as announced */
    struct text referer, user_agent;
};

/* path: a file, "-" for standard output, "none". False: it cannot be opened. */
bool access_log_open(struct access_log *log, const char *path);
void access_log_close(struct access_log *log);

/* Opens the file of that name anew, for log rotation. */
void access_log_reopen(struct access_log *log);

void access_log_add(struct access_log *, struct log_buffer *, const struct log_entry *);

/* Writes what a buffer holds. */
void access_log_flush(struct access_log *log, struct log_buffer *buffer);

/* Tells how many lines were lost, if any were. */
void access_log_report_lost(struct access_log *log);

/* One line of at most LOG_LINE_MAX octets, its LF included. Quotes, backslashes and whatever is not
 * printable ASCII are escaped, so that it is one line whatever the request held. */
size_t access_log_format(const struct log_entry *entry, char *line);
