/* wait.h: what a connection waits for between two turns, and for how long it may.
 *
 * The waits, what their clock starts with and what follows when it runs out:
 *
 *   wait           armed for  clock starts                         then
 *   FIRST_OCTET    readable   accept                               close
 *   HEAD           readable   first octet of this message, or the  408, linger
 *                             end of the message before it:
 *                             octets don't buy time
 *   NEXT_REQUEST   readable   last answer sent                     close
 *   CONTENT        readable   head complete; progress counts       408, linger
 *   PEER_READS     writable   response queued; progress counts     reset
 *   PEER_CLOSES    readable   half-close                           close
 *   TURN           writable   this turn's end; progress counts     close
 *
 * A close with octets or a file unsent is a reset, but for a 408: the peer must not take a part for
 * the whole.
 *
 * Where progress counts, time is up after that long without an octet or, once that long has passed,
 * as soon as the average is below WAIT_MINIMUM_RATE: whichever comes first. TURN means: it could go
 * on at once, but others are waiting. It waits for writable, so a peer that reads nothing is no
 * better off in it than in PEER_READS.
 *
 * Instants and durations are nanoseconds of the monotonic clock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* WAIT_CLOSE, WAIT_FIRST_OCTET … as in waits.def */
enum wait {
#define WAIT(name, events, progress) WAIT_##name,
#include "transport/waits.def"
    WAIT_COUNT,
};

enum { WAIT_MINIMUM_RATE = 1024 }; /* octets a second */

#define WAIT_SECOND  ((int64_t)1000000000)
#define WAIT_FOREVER INT64_MAX

/* The epoll events that each wait is armed for, and whether progress counts in it. */
extern const struct wait_row {
    uint32_t events;
    bool progress;
} waits[];

/* Where progress counts: when the limit runs out if no more octets move. octets is how many have
 * moved since start, the last of them at last_moved. */
int64_t wait_progress_deadline(int64_t start, int64_t last_moved, uint64_t octets, int64_t limit);

/* start + limit, or WAIT_FOREVER. */
int64_t wait_deadline(int64_t start, int64_t limit);

/* The instant now. */
int64_t wait_clock(void);
