/* Clients of a soak that are slow, broken or mean harm. What they get does not matter, but that
 * none of them gets in. */
#include "tests/soak/soak.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SMALL_BUFFER = 4096, BOMB_RANGES = 600, PIPELINED = 300, FLOOD_FIELDS = 400 };
enum { TARGETS = 9, CHUNKINGS = 10 };

#define LARGE_TARGET    "/30/303f.txt"
#define REQUEST(target) "GET " target " HTTP/1.1\r\nHost: soak\r\n"

/* Receives until the end; false: not within ten seconds, or not in order. */
static void drain(struct client *client)
{
    while (!soak_over && recv(client->descriptor, client->octets, INPUT_MAX, 0) > 0) {
    }
    client_close(client, false);
}

/* One that must be refused, whatever with. */
static void expect_no_success(struct client *client, const char *request)
{
    if (!client_connect(client, 0)) return;
    client_send(client, request, strlen(request));
    shutdown(client->descriptor, SHUT_WR);
    ssize_t count = recv(client->descriptor, client->octets, INPUT_MAX, 0);
    if (count > 9 && client->octets[9] == '2') wrong("it got in", request);
    drain(client);
}

/* --- Slow ------------------------------------------------------------------------------------- */

/* An octet at a time, until it is told to go. */
static void dribble(struct client *client, const char *octets)
{
    if (!client_connect(client, 0)) return;
    for (size_t i = 0; octets[i] != '\0' && !soak_over; i++) {
        if (!client_send(client, octets + i, 1)) break;
        rest(20 + pick(&client->seed, 100));
    }
    drain(client);
}

static void dribble_head(struct client *client)
{
    dribble(client,
        REQUEST("/00/0001.txt") "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"
                                "Cookie: a=b; c=d; e=f; g=h; i=j; k=l; m=n\r\n\r\n");
}

static void dribble_content(struct client *client)
{
    dribble(client,
        REQUEST("/00/0001.txt") "Transfer-Encoding: chunked\r\n\r\n"
                                "40\r\n0123456789012345678901234567890123456789");
}

/* Fast enough to be let, and then for a while only. */
static void read_slowly(struct client *client)
{
    static const char request[] = REQUEST(LARGE_TARGET) "\r\n";
    if (!client_connect(client, SMALL_BUFFER)) return;
    client_send(client, request, sizeof request - 1);
    for (unsigned left = pick(&client->seed, 200); left > 0 && !soak_over; left--) {
        if (recv(client->descriptor, client->octets, 2048, 0) <= 0) break;
        rest(20);
    }
    client_close(client, pick(&client->seed, 2) == 0);
}

/* Asks for much and takes nothing, until it is thrown out. */
static void stall(struct client *client)
{
    static const char request[] = REQUEST("/00/00ff.txt") "\r\n" REQUEST(LARGE_TARGET) "\r\n";
    if (!client_connect(client, SMALL_BUFFER)) return;
    for (int i = 0; i < 20; i++) client_send(client, request, sizeof request - 1);
    struct pollfd thrown_out = {.fd = client->descriptor};
    for (int i = 0; i < 100 && !soak_over; i++)
        if (poll(&thrown_out, 1, 100) > 0) break;
    client_close(client, true);
}

/* --- Broken ----------------------------------------------------------------------------------- */

static void send_garbage(struct client *client)
{
    size_t length = 1 + pick(&client->seed, 4096);
    if (!client_connect(client, 0)) return;
    for (size_t i = 0; i < length; i++) client->octets[i] = (char)pick(&client->seed, 256);
    client_send(client, client->octets, length);
    if (pick(&client->seed, 2) == 0) shutdown(client->descriptor, SHUT_WR);
    drain(client);
    rest(5);
}

static void reset_half_way(struct client *client)
{
    static const char request[] = REQUEST("/00/0001.txt") "Transfer-Encoding: chunked\r\n\r\n"
                                                          "5\r\nhello\r\n0\r\n\r\n";
    if (!client_connect(client, 0)) return;
    client_send(client, request, pick(&client->seed, sizeof request));
    if (pick(&client->seed, 2) == 0) rest(1);
    client_close(client, true);
    rest(5);
}

static void reset_while_receiving(struct client *client)
{
    static const char request[] = REQUEST(LARGE_TARGET) "\r\n";
    if (!client_connect(client, 0)) return;
    client_send(client, request, sizeof request - 1);
    for (unsigned left = pick(&client->seed, 8); left > 0; left--)
        if (recv(client->descriptor, client->octets, INPUT_MAX, 0) <= 0) break;
    client_close(client, true);
    rest(20);
}

static void break_framing(struct client *client)
{
    static const char *const framings[CHUNKINGS] = {
        "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloo\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5;\n\nhello\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "Content-Length: +5\r\n\r\nhello",
        "Content-Length: 99999999999999999999\r\n\r\n",
    };
    char request[256];
    snprintf(request, sizeof request, REQUEST("/00/0001.txt") "%s",
        framings[pick(&client->seed, CHUNKINGS)]);
    expect_no_success(client, request);
    rest(10);
}

