/* A line on standard error: its form, and that telling never waits. */
#include "server/report.h"
#include "tests/support/another_user.h"
#include "tests/support/captured.h"
#include "tests/support/child.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static void test_a_report_is_a_line_that_says_who_speaks(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    report("%u connections on %s", 7u, "port 80");
    assert_string_equal(capture_end(), "strata: 7 connections on port 80\n");
}

static void test_a_long_report_is_cut_and_still_a_line(void **state)
{
    char long_name[5000];
    (void)state;
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    capture_begin(STDERR_FILENO);
    report("there is no directory '%s'", long_name);
    report("next");
    const char *said = capture_end();
    const char *end = strchr(said, '\n');
    assert_non_null(end);
    assert_true(end - said > 500);
    assert_int_equal(strncmp(said, "strata: there is no directory 'nnn", 34), 0);
    assert_string_equal(end + 1, "strata: next\n");
}

/* getopt(3) and the sanitizers write there, too. */
static void test_a_report_into_a_file_leaves_what_others_write(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    bool done = write(STDERR_FILENO, "before\n", 7) == 7;
    report("between");
    done = write(STDERR_FILENO, "after\n", 6) == 6 && done;
    const char *said = capture_end();
    assert_true(done);
    assert_string_equal(said, "before\nstrata: between\nafter\n");
}

/* More than any pipe or terminal holds. */
static int report_often(void *argument)
{
    const int *descriptor = argument;
    signal(SIGPIPE, SIG_IGN);
    dup2(*descriptor, STDERR_FILENO);
    report_open();
    for (int i = 0; i < 4000; i++)
        report("%d: the access log lost lines, and this line says it at some length", i);
    return 0;
}

static void test_a_full_pipe_stalls_no_report(void **state)
{
    int ends[2];
    char line[64];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(run_in_child(report_often, &ends[1]), 0);
    close(ends[1]);
    assert_true(read(ends[0], line, sizeof line) > 10);
    close(ends[0]);
    assert_int_equal(strncmp(line, "strata: 0: ", 11), 0);
}

static int report_as_nobody(void *argument)
{
    if (!become_another_user()) return 5;
    return report_often(argument);
}

/* It cannot be opened anew by others than who made it. */
static void test_a_full_pipe_of_another_user_stalls_no_report(void **state)
{
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    int status = run_in_child(report_as_nobody, &ends[1]);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(status, 0);
}

static void test_a_terminal_that_nobody_reads_stalls_no_report(void **state)
{
    char path[64];
    int other = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    (void)state;
    assert_true(other >= 0);
    assert_int_equal(grantpt(other), 0);
    assert_int_equal(unlockpt(other), 0);
    assert_int_equal(ptsname_r(other, path, sizeof path), 0);
    int terminal = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    int status = run_in_child(report_often, &terminal);
    close(terminal);
    close(other);
    assert_int_equal(status, 0);
}

static void test_a_pipe_without_reader_harms_no_report(void **state)
{
    int ends[2];
    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    assert_int_equal(run_in_child(report_often, &ends[1]), 0);
    close(ends[1]);
}

static int report_when_closed(void *argument)
{
    (void)argument;
    close(STDERR_FILENO);
    report("nobody hears this");
    return 0;
}

static void test_a_closed_standard_error_harms_no_report(void **state)
{
    (void)state;
    assert_int_equal(run_in_child(report_when_closed, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_report_is_a_line_that_says_who_speaks),
        cmocka_unit_test(test_a_long_report_is_cut_and_still_a_line),
        cmocka_unit_test(test_a_report_into_a_file_leaves_what_others_write),
        cmocka_unit_test(test_a_full_pipe_stalls_no_report),
        cmocka_unit_test(test_a_full_pipe_of_another_user_stalls_no_report),
        cmocka_unit_test(test_a_terminal_that_nobody_reads_stalls_no_report),
        cmocka_unit_test(test_a_pipe_without_reader_harms_no_report),
        cmocka_unit_test(test_a_closed_standard_error_harms_no_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
