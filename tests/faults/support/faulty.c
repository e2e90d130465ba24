#include "tests/faults/support/faulty.h"

#include "tests/system/support/patience.h"
#include "tests/system/support/steps.h"
#include "tests/system/support/threads.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct faults *faults;
int faults_injected;

void faulty_begin(void)
{
    world_begin_site();
    struct site_path path = site_path(&world.site, "../faults");
    int file = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ftruncate(file, sizeof *faults) != 0) failed("%s", strerror(errno));
    faults = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (faults == MAP_FAILED) failed("no shared memory: %s", strerror(errno));
    close(file);
    setenv("STRATA_FAULTS", path.text, 1);
}

void faulty_launch(struct server *server, const char *const *arguments)
{
    /* Deadlines that are over when the clock is told to jump, but not before. */
    const char *all[24] = {"--list", "--threads", "2", "--max-connections", "64", "--head-timeout",
        "60", "--content-timeout", "60", "--send-timeout", "60", "--idle-timeout", "60", "--grace",
        "9999"};
    struct site_path log = site_path(&world.site, "../access.log");
    size_t count = 15;
    unlink(log.text);
    for (; *arguments != NULL; arguments++) all[count++] = *arguments;
    if (strcmp(all[count - 2], "--access-log") != 0) {
        all[count++] = "--access-log";
        all[count++] = log.text;
    }
    atomic_store(&faults->waiting, 0);
    atomic_store(&faults->sleeps, false);
    atomic_store(&faults->port, 0);
    program_start(server, &(struct launch){.arguments = all, .directory = world.site.root});
}

void faulty_start(struct server *server, const char *const *arguments)
{
    struct patience patience = patience_for(PATIENCE);
    faulty_launch(server, arguments);
    while (atomic_load(&faults->waiting) < WORKERS || !atomic_load(&faults->sleeps)) {
        if (!server_is_running(server)) failed("the server ended before it served");
        if (!patience_left(&patience)) failed("the server does not serve");
    }
    server->port = atomic_load(&faults->port);
}

void faulty_arm(enum call call, int uses, int error)
{
    atomic_store(&faults->reached, 0);
    atomic_store(&faults->error, error);
    atomic_store(&faults->left, uses);
    atomic_store(&faults->call, (int)call);
}

bool faulty_disarm(void)
{
    atomic_store(&faults->call, CALL_NONE);
    bool reached = atomic_load(&faults->reached) > 0;
    faults_injected += reached;
    return reached;
}

static void pause_briefly(void)
{
    const struct timespec moment = {0, 50000};
    nanosleep(&moment, NULL);
}

bool faulty_has_failed(void)
{
    return atomic_load(&faults->call) != CALL_NONE && atomic_load(&faults->reached) > 0;
}

/* A fault may be what keeps the event from coming: then that is not waited for once the server
 * rests. */
void faulty_await(const struct server *server, const atomic_int *counter, int before)
{
    const double moment = 0.01;
    double since = seconds_now();
    while (atomic_load(counter) == before || atomic_load(&faults->waiting) < WORKERS) {
        pause_briefly();
        if (seconds_now() - since > PATIENCE) failed("nobody takes up what was sent");
        if (seconds_now() - since < moment || !faulty_has_failed() || !server_rests(server))
            continue;
        faulty_tick(server);
        return;
    }
}

static bool has_ended(const struct server *server)
{
    siginfo_t info = {0};
    waitid(P_PID, (id_t)server->pid, &info, WEXITED | WNOHANG | WNOWAIT);
    return info.si_pid != 0;
}

void faulty_tick(const struct server *server)
{
    struct patience patience = patience_for(PATIENCE);
    int before = atomic_load(&faults->signals);
    kill(server->pid, SIGHUP);
    while (atomic_load(&faults->signals) == before || !atomic_load(&faults->sleeps)) {
        pause_briefly();
        if (has_ended(server)) return;
        if (seconds_now() > patience.until) failed("the timekeeper does not wake");
    }
}

void faulty_pass_time(int seconds)
{
    atomic_fetch_add(&faults->clock_ahead, (long long)seconds * 1000000000);
}

static int count_in(const char *name)
{
    struct site_path path = site_path(&world.site, name);
    char *text = file_text(path.text, NULL);
    int count = 0;
    for (const char *at = text; at != NULL && (at = strchr(at, '\n')) != NULL; at++) count++;
    if (text != NULL && text[0] != '\0' && text[strlen(text) - 1] != '\n')
        failed("a line of the log is torn");
    free(text);
    truncate(path.text, 0);
    return count;
}

/* The lines of this turn of the timekeeper are in the old file or in the new one. */
struct log_count faulty_count_lines(const struct server *server)
{
    struct log_count count = {0};
    rename(site_path(&world.site, "../access.log").text, site_path(&world.site, "../old.log").text);
    faulty_tick(server);
    faulty_tick(server);
    char *told = faulty_told(server);
    for (const char *at = told; (at = strstr(at, "log lost ")) != NULL; at++)
        count.lost += atoi(at + strlen("log lost "));
    count.told = told[0] != '\0';
    free(told);
    count.written = count_in("../old.log") + count_in("../access.log");
    unlink(site_path(&world.site, "../old.log").text);
    return count;
}

char *faulty_told(const struct server *server)
{
    char *text = server_errors(server);
    if (text == NULL) failed("standard error is gone");
    if (text[0] != '\0' && text[strlen(text) - 1] != '\n') failed("it is told by half: %s", text);
    if (truncate(server->errors, 0) != 0) failed("cannot empty %s", server->errors);
    return text;
}
