/* The server in its sandbox: all is served as without it, and nothing is opened outside of the root
 * and the log's directory. Instrumented programs do without a sandbox, so this is not for them. */
#include "server/methods.h"
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/log_lines.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/program.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"
#include "tests/system/support/threads.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 3, LARGE = 3 << 20, ENTRIES = 2000 };

/* What the rows of the table ask for. */
enum {
    METHOD_FLAGS = 0
#define METHOD(token, handler, content_limit, flags) | (flags)
#include "server/methods.def"
#undef METHOD
};

static char log_path[128];

static void need_landlock(void)
{
    if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0) return;
    puts("skipped: needs Landlock");
    skip();
}

static void ask(const struct server *server)
{
    struct client client;
    client_connect(&client, server->port);
    expect_open(&client);
    client_close(&client);
}

static void start(struct server *server, const char *option)
{
    unlink(log_path);
    start_server(server, ARGUMENTS("--access-log", log_path, "-t", "3", option));
}

/* The first thread, the timekeeper, is among them. Where this test has no new privileges itself,
 * those it starts have none, sandbox or not. */
static void test_no_thread_may_gain_privileges_but_without_the_sandbox(void **state)
{
    static struct server server;
    char own[4];
    (void)state;
    snprintf(own, sizeof own, "%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    start_server(&server, ARGUMENTS("-t", "3"));
    server_expect_threads(&server, THREADS + 1, "NoNewPrivs", "1");
    server_stop(&server);
    start_server(&server, ARGUMENTS("-t", "3", "--no-sandbox"));
    server_expect_threads(&server, THREADS + 1, "NoNewPrivs", own);
    server_stop(&server);
}

/* Puts a link in the log's place and asks for the log to be opened anew; returns whether that made
 * the file that the link leads to. */
static bool follows_link(const char *option, const char *target)
{
    static struct server server;
    struct site_path path = site_path(&world.site, target);
    unlink(path.text);
    start(&server, option);
    if (unlink(log_path) != 0 || symlink(path.text, log_path) != 0) failed("no link");
    server_signal(&server, SIGHUP);
    struct patience patience = patience_for(PATIENCE);
    bool made = false, told = false;
    while (!made && !told) {
        char *errors = server_errors(&server);
        made = access(path.text, F_OK) == 0;
        told = strstr(errors, "the log goes on as it was") != NULL;
        free(errors);
        if (!patience_left(&patience)) failed("the log was not opened anew");
    }
    ask(&server);
    server_stop(&server);
    unlink(path.text);
    return made;
}

static void test_in_the_logs_place_no_link_is_followed_out_of_its_directory(void **state)
{
    static const char *const targets[] = {"../elsewhere/log", "served.txt"};
    (void)state;
    need_landlock();
    const size_t count = (METHOD_FLAGS & WRITES) != 0 ? 1 : 2; /* what writes may write there */
    for (size_t i = 0; i < count; i++) {
        if (!follows_link("--no-sandbox", targets[i])) failed("without a sandbox it is followed");
        if (follows_link("--list", targets[i])) failed("%s was made", targets[i]);
    }
}

static size_t lines_in(const char *path)
{
    char *text = file_text(path, NULL);
    size_t count = text == NULL ? 0 : log_count_lines(text);
    free(text);
    return count;
}

static void test_the_log_is_opened_anew_in_its_directory(void **state)
{
    static struct server server;
    char moved[160];
    (void)state;
    snprintf(moved, sizeof moved, "%s.1", log_path);
    start(&server, "--list");
    for (int i = 0; i < 3; i++) {
        if (rename(log_path, moved) != 0) failed("rename");
        server_signal(&server, SIGHUP);
        struct patience patience = patience_for(PATIENCE);
        while (access(log_path, F_OK) != 0)
            if (!patience_left(&patience)) failed("there is no new log");
        ask(&server);
        while (lines_in(log_path) != 1)
            if (!patience_left(&patience)) failed("%zu lines", lines_in(log_path));
    }
    server_stop(&server);
}

static void expect_served(const struct server *server)
{
    struct response response;
    get_once(server->port, "/large.bin", &response, 200);
    response_expect_octets(&response, LARGE);
    response_release(&response);
    request_once(server->port,
        "GET /large.bin HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0\r\nConnection: close\r\n\r\n",
        &response, 206);
    response_release(&response);
    request_once(server->port,
        "GET /page HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n",
        &response, 200);
    response_expect_field(&response, "Content-Encoding", "gzip");
    response_expect_content(&response, "not really gzip");
    response_release(&response);
    get_once(server->port, "/linked/1.txt", &response, 200);
    response_release(&response);
    get_once(server->port, "/many/", &response, 200);
    if (strstr(response.content, "\"./1999.txt\"") == NULL) failed("the listing is not whole");
    response_release(&response);
    get_once(server->port, "/nothing", &response, 200);
    response_expect_content(&response, "the application");
    response_release(&response);
}

/* The listing is larger than the buffers: a file without a name is made for it. */
static void test_files_variants_links_listings_and_the_fallback_are_served(void **state)
{
    const char *const as_user[] = {
        "--list", "--fallback", "app.html", geteuid() == 0 ? "--user" : NULL, "nobody", NULL};
    static struct server server;
    (void)state;
    start_server(&server, as_user);
    expect_served(&server);
    site_add(&world.site, "many/new.txt", "made meanwhile");
    struct response response;
    get_until(server.port, "/many/new.txt", &response, 200, "made meanwhile");
    response_release(&response);
    server_stop(&server);
}

static void test_a_sandbox_that_is_entered_says_nothing_of_itself(void **state)
{
    static struct server server;
    (void)state;
    start(&server, "--list");
    char *errors = server_errors(&server);
    if (strstr(errors, "sandbox") != NULL) failed("it said: %s", errors);
    free(errors);
    server_stop(&server);
}

/* From now on this system call fails so, here and in what is started from here: a kernel that lacks
 * it, or a container that forbids it. It is for good, so tests with it come last. */
static void refuse_call(long number, int error)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof rules / sizeof rules[0], rules};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* needed of who is not root */
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0) return;
    puts("skipped: needs seccomp");
    skip();
}

