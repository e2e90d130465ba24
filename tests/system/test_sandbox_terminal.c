/* A terminal that nobody reads, in the sandbox: it cannot be opened anew there. */
#include "tests/system/support/cases.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/steps.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_terminal(int *other)
{
    char path[64];
    *other = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*other < 0 || grantpt(*other) != 0 || unlockpt(*other) != 0 ||
        ptsname_r(*other, path, sizeof path) != 0)
        failed("no terminal");
    return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

/* Until it serves; from then on nobody reads. */
static void read_until_it_serves(int other)
{
    char text[8192] = "";
    for (size_t length = 0; strstr(text, "serving ") == NULL;) {
        ssize_t count = read(other, text + length, sizeof text - 1 - length);
        if (count <= 0) failed("the server ended");
        length += (size_t)count;
    }
}

static pid_t start_on(int terminal, const char *log)
{
    pid_t server = fork();
    if (server != 0) return server;
    dup2(terminal, STDERR_FILENO);
    execl(getenv("STRATA_PROGRAM"), "strata", "--address", "127.0.0.1", "--port", "0",
        "--access-log", log, world.site.root, (char *)NULL);
    _exit(127);
}

/* Each signal is a long line: the log's name is taken by a directory. */
static void test_a_terminal_that_nobody_reads_stalls_no_stop(void **state)
{
    int other, status;
    char log[900];
    (void)state;
    int length = snprintf(log, sizeof log, "%s/", world.site.base);
    while (length < 880) length += sprintf(log + length, "./");
    strcpy(log + length, "log");
    int terminal = open_terminal(&other);
    pid_t server = start_on(terminal, log);
    close(terminal);
    read_until_it_serves(other);
    if (unlink(log) != 0 || mkdir(log, 0755) != 0) failed("no directory for a log");
    struct patience patience = patience_for(PATIENCE);
    for (int i = 0; i < 1000 && patience_left(&patience); i++) kill(server, SIGHUP);
    kill(server, SIGTERM);
    patience = patience_for(PATIENCE);
    while (waitpid(server, &status, WNOHANG) == 0)
        if (!patience_left(&patience)) {
            kill(server, SIGKILL);
            waitpid(server, &status, 0);
            failed("SIGTERM did not stop it");
        }
    close(other);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        failed("it ended with %x", (unsigned)status);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_a_terminal_that_nobody_reads_stalls_no_stop)};
    return cmocka_run_group_tests_name("a terminal", tests, setup, world_end);
}
