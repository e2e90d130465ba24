/* Who started the server, and is told how it is: environment variables as in sd_listen_fds(3), and
 * datagrams as in sd_notify(3). */
#include "server/supervisor.h"
#include "tests/support/captured.h"
#include "tests/support/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* --- Listeners ------------------------------------------------------------------------------- */

static void set(const char *name, const char *value)
{
    if (value == NULL)
        unsetenv(name);
    else
        setenv(name, value, 1);
}

/* What is taken of these variables, which are gone afterwards; the line that is said. */
static int take(const char *count, const char *process, const char **said)
{
    set("LISTEN_FDS", count);
    set("LISTEN_PID", process);
    set("LISTEN_FDNAMES", "http");
    capture_begin(STDERR_FILENO);
    int taken = supervisor_take_listeners();
    *said = capture_end();
    return taken;
}

static void assert_variables_gone(void)
{
    assert_null(getenv("LISTEN_FDS"));
    assert_null(getenv("LISTEN_PID"));
    assert_null(getenv("LISTEN_FDNAMES"));
}

static const char *own_number(void)
{
    static char number[16];
    snprintf(number, sizeof number, "%d", (int)getpid());
    return number;
}

static void test_listeners_begin_after_the_standard_streams(void **state)
{
    (void)state;
    assert_int_equal(SUPERVISOR_FIRST_LISTENER, 3);
}

static void test_so_many_listeners_as_the_variable_says_are_taken(void **state)
{
    static const struct {
        const char *text;
        int count;
    } numbers[] = {{"1", 1}, {"2", 2}, {"10", 10}, {"16", 16}, {"2147483647", 2147483647}};
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        const char *said;
        assert_int_equal(take(numbers[i].text, own_number(), &said), numbers[i].count);
        assert_string_equal(said, "");
        assert_variables_gone();
    }
}

static void test_without_the_variable_there_are_none(void **state)
{
    const char *said;
    (void)state;
    assert_int_equal(take(NULL, own_number(), &said), 0);
    assert_string_equal(said, "");
}

static void test_what_is_no_number_is_refused_and_said(void **state)
{
    static const char *const texts[] = {"", "0", "00", "01", "-1", "+1", " 1", "1 ", "1x", "0x1",
        "1.0", "one", "2147483648", "4294967297", "9223372036854775808",
        "99999999999999999999999999999999"};
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        const char *said;
        assert_int_equal(take(texts[i], own_number(), &said), -1);
        assert_non_null(strstr(said, "LISTEN_FDS"));
        assert_int_equal(strchr(said, '\n') - said, strlen(said) - 1);
        assert_variables_gone();
    }
}

static void test_listeners_of_another_process_are_refused_and_said(void **state)
{
    char parent[16];
    char longer[24];
    const char *const others[] = {NULL, "", "1", "0", "-1", "x", parent, longer};
    (void)state;
    snprintf(parent, sizeof parent, "%d", (int)getppid());
    snprintf(longer, sizeof longer, "%sx", own_number());
    for (size_t i = 0; i < COUNT(others); i++) {
        const char *said;
        assert_int_equal(take("1", others[i], &said), -1);
        assert_non_null(strstr(said, "LISTEN_PID"));
        assert_int_equal(strchr(said, '\n') - said, strlen(said) - 1);
        assert_variables_gone();
    }
}

static void test_they_are_taken_once(void **state)
{
    const char *said;
    (void)state;
    assert_int_equal(take("3", own_number(), &said), 3);
    assert_int_equal(supervisor_take_listeners(), 0);
}

/* --- What is said ---------------------------------------------------------------------------- */

static char *path_in_directory(void)
{
    static char path[sizeof site.path + 10];
    snprintf(path, sizeof path, "%s/notify", site.path);
    return path;
}

/* A socket bound to the name as NOTIFY_SOCKET has it. */
static int receiver_at(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    int receiver = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    memcpy(address.sun_path, name, length);
    if (name[0] == '@') address.sun_path[0] = '\0';
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    assert_int_equal(bind(receiver, (const struct sockaddr *)&address, size), 0);
    return receiver;
}

