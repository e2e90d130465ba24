/* links: libc */
/* A stream has no messages: says what each recv brought, and sends it back. SIGUSR1 interrupts. */
#include "docs/steps/door.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>

static void do_nothing(int signal)
{
    (void)signal;
}

/* Says why a call failed. EINTR: a signal came first, the call can be made again. */
static bool was_interrupted(const char *call)
{
    int error = errno; /* before perror, which may change it */
    perror(call);
    return error == EINTR;
}

/* send may take fewer octets than it is given. MSG_NOSIGNAL: EPIPE instead of SIGPIPE. */
static bool send_all(int connection, const char *octets, size_t length)
{
    while (length > 0) {
        ssize_t count = send(connection, octets, length, MSG_NOSIGNAL);
        if (count < 0 && !was_interrupted("send")) return false;
        if (count < 0) continue;
        if ((size_t)count < length) printf("send took %zd of %zu octets\n", count, length);
        octets += count;
        length -= (size_t)count;
    }
    return true;
}

static void echo(int connection)
{
    static char octets[65536];
    ssize_t count = 1;
    for (int number = 1; count != 0; number++) {
        count = recv(connection, octets, sizeof octets, 0);
        if (count < 0 && !was_interrupted("recv")) return;
        if (count >= 0) printf("recv %d: %zd octets\n", number, count);
        if (count > 0 && !send_all(connection, octets, (size_t)count)) return;
    }
}

int main(int count, char **arguments)
{
    const struct sigaction action = {.sa_handler = do_nothing}; /* no SA_RESTART: EINTR */
    if (count != 2) return fprintf(stderr, "usage: 02_echo PORT\n"), 64;
    sigaction(SIGUSR1, &action, NULL);
    int listener = open_door(arguments[1]);
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0 && !was_interrupted("accept")) return 1;
        if (connection >= 0) echo(connection);
        if (connection >= 0) close(connection);
    }
}
