/* --user: what needs root's rights is done first, and the threads have those of the user. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/log_lines.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/program.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"
#include "tests/system/support/threads.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Becoming another user, a server forgets to die with its parent (prctl(2), PR_SET_PDEATHSIG): each
 * one is static, so that it is found and ended after a failed test, too. */
enum { THREADS = 3 };

#define USER "nobody"

static uid_t user_id;
static gid_t user_group;
static char log_path[128];
static char log_moved[128];

static void need_root(void)
{
    if (geteuid() == 0) return;
    puts("skipped: needs root");
    skip();
}

/* A directory for the log: BASE/NAME, of this owner. */
static void make_log_directory(const char *name, uid_t owner, mode_t mode)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%s", world.site.base, name);
    if (mkdir(path, mode) != 0 || chmod(path, mode) != 0 || chown(path, owner, (gid_t)-1) != 0)
        failed("no directory %s", path);
    snprintf(log_path, sizeof log_path, "%s/access.log", path);
    snprintf(log_moved, sizeof log_moved, "%s/moved", path);
}

static void start_as_user(struct server *server)
{
    start_server(server, ARGUMENTS("--user", USER, "--access-log", log_path, "-t", "3"));
}

static void ask(const struct server *server)
{
    struct client client;
    client_connect(&client, server->port);
    expect_open(&client);
    client_close(&client);
}

static size_t lines_in(const char *path)
{
    char *text = file_text(path, NULL);
    size_t count = text == NULL ? 0 : log_count_lines(text);
    free(text);
    return count;
}

static void expect_lines(const char *path, size_t count)
{
    if (lines_in(path) != count)
        failed("%zu lines in %s, expected %zu", lines_in(path), path, count);
}

/* They wait in a buffer until the tick. */
static void await_lines(const char *path, size_t count)
{
    struct patience patience = patience_for(PATIENCE);
    while (lines_in(path) < count)
        if (!patience_left(&patience)) expect_lines(path, count);
}

static void await_file(const char *path)
{
    struct patience patience = patience_for(PATIENCE);
    while (access(path, F_OK) != 0)
        if (!patience_left(&patience)) failed("there is no file %s", path);
}

static uid_t owner_of(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) failed("there is no file %s", path);
    return status.st_uid;
}

/* The server's groups are first those of who starts it: here more than one. */
static void test_every_thread_has_the_user_its_group_and_no_other(void **state)
{
    static const char *const none[] = {"CapInh", "CapPrm", "CapEff", "CapAmb"};
    const gid_t groups[] = {0, 1, 2};
    gid_t before[64];
    char ids[100];
    static struct server server;
    (void)state;
    need_root();
    int count = getgroups(64, before);
    if (count < 0 || setgroups(3, groups) != 0) failed("no groups to give up");
    start_server(&server, ARGUMENTS("--user", USER, "-t", "3"));
    setgroups((size_t)count, before);
    ask(&server);
    snprintf(ids, sizeof ids, "%u %u %u %u", user_id, user_id, user_id, user_id);
    server_expect_threads(&server, THREADS + 1, "Uid", ids);
    snprintf(ids, sizeof ids, "%u %u %u %u", user_group, user_group, user_group, user_group);
    server_expect_threads(&server, THREADS + 1, "Gid", ids);
    server_expect_threads(&server, THREADS + 1, "Groups", "");
    for (size_t i = 0; i < 4; i++)
        server_expect_threads(&server, THREADS + 1, none[i], "0000000000000000");
    server_stop(&server);
}

