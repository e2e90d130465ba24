/* child.h: a process of its own, for what a test must not do to itself: drop its rights, lower its
 * limits, or wait for ever. */
#ifndef STRATA_TESTS_SUPPORT_CHILD_H
#define STRATA_TESTS_SUPPORT_CHILD_H

#include "tests/support/test.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_SECONDS = 60, CHILD_KILLED = -1 };

/* Runs act in a child. Its exit status is what act returns; CHILD_KILLED where it did not end in
 * time, or died of a signal. What it leaves behind for the parent is in shared memory. */
static inline int run_in_child(int (*act)(void *argument), void *argument)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGALRM, SIG_DFL);
        alarm(CHILD_SECONDS);
        _exit(act(argument));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : CHILD_KILLED;
}

/* Zeroed memory that a child's writes to are seen in; until the program ends. */
static inline void *share_memory(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    return memory;
}

#endif
