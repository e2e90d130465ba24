#include "transport/wait.h"

#include <sys/epoll.h>
#include <time.h>

/* Never EPOLLRDHUP: a half-close is found by receiving, after what came before it. */
const struct wait_row waits[] = {
#define WAIT(name, events, progress) {events, progress},
#include "transport/waits.def"
};

int64_t wait_deadline(int64_t start, int64_t limit)
{
    return limit > WAIT_FOREVER - start ? WAIT_FOREVER : start + limit;
}

int64_t wait_progress_deadline(int64_t start, int64_t last_moved, uint64_t octets, int64_t limit)
{
    int64_t silent = wait_deadline(last_moved, limit);
    int64_t first = wait_deadline(start, limit);
    uint64_t seconds = octets / WAIT_MINIMUM_RATE; /* these octets pay for so many */
    if (seconds > WAIT_FOREVER / WAIT_SECOND) seconds = WAIT_FOREVER / WAIT_SECOND;
    int64_t paid = wait_deadline(start, (int64_t)seconds * WAIT_SECOND);
    int64_t too_slow = paid > first ? paid : first;
    return too_slow < silent ? too_slow : silent;
}

int64_t wait_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * WAIT_SECOND + now.tv_nsec;
}