/* --- Hostile ---------------------------------------------------------------------------------- */

static void try_to_get_out(struct client *client)
{
    static const char *const targets[TARGETS] = {
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/00/..%2f..%2f..%2fetc/passwd",
        "//etc/passwd",
        "/.new",
        "/00/%2e%2e/.new",
        "/00/0001.txt%00.html",
        "/00/0001.txt/",
        "/..;/..;/etc/passwd",
    };
    char request[256];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: soak\r\n\r\n",
        targets[pick(&client->seed, TARGETS)]);
    expect_no_success(client, request);
    rest(10);
}

/* Asks for so many that the answers do not fit, and takes some of them. */
static void flood_with_requests(struct client *client)
{
    static const char request[] = REQUEST("/00/00ff.txt") "\r\n";
    size_t length = sizeof request - 1;
    if (!client_connect(client, 0)) return;
    for (size_t i = 0; i < PIPELINED; i++) memcpy(client->octets + i * length, request, length);
    client_send(client, client->octets, PIPELINED * length);
    for (unsigned left = pick(&client->seed, 40); left > 0; left--)
        if (recv(client->descriptor, client->octets, INPUT_MAX, 0) <= 0) break;
    client_close(client, pick(&client->seed, 2) == 0);
    rest(50);
}

static void bomb_with_ranges(struct client *client)
{
    char *to = client->octets;
    if (!client_connect(client, 0)) return;
    to += sprintf(to, REQUEST("/30/3001.txt") "Connection: close\r\nRange: bytes=0-");
    for (unsigned i = 0; i < BOMB_RANGES; i++)
        to += sprintf(to, ",%u-%u", i * 3, i * 3 + pick(&client->seed, 5000));
    to += sprintf(to, "\r\n\r\n");
    client_send(client, client->octets, (size_t)(to - client->octets));
    drain(client);
    rest(20);
}

static void flood_with_fields(struct client *client)
{
    char *to = client->octets;
    if (!client_connect(client, 0)) return;
    to += sprintf(to, "GET / HTTP/1.1\r\n");
    unsigned width = 1 + pick(&client->seed, 120);
    for (unsigned i = 0; i < FLOOD_FIELDS; i++) to += sprintf(to, "X: %0*u\r\n", (int)width, i);
    client_send(client, client->octets, (size_t)(to - client->octets));
    drain(client);
    rest(20);
}

static void connect_and_leave(struct client *client)
{
    for (int i = 0; i < 10; i++)
        if (client_connect(client, 0)) client_close(client, pick(&client->seed, 2) == 0);
    rest(100);
}

/* Closed, by whichever side. */
static bool is_gone(int descriptor)
{
    char octets[256];
    ssize_t count = recv(descriptor, octets, sizeof octets, MSG_DONTWAIT);
    return count == 0 || (count < 0 && errno != EAGAIN);
}

/* Holds many connections, idle or with half a head, and comes again for each that is closed. */
static void flood_with_idleness(struct client *client)
{
    int *held = malloc(soak_held * sizeof *held);
    if (held == NULL) abort();
    for (size_t i = 0; i < soak_held; i++) held[i] = -1;
    for (; !soak_over; rest(50))
        for (size_t i = 0; i < soak_held && !soak_over; i++) {
            client->descriptor = held[i];
            if (held[i] >= 0 && !is_gone(held[i])) continue;
            client_close(client, false);
            if (client_connect(client, 0) && i % 2 == 0) client_send(client, "GET / HTTP", 10);
            held[i] = client->descriptor;
            atomic_fetch_add(client->times, 1);
        }
    for (size_t i = 0; i < soak_held; i++)
        if (held[i] >= 0) close(held[i]);
    client->descriptor = -1;
    free(held);
}

struct habit harmful_habits[] = {
    {"heads, an octet at a time", 8, dribble_head, 0},
    {"content, an octet at a time", 8, dribble_content, 0},
    {"slow readers", 8, read_slowly, 0},
    {"readers that stall", 8, stall, 0},
    {"garbage", 1, send_garbage, 0},
    {"resets half-way through a request", 2, reset_half_way, 0},
    {"resets half-way through an answer", 1, reset_while_receiving, 0},
    {"broken framing", 1, break_framing, 0},
    {"ways out of the root", 1, try_to_get_out, 0},
    {"floods of pipelined requests", 2, flood_with_requests, 0},
    {"bombs of ranges", 1, bomb_with_ranges, 0},
    {"floods of fields", 1, flood_with_fields, 0},
    {"connections by tens, not used", 1, connect_and_leave, 0},
    {"idle connections", 1, flood_with_idleness, 0},
    {NULL, 0, NULL, 0},
};
