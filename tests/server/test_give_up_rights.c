/* What main() gives up once all is open: who it is, and then what it may do to files. */
#define STRATA_VERSION ""
#define main           strata_main
#include "server/main.c"
#undef main
#include "tests/support/captured.h"

#include <errno.h>

enum { ROOT = 100, LOG = 101 };

/* What the functions wrapped are to return, and what they were asked. */
static struct {
    int becomes;
    enum fs_status probed;
    uint32_t flags;
    enum sandbox_status entered;
    char calls[100]; /* in order */
    const char *user;
    struct sandbox_area areas[2];
    size_t area_count;
} played;

int __wrap_user_become(const char *name);
int __wrap_user_become(const char *name)
{
    strcat(played.calls, "user ");
    played.user = name;
    return played.becomes;
}

enum fs_status __wrap_document_root_probe(const struct document_root *root);
enum fs_status __wrap_document_root_probe(const struct document_root *root)
{
    strcat(played.calls, "probe ");
    assert_int_equal(root->directory, ROOT);
    return played.probed;
}

uint32_t __wrap_method_flags(void);
uint32_t __wrap_method_flags(void)
{
    return played.flags;
}

enum sandbox_status __wrap_sandbox_enter(const struct sandbox_area *areas, size_t count);
enum sandbox_status __wrap_sandbox_enter(const struct sandbox_area *areas, size_t count)
{
    strcat(played.calls, "sandbox ");
    assert_in_range(count, 1, 2);
    memcpy(played.areas, areas, count * sizeof *areas);
    played.area_count = count;
    errno = EBADF;
    return played.entered;
}

static struct server server;
static struct options options;
static const char *said;

static int begin(void **state)
{
    (void)state;
    memset(&played, 0, sizeof played);
    played.probed = FS_FOUND;
    played.entered = SANDBOX_ENTERED;
    server.site.root.directory = ROOT;
    server.log.directory = LOG;
    options = (struct options){.directory = "www"};
    return 0;
}

static int give_up(void)
{
    capture_begin(STDERR_FILENO);
    int status = give_up_rights(&server, &options);
    said = capture_end();
    return status;
}

/* One line with these texts in it. */
static void assert_said(const char *first, const char *second)
{
    const char *end = strchr(said, '\n');
    if (end == NULL || end[1] != '\0' || strstr(said, first) == NULL ||
        strstr(said, second) == NULL)
        fail_msg("it said: %s", said);
}

static void test_the_user_comes_before_the_sandbox(void **state)
{
    (void)state;
    options.user = "www";
    assert_int_equal(give_up(), EX_OK);
    assert_string_equal(played.calls, "user probe sandbox ");
    assert_string_equal(played.user, "www");
    assert_string_equal(said, "");
}

static void test_without_a_user_the_sandbox_is_entered_all_the_same(void **state)
{
    (void)state;
    assert_int_equal(give_up(), EX_OK);
    assert_string_equal(played.calls, "user sandbox ");
    assert_null(played.user);
    assert_string_equal(said, "");
}

static void test_without_a_sandbox_the_user_is_become_all_the_same(void **state)
{
    (void)state;
    options.user = "www";
    options.no_sandbox = true;
    assert_int_equal(give_up(), EX_OK);
    assert_string_equal(played.calls, "user probe ");
}

static void test_who_cannot_become_the_user_ends_with_that_status(void **state)
{
    static const int statuses[] = {EX_USAGE, EX_OSERR};
    (void)state;
    options.user = "www";
    for (size_t i = 0; i < COUNT(statuses); i++) {
        begin(NULL);
        options.user = "www";
        played.becomes = statuses[i];
        assert_int_equal(give_up(), statuses[i]);
        assert_string_equal(played.calls, "user ");
    }
}

static void test_a_root_that_the_user_may_not_read_is_66(void **state)
{
    (void)state;
    options.user = "nobody";
    played.probed = FS_FORBIDDEN;
    assert_int_equal(give_up(), EX_NOINPUT);
    assert_said("'www'", "this user may not read it");
    assert_string_equal(played.calls, "user probe ");
}

