/* links: libc */
/* 11_send PORT [OCTETS MILLISECONDS]: sends standard input to 127.0.0.1, all at once, or so many
 * octets at a time with a pause after each; says that no more will come; prints what comes back
 * until the other end closes. When nothing happens for ten seconds, it gives up. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static char octets[65536];

static int connect_to(const char *port)
{
    struct sockaddr_in peer = {.sin_family = AF_INET};
    peer.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(server, (struct sockaddr *)&peer, sizeof peer) == 0) return server;
    perror("11_send: connect");
    exit(1);
}

/* False: there is no more to send, or nobody who takes it. */
static bool send_piece(int server, size_t most)
{
    ssize_t length = read(STDIN_FILENO, octets, most);
    ssize_t taken = 0;
    for (ssize_t sent = 0; sent < length; sent += taken) { /* send may take less than all */
        taken = send(server, octets + sent, (size_t)(length - sent), MSG_NOSIGNAL);
        if (taken < 0) return false;
    }
    if (length <= 0) shutdown(server, SHUT_WR);
    return length > 0;
}

int main(int count, char **arguments)
{
    size_t most = count > 3 ? strtoul(arguments[2], NULL, 10) : sizeof octets;
    useconds_t pause = count > 3 ? (useconds_t)strtoul(arguments[3], NULL, 10) * 1000 : 0;
    if (count < 2 || most < 1 || most > sizeof octets)
        return fputs("11_send PORT [OCTETS MILLISECONDS]\n", stderr), 64;
    int server = connect_to(arguments[1]);
    struct pollfd both[] = {{server, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    while (poll(both, 2, 10000) > 0) {
        if (both[0].revents != 0) { /* an answer may come before all is sent */
            ssize_t length = recv(server, octets, sizeof octets, 0);
            if (length < 0) perror("11_send: recv");
            if (length <= 0) return length < 0;
            if (write(STDOUT_FILENO, octets, (size_t)length) != length) return 1;
        } else {
            if (!send_piece(server, most)) both[1].fd = -1;
            usleep(pause);
        }
    }
    return fputs("11_send: nothing came for ten seconds\n", stderr), 1;
}
