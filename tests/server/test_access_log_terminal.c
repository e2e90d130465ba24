/* The access log on a terminal: each line at once, unless nobody reads. */
#include "tests/server/log_child.h"

/* A terminal whose other end is this descriptor. */
static int open_terminal(char path[64])
{
    int other = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(other >= 0);
    assert_int_equal(grantpt(other), 0);
    assert_int_equal(unlockpt(other), 0);
    assert_int_equal(ptsname_r(other, path, 64), 0);
    return other;
}

static int log_one_line(void *path)
{
    if (!access_log_open(&slow, path)) return 2;
    log_number(&slow, &buffer, 7);
    return 0;
}

static void test_a_terminal_gets_each_line_at_once(void **state)
{
    char path[64];
    char line[512];
    int other = open_terminal(path);
    int terminal = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC); /* what was written stays */
    (void)state;
    assert_int_equal(run_in_child(log_one_line, path), 0);
    fcntl(other, F_SETFL, O_NONBLOCK);
    ssize_t length = read(other, line, sizeof line - 1);
    close(terminal);
    close(other);
    assert_true(length > 0);
    line[length] = '\0';
    assert_non_null(strstr(line, "\"GET /7 HTTP/1.1\" 200 7 "));
}

static void test_a_terminal_that_nobody_reads_stalls_nothing(void **state)
{
    char path[64];
    int other = open_terminal(path);
    int terminal = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    (void)state;
    int status = run_in_child(fill_log, path);
    close(terminal);
    close(other);
    assert_int_equal(status, 0);
    assert_in_range(report_of_child->lost, 1, LINES);
}

static void test_a_terminal_as_standard_output_stalls_nothing_either(void **state)
{
    char path[64];
    int other = open_terminal(path);
    int terminal = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    (void)state;
    int status = run_in_child(log_to_standard_output, &terminal);
    close(terminal);
    close(other);
    assert_int_equal(status, 0);
    assert_in_range(report_of_child->lost, 1, LINES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STALLED(test_a_terminal_gets_each_line_at_once),
        STALLED(test_a_terminal_that_nobody_reads_stalls_nothing),
        STALLED(test_a_terminal_as_standard_output_stalls_nothing_either),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
