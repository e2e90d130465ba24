#include "tests/system/support/patience.h"

#include <time.h>

double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct patience patience_for(double seconds)
{
    return (struct patience){seconds_now() + seconds};
}

bool patience_left(const struct patience *patience)
{
    const struct timespec moment = {0, 2000000};
    nanosleep(&moment, NULL);
    return seconds_now() < patience->until;
}