static void test_a_sandbox_that_is_refused_is_71_and_says_what_does_without(void **state)
{
    static struct server server;
    (void)state;
    need_landlock();
    refuse_call(SYS_landlock_restrict_self, E2BIG);
    program_start(&server, &(struct launch){.directory = world.site.root});
    server_wait(&server, EXIT_SYSTEM_REFUSED);
    char *errors = server_errors(&server);
    if (strstr(errors, strerror(E2BIG)) == NULL || strstr(errors, "--no-sandbox") == NULL ||
        strstr(errors, "serving") != NULL)
        failed("it said: %s", errors);
    free(errors);
    server_forget(&server);
    start(&server, "--no-sandbox");
    ask(&server);
    server_stop(&server);
}

static void test_a_kernel_without_landlock_is_told_in_a_line_and_serves(void **state)
{
    static struct server server;
    (void)state;
    refuse_call(SYS_landlock_create_ruleset, EOPNOTSUPP);
    start(&server, "--list");
    ask(&server);
    char *errors = server_errors(&server);
    const char *line = strstr(errors, "strata: no sandbox: this kernel has no Landlock\n");
    if (line == NULL || strstr(line + strlen(" no sandbox:"), "sandbox") != NULL)
        failed("it said: %s", errors);
    free(errors);
    server_expect_threads(&server, THREADS + 1, "NoNewPrivs", "1");
    server_stop(&server);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add_octets(&world.site, "large.bin", LARGE);
    site_add(&world.site, "page.html", "the page itself, which is longer");
    site_add(&world.site, "page.html.gz", "not really gzip");
    site_add(&world.site, "app.html", "the application");
    site_add(&world.site, "../elsewhere/file", "outside");
    site_add(&world.site, "../logs/file", "beside the log");
    site_add_link(&world.site, "linked", "many");
    for (int i = 0; i < ENTRIES; i++) {
        char name[40];
        snprintf(name, sizeof name, "many/%d.txt", i);
        site_add(&world.site, name, name);
    }
    snprintf(log_path, sizeof log_path, "%s/logs/access.log", world.site.base);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_thread_may_gain_privileges_but_without_the_sandbox),
        TEST(test_in_the_logs_place_no_link_is_followed_out_of_its_directory),
        TEST(test_the_log_is_opened_anew_in_its_directory),
        TEST(test_files_variants_links_listings_and_the_fallback_are_served),
        TEST(test_a_sandbox_that_is_entered_says_nothing_of_itself),
        TEST(test_a_sandbox_that_is_refused_is_71_and_says_what_does_without),
        TEST(test_a_kernel_without_landlock_is_told_in_a_line_and_serves),
    };
    return cmocka_run_group_tests_name("sandbox", tests, setup, world_end);
}
