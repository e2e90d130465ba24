/* faulty.h — strata_with_faults as a child process: which call fails when, and where it stands.
 *
 *     faulty_begin()         once, in a group's setup: the page that is shared with the program
 *     faulty_start()         a server with two workers, its log beside the root
 *     faulty_arm(), faulty_disarm()
 *     faulty_await()         until a counter has moved on, and all workers are idle
 *     faulty_tick()          a turn of the timekeeper, whole; nothing where the program has ended
 *     faulty_pass_time()     its clock jumps
 */
#ifndef STRATA_TESTS_FAULTS_FAULTY_H
#define STRATA_TESTS_FAULTS_FAULTY_H

#include "tests/faults/inject.h"
#include "tests/system/support/cases.h"

enum { WORKERS = 2 };

extern struct faults *faults;
extern int faults_injected;

void faulty_begin(void);

/* The arguments after those for pool, table and log. STRATA_PROGRAM names the program. */
void faulty_launch(struct server *server, const char *const *arguments);
void faulty_start(struct server *server, const char *const *arguments);

/* The uses-th use of the call fails, once, with this error. */
void faulty_arm(enum call call, int uses, int error);

/* Was it reached? */
bool faulty_disarm(void);

/* It is armed, and has been: it may be why something never comes. */
bool faulty_has_failed(void);

void faulty_await(const struct server *server, const atomic_int *counter, int before);
void faulty_tick(const struct server *server);
void faulty_pass_time(int seconds);

/* Lines of the log since the last call, those of which it was told that they are lost, and was
 * anything told? */
struct log_count {
    int written, lost;
    bool told;
};
struct log_count faulty_count_lines(const struct server *server);

/* What was told on standard error since the last call, to be freed. */
char *faulty_told(const struct server *server);

#endif
