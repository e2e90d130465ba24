/* options.h: the command line. One table both reads it and prints --help. */
#pragma once

#include "transport/wait.h"

#include <stddef.h>

enum { OPTIONS_REPEATS_MAX = 16 };

/* Of an option that may be given several times. */
struct strings {
    size_t count;
    const char *values[OPTIONS_REPEATS_MAX];
};

struct options {
    const char *directory;
    struct strings addresses;
    int64_t port;
    int64_t threads;         /* 0: from the number of processors */
    int64_t max_connections; /* 0: from the descriptor limit */
    bool list;
    const char *fallback; /* beneath the directory; NULL: none */
    struct strings headers;
    const char *cache_control;
    const char *access_log;     /* "-": standard output; "none", also while explaining */
    int64_t limits[WAIT_COUNT]; /* nanoseconds, for each wait that has an option */
    int64_t grace;              /* nanoseconds */
    int64_t buffer_memory;      /* octets */
    const char *user;           /* to become; NULL: none */
    const char *explain;        /* layers; NULL: none */
    const char *explain_format; /* "text", "json" */
    bool no_server_field, no_cache, no_sandbox, no_deadlines, help, version;
};

/* What each option is when it is not given. */
void options_set_defaults(struct options *options);

/* Reads the command line. False: it is wrong, and why was said on standard error. */
bool options_parse(struct options *options, int count, char **arguments);

/* --help, on standard output, at most 80 columns wide. */
void options_print_help(void);