static void assert_received(int receiver, const char *message)
{
    char octets[100];
    assert_int_equal(recv(receiver, octets, sizeof octets, 0), strlen(message));
    assert_memory_equal(octets, message, strlen(message));
}

static void assert_nothing_received(int receiver)
{
    char octet;
    assert_int_equal(recv(receiver, &octet, 1, 0), -1);
    assert_int_equal(errno, EAGAIN);
}

static int open_quietly(const char *name)
{
    set("NOTIFY_SOCKET", name);
    capture_begin(STDERR_FILENO);
    int supervisor = supervisor_open();
    const char *said = capture_end();
    assert_string_equal(said, "");
    return supervisor;
}

static void assert_told_at(const char *name)
{
    int receiver = receiver_at(name);
    int supervisor = open_quietly(name);
    assert_true(supervisor >= 0);
    assert_nothing_received(receiver);
    supervisor_tell(supervisor, "READY=1");
    assert_received(receiver, "READY=1");
    supervisor_tell(supervisor, "STOPPING=1");
    assert_received(receiver, "STOPPING=1");
    assert_nothing_received(receiver);
    close(supervisor);
    assert_int_equal(fcntl(supervisor, F_GETFD), -1);
    close(receiver);
    if (name[0] == '/') unlink(name);
}

static void test_it_is_told_at_a_path(void **state)
{
    (void)state;
    assert_told_at(path_in_directory());
}

/* unix(7): an abstract name is as long as it is, without a NUL at its end. */
static void test_it_is_told_at_an_abstract_name(void **state)
{
    char name[sizeof((struct sockaddr_un *)NULL)->sun_path];
    (void)state;
    snprintf(name, sizeof name, "@%.60s", site.path);
    assert_told_at(name);
}

static void test_the_longest_name_is_reached(void **state)
{
    char name[sizeof((struct sockaddr_un *)NULL)->sun_path];
    (void)state;
    memset(name, 'n', sizeof name);
    memcpy(name, site.path, strlen(site.path));
    name[0] = '@';
    name[sizeof name - 1] = '\0';
    assert_told_at(name);
    memcpy(name, site.path, strlen(site.path));
    name[strlen(site.path)] = '/';
    assert_told_at(name);
}

/* After --user and in the sandbox, and when the path is gone. */
static void test_who_was_reached_once_is_told_although_the_path_is_gone(void **state)
{
    (void)state;
    int receiver = receiver_at(path_in_directory());
    int supervisor = open_quietly(path_in_directory());
    unlink(path_in_directory());
    supervisor_tell(supervisor, "READY=1");
    assert_received(receiver, "READY=1");
    close(supervisor);
    close(receiver);
}

static void test_it_does_not_block_and_is_closed_on_exec(void **state)
{
    (void)state;
    int receiver = receiver_at(path_in_directory());
    int supervisor = open_quietly(path_in_directory());
    assert_true((fcntl(supervisor, F_GETFL) & O_NONBLOCK) != 0);
    assert_true((fcntl(supervisor, F_GETFD) & FD_CLOEXEC) != 0);
    close(supervisor);
    close(receiver);
    unlink(path_in_directory());
}

static void test_without_the_variable_nobody_is_told(void **state)
{
    (void)state;
    int supervisor = open_quietly(NULL);
    assert_int_equal(supervisor, -1);
    capture_begin(STDERR_FILENO);
    supervisor_tell(supervisor, "READY=1");
    close(supervisor);
    assert_string_equal(capture_end(), "");
}

/* One line that says why; no descriptor is left; and telling does nothing. */
static void assert_not_reached(const char *name, int reason)
{
    size_t before = count_descriptors();
    char line[1100];
    set("NOTIFY_SOCKET", name);
    capture_begin(STDERR_FILENO);
    int supervisor = supervisor_open();
    supervisor_tell(supervisor, "READY=1");
    close(supervisor);
    const char *said = capture_end();
    snprintf(
        line, sizeof line, "strata: cannot reach NOTIFY_SOCKET '%s': %s\n", name, strerror(reason));
    assert_int_equal(supervisor, -1);
    assert_string_equal(said, line);
    assert_int_equal(count_descriptors(), before);
}