/* A free port that the user may not take; 0: there is none. */
static int find_privileged_port(void)
{
    char *text = file_text("/proc/sys/net/ipv4/ip_unprivileged_port_start", NULL);
    int port = text == NULL ? 1024 : atoi(text);
    free(text);
    for (bool free_port = false; !free_port && --port > 0;) {
        const struct sockaddr_in address = {.sin_family = AF_INET,
            .sin_port = htons((uint16_t)port),
            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        free_port = bind(listener, (const struct sockaddr *)&address, sizeof address) == 0;
        close(listener);
    }
    return port < 0 ? 0 : port;
}

static void test_a_port_that_only_root_may_take_is_served(void **state)
{
    static struct server server;
    char port[16];
    (void)state;
    need_root();
    snprintf(port, sizeof port, "%d", find_privileged_port());
    if (strcmp(port, "0") == 0) skip(); /* every user may take every port here */
    start_server(&server, ARGUMENTS("--user", USER, "--port", port));
    if (server.port != atoi(port)) failed("it serves on another port");
    ask(&server);
    server_stop(&server);
}

static void test_a_log_that_only_root_may_open_is_written_to(void **state)
{
    static struct server server;
    (void)state;
    need_root();
    make_log_directory("of-root", 0, 0700);
    start_as_user(&server);
    ask(&server);
    server_stop(&server);
    if (owner_of(log_path) != 0) failed("the log is not root's");
    expect_lines(log_path, 1);
}

/* RFC 9110 §15.5.4 */
static void test_what_the_user_may_not_read_is_not_served(void **state)
{
    static struct server server;
    struct response response;
    (void)state;
    need_root();
    site_add(&world.site, "private.txt", "of root");
    if (chmod(site_path(&world.site, "private.txt").text, 0600) != 0) failed("chmod");
    start_server(&server, ARGUMENTS("--user", USER));
    get_once(server.port, "/private.txt", &response, 403);
    response_release(&response);
    ask(&server);
    server_stop(&server);
}

static void test_a_directory_that_the_user_may_not_read_is_66(void **state)
{
    (void)state;
    need_root();
    if (chmod(world.site.root, 0700) != 0) failed("chmod");
    expect_refused(ARGUMENTS("--user", USER, "--port", "0"), world.site.root, EXIT_NO_DIRECTORY,
        "this user may not read it");
    if (chmod(world.site.root, 0755) != 0) failed("chmod");
}

static void test_a_fallback_that_the_user_may_not_read_is_66(void **state)
{
    char path[128];
    (void)state;
    need_root();
    snprintf(path, sizeof path, "%s/roots.html", world.site.root);
    FILE *file = fopen(path, "w");
    if (file == NULL || fclose(file) != 0 || chmod(path, 0600) != 0) failed("no file %s", path);
    expect_refused(ARGUMENTS("--user", USER, "--port", "0", "--fallback", "roots.html"),
        world.site.root, EXIT_NO_DIRECTORY, "roots.html");
    unlink(path);
}

/* As root it would append what clients send to whatever the link leads to. */
static void test_a_log_that_is_a_link_in_a_directory_of_the_users_is_not_opened(void **state)
{
    char secret[128];
    struct stat status;
    (void)state;
    need_root();
    make_log_directory("with-link", user_id, 0700);
    snprintf(secret, sizeof secret, "%s/secret", world.site.base);
    FILE *file = fopen(secret, "w");
    if (file == NULL || fclose(file) != 0 || symlink(secret, log_path) != 0) failed("no link");
    expect_refused(ARGUMENTS("--user", USER, "--port", "0", "--access-log", log_path),
        world.site.root, EXIT_SYSTEM_REFUSED, log_path);
    if (stat(secret, &status) != 0 || status.st_size != 0) failed("it was written to");
}

static void test_a_user_that_is_not_there_is_64(void **state)
{
    (void)state;
    expect_refused(ARGUMENTS("--user", "no-such-user", "--port", "0"), world.site.root,
        EXIT_BAD_USAGE, "'no-such-user'");
    expect_refused(
        ARGUMENTS("--user", "", "--port", "0"), world.site.root, EXIT_BAD_USAGE, "--user");
}

static void test_who_is_not_root_cannot_become_another_user(void **state)
{
    static struct server server;
    (void)state;
    program_start(&server,
        &(struct launch){.arguments = ARGUMENTS("--user", "root"),
            .directory = world.site.root,
            .as_nobody = true});
    server_wait(&server, EXIT_SYSTEM_REFUSED);
    char *errors = server_errors(&server);
    if (strstr(errors, "cannot become user 'root'") == NULL || strstr(errors, "serving") != NULL)
        failed("it said: %s", errors);
    free(errors);
    server_forget(&server);
}

static void expect_warning(bool as_nobody, bool expected)
{
    static struct server server;
    server_start(&server, &(struct launch){.directory = world.site.root, .as_nobody = as_nobody});
    char *errors = server_errors(&server);
    bool warned = strstr(errors, "running as root") != NULL && strstr(errors, "--user") != NULL;
    if (warned != expected) failed("it said: %s", errors);
    free(errors);
    server_stop(&server);
}

static void test_root_is_warned_and_others_are_not(void **state)
{
    (void)state;
    expect_warning(true, false);
    need_root();
    expect_warning(false, true);
}

static void test_the_log_is_opened_anew_where_the_directory_is_the_users(void **state)
{
    static struct server server;
    (void)state;
    need_root();
    make_log_directory("of-user", user_id, 0700);
    start_as_user(&server);
    ask(&server);
    await_lines(log_path, 1);
    if (rename(log_path, log_moved) != 0) failed("rename");
    server_signal(&server, SIGHUP);
    await_file(log_path);
    ask(&server);
    server_stop(&server);
    if (owner_of(log_path) != user_id) failed("the new log is not the user's");
    expect_lines(log_moved, 1);
    expect_lines(log_path, 1);
}

static void test_where_the_directory_is_roots_the_log_goes_on_as_it_was(void **state)
{
    static struct server server;
    (void)state;
    need_root();
    make_log_directory("of-root-alone", 0, 0755);
    start_as_user(&server);
    if (rename(log_path, log_moved) != 0) failed("rename");
    server_signal(&server, SIGHUP);
    server_await_error(&server, "the log goes on as it was");
    ask(&server);
    server_stop(&server);
    if (access(log_path, F_OK) == 0) failed("there is a new log");
    expect_lines(log_moved, 1);
}

/* Root finds the way; the user need not search it again. */
static void test_what_lies_behind_a_closed_directory_is_served_and_logged(void **state)
{
    static struct server server;
    (void)state;
    need_root();
    make_log_directory("behind", user_id, 0700);
    if (chmod(world.site.base, 0700) != 0) failed("chmod");
    start_as_user(&server);
    ask(&server);
    await_lines(log_path, 1);
    if (rename(log_path, log_moved) != 0) failed("rename");
    server_signal(&server, SIGHUP);
    await_file(log_path);
    ask(&server);
    server_stop(&server);
    if (chmod(world.site.base, 0755) != 0) failed("chmod");
    expect_lines(log_moved, 1);
    expect_lines(log_path, 1);
}

static int setup(void **state)
{
    const struct passwd *user = getpwnam(USER);
    (void)state;
    if (user == NULL) failed("there is no user %s", USER);
    user_id = user->pw_uid;
    user_group = user->pw_gid;
    world_begin_site();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_thread_has_the_user_its_group_and_no_other),
        TEST(test_a_port_that_only_root_may_take_is_served),
        TEST(test_a_log_that_only_root_may_open_is_written_to),
        TEST(test_what_the_user_may_not_read_is_not_served),
        TEST(test_a_directory_that_the_user_may_not_read_is_66),
        TEST(test_a_fallback_that_the_user_may_not_read_is_66),
        TEST(test_a_log_that_is_a_link_in_a_directory_of_the_users_is_not_opened),
        TEST(test_a_user_that_is_not_there_is_64),
        TEST(test_who_is_not_root_cannot_become_another_user),
        TEST(test_root_is_warned_and_others_are_not),
        TEST(test_the_log_is_opened_anew_where_the_directory_is_the_users),
        TEST(test_where_the_directory_is_roots_the_log_goes_on_as_it_was),
        TEST(test_what_lies_behind_a_closed_directory_is_served_and_logged),
    };
    return cmocka_run_group_tests_name("another user", tests, setup, world_end);
}
