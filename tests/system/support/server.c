#include "tests/system/support/server.h"

#include "tests/system/support/patience.h"
#include "tests/system/support/site.h"
#include "tests/system/support/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MAX_SERVERS = 16,
    MAX_ARGUMENTS = 40,
    NOBODY = 65534,
    COULD_NOT_RUN = 127,
};

static struct server *servers[MAX_SERVERS]; /* those running or not yet forgotten */

static void print_errors_of_servers(void)
{
    for (size_t i = 0; i < MAX_SERVERS; i++) {
        char *text = servers[i] == NULL ? NULL : server_errors(servers[i]);
        if (text != NULL) /* print_error() would cut it short */
            fprintf(stderr, "    standard error of the server (process %d):\n%s\n",
                (int)servers[i]->pid, text);
        free(text);
    }
}

static void remember(struct server *server)
{
    steps_also_print(print_errors_of_servers);
    for (size_t i = 0; i < MAX_SERVERS; i++)
        if (servers[i] == NULL) {
            servers[i] = server;
            return;
        }
    failed("more than %d servers at once", (int)MAX_SERVERS);
}

void server_forget(struct server *server)
{
    for (size_t i = 0; i < MAX_SERVERS; i++)
        if (servers[i] == server) servers[i] = NULL;
    unlink(server->errors);
    unlink(server->output);
}

static int temporary_file(char path[64])
{
    strcpy(path, "/tmp/strata-output-XXXXXX");
    int file = mkostemp(path, O_CLOEXEC | O_APPEND);
    if (file < 0) failed("no temporary file: %s", strerror(errno));
    return file;
}

