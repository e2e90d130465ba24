/* client.h — one client connection over IPv4 loopback.
 *
 *     client_connect()         TCP_NODELAY, so that each send is a delivery of its own
 *     client_send()            all of it; reads what is said while the server does not take it
 *     client_send_in_pieces()  as many sends as there are pieces
 *     client_receive()         waits for more octets; they gather in input, from start to end
 *     client_close()           or client_reset(), which sends RST
 *
 * Every wait is bounded; one that takes longer fails the test.
 */
#ifndef STRATA_TESTS_SYSTEM_CLIENT_H
#define STRATA_TESTS_SYSTEM_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

struct client {
    int socket;
    char *input;
    size_t start, end, capacity;
};

enum arrival {
    SILENCE,  /* nothing within the time given */
    ARRIVED,  /* at least one octet more */
    ENDED,    /* the server closed in order */
    WAS_RESET /* the connection was reset */
};

void client_connect(struct client *client, int port);

/* With a receive buffer that small, the server soon finds no room when this client does not read.
 */
void client_connect_narrow(struct client *client, int port, int receive_buffer);

/* False when refused. */
bool client_try_connect(struct client *client, int port);

void client_send(struct client *client, const void *octets, size_t length);
void client_send_text(struct client *client, const char *text);
void client_send_in_pieces(struct client *client, const void *octets, size_t length, size_t piece);

/* One send; false when the connection is gone. */
bool client_try_send(struct client *client, const void *octets, size_t length);

enum arrival client_receive(struct client *client, double seconds);

/* Octets received and not yet taken. */
size_t client_pending(const struct client *client);

/* Waits for the end of the stream; any octet before it, or a reset, fails the test. */
void client_expect_end(struct client *client);

/* Waits for the connection to be over, in order or reset, dropping what comes before. */
enum arrival client_drain(struct client *client, double seconds);

void client_half_close(struct client *client);
void client_reset(struct client *client);
void client_close(struct client *client);

#endif
