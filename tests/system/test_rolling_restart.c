/* A rolling restart: a new process takes over the listener of the old one, which then stops, 20
 * times, while clients of several habits go on asking. Nothing is lost. Lost is a request that has
 * no answer although its client does what RFC 9110 §9.2.2 and RFC 9112 §9.3.2 allow: where a
 * connection that was used before closes before any octet of the response, it asks once more, on a
 * fresh one. So it does where it took a second to ask at all. An answer that is cut short, and one
 * that is not the file, are always losses. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/steps.h"
#include "tests/system/support/supervisor.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RESTARTS = 20, EACH = 2, SMALL = 3000, LARGE = 1200000 };

static const struct habit {
    const char *name;
    size_t size;  /* of the file */
    int requests; /* asked at once */
    bool leaves;  /* after each request */
    bool closes;  /* says so */
    bool pauses;  /* between connecting and asking */
} habits[] = {
    {.name = "stays", .size = SMALL, .requests = 1},
    {.name = "asks in pairs", .size = SMALL, .requests = 2},
    {.name = "leaves", .size = SMALL, .requests = 1, .leaves = true},
    {.name = "asks for the close", .size = SMALL, .requests = 1, .closes = true},
    {.name = "asks late", .size = SMALL, .requests = 1, .leaves = true, .pauses = true},
    {.name = "stays, for a large file", .size = LARGE, .requests = 1},
    {.name = "asks for the close, of a large file", .size = LARGE, .requests = 1, .closes = true},
};
enum { HABITS = sizeof habits / sizeof habits[0] };

static struct visitor {
    pthread_t thread;
    const struct habit *habit;
    struct client client;
    double connected, asked; /* when it began to, when it had */
    atomic_size_t answered;
    size_t repeated, lost;
    const char *first_lost;
} visitors[HABITS * EACH];
enum { VISITORS = HABITS * EACH };

static struct {
    int port;
    const unsigned char *octets;
    atomic_bool over;
} visits;

/* --- A visitor, in its thread: nothing in it may fail the test -------------------------------- */

enum fate { ANSWERED, UNANSWERED, CUT, WRONG };

/* Takes one answer from the input if it is all there. */
static bool take_answer(struct visitor *visitor, enum fate *fate, bool *last)
{
    struct client *client = &visitor->client;
    const size_t size = visitor->habit->size;
    char length[40];
    char *head = client->input + client->start;
    size_t pending = client_pending(client);
    char *end = pending == 0 ? NULL : memmem(head, pending, "\r\n\r\n", 4);
    if (end == NULL || pending - (size_t)(end + 4 - head) < size) return false;
    end[2] = '\0';
    snprintf(length, sizeof length, "\r\nContent-Length: %zu\r\n", size);
    bool right = strncmp(head, "HTTP/1.1 200 OK\r\n", 17) == 0 && strstr(head, length) != NULL &&
        memcmp(end + 4, visits.octets, size) == 0;
    *fate = right ? ANSWERED : WRONG;
    *last = strstr(head, "\r\nConnection: close\r\n") != NULL;
    client->start += (size_t)(end + 4 - head) + size;
    return true;
}

static enum fate read_answer(struct visitor *visitor, bool *last)
{
    enum fate fate;
    enum arrival arrival = ARRIVED;
    while (!take_answer(visitor, &fate, last)) {
        if (arrival == ENDED || arrival == WAS_RESET)
            return client_pending(&visitor->client) > 0 ? CUT : UNANSWERED;
        if (arrival == SILENCE) return CUT;
        arrival = client_receive(&visitor->client, PATIENCE);
    }
    return fate;
}

/* Returns how many were answered; what became of the next is in *fate. */
static int ask(struct visitor *visitor, int requests, enum fate *fate)
{
    const struct habit *habit = visitor->habit;
    char text[200] = "";
    int answers = 0;
    bool last = false;
    for (int i = 0; i < requests; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text),
            "GET /%zu.bin HTTP/1.1\r\nHost: a\r\n%s\r\n", habit->size,
            habit->closes ? "Connection: close\r\n" : "");
    client_try_send(&visitor->client, text, strlen(text));
    visitor->asked = seconds_now();
    do {
        *fate = last ? UNANSWERED : read_answer(visitor, &last);
        if (*fate == ANSWERED) answers++;
    } while (*fate == ANSWERED && answers < requests);
    if (last || habit->leaves || *fate != ANSWERED) client_close(&visitor->client);
    atomic_fetch_add(&visitor->answered, (size_t)answers);
    return answers;
}

static bool connect_anew(struct visitor *visitor)
{
    const struct timespec moment = {0, 40000000};
    visitor->connected = seconds_now();
    if (!client_try_connect(&visitor->client, visits.port)) return false;
    if (visitor->habit->pauses) nanosleep(&moment, NULL);
    return true;
}

static bool asked_at_once(const struct visitor *visitor)
{
    return visitor->asked - visitor->connected < 0.9;
}