static void close_all_on_execution(int first)
{
    for (int descriptor = first; descriptor < 1024; descriptor++)
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

/* As systemd does (sd_listen_fds(3), sd_notify(3)). Returns how many listeners there are. */
static int hand_over(const struct launch *launch)
{
    enum { FIRST = 3, ASIDE = 100 };
    const int most = sizeof launch->listeners / sizeof launch->listeners[0];
    char number[16];
    int count = 0;
    if (launch->notify != NULL) setenv("NOTIFY_SOCKET", launch->notify, 1);
    for (; count < most && launch->listeners[count] > 0; count++)
        dup2(launch->listeners[count], ASIDE + count);
    for (int i = 0; i < count; i++) dup2(ASIDE + i, FIRST + i);
    if (count == 0) return 0;
    snprintf(number, sizeof number, "%d", count);
    setenv("LISTEN_FDS", number, 1);
    snprintf(number, sizeof number, "%d", (int)getpid());
    setenv("LISTEN_PID", number, 1);
    return count;
}

/* In the child. The program is opened first: nobody may not be allowed to reach it by name. */
static void execute(const struct launch *launch, const char **arguments, pid_t parent)
{
    extern char **environ;
    int handed_over = hand_over(launch);
    int program = open(arguments[0], O_RDONLY | O_CLOEXEC);
    close_all_on_execution(3 + handed_over);
    if (launch->descriptors != 0) {
        const struct rlimit limit = {launch->descriptors, launch->descriptors};
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (launch->as_nobody && geteuid() == 0 &&
        (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        _exit(COULD_NOT_RUN);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* after setuid, which clears it */
    if (getppid() != parent) _exit(COULD_NOT_RUN);
    if (launch->as_nobody) fexecve(program, (char *const *)(uintptr_t)arguments, environ);
    execve(arguments[0], (char *const *)(uintptr_t)arguments, environ);
    dprintf(STDERR_FILENO, "cannot run %s: %s\n", arguments[0], strerror(errno));
    _exit(COULD_NOT_RUN);
}

static const char *program_of(const struct launch *launch)
{
    const char *program = launch->program != NULL ? launch->program : getenv("STRATA_PROGRAM");
    if (program == NULL) failed("STRATA_PROGRAM does not name the server");
    return program;
}

static void list_arguments(const struct launch *launch, const char *list[MAX_ARGUMENTS])
{
    static const char *const defaults[] = {"--address", "127.0.0.1", "--port", "0"};
    size_t count = 0;
    list[count++] = program_of(launch);
#ifdef STRATA_INSTRUMENTED /* what looks on opens files of its own */
    list[count++] = "--no-sandbox";
#endif
    const char *option = launch->bare ? NULL : getenv("STRATA_OPTION");
    for (size_t i = 0; !launch->bare && i < 4; i++) list[count++] = defaults[i];
    if (option != NULL) list[count++] = option;
    for (size_t i = 0; launch->arguments != NULL && launch->arguments[i] != NULL; i++)
        list[count++] = launch->arguments[i];
    if (launch->directory != NULL) list[count++] = launch->directory;
    list[count] = NULL;

    char shown[2000] = "";
    for (size_t i = 0; i < count && strlen(shown) < 1500; i++)
        snprintf(shown + strlen(shown), sizeof shown - strlen(shown), " %s", list[i]);
    step("started%s", shown);
}

void program_start(struct server *server, const struct launch *launch)
{
    const char *arguments[MAX_ARGUMENTS];
    list_arguments(launch, arguments);
    int errors = temporary_file(server->errors);
    int output = temporary_file(server->output);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    pid_t parent = getpid();
    server->port = 0;
    server->pid = fork();
    if (server->pid == 0) {
        dup2(nothing, STDIN_FILENO);
        dup2(launch->output > 0 ? launch->output : output, STDOUT_FILENO);
        dup2(errors, STDERR_FILENO);
        execute(launch, arguments, parent);
    }
    close(errors);
    close(output);
    close(nothing);
    if (server->pid < 0) failed("fork: %s", strerror(errno));
    remember(server);
}

/* `strata: serving DIRECTORY at http://HOST:PORT/` is a whole line: the port is known. */
static bool said_where_it_serves(struct server *server)
{
    char *text = server_errors(server);
    const char *line = text == NULL ? NULL : strstr(text, "strata: serving ");
    const char *end = line == NULL ? NULL : strchr(line, '\n');
    if (end != NULL) {
        const char *port = end;
        while (port > line && *port != ':') port--;
        server->port = atoi(port + 1);
    }
    free(text);
    return end != NULL;
}

void server_start(struct server *server, const struct launch *launch)
{
    program_start(server, launch);
    struct patience patience = patience_for(PATIENCE);
    while (!said_where_it_serves(server)) {
        if (!server_is_running(server)) failed("the server ended before it served");
        if (!patience_left(&patience)) failed("the server did not say where it serves");
    }
    if (server->port <= 0) failed("the line that says where it serves holds no port");
    step("it serves on port %d (process %d)", server->port, (int)server->pid);
}

void server_signal(const struct server *server, int signal_number)
{
    step("signal %d (%s)", signal_number, strsignal(signal_number));
    if (server->pid > 0) kill(server->pid, signal_number);
}

bool server_is_running(struct server *server)
{
    if (server->pid > 0 && waitpid(server->pid, &server->status, WNOHANG) == server->pid)
        server->pid = -1;
    return server->pid > 0;
}

static void check_for_reports(const struct server *server)
{
    static const char *const reports[] = {
        "ERROR: AddressSanitizer", "runtime error:", "WARNING: ThreadSanitizer", "LeakSanitizer"};
    char *text = server_errors(server);
    bool reported = false;
    for (size_t i = 0; text != NULL && i < sizeof reports / sizeof reports[0]; i++)
        reported = reported || strstr(text, reports[i]) != NULL;
    free(text);
    if (reported) failed("a sanitizer reported on the server's standard error");
}

void server_wait(struct server *server, int exit_status)
{
    struct patience patience = patience_for(2 * PATIENCE);
    while (server_is_running(server))
        if (!patience_left(&patience)) failed("the server did not end");
    if (WIFSIGNALED(server->status))
        failed("the server was ended by signal %d (%s)", WTERMSIG(server->status),
            strsignal(WTERMSIG(server->status)));
    check_for_reports(server);
    if (WEXITSTATUS(server->status) != exit_status)
        failed("exit status %d, expected %d", WEXITSTATUS(server->status), exit_status);
    step("ended with exit status %d", exit_status);
}

void server_stop(struct server *server)
{
    if (!server_is_running(server))
        failed("the server had ended by itself, status %x", (unsigned)server->status);
    server_signal(server, SIGTERM);
    server_wait(server, 0);
    server_forget(server);
}

void servers_abandon(const struct server *except)
{
    for (size_t i = 0; i < MAX_SERVERS; i++) {
        struct server *server = servers[i];
        if (server == NULL || server == except) continue;
        if (server->pid > 0 && kill(server->pid, SIGKILL) == 0)
            waitpid(server->pid, &server->status, 0);
        server_forget(server);
    }
}