static void test_a_root_that_the_system_fails_to_open_is_71(void **state)
{
    static const enum fs_status others[] = {FS_REFUSED, FS_EXHAUSTED, FS_FAILED};
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        begin(NULL);
        options.user = "nobody";
        played.probed = others[i];
        assert_int_equal(give_up(), EX_OSERR);
        assert_said("cannot serve", "'www'");
        assert_string_equal(played.calls, "user probe ");
    }
}

static void test_the_root_is_read_and_written_and_executed_where_a_row_says_so(void **state)
{
    static const struct {
        uint32_t flags;
        unsigned rights;
    } rows[] = {
        {0, SANDBOX_READ},
        {WRITES, SANDBOX_READ | SANDBOX_WRITE | SANDBOX_REMOVE},
        {EXECUTES, SANDBOX_READ | SANDBOX_EXECUTE},
        {WRITES | EXECUTES, SANDBOX_READ | SANDBOX_WRITE | SANDBOX_REMOVE | SANDBOX_EXECUTE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        begin(NULL);
        played.flags = rows[i].flags;
        assert_int_equal(give_up(), EX_OK);
        assert_int_equal(played.areas[0].directory, ROOT);
        assert_int_equal(played.areas[0].rights, rows[i].rights);
    }
}

/* What a method may do is not done to the log. */
static void test_the_logs_directory_is_written_to_whatever_the_methods_do(void **state)
{
    (void)state;
    played.flags = WRITES | EXECUTES;
    assert_int_equal(give_up(), EX_OK);
    assert_int_equal(played.area_count, 2);
    assert_int_equal(played.areas[1].directory, LOG);
    assert_int_equal(played.areas[1].rights, SANDBOX_WRITE);
}

static void test_without_a_logs_directory_the_root_is_all(void **state)
{
    (void)state;
    server.log.directory = -1;
    assert_int_equal(give_up(), EX_OK);
    assert_int_equal(played.area_count, 1);
}

static void test_a_logs_directory_of_descriptor_zero_is_one(void **state)
{
    (void)state;
    server.log.directory = 0;
    assert_int_equal(give_up(), EX_OK);
    assert_int_equal(played.area_count, 2);
    assert_int_equal(played.areas[1].directory, 0);
}

static void test_a_kernel_without_landlock_is_told_and_serves(void **state)
{
    (void)state;
    played.entered = SANDBOX_UNSUPPORTED;
    assert_int_equal(give_up(), EX_OK);
    assert_said("no sandbox", "Landlock");
}

static void test_a_sandbox_that_is_refused_is_71_and_says_what_does_without(void **state)
{
    (void)state;
    played.entered = SANDBOX_FAILED;
    assert_int_equal(give_up(), EX_OSERR);
    assert_said(strerror(EBADF), "--no-sandbox");
}

int main(void)
{
#define OPENED(test) cmocka_unit_test_setup(test, begin)
    const struct CMUnitTest tests[] = {
        OPENED(test_the_user_comes_before_the_sandbox),
        OPENED(test_without_a_user_the_sandbox_is_entered_all_the_same),
        OPENED(test_without_a_sandbox_the_user_is_become_all_the_same),
        OPENED(test_who_cannot_become_the_user_ends_with_that_status),
        OPENED(test_a_root_that_the_user_may_not_read_is_66),
        OPENED(test_a_root_that_the_system_fails_to_open_is_71),
        OPENED(test_the_root_is_read_and_written_and_executed_where_a_row_says_so),
        OPENED(test_the_logs_directory_is_written_to_whatever_the_methods_do),
        OPENED(test_without_a_logs_directory_the_root_is_all),
        OPENED(test_a_logs_directory_of_descriptor_zero_is_one),
        OPENED(test_a_kernel_without_landlock_is_told_and_serves),
        OPENED(test_a_sandbox_that_is_refused_is_71_and_says_what_does_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
