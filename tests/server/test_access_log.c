/* The access log in a file: buffers, order, opening anew. */
#include "server/access_log.h"
#include "tests/server/log_lines.h"
#include "tests/support/captured.h"
#include "tests/support/child.h"
#include "tests/support/site.h"

static struct access_log log_file;
static struct log_buffer buffer;
static char path[300];

/* The path of a file in the temporary directory. */
static const char *path_of(const char *name)
{
    static char text[300];
    snprintf(text, sizeof text, "%s/%s", site.path, name);
    return text;
}

static const char *content_of(const char *name)
{
    static char text[512 * 1024];
    int file = openat(site.directory, name, O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    ssize_t length = read(file, text, sizeof text - 1);
    assert_true(length >= 0);
    close(file);
    text[length] = '\0';
    return text;
}

static int open_log(void **state)
{
    if (site_make(state) != 0) return -1;
    memset(&log_file, 0, sizeof log_file);
    log_buffer_start(&buffer);
    snprintf(path, sizeof path, "%s", path_of("log"));
    return access_log_open(&log_file, path) ? 0 : -1;
}

static int close_log(void **state)
{
    access_log_close(&log_file);
    return site_remove(state);
}

static void test_a_flushed_line_is_in_the_file(void **state)
{
    (void)state;
    log_number(&log_file, &buffer, 7);
    access_log_flush(&log_file, &buffer);
    assert_numbers(content_of("log"), 7, 1);
}

static void test_a_flush_without_lines_writes_nothing(void **state)
{
    (void)state;
    access_log_flush(&log_file, &buffer);
    log_number(&log_file, &buffer, 0);
    access_log_flush(&log_file, &buffer);
    access_log_flush(&log_file, &buffer);
    assert_numbers(content_of("log"), 0, 1);
}

static void test_a_line_waits_in_its_buffer(void **state)
{
    (void)state;
    log_number(&log_file, &buffer, 0);
    assert_string_equal(content_of("log"), "");
}

/* Looked at after each line: what is in the file are whole lines, in order. */
static void test_a_full_buffer_writes_whole_lines_in_order(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 600; i++) {
        log_number(&log_file, &buffer, i);
        count_rising(content_of("log"));
    }
    assert_true(count_rising(content_of("log")) > 300);
    access_log_flush(&log_file, &buffer);
    assert_numbers(content_of("log"), 0, 600);
    assert_int_equal(log_file.lost, 0);
}

/* A line of LOG_LINE_MAX octets or nearly, four and more of which fill a buffer. */
static void test_the_longest_lines_fill_a_buffer_without_harm(void **state)
{
    static char flood[8 * 1024];
    const struct log_entry entry = {.peer = "192.0.2.7",
        .date = "Sun, 06 Nov 1994 08:49:37 GMT",
        .request_line = {flood, sizeof flood},
        .referer = {flood, sizeof flood},
        .user_agent = {flood, sizeof flood}};
    size_t lines = 0;
    (void)state;
    memset(flood, '"', sizeof flood);
    for (int i = 0; i < 50; i++) access_log_add(&log_file, &buffer, &entry);
    access_log_flush(&log_file, &buffer);
    for (const char *at = content_of("log"); *at != '\0'; at = strchr(at, '\n') + 1, lines++)
        assert_int_equal(strncmp(at, "192.0.2.7 - - [06/Nov/1994:", 27), 0);
    assert_int_equal(lines, 50);
}

static void test_what_the_file_held_before_stays(void **state)
{
    (void)state;
    log_number(&log_file, &buffer, 0);
    access_log_flush(&log_file, &buffer);
    access_log_close(&log_file);
    assert_true(access_log_open(&log_file, path));
    log_number(&log_file, &buffer, 1);
    access_log_flush(&log_file, &buffer);
    assert_numbers(content_of("log"), 0, 2);
}

static void test_after_a_rename_the_log_is_opened_anew(void **state)
{
    (void)state;
    log_number(&log_file, &buffer, 0);
    access_log_flush(&log_file, &buffer);
    assert_int_equal(renameat(site.directory, "log", site.directory, "log.1"), 0);
    log_number(&log_file, &buffer, 1);
    access_log_flush(&log_file, &buffer);
    access_log_reopen(&log_file);
    log_number(&log_file, &buffer, 2);
    access_log_flush(&log_file, &buffer);
    assert_numbers(content_of("log.1"), 0, 2);
    assert_numbers(content_of("log"), 2, 1);
}

static void test_opening_anew_leaks_no_descriptor(void **state)
{
    size_t before = count_descriptors();
    (void)state;
    access_log_reopen(&log_file);
    access_log_reopen(&log_file);
    assert_int_equal(count_descriptors(), before);
}

static void test_where_opening_anew_fails_the_old_file_goes_on(void **state)
{
    (void)state;
    site_directory("elsewhere");
    assert_int_equal(renameat(site.directory, "log", site.directory, "elsewhere/log"), 0);
    site_directory("log"); /* a directory cannot be written to */
    capture_begin(STDERR_FILENO);
    access_log_reopen(&log_file);
    const char *said = capture_end();
    assert_int_equal(strncmp(said, "strata: ", 8), 0);
    assert_non_null(strstr(said, path));
    log_number(&log_file, &buffer, 0);
    access_log_flush(&log_file, &buffer);
    assert_numbers(content_of("elsewhere/log"), 0, 1);
}

