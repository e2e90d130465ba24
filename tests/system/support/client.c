#include "tests/system/support/client.h"

#include "tests/system/support/patience.h"
#include "tests/system/support/steps.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RECEIVE_SIZE = 64 * 1024 };

static bool try_connect(struct client *client, int port, int receive_buffer)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_port = htons((unsigned short)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int on = 1;
    *client = (struct client){.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (client->socket < 0) failed("no socket: %s", strerror(errno));
    setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (receive_buffer > 0)
        setsockopt(client->socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (connect(client->socket, (const struct sockaddr *)&address, sizeof address) == 0)
        return true;
    int reason = errno;
    client_close(client);
    errno = reason;
    return false;
}

bool client_try_connect(struct client *client, int port)
{
    return try_connect(client, port, 0);
}

void client_connect_narrow(struct client *client, int port, int receive_buffer)
{
    if (!try_connect(client, port, receive_buffer))
        failed("cannot connect to port %d: %s", port, strerror(errno));
}

void client_connect(struct client *client, int port)
{
    client_connect_narrow(client, port, 0);
    step("connected");
}

/* Waits until the socket takes octets, reading meanwhile what the server says. */
static void await_room(struct client *client)
{
    struct pollfd poll_set = {client->socket, POLLOUT, 0};
    struct patience patience = patience_for(PATIENCE);
    while (poll(&poll_set, 1, 10) == 0) {
        client_receive(client, 0);
        if (!patience_left(&patience)) failed("the server takes no octets");
    }
}

bool client_try_send(struct client *client, const void *octets, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(client->socket, octets, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
        if (sent < 0) {
            await_room(client);
            continue;
        }
        octets = (const char *)octets + sent;
        length -= (size_t)sent;
    }
    return true;
}

void client_send_in_pieces(struct client *client, const void *octets, size_t length, size_t piece)
{
    step_octets(piece == 1 ? "sent one at a time" : "sent in pieces", octets, length);
    for (size_t done = 0; done < length; done += piece) {
        size_t size = length - done < piece ? length - done : piece;
        if (!client_try_send(client, (const char *)octets + done, size))
            failed("octet %zu of %zu could not be sent: %s", done, length, strerror(errno));
    }
}

void client_send(struct client *client, const void *octets, size_t length)
{
    step_octets("sent", octets, length);
    if (!client_try_send(client, octets, length)) failed("could not be sent: %s", strerror(errno));
}

void client_send_text(struct client *client, const char *text)
{
    client_send(client, text, strlen(text));
}

static void make_room(struct client *client)
{
    if (client->start > 0 && client->start == client->end) client->start = client->end = 0;
    if (client->capacity - client->end >= RECEIVE_SIZE) return;
    client->capacity = client->capacity * 2 + RECEIVE_SIZE;
    client->input = realloc(client->input, client->capacity);
    if (client->input == NULL) failed("no memory for %zu octets", client->capacity);
}

enum arrival client_receive(struct client *client, double seconds)
{
    struct pollfd poll_set = {client->socket, POLLIN, 0};
    if (poll(&poll_set, 1, (int)(seconds * 1000)) == 0) return SILENCE;
    make_room(client);
    ssize_t received = recv(
        client->socket, client->input + client->end, client->capacity - client->end, MSG_DONTWAIT);
    if (received < 0) return errno == EAGAIN || errno == EINTR ? SILENCE : WAS_RESET;
    client->end += (size_t)received;
    return received == 0 ? ENDED : ARRIVED;
}

size_t client_pending(const struct client *client)
{
    return client->end - client->start;
}

void client_expect_end(struct client *client)
{
    enum arrival arrival = client_pending(client) > 0 ? ARRIVED : client_receive(client, PATIENCE);
    if (arrival == ARRIVED) {
        step_octets("received", client->input + client->start, client_pending(client));
        failed("octets came where the end of the stream was expected");
    }
    if (arrival != ENDED)
        failed("the connection %s where the end of the stream was expected",
            arrival == SILENCE ? "stayed open" : "was reset");
    step("the server closed the connection");
}

enum arrival client_drain(struct client *client, double seconds)
{
    struct patience patience = patience_for(seconds);
    enum arrival arrival = ARRIVED;
    while (arrival == ARRIVED || arrival == SILENCE) {
        client->start = client->end;
        if (arrival == SILENCE && !patience_left(&patience)) return SILENCE;
        arrival = client_receive(client, 0.1);
    }
    return arrival;
}

void client_half_close(struct client *client)
{
    step("closed the sending side");
    shutdown(client->socket, SHUT_WR);
}

void client_close(struct client *client)
{
    if (client->socket >= 0) close(client->socket);
    free(client->input);
    *client = (struct client){.socket = -1};
}

void client_reset(struct client *client)
{
    const struct linger at_once = {1, 0};
    setsockopt(client->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    client_close(client);
}
