#include "tests/system/support/supervisor.h"

#include "tests/system/support/cases.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/steps.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int open_listener(int family, int *port)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } address = {.six.sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t size = family == AF_INET ? sizeof address.four : sizeof address.six;
    if (family == AF_INET) address.four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.any.sa_family = (sa_family_t)family;
    int listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, &address.any, size) != 0 || listen(listener, SOMAXCONN) != 0 ||
        getsockname(listener, &address.any, &size) != 0)
        failed("no socket to listen on: %s", strerror(errno));
    *port = ntohs(address.four.sin_port); /* it stands at the same place in both */
    step("listening on port %d", *port);
    return listener;
}

struct supervisor supervisor_begin(void)
{
    struct supervisor supervisor;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct site_path path = site_path(&world.site, "../notify");
    unlink(path.text);
    snprintf(supervisor.path, sizeof supervisor.path, "%.100s", path.text);
    snprintf(address.sun_path, sizeof address.sun_path, "%.100s", path.text);
    supervisor.socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(supervisor.socket, (struct sockaddr *)&address, sizeof address) != 0)
        failed("no socket at %s: %s", supervisor.path, strerror(errno));
    return supervisor;
}

void supervisor_end(struct supervisor *supervisor)
{
    close(supervisor->socket);
    unlink(supervisor->path);
}

void supervisor_expect(const struct supervisor *supervisor, const char *message)
{
    char said[200];
    struct pollfd patient = {supervisor->socket, POLLIN, 0};
    if (poll(&patient, 1, (int)(PATIENCE * 1000)) != 1) failed("it does not say %s", message);
    ssize_t length = recv(supervisor->socket, said, sizeof said - 1, 0);
    if (length < 0) failed("recv: %s", strerror(errno));
    said[length] = '\0';
    if (strcmp(said, message) != 0) failed("it says \"%s\", expected \"%s\"", said, message);
    step("it says %s", message);
}

void supervisor_expect_nothing(const struct supervisor *supervisor)
{
    char octet;
    if (recv(supervisor->socket, &octet, 1, MSG_DONTWAIT) >= 0) failed("it says something already");
}
