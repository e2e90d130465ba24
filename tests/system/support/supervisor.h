/* supervisor.h — what systemd does for a server, as far as a test plays it: listening sockets that
 * outlive it, and a socket on which it says how it is (sd_notify(3)).
 *
 *     int port = 0, listener = open_listener(AF_INET, &port);     struct supervisor supervisor =
 * supervisor_begin();     server_start(&server, &(struct launch){.listeners = {listener}, .notify =
 * supervisor.path, …})     supervisor_expect(&supervisor, "READY=1");
 * supervisor_end(&supervisor); */
#ifndef STRATA_TESTS_SYSTEM_SUPERVISOR_H
#define STRATA_TESTS_SYSTEM_SUPERVISOR_H

/* A socket of this family, AF_INET or AF_INET6, that listens on the loopback at a free port. */
int open_listener(int family, int *port);

struct supervisor {
    int socket;
    char path[120]; /* in the world's site, beside its root */
};

struct supervisor supervisor_begin(void);
void supervisor_end(struct supervisor *supervisor);

/* Waits for the next message; fails unless it is this one. */
void supervisor_expect(const struct supervisor *supervisor, const char *message);

/* Fails if there is a message. */
void supervisor_expect_nothing(const struct supervisor *supervisor);

#endif
