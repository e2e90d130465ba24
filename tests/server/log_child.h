/* log_child.h: a child that writes more to the access log than anybody reads, and is killed when it
 * waits for that. */
#ifndef STRATA_TESTS_SERVER_LOG_CHILD_H
#define STRATA_TESTS_SERVER_LOG_CHILD_H

#include "server/access_log.h"
#include "tests/server/log_lines.h"
#include "tests/support/captured.h"
#include "tests/support/child.h"
#include "tests/support/site.h"

enum { LINES = 4000 }; /* more than any pipe, socket or terminal holds */

static struct access_log slow;
static struct log_buffer buffer;

/* What the child leaves behind. */
struct log_report {
    uint64_t lost;
    char said[2][1024];
};
static struct log_report *report_of_child; /* shared */

static inline int prepare(void **state)
{
    static void *shared;
    if (shared == NULL) shared = share_memory(sizeof *report_of_child);
    report_of_child = shared;
    memset(report_of_child, 0, sizeof *report_of_child);
    memset(&slow, 0, sizeof slow);
    log_buffer_start(&buffer);
    return site_make(state);
}

static inline void add_lines(unsigned first, unsigned count)
{
    for (unsigned i = 0; i < count; i++) log_number(&slow, &buffer, first + i);
    access_log_flush(&slow, &buffer);
}

/* What is told of the lines that were lost, the first time and the second. */
static inline void tell(void)
{
    report_of_child->lost = slow.lost;
    for (size_t i = 0; i < 2; i++) {
        capture_begin(STDERR_FILENO);
        access_log_report_lost(&slow);
        snprintf(report_of_child->said[i], sizeof report_of_child->said[i], "%s", capture_end());
    }
}

static inline int fill_log(void *path)
{
    if (!access_log_open(&slow, path)) return 2;
    add_lines(0, LINES);
    tell();
    return 0;
}

static inline int log_to_standard_output(void *argument)
{
    const int *descriptor = argument;
    signal(SIGPIPE, SIG_IGN);
    dup2(*descriptor, STDOUT_FILENO);
    char dash[] = "-";
    return fill_log(dash);
}

/* A test with a directory of its own. */
#define STALLED(test) cmocka_unit_test_setup_teardown(test, prepare, site_remove)

#endif
