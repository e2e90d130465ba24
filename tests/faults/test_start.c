/* At start a call that fails is an exit status and a reason, or something to do without. */
#include "tests/faults/support/rows.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static int supervisor = -1;

/* Who is told READY=1. */
static void open_supervisor(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/notify", world.site.base);
    if (supervisor >= 0) return;
    supervisor = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(supervisor, (const struct sockaddr *)&address, sizeof address) != 0)
        failed("no socket for a supervisor");
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
}

/* Either it ends, or one worker and the timekeeper wait. */
static bool comes_to_serve(struct server *server)
{
    struct patience patience = patience_for(PATIENCE);
    while (atomic_load(&faults->waiting) == 0 || !atomic_load(&faults->sleeps)) {
        if (!server_is_running(server)) return false;
        if (!patience_left(&patience)) failed("it neither serves nor ends");
    }
    server->port = atomic_load(&faults->port);
    return true;
}

/* Lines on standard error besides those that it always has. */
static unsigned judge_lines(const char *text)
{
    bool serves = false;
    bool tells = false;
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        if (strchr(line, '\n') == NULL || strncmp(line, "strata: ", 8) != 0)
            failed("no whole line on standard error: %s", line);
        bool says_where = strncmp(line, "strata: serving ", 16) == 0;
        serves = serves || says_where;
        tells = tells || !says_where;
    }
    step("told: %s", text);
    return tells ? TOLD : serves ? SERVED : MUTE;
}

static unsigned judge_end(struct server *server)
{
    static const struct {
        int status;
        unsigned outcome;
    } exits[] = {{64, EXITS_64}, {66, EXITS_66}, {69, EXITS_69}, {71, EXITS_71}};
    char *text = server_errors(server);
    int status = WEXITSTATUS(server->status);
    server_wait(server, status);
    if (judge_lines(text) != TOLD) failed("status %d, and nothing is told", status);
    free(text);
    server_forget(server);
    for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++)
        if (exits[i].status == status) return exits[i].outcome;
    failed("exit status %d", status);
}

/* As if nothing had been, a file is served. */
static unsigned judge_service(struct server *server)
{
    char octets[100];
    struct response response;
    get_once(server->port, "/half.txt", &response, 200);
    response_expect_content(&response, "half");
    response_release(&response);
    server_signal(server, SIGTERM);
    server_wait(server, 0);
    char *text = server_errors(server);
    unsigned outcome = judge_lines(text);
    free(text);
    server_forget(server);
    while (recv(supervisor, octets, sizeof octets, 0) > 0) continue;
    return outcome;
}

static unsigned fail_each_use(const struct fault_row *row, int error, const char *const *arguments)
{
    unsigned seen = 0;
    for (int uses = 1;; uses++) {
        struct server server;
        steps_begin();
        step("%s fails at use %d with error %d (%s)", row->name, uses, error, strerror(error));
        faulty_arm(row->call, uses, error);
        faulty_launch(&server, arguments);
        bool serves = comes_to_serve(&server);
        bool reached = faulty_disarm();
        unsigned how = serves ? judge_service(&server) : judge_end(&server);
        if (!reached && how != SERVED) failed("no fault, and %s", outcome_phrase(how));
        if (!reached) return seen;
        if ((how & row->outcomes) == 0) failed("\"%s\" is not in the table", outcome_phrase(how));
        seen |= how;
    }
}

/* Once as root with a log of its own, and once handed over a listener; told so to a supervisor. */
static void test_a_call_fails_at_start(void **state)
{
    const struct fault_row *row = *state;
    unsigned seen = 0;
    open_supervisor();
    atomic_store(&faults->pretends, true);
    for (const int *error = row->errors; *error != 0; error++) {
        atomic_store(&faults->hands_over, false);
        seen |= fail_each_use(row, *error, ARGUMENTS("--user", "nobody"));
        atomic_store(&faults->hands_over, true);
        seen |= fail_each_use(row, *error,
            ARGUMENTS("--user", "nobody", "--fallback", "half.txt", "--access-log", "-"));
    }
    row_expect(row, seen);
}

int main(void)
{
    return FAULT_ROWS(test_a_call_fails_at_start, GROUP_START);
}
