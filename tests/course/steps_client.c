/* steps_client.c: the clients of tests/course/steps.sh. Every wait is bounded: an alarm ends it.
 *
 *     steps_client knock PORT          connects, prints its own port, waits for the end
 *     steps_client whole PORT          14 octets in one send; what comes back is the same
 *     steps_client octets PORT         40 octets, each when the one before it has come back
 *     steps_client choke PORT PROCESS  20 MB, read so late that the server's sends fill up; each
 *                                      time they have, a signal; what comes back is the same
 *     steps_client leave PORT PROCESS  an octet, the end and a reset, while the server is stopped
 *     steps_client wait PORT           half a request, a whole one from another client, the rest
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHOKE_OCTETS = 20000000, CHOKE_READ = 1000000, PATIENCE = 60, QUIET_MS = 100 };

static struct sockaddr_in server = {.sin_family = AF_INET};

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int connect_to_server(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&server, sizeof server) != 0) fail("connect");
    return fd;
}

static void send_text(int fd, const char *text)
{
    if (send(fd, text, strlen(text), 0) != (ssize_t)strlen(text)) fail("send");
}

static bool is_readable(int fd)
{
    struct pollfd wanted = {.fd = fd, .events = POLLIN};
    return poll(&wanted, 1, QUIET_MS) > 0;
}

/* Reads so many octets, or to the end; says how many. */
static size_t receive(int fd, char *octets, size_t wanted)
{
    size_t length = 0;
    for (ssize_t count = 1; count > 0 && length < wanted; length += (size_t)count) {
        count = recv(fd, octets + length, wanted - length, 0);
        if (count < 0) fail("recv");
    }
    return length;
}

static int knock(void)
{
    struct sockaddr_in own;
    socklen_t size = sizeof own;
    char octet;
    int fd = connect_to_server();
    if (getsockname(fd, (struct sockaddr *)&own, &size) != 0) fail("getsockname");
    printf("%d\n", ntohs(own.sin_port));
    return receive(fd, &octet, 1) == 0 ? 0 : 1;
}

static int echo_whole(void)
{
    static const char text[] = "one\ntwo\nthree\n";
    char octets[64];
    int fd = connect_to_server();
    send_text(fd, text);
    shutdown(fd, SHUT_WR);
    return receive(fd, octets, sizeof octets) == strlen(text) &&
            memcmp(octets, text, strlen(text)) == 0
        ? 0
        : 1;
}

static int echo_octets(void)
{
    int fd = connect_to_server();
    char octet = '\0';
    for (int i = 0; i < 40; i++) {
        send_text(fd, "x");
        if (receive(fd, &octet, 1) != 1 || octet != 'x') return 1;
    }
    shutdown(fd, SHUT_WR);
    return receive(fd, &octet, 1) == 0 ? 0 : 1;
}

/* Sends until nothing has been taken for a moment; says how far it came. */
static size_t send_until_full(int fd, const char *octets, size_t length)
{
    size_t sent = 0;
    struct pollfd wanted = {.fd = fd, .events = POLLOUT};
    while (sent < length && poll(&wanted, 1, QUIET_MS) > 0) {
        ssize_t count = send(fd, octets + sent, length - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN) fail("send");
        if (count > 0) sent += (size_t)count;
    }
    return sent;
}

static int choke(pid_t process)
{
    char *sent = malloc(CHOKE_OCTETS), *got = malloc(CHOKE_OCTETS + 1);
    size_t out = 0, in = 0;
    int fd = connect_to_server();
    for (size_t i = 0; i < CHOKE_OCTETS; i++) sent[i] = (char)(i * 7919 >> 5);
    for (; out < CHOKE_OCTETS; in += receive(fd, got + in, CHOKE_READ)) {
        out += send_until_full(fd, sent + out, CHOKE_OCTETS - out);
        if (out < CHOKE_OCTETS) kill(process, SIGUSR1);
    }
    shutdown(fd, SHUT_WR);
    in += receive(fd, got + in, CHOKE_OCTETS + 1 - in);
    return in == CHOKE_OCTETS && memcmp(sent, got, in) == 0 ? 0 : 1;
}

static bool is_stopped(pid_t process)
{
    char path[64], state = '?';
    snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%*d (%*[^)]) %c", &state) != 1) fail(path);
    fclose(file);
    return state == 'T';
}

static int leave(pid_t process)
{
    const struct linger reset = {.l_onoff = 1};
    kill(process, SIGSTOP);
    while (!is_stopped(process)) usleep(1000);
    int fd = connect_to_server();
    send_text(fd, "x");
    shutdown(fd, SHUT_WR);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
    return kill(process, SIGCONT);
}

static bool is_answered(int fd)
{
    char octets[65536];
    size_t length = receive(fd, octets, sizeof octets - 1);
    octets[length] = '\0';
    return strncmp(octets, "HTTP/1.1 200 OK\r\n", 17) == 0;
}

static int wait_for_the_slow(void)
{
    int slow = connect_to_server();
    send_text(slow, "GET /about HTTP/1.1\r\n");
    int other = connect_to_server();
    send_text(other, "GET /about HTTP/1.1\r\nHost: a\r\n\r\n");
    if (is_readable(other)) return fprintf(stderr, "the second client did not wait\n"), 1;
    send_text(slow, "Host: a\r\n\r\n");
    return is_answered(slow) && is_answered(other) ? 0 : 1;
}

int main(int count, char **arguments)
{
    const char *what = count > 2 ? arguments[1] : "";
    alarm(PATIENCE);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.sin_port = htons((uint16_t)atoi(count > 2 ? arguments[2] : "0"));
    if (strcmp(what, "knock") == 0) return knock();
    if (strcmp(what, "whole") == 0) return echo_whole();
    if (strcmp(what, "octets") == 0) return echo_octets();
    if (strcmp(what, "choke") == 0 && count > 3) return choke((pid_t)atoi(arguments[3]));
    if (strcmp(what, "leave") == 0 && count > 3) return leave((pid_t)atoi(arguments[3]));
    if (strcmp(what, "wait") == 0) return wait_for_the_slow();
    return 64;
}