static void test_a_name_that_is_too_long_is_said(void **state)
{
    char name[sizeof((struct sockaddr_un *)NULL)->sun_path + 1];
    char longer[900];
    (void)state;
    memset(name, 'n', sizeof name);
    name[0] = '/';
    name[sizeof name - 1] = '\0';
    assert_not_reached(name, EINVAL);
    name[0] = '@';
    assert_not_reached(name, EINVAL);
    memset(longer, 'n', sizeof longer);
    longer[0] = '/';
    longer[sizeof longer - 1] = '\0';
    assert_not_reached(longer, EINVAL);
}

/* sd_notify(3): a path is absolute. A socket of the name is there. */
static void test_a_relative_name_is_said(void **state)
{
    char before[400];
    (void)state;
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(site.path), 0);
    int receiver = receiver_at("notify");
    assert_not_reached("notify", EINVAL);
    assert_not_reached("./notify", EINVAL);
    assert_nothing_received(receiver);
    close(receiver);
    unlink("notify");
    assert_int_equal(chdir(before), 0);
    assert_not_reached("", EINVAL);
}

static void test_where_nobody_is_it_is_said(void **state)
{
    (void)state;
    assert_not_reached(path_in_directory(), ENOENT);
    assert_not_reached("@strata-test-nobody", ECONNREFUSED);
    assert_not_reached("/dev/null", ECONNREFUSED);
    close(receiver_at(path_in_directory())); /* the path is left, and nobody at it */
    assert_not_reached(path_in_directory(), ECONNREFUSED);
    unlink(path_in_directory());
}

static void test_who_has_gone_since_is_said_and_kills_nothing(void **state)
{
    (void)state;
    int receiver = receiver_at(path_in_directory());
    int supervisor = open_quietly(path_in_directory());
    close(receiver);
    capture_begin(STDERR_FILENO);
    supervisor_tell(supervisor, "READY=1");
    const char *said = capture_end();
    assert_non_null(strstr(said, "cannot tell NOTIFY_SOCKET READY=1: "));
    close(supervisor);
    unlink(path_in_directory());
}

/* More than any receiver holds (unix(7), max_dgram_qlen). */
static void test_who_does_not_listen_never_stalls_it(void **state)
{
    enum { TELLINGS = 5000 };
    (void)state;
    int receiver = receiver_at(path_in_directory());
    int supervisor = open_quietly(path_in_directory());
    alarm(20); /* a test that hangs has failed */
    capture_begin(STDERR_FILENO);
    for (int i = 0; i < TELLINGS; i++) supervisor_tell(supervisor, "READY=1");
    const char *said = capture_end();
    alarm(0);
    assert_non_null(strstr(said, "cannot tell NOTIFY_SOCKET READY=1: "));
    assert_received(receiver, "READY=1");
    close(supervisor);
    close(receiver);
    unlink(path_in_directory());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listeners_begin_after_the_standard_streams),
        cmocka_unit_test(test_so_many_listeners_as_the_variable_says_are_taken),
        cmocka_unit_test(test_without_the_variable_there_are_none),
        cmocka_unit_test(test_what_is_no_number_is_refused_and_said),
        cmocka_unit_test(test_listeners_of_another_process_are_refused_and_said),
        cmocka_unit_test(test_they_are_taken_once),
        cmocka_unit_test(test_it_is_told_at_a_path),
        cmocka_unit_test(test_it_is_told_at_an_abstract_name),
        cmocka_unit_test(test_the_longest_name_is_reached),
        cmocka_unit_test(test_who_was_reached_once_is_told_although_the_path_is_gone),
        cmocka_unit_test(test_it_does_not_block_and_is_closed_on_exec),
        cmocka_unit_test(test_without_the_variable_nobody_is_told),
        cmocka_unit_test(test_a_name_that_is_too_long_is_said),
        cmocka_unit_test(test_a_relative_name_is_said),
        cmocka_unit_test(test_where_nobody_is_it_is_said),
        cmocka_unit_test(test_who_has_gone_since_is_said_and_kills_nothing),
        cmocka_unit_test(test_who_does_not_listen_never_stalls_it),
    };
    return cmocka_run_group_tests(tests, site_make, site_remove);
}
