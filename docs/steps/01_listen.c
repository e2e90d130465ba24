/* links: libc */
/* A door: listens at a port of one address, says who came, and closes. Port 0 takes a free one. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int open_listener(const char *address, uint16_t port)
{
    const int on = 1;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, address, &here.sin_addr) != 1) {
        fprintf(stderr, "%s is no IPv4 address\n", address);
        exit(64);
    }
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0) fail("socket");
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) fail("setsockopt");
    if (bind(listener, (struct sockaddr *)&here, sizeof here) != 0) fail("bind");
    if (listen(listener, SOMAXCONN) != 0) fail("listen");
    socklen_t size = sizeof here;
    if (getsockname(listener, (struct sockaddr *)&here, &size) != 0) fail("getsockname");
    printf("descriptor %d listens at %s port %d\n", listener, address, ntohs(here.sin_port));
    return listener;
}

int main(int count, char **arguments)
{
    if (count < 2 || count > 3) {
        fprintf(stderr, "usage: 01_listen PORT [ADDRESS]\n");
        return 64;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    int listener =
        open_listener(count > 2 ? arguments[2] : "127.0.0.1", (uint16_t)atoi(arguments[1]));
    for (;;) {
        char address[INET_ADDRSTRLEN];
        struct sockaddr_in peer;
        socklen_t size = sizeof peer;
        int connection = accept(listener, (struct sockaddr *)&peer, &size);
        if (connection < 0) fail("accept");
        inet_ntop(AF_INET, &peer.sin_addr, address, sizeof address);
        printf("descriptor %d: %s port %d came\n", connection, address, ntohs(peer.sin_port));
        close(connection);
    }
}
