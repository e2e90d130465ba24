#include "tests/faults/support/rows.h"

#include "tests/system/support/patience.h"
#include "tests/system/support/steps.h"

#include <dirent.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

const struct fault_row fault_rows[] = {
#define FAULT(group, call, outcomes, where, ...)                                                   \
    {GROUP_##group, CALL_##call, #call, outcomes, where, #__VA_ARGS__, {__VA_ARGS__}},
#include "tests/faults/faults.def"
};
const size_t fault_row_count = sizeof fault_rows / sizeof fault_rows[0];

static int begin(void **state)
{
    (void)state;
    conversation_begin();
    return 0;
}

int rows_run(CMUnitTestFunction test, enum group group)
{
    struct CMUnitTest *tests = calloc(fault_row_count, sizeof *tests);
    size_t count = 0;
    if (tests == NULL) return EXIT_FAILURE;
    for (size_t i = 0; i < fault_row_count; i++) {
        const struct fault_row *row = &fault_rows[i];
        char name[300];
        if (row->group != group) continue;
        snprintf(name, sizeof name, "%s fails: %s", row->name, row->shown);
        tests[count++] =
            (struct CMUnitTest){strdup(name), test, test_begin, test_end, (void *)(uintptr_t)row};
    }
    int failures = _cmocka_run_group_tests("faults", tests, count, begin, world_end);
    printf("%d faults were injected\n", faults_injected);
    for (size_t i = 0; i < count; i++) free((void *)(uintptr_t)tests[i].name);
    free(tests);
    return failures;
}

void row_expect(const struct fault_row *row, unsigned seen)
{
    for (unsigned outcome = 1; outcome < 1u << OUTCOME_BITS; outcome <<= 1)
        if ((row->outcomes ^ seen) & outcome)
            failed("%s fails with %s: \"%s\" %s", row->name, row->shown, outcome_phrase(outcome),
                seen & outcome ? "is not in the table" : "was never seen");
}

/* What was open is closed, and what was lost is told. A file that could not be read into memory is
 * kept open for a while instead. */
static unsigned look_after(const struct server *server, size_t descriptors, int lines, unsigned how)
{
    const size_t most = descriptors + (atomic_load(&faults->reached) > 0);
    struct patience patience = patience_for(PATIENCE);
    struct log_count count = faulty_count_lines(server);
    while (server_descriptors(server) > most)
        if (!patience_left(&patience))
            failed("%zu descriptors are open, %zu were before", server_descriptors(server),
                descriptors);
    bool all_answered = how == SERVED || how == LESS;
    int found = count.written + count.lost;
    if (all_answered ? found != lines : found > lines)
        failed("%d lines in the log and %d lost, of %d", count.written, count.lost, lines);
    if (how != SERVED) return how;
    return count.lost > 0 ? LOSES_LINES : count.told ? TOLD : SERVED;
}

/* Each use, until one is not reached. The same server goes on through all of them. */
static unsigned fail_each_use(
    const struct fault_row *row, int error, const struct server *server, int lines)
{
    size_t descriptors = server_descriptors(server);
    unsigned seen = 0;
    for (int uses = 1;; uses++) {
        steps_begin();
        step("%s fails at use %d with error %d (%s)", row->name, uses, error, strerror(error));
        faulty_arm(row->call, uses, error);
        unsigned how = conversation_hold(server);
        how = look_after(server, descriptors, lines, how);
        bool reached = faulty_disarm();
        if (!reached && how != SERVED) failed("no fault, and %s", outcome_phrase(how));
        if (!reached) return seen;
        seen |= how;
        if ((how & row->outcomes) == 0) failed("\"%s\" is not in the table", outcome_phrase(how));
    }
}

void row_while_serving(const struct fault_row *row)
{
    bool asks_cache = row->group == GROUP_MEMORY || row->group == GROUP_FILES;
    unsigned seen = 0;
    for (int caches = asks_cache ? 0 : 1; caches < 2; caches++) {
        struct server server;
        faulty_start(&server, caches ? ARGUMENTS(NULL) : ARGUMENTS("--no-cache"));
        faulty_count_lines(&server);
        conversation_record(&server);
        int lines = faulty_count_lines(&server).written;
        for (const int *error = row->errors; *error != 0; error++)
            seen |= fail_each_use(row, *error, &server, lines);
        server_stop(&server);
    }
    row_expect(row, seen);
}