/* What is repeated is repeated alone (RFC 9112 §9.3.2), on a fresh connection; and again where that
 * took a second, too. */
static const char *repeat(struct visitor *visitor)
{
    enum fate fate;
    do {
        visitor->repeated++;
        client_close(&visitor->client);
        if (!connect_anew(visitor)) return "not connected to repeat it";
        if (ask(visitor, 1, &fate) == 1) return NULL;
    } while (fate == UNANSWERED && !asked_at_once(visitor));
    return "repeated, and not answered, cut or wrong";
}

/* Returns what was lost; NULL: nothing. */
static const char *visit(struct visitor *visitor)
{
    enum fate fate;
    const char *loss = NULL;
    bool used = visitor->client.socket >= 0;
    if (!used && !connect_anew(visitor)) return "not connected";
    int answers = ask(visitor, visitor->habit->requests, &fate);
    if (fate == CUT) return "cut";
    if (fate == WRONG) return "wrong";
    if (answers == 0 && !used && asked_at_once(visitor))
        return "not answered on a fresh connection";
    for (; answers < visitor->habit->requests && loss == NULL; answers++) loss = repeat(visitor);
    return loss;
}

static void *go_on_visiting(void *argument)
{
    struct visitor *visitor = argument;
    const struct timespec pause = {0, 5000000}; /* the machine has other work */
    while (!atomic_load(&visits.over)) {
        const char *loss = visit(visitor);
        if (loss != NULL && visitor->lost++ == 0) visitor->first_lost = loss;
        nanosleep(&pause, NULL);
    }
    client_close(&visitor->client);
    return NULL;
}

/* --- The restarts ---------------------------------------------------------------------------- */

static void begin_visits(int port)
{
    visits.port = port;
    visits.octets = site_octets(LARGE);
    for (size_t i = 0; i < VISITORS; i++) {
        visitors[i].habit = &habits[i / EACH];
        visitors[i].client.socket = -1;
        if (pthread_create(&visitors[i].thread, NULL, go_on_visiting, &visitors[i]) != 0)
            failed("no thread");
    }
}

/* Until every visitor has been answered anew: the load is on. */
static void await_visits(void)
{
    struct patience patience = patience_for(PATIENCE);
    for (size_t i = 0; i < VISITORS; i++) {
        size_t before = atomic_load(&visitors[i].answered);
        while (atomic_load(&visitors[i].answered) == before)
            if (!patience_left(&patience)) failed("who %s waits", visitors[i].habit->name);
    }
}

static void end_visits(void)
{
    size_t lost = 0;
    atomic_store(&visits.over, true);
    for (size_t i = 0; i < VISITORS; i++) pthread_join(visitors[i].thread, NULL);
    for (size_t i = 0; i < VISITORS; i++) {
        const struct visitor *visitor = &visitors[i];
        step("who %s: %zu answers, %zu requests repeated, %zu lost: %s", visitor->habit->name,
            atomic_load(&visitor->answered), visitor->repeated, visitor->lost,
            visitor->lost > 0 ? visitor->first_lost : "-");
        lost += visitor->lost;
    }
    if (lost > 0) failed("%zu requests are lost", lost);
}

static void begin(struct server *server, int listener, const struct supervisor *supervisor)
{
    server_start(server,
        &(struct launch){
            .directory = world.site.root, .listeners = {listener}, .notify = supervisor->path});
    supervisor_expect(supervisor, "READY=1");
}

static void end(struct server *server, const struct supervisor *supervisor)
{
    server_signal(server, SIGTERM);
    supervisor_expect(supervisor, "STOPPING=1");
    server_wait(server, 0);
    server_forget(server);
}

/* Every other time the old one ends first, as with systemctl restart, and who comes meanwhile is
 * queued. */
static void test_20_restarts_under_load_lose_no_request(void **state)
{
    (void)state;
    struct server servers[2];
    int port;
    int listener = open_listener(AF_INET, &port);
    struct supervisor supervisor = supervisor_begin();
    begin(&servers[0], listener, &supervisor);
    begin_visits(port);
    for (size_t i = 0; i < RESTARTS; i++) {
        await_visits();
        if (i % 2 > 0) end(&servers[i % 2], &supervisor);
        begin(&servers[(i + 1) % 2], listener, &supervisor);
        if (i % 2 == 0) end(&servers[i % 2], &supervisor);
    }
    await_visits();
    end_visits();
    end(&servers[RESTARTS % 2], &supervisor);
    supervisor_end(&supervisor);
    close(listener);
}

static int setup(void **state)
{
    (void)state;
    char name[40];
    world_begin_site();
    for (size_t i = 0; i < HABITS; i++) {
        snprintf(name, sizeof name, "%zu.bin", habits[i].size);
        site_add_octets(&world.site, name, habits[i].size);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_20_restarts_under_load_lose_no_request)};
    return cmocka_run_group_tests_name("rolling restart", tests, setup, world_end);
}
