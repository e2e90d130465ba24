/* What entering the sandbox means for what is there already, and for what comes after. */
#include "tests/fs/sandboxed.h"

#include <pthread.h>
#include <sys/prctl.h>

/* What was opened before, to read and to write, and what its names are worth afterwards. */
static int use_what_is_open(void *argument)
{
    char octets[8];
    (void)argument;
    int reading = openat(outside, "secret", O_RDONLY | O_CLOEXEC);
    int appending = openat(outside, "secret", O_WRONLY | O_APPEND | O_CLOEXEC);
    if (enter(SANDBOX_READ, 0) != SANDBOX_ENTERED) return NOT_ENTERED;
    if (read(reading, octets, sizeof octets) != 6 || memcmp(octets, "secret", 6) != 0) return 1;
    if (write(appending, " line", 5) != 5) return 2;
    if (read(reading, octets, sizeof octets) != 5) return 3;
    return ftruncate(appending, 3) != 0 ? 4 : 0;
}

static void test_what_was_open_before_stays_usable(void **state)
{
    (void)state;
    assert_int_equal(run_in_child(use_what_is_open, NULL), 0);
}

static int open_anew(void *argument)
{
    const int *flags = argument;
    char path[32];
    int file = openat(outside, "secret", O_RDONLY | O_CLOEXEC);
    if (enter(SANDBOX_READ, 0) != SANDBOX_ENTERED) return NOT_ENTERED;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return opened(open(path, *flags | O_CLOEXEC));
}

static void test_what_is_open_is_not_opened_anew(void **state)
{
    int modes[] = {O_WRONLY, O_RDONLY};
    (void)state;
    for (size_t i = 0; i < COUNT(modes); i++)
        assert_int_equal(run_in_child(open_anew, &modes[i]), EACCES);
}

/* Listings are written to one, and reports to the pipe that standard error is, opened anew. */
static int use_what_has_no_path(void *argument)
{
    char path[32];
    int ends[2];
    (void)argument;
    if (enter(SANDBOX_READ, 0) != SANDBOX_ENTERED) return NOT_ENTERED;
    int memory = memfd_create("listing", MFD_CLOEXEC);
    if (write(memory, "page", 4) != 4 || ftruncate(memory, 2) != 0) return 1;
    if (lseek(memory, 0, SEEK_END) != 2) return 2;
    if (pipe2(ends, O_CLOEXEC) != 0) return 3;
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[1]);
    return opened(open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC));
}

static void test_what_has_no_path_is_not_meant(void **state)
{
    (void)state;
    assert_int_equal(run_in_child(use_what_has_no_path, NULL), 0);
}

static void *in_a_thread(void *argument)
{
    int *errors = argument;
    errors[0] = read_file();
    errors[1] = read_passwords();
    errors[2] = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
    return NULL;
}

static int start_thread(void *argument)
{
    int *errors = argument;
    pthread_t thread;
    if (enter(SANDBOX_READ, 0) != SANDBOX_ENTERED) return NOT_ENTERED;
    int error = pthread_create(&thread, NULL, in_a_thread, errors);
    return error != 0 ? error : pthread_join(thread, NULL);
}

static int start_process(void *argument)
{
    int *errors = argument;
    int status;
    if (enter(SANDBOX_READ, 0) != SANDBOX_ENTERED) return NOT_ENTERED;
    pid_t child = fork();
    if (child == 0) _exit(in_a_thread(errors) != NULL);
    return waitpid(child, &status, 0) == child ? status : 1;
}

static void test_threads_and_processes_started_afterwards_are_bound(void **state)
{
    int (*starts[])(void *) = {start_thread, start_process};
    int *errors = share_memory(3 * sizeof *errors);
    (void)state;
    for (size_t i = 0; i < COUNT(starts); i++) {
        memset(errors, 0xa5, 3 * sizeof *errors);
        assert_int_equal(run_in_child(starts[i], errors), 0);
        assert_int_equal(errors[0], 0);
        assert_int_equal(errors[1], EACCES);
        assert_int_equal(errors[2], 1);
    }
}

static int enter_twice(void *argument)
{
    const unsigned *rights = argument;
    if (enter(rights[0], 0) != SANDBOX_ENTERED || enter(rights[1], 0) != SANDBOX_ENTERED)
        return NOT_ENTERED;
    if (read_file() != 0) return 1;
    return write_file() == EACCES && read_passwords() == EACCES ? 0 : 2;
}

static void test_who_enters_again_keeps_what_both_allow(void **state)
{
    unsigned first_less[] = {SANDBOX_READ, ALL};
    unsigned first_more[] = {ALL, SANDBOX_READ};
    (void)state;
    assert_int_equal(run_in_child(enter_twice, first_less), 0);
    assert_int_equal(run_in_child(enter_twice, first_more), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TREE(test_what_was_open_before_stays_usable),
        IN_TREE(test_what_is_open_is_not_opened_anew),
        IN_TREE(test_what_has_no_path_is_not_meant),
        IN_TREE(test_threads_and_processes_started_afterwards_are_bound),
        IN_TREE(test_who_enters_again_keeps_what_both_allow),
    };
    return run_in_sandboxes(tests, COUNT(tests));
}
