/* steps.h — what a test has done so far, so that a failure prints the numbered steps to it.
 *
 *     steps_begin()                 at the start of a test: forget the steps of the one before
 *     step("connected to %d", port) one thing done
 *     step_octets("sent", octets, n) octets sent or received, printed readably
 *     failed("no answer")           print the steps and the reason, and end the test
 *
 * Only the last steps are kept; the numbers go on counting.
 */
#ifndef STRATA_TESTS_SYSTEM_STEPS_H
#define STRATA_TESTS_SYSTEM_STEPS_H

#include <stddef.h>
#include <stdio.h>

void steps_begin(void);
void step(const char *format, ...) __attribute__((format(printf, 1, 2)));
void step_octets(const char *what, const void *octets, size_t length);

/* Called by failed() after the steps, to add what else is known (a server's standard error). */
void steps_also_print(void (*print)(void));

void steps_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4), noreturn));
#define failed(...) steps_fail(__FILE__, __LINE__, __VA_ARGS__)

#endif
