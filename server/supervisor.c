#include "server/supervisor.h"
#include "server/report.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A number from 1 on, in decimal; 0: it is none, or not set. */
static int number_in(const char *variable)
{
    const char *value = getenv(variable);
    char *end;
    if (value == NULL || value[0] < '1' || value[0] > '9') return 0;
    long number = strtol(value, &end, 10);
    return *end == '\0' && number <= INT_MAX ? (int)number : 0;
}

int supervisor_take_listeners(void)
{
    static const char *const names[] = {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"};
    if (getenv("LISTEN_FDS") == NULL) return 0;
    int count = number_in("LISTEN_FDS");
    bool ours = number_in("LISTEN_PID") == getpid();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) unsetenv(names[i]);
    if (count > 0 && ours) return count;
    report(count > 0 ? "LISTEN_PID does not name this process; exec strata, or unset LISTEN_FDS"
                     : "LISTEN_FDS is no number of listening sockets");
    return -1;
}

/* unix(7): a name that begins with @ is abstract, which the kernel writes with a NUL. */
int supervisor_open(void)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path == NULL) return -1;
    size_t length = strlen(path);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    errno = EINVAL; /* where it is no path */
    int supervisor = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (supervisor >= 0 && length < sizeof address.sun_path && (path[0] == '/' || path[0] == '@')) {
        memcpy(address.sun_path, path, length);
        if (path[0] == '@') address.sun_path[0] = '\0';
        if (connect(supervisor, (struct sockaddr *)(void *)&address, size) == 0) return supervisor;
    }
    report("cannot reach NOTIFY_SOCKET '%s': %s", path, strerror(errno));
    close(supervisor);
    return -1;
}

void supervisor_tell(int supervisor, const char *state)
{
    if (supervisor >= 0 && send(supervisor, state, strlen(state), MSG_NOSIGNAL) < 0)
        report("cannot tell NOTIFY_SOCKET %s: %s", state, strerror(errno));
}
