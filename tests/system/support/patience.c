#include "tests/system/support/patience.h"

#include "tests/system/support/steps.h"

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

void expect_no_earlier(double since, double seconds)
{
    const double tolerance = 0.02;
    double passed = seconds_now() - since;
    step("it took %.3f s", passed);
    if (passed < seconds - tolerance)
        failed("after %.3f s, expected no earlier than %.3f s", passed, seconds);
}
