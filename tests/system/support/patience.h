/* patience.h — bounded waits. Nothing in these tests sleeps to let something happen; they wait for
 * it to have happened, up to a bound that is generous because the machine may be busy and
 * sanitizers slow.
 *
 *     struct patience patience = patience_for(PATIENCE);
 *     while (!happened())
 *         if (!patience_left(&patience))
 *             failed("it did not happen");
 */
#ifndef STRATA_TESTS_SYSTEM_PATIENCE_H
#define STRATA_TESTS_SYSTEM_PATIENCE_H

#include <stdbool.h>

/* Seconds in which anything that must happen has happened. */
#define PATIENCE 60.0

struct patience {
    double until;
};

double seconds_now(void); /* monotonic */
struct patience patience_for(double seconds);

/* Pauses for a moment; false once the bound is over. */
bool patience_left(const struct patience *patience);

/* Fails when fewer seconds have passed since then; clocks of the two sides may differ a little. */
void expect_no_earlier(double since, double seconds);

#endif
