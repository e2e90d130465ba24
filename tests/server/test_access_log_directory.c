/* The directory of the access log: a log is opened anew in the directory that it was in, whatever
 * has become of the path. */
#include "server/access_log.h"
#include "tests/server/log_lines.h"
#include "tests/support/captured.h"
#include "tests/support/site.h"

#include <limits.h>

static struct access_log log_file;
static struct log_buffer buffer;

/* Opens the log of that name, relative to the temporary directory. */
static bool open_log(const char *name)
{
    static char path[PATH_MAX]; /* the log keeps its end */
    snprintf(path, sizeof path, "%s/%s", site.path, name);
    return access_log_open(&log_file, path);
}

static void write_number(unsigned number)
{
    log_number(&log_file, &buffer, number);
    access_log_flush(&log_file, &buffer);
}

static void assert_holds_numbers(const char *name, unsigned first, unsigned count)
{
    char text[4096];
    int file = openat(site.directory, name, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
    close(file);
    if (length < 0) fail_msg("there is no file %s", name);
    text[length] = '\0';
    assert_numbers(text, first, count);
}

static bool is_there(const char *name)
{
    return faccessat(site.directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* It is not even tried, so that nothing is said of it. */
static void assert_not_opened_anew(void)
{
    capture_begin(STDERR_FILENO);
    access_log_reopen(&log_file);
    assert_string_equal(capture_end(), "");
}

static int begin(void **state)
{
    memset(&log_file, 0xa5, sizeof log_file);
    atomic_store(&log_file.lost, 0);
    log_buffer_start(&buffer);
    return site_make(state);
}

static int end(void **state)
{
    access_log_close(&log_file);
    return site_remove(state);
}

static void test_a_log_whose_directory_was_renamed_is_opened_anew_in_it(void **state)
{
    (void)state;
    assert_true(open_log("outside/log"));
    write_number(0);
    assert_int_equal(renameat(site.directory, "outside", site.directory, "moved"), 0);
    site_directory("outside");
    assert_int_equal(renameat(site.directory, "moved/log", site.directory, "moved/log.1"), 0);
    access_log_reopen(&log_file);
    write_number(1);
    assert_holds_numbers("moved/log.1", 0, 1);
    assert_holds_numbers("moved/log", 1, 1);
    assert_false(is_there("outside/log"));
}

/* The current directory may be another one by then. */
static void test_a_log_without_a_slash_is_opened_anew_where_it_was(void **state)
{
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    (void)state;
    assert_int_equal(fchdir(site.directory), 0);
    bool opened = access_log_open(&log_file, "log");
    assert_int_equal(fchdir(here), 0);
    close(here);
    assert_true(opened);
    write_number(0);
    assert_int_equal(renameat(site.directory, "log", site.directory, "log.1"), 0);
    access_log_reopen(&log_file);
    write_number(1);
    assert_holds_numbers("log.1", 0, 1);
    assert_holds_numbers("log", 1, 1);
}

/* So that the sandbox allows no directory for it. */
static void test_of_what_is_no_regular_file_no_directory_stays_open(void **state)
{
    size_t before = count_descriptors();
    (void)state;
    assert_true(access_log_open(&log_file, "/dev/null"));
    assert_int_equal(log_file.directory, -1);
    assert_int_equal(count_descriptors(), before + 1);
    assert_not_opened_anew();
    assert_int_equal(count_descriptors(), before + 1);
}

static void test_standard_output_and_none_have_no_directory(void **state)
{
    static const char *const names[] = {"-", "none"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_true(access_log_open(&log_file, names[i]));
        assert_int_equal(log_file.directory, -1);
        assert_not_opened_anew();
        if (i == 0) access_log_close(&log_file);
    }
}

static void test_of_a_regular_file_the_directory_stays_open_until_the_end(void **state)
{
    size_t before = count_descriptors();
    (void)state;
    assert_true(open_log("outside/log"));
    assert_true(log_file.directory >= 0);
    assert_int_equal(count_descriptors(), before + 2);
    access_log_close(&log_file);
    assert_int_equal(count_descriptors(), before);
    assert_true(open_log("outside/log"));
}

static void test_a_log_that_cannot_be_opened_leaves_nothing_open(void **state)
{
    static const char *const names[] = {"nowhere/log", "root", "outside/", "outside/.."};
    size_t before = count_descriptors();
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        errno = 0;
        assert_false(open_log(names[i]));
        assert_int_not_equal(errno, 0);
        assert_int_equal(log_file.directory, -1);
        assert_int_equal(count_descriptors(), before);
    }
}

int main(void)
{
#define LOGGED(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        LOGGED(test_a_log_whose_directory_was_renamed_is_opened_anew_in_it),
        LOGGED(test_a_log_without_a_slash_is_opened_anew_where_it_was),
        LOGGED(test_of_what_is_no_regular_file_no_directory_stays_open),
        LOGGED(test_standard_output_and_none_have_no_directory),
        LOGGED(test_of_a_regular_file_the_directory_stays_open_until_the_end),
        LOGGED(test_a_log_that_cannot_be_opened_leaves_nothing_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
