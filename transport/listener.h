/* listener.h: opens the listening sockets, or adopts those that this process was started with.
 *
 *     listeners_open()     once, at start; all or none
 *     listeners_adopt()    or this
 *     listeners_close()    closes what is still open, destroys the locks, and leaves none: count 0
 *
 * A host name may stand for several addresses, IPv4 and IPv6; each becomes a listener. localhost
 * always stands for both. Listeners are non-blocking, closed on exec, and hand TCP_NODELAY down to
 * what they accept.
 */
#pragma once

#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LISTENERS_MAX = 16, LISTENER_HOST_SIZE = INET6_ADDRSTRLEN + 2 }; /* brackets, if IPv6 */

/* LISTEN_OPEN, LISTEN_IN_USE … as in listen_statuses.def; the first, zero, is refused. */
enum listen_status {
#define LISTEN_STATUS(name, reason) LISTEN_##name,
#include "transport/listen_statuses.def"
};

struct listener {
    pthread_mutex_t lock; /* held while accepting, and while the descriptor is closed */
    int descriptor;       /* -1 when closed; guarded by lock */
    uint16_t port;
    bool adopted; /* it may live on in another process, which accepts what is queued */
    char host[LISTENER_HOST_SIZE]; /* as it stands in a URL */
};

struct listeners {
    size_t count;
    struct listener list[LISTENERS_MAX];
};

/* Listens at every address of every host. Port 0 takes a free one, the same for all. */
enum listen_status listeners_open(
    struct listeners *listeners, const char *const *hosts, size_t host_count, uint16_t port);

/* Takes over so many listening TCP sockets, from this descriptor on: they are ours to close, not to
 * shut down: another process may share them. Where one is refused, those taken over before it are
 * closed again. */
enum listen_status listeners_adopt(struct listeners *listeners, int first, int count);
void listeners_close(struct listeners *listeners);
