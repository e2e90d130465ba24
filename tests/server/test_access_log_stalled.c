/* The access log where it is not a regular file: whoever reads it may be slow, or gone, and the
 * server does not wait. Each test runs in a child that is killed when it waits after all. */
#include "tests/server/log_child.h"
#include "tests/support/another_user.h"

#include <sys/socket.h>

/* All that can be read without waiting. */
static const char *drain(int descriptor)
{
    static char text[LINES * 200];
    size_t length = 0;
    ssize_t count;
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
    while ((count = read(descriptor, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)count;
    text[length] = '\0';
    return text;
}

static void assert_told(uint64_t lost)
{
    char number[32];
    snprintf(number, sizeof number, " %llu ", (unsigned long long)lost);
    assert_int_equal(report_of_child->lost, lost);
    assert_int_equal(strncmp(report_of_child->said[0], "strata: ", 8), 0);
    assert_non_null(strstr(report_of_child->said[0], number));
    assert_string_equal(report_of_child->said[1], "");
}

/* A FIFO in the temporary directory, open for reading. */
static int open_fifo(char path[300])
{
    snprintf(path, 300, "%s/fifo", site.path);
    assert_int_equal(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(reader >= 0);
    return reader;
}

static void test_a_full_pipe_loses_whole_lines_and_counts_them(void **state)
{
    char path[300];
    int reader = open_fifo(path);
    (void)state;
    assert_int_equal(run_in_child(fill_log, path), 0);
    size_t arrived = count_rising(drain(reader));
    close(reader);
    assert_in_range(arrived, 100, LINES - 1);
    assert_told(LINES - arrived);
}

static void test_no_loss_is_not_told(void **state)
{
    (void)state;
    capture_begin(STDERR_FILENO);
    access_log_report_lost(&slow);
    assert_string_equal(capture_end(), "");
}

static int fill_log_drain_and_go_on(void *path)
{
    int reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (!access_log_open(&slow, path)) return 2;
    add_lines(0, LINES);
    drain(reader);
    add_lines(LINES, 10);
    const char *lines = drain(reader);
    for (unsigned i = 0; i < 10; i++)
        if (*lines == '\0' || read_number(lines, &lines) != LINES + i) return 3;
    return *lines == '\0' ? 0 : 4;
}

static void test_when_the_pipe_is_read_again_lines_come_again(void **state)
{
    char path[300];
    int reader = open_fifo(path);
    (void)state;
    assert_int_equal(run_in_child(fill_log_drain_and_go_on, path), 0);
    close(reader);
}

static void test_a_full_standard_output_loses_whole_lines_and_counts_them(void **state)
{
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(run_in_child(log_to_standard_output, &ends[1]), 0);
    close(ends[1]);
    size_t arrived = count_rising(drain(ends[0]));
    close(ends[0]);
    assert_in_range(arrived, 100, LINES - 1);
    assert_told(LINES - arrived);
}

static void test_a_pipe_whose_reader_is_gone_loses_all_lines(void **state)
{
    int ends[2];
    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    assert_int_equal(run_in_child(log_to_standard_output, &ends[1]), 0);
    close(ends[1]);
    assert_told(LINES);
}

/* Whoever made a pipe may open it anew; a server that runs as somebody else may not. */
static int log_as_nobody(void *argument)
{
    if (!become_another_user()) return 5;
    return log_to_standard_output(argument);
}

static void test_a_full_pipe_of_another_user_stalls_nothing(void **state)
{
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    int status = run_in_child(log_as_nobody, &ends[1]);
    close(ends[1]);
    size_t arrived = count_rising(drain(ends[0]));
    close(ends[0]);
    assert_int_equal(status, 0);
    assert_told(LINES - arrived);
}

static void test_a_full_socket_loses_whole_lines_and_counts_them(void **state)
{
    int ends[2];
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(run_in_child(log_to_standard_output, &ends[1]), 0);
    close(ends[1]);
    size_t arrived = count_rising(drain(ends[0]));
    close(ends[0]);
    assert_in_range(arrived, 100, LINES - 1);
    assert_told(LINES - arrived);
}

static void test_a_closed_socket_loses_all_lines(void **state)
{
    int ends[2];
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    close(ends[0]);
    assert_int_equal(run_in_child(log_to_standard_output, &ends[1]), 0);
    close(ends[1]);
    assert_told(LINES);
}

static void test_a_full_disk_loses_lines_and_counts_them(void **state)
{
    char full[] = "/dev/full";
    (void)state;
    assert_int_equal(run_in_child(fill_log, full), 0);
    assert_told(LINES);
}

static int reopen_without_reader(void *path)
{
    int reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (!access_log_open(&slow, path)) return 2;
    close(reader);
    capture_begin(STDERR_FILENO);
    access_log_reopen(&slow);
    capture_end();
    return 0;
}

static void test_a_pipe_whose_reader_is_gone_is_opened_anew_without_waiting(void **state)
{
    char path[300];
    (void)state;
    close(open_fifo(path));
    assert_int_equal(run_in_child(reopen_without_reader, path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STALLED(test_a_full_pipe_loses_whole_lines_and_counts_them),
        STALLED(test_no_loss_is_not_told),
        STALLED(test_when_the_pipe_is_read_again_lines_come_again),
        STALLED(test_a_full_standard_output_loses_whole_lines_and_counts_them),
        STALLED(test_a_pipe_whose_reader_is_gone_loses_all_lines),
        STALLED(test_a_full_pipe_of_another_user_stalls_nothing),
        STALLED(test_a_full_socket_loses_whole_lines_and_counts_them),
        STALLED(test_a_closed_socket_loses_all_lines),
        STALLED(test_a_full_disk_loses_lines_and_counts_them),
        STALLED(test_a_pipe_whose_reader_is_gone_is_opened_anew_without_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
