/* server.h — the real program as a child process.
 *
 *     server_start(&server, &(struct launch){.directory = …, .arguments = ARGUMENTS("-t", "1")})
 *                        returns once it has said where it serves; it dies with the test
 *     server_signal()    any signal, by process id
 *     server_wait()      waits for the end, checks exit status and standard error
 *     server_stop()      SIGTERM, then server_wait() for status 0
 *
 * STRATA_OPTION in the environment is one more option for every server that is started so, as in
 * tests/system/no_cache_tables.sh.
 *
 * A sanitizer's report on standard error fails the test and is printed. servers_abandon() ends what
 * a failed test left running; teardowns call it.
 */
#ifndef STRATA_TESTS_SYSTEM_SERVER_H
#define STRATA_TESTS_SYSTEM_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

struct server {
    pid_t pid;
    int port;
    int status;      /* as waitpid gives it, once ended */
    char errors[64]; /* file that takes standard error */
    char output[64]; /* file that takes standard output */
};

struct launch {
    const char *program;          /* NULL: the program in STRATA_PROGRAM */
    const char *const *arguments; /* between the defaults and the directory; NULL: none */
    const char *directory;        /* NULL: none is named */
    rlim_t descriptors;           /* RLIMIT_NOFILE, soft and hard; 0: as it is */
    int output;                   /* descriptor for standard output; 0: a file */
    bool as_nobody;               /* where the test runs as root, the server runs as user nobody */
    bool bare;                    /* without the defaults --address 127.0.0.1 --port 0 */
    int listeners[2];             /* handed over from descriptor 3 on (LISTEN_FDS); 0: none */
    const char *notify;           /* NOTIFY_SOCKET; NULL: none */
};

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

void server_start(struct server *server, const struct launch *launch);
void server_signal(const struct server *server, int signal_number);
bool server_is_running(struct server *server);
void server_wait(struct server *server, int exit_status);
void server_stop(struct server *server);
void servers_abandon(const struct server *except);

/* The same, not waiting for it to serve. */
void program_start(struct server *server, const struct launch *launch);

/* What it has written so far, to be freed. The files last until server_forget(). */
char *server_errors(const struct server *server);
char *server_output(const struct server *server);
void server_forget(struct server *server);

/* Waits until standard error contains the text. */
void server_await_error(const struct server *server, const char *text);

/* From /proc: open descriptors, those of them that are sockets, CPU time used. */
size_t server_descriptors(const struct server *server);
size_t server_sockets(const struct server *server);
double server_cpu_seconds(const struct server *server);

/* Waits until no more than this many sockets are open. */
void server_await_sockets(const struct server *server, size_t most);

#endif