static void test_a_file_that_cannot_be_opened_is_refused(void **state)
{
    struct access_log other = {0};
    (void)state;
    assert_false(access_log_open(&other, path_of("no/such/directory/log")));
    access_log_close(&other);
    assert_false(access_log_open(&other, path_of("root")));
    access_log_close(&other);
}

static void test_none_is_no_log(void **state)
{
    struct access_log none = {0};
    size_t before = count_descriptors();
    (void)state;
    assert_true(access_log_open(&none, "none"));
    for (unsigned i = 0; i < 600; i++) log_number(&none, &buffer, i);
    access_log_flush(&none, &buffer);
    access_log_reopen(&none);
    assert_int_equal(none.lost, 0);
    assert_int_equal(count_descriptors(), before);
    access_log_close(&none);
    assert_int_equal(faccessat(AT_FDCWD, "none", F_OK, 0), -1);
}

static void test_a_dash_is_standard_output(void **state)
{
    struct access_log output = {0};
    (void)state;
    capture_begin(STDOUT_FILENO);
    bool is_open = access_log_open(&output, "-");
    log_number(&output, &buffer, 0);
    access_log_reopen(&output);
    log_number(&output, &buffer, 1);
    access_log_flush(&output, &buffer);
    access_log_close(&output);
    bool lives_on = fcntl(STDOUT_FILENO, F_GETFD) >= 0;
    const char *lines = capture_end();
    assert_true(is_open);
    assert_true(lives_on);
    assert_numbers(lines, 0, 2);
}

/* As in { echo before; strata; echo after; } >file. */
static void test_what_others_write_to_standard_output_stays(void **state)
{
    struct access_log output = {0};
    (void)state;
    capture_begin(STDOUT_FILENO);
    bool done = write(STDOUT_FILENO, "before\n", 7) == 7;
    done = access_log_open(&output, "-") && done;
    log_number(&output, &buffer, 0);
    access_log_flush(&output, &buffer);
    access_log_close(&output);
    done = write(STDOUT_FILENO, "after\n", 6) == 6 && done;
    const char *lines = capture_end();
    assert_true(done);
    assert_int_equal(strncmp(lines, "before\n192.0.2.7 - - [", 22), 0);
    lines = strrchr(lines, 'a');
    assert_non_null(lines);
    assert_string_equal(lines, "after\n");
}

static void *log_many(void *argument)
{
    static struct log_buffer buffers[2];
    size_t *index = argument;
    log_buffer_start(&buffers[*index]);
    for (unsigned i = 0; i < 500; i++) log_number(&log_file, &buffers[*index], i);
    access_log_flush(&log_file, &buffers[*index]);
    return NULL;
}

/* Two workers, and the timekeeper that opens the log anew: no line is lost or torn. */
static void test_lines_of_several_threads_are_whole(void **state)
{
    size_t indexes[2] = {0, 1};
    pthread_t threads[2];
    unsigned counts[500] = {0};
    (void)state;
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, log_many, &indexes[i]), 0);
    for (int i = 0; i < 50; i++) access_log_reopen(&log_file);
    for (size_t i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    for (const char *at = content_of("log"); *at != '\0';) counts[read_number(at, &at)]++;
    for (size_t i = 0; i < COUNT(counts); i++) assert_int_equal(counts[i], 2);
}

static void *flush_often(void *argument)
{
    (void)argument;
    for (int i = 0; i < 300; i++) access_log_flush(&log_file, &buffer);
    return NULL;
}

/* The timekeeper flushes the buffer of a worker that adds to it. */
static void test_another_thread_may_flush_a_buffer(void **state)
{
    pthread_t thread;
    size_t lines = 0;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, flush_often, NULL), 0);
    for (unsigned i = 0; i < 1000; i++) log_number(&log_file, &buffer, i);
    pthread_join(thread, NULL);
    access_log_flush(&log_file, &buffer);
    for (const char *at = content_of("log"); *at != '\0'; lines++) read_number(at, &at);
    assert_int_equal(lines, 1000);
}

int main(void)
{
#define LOGGED(test) cmocka_unit_test_setup_teardown(test, open_log, close_log)
    const struct CMUnitTest tests[] = {
        LOGGED(test_a_flushed_line_is_in_the_file),
        LOGGED(test_a_flush_without_lines_writes_nothing),
        LOGGED(test_a_line_waits_in_its_buffer),
        LOGGED(test_a_full_buffer_writes_whole_lines_in_order),
        LOGGED(test_the_longest_lines_fill_a_buffer_without_harm),
        LOGGED(test_what_the_file_held_before_stays),
        LOGGED(test_after_a_rename_the_log_is_opened_anew),
        LOGGED(test_opening_anew_leaks_no_descriptor),
        LOGGED(test_where_opening_anew_fails_the_old_file_goes_on),
        LOGGED(test_a_file_that_cannot_be_opened_is_refused),
        LOGGED(test_none_is_no_log),
        LOGGED(test_a_dash_is_standard_output),
        LOGGED(test_what_others_write_to_standard_output_stays),
        LOGGED(test_lines_of_several_threads_are_whole),
        LOGGED(test_another_thread_may_flush_a_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
