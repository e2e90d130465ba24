/* rows.h — the rows of faults.def, each a test: every use of the call fails, one after the other,
 * until one is never reached. */
#ifndef STRATA_TESTS_FAULTS_ROWS_H
#define STRATA_TESTS_FAULTS_ROWS_H

#include "tests/faults/support/conversation.h"

enum group {
#define GROUP(name, test) GROUP_##name,
#include "tests/faults/groups.def"
    GROUP_COUNT
};

struct fault_row {
    enum group group;
    enum call call;
    const char *name;
    unsigned outcomes;
    const char *where, *shown;
    int errors[8]; /* 0: no more */
};
extern const struct fault_row fault_rows[];
extern const size_t fault_row_count;

/* Runs a test for each row of the group, its state; and says how many faults there were. */
#define FAULT_ROWS(test, group) rows_run(test, group)
int rows_run(CMUnitTestFunction test, enum group group);

/* The test of a row while the server serves: with its cache, and where that is asked without. */
void row_while_serving(const struct fault_row *row);

/* Fails unless each outcome of the row was seen, and no other. */
void row_expect(const struct fault_row *row, unsigned seen);

#endif
