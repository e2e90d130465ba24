/* All at once, against few threads: clients that stay, come and go, pipeline, leave in the middle,
 * send half, or do not read; deadlines that pass; files that are replaced and removed, more of them
 * than can be kept; a log that is moved away and reopened; and at last the end, in the middle of
 * it. What is answered is answered rightly. In the build with ThreadSanitizer this looks for races.
 */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/log_lines.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    FILES = 60,
    SETS = 3,
    CACHE_SETS = 1024,
    DESCRIPTORS = 400,
    LARGE = 6000000,
    OLD = 1600000000
};
enum { MARK = 16, SMALL = 6000, LENGTH_MAX = 40000 }; /* the mark: number and version */
enum { PIPELINE = 6, NARROW = 4096, ROUNDS_A_LOG = 4, LOGS_MAX = 1000 };
static const double SECONDS = 2.5; /* of load; one deadline is a tenth of one */

/* --- The files, and the thread that changes them ---------------------------------------------- */

static struct {
    pthread_t thread;
    atomic_uint newest[FILES]; /* the version that is about to be there, or is */
    atomic_uint changes, failures;
    atomic_bool stops;
} writer;

static bool may_be_missing(unsigned number)
{
    return number % 8 == 1;
}

/* Some are larger than what is kept in memory. */
static size_t length_of(unsigned number, unsigned version)
{
    size_t most = number % 8 == 0 ? LENGTH_MAX : SMALL;
    return MARK + (number * 31ul + version * 7919ul) % (most - MARK);
}

static void make_version(unsigned number, unsigned version, char octets[LENGTH_MAX + 1])
{
    size_t length = length_of(number, version);
    sprintf(octets, "%06u.%08u.", number % 1000000, version % 100000000);
    for (size_t i = MARK; i < length; i++)
        octets[i] = (char)('!' + (i + i / 91 + number * 7ul + version * 31ul) % 93);
}

/* Names that meet in a few sets of what is kept, as fs/file_cache.c has it: they drive each other
 * out. */
static unsigned names[FILES];

static void choose_names(void)
{
    unsigned name = 0;
    for (unsigned number = 0; number < FILES; name++) {
        char path[20];
        uint64_t hash = 0xcbf29ce484222325;
        sprintf(path, "/%u", name);
        for (const char *at = path; *at != '\0'; at++)
            hash = (hash ^ (unsigned char)*at) * 0x100000001b3;
        if ((hash ^ hash >> 32) % CACHE_SETS < SETS) names[number++] = name;
    }
}

static struct site_path path_of(unsigned number)
{
    char name[20];
    sprintf(name, "%u", names[number]);
    return site_path(&world.site, name);
}

static bool replace(unsigned number, unsigned version)
{
    static char octets[LENGTH_MAX + 1];
    struct site_path fresh = site_path(&world.site, "../fresh");
    ssize_t length = (ssize_t)length_of(number, version);
    const struct timespec times[2] = {{OLD, 0}, {OLD + version, 0}};
    int file = open(fresh.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    make_version(number, version, octets);
    atomic_store(&writer.newest[number], version);
    bool done = file >= 0 && write(file, octets, (size_t)length) == length &&
        futimens(file, times) == 0 && close(file) == 0;
    return done && rename(fresh.text, path_of(number).text) == 0;
}

static void *change_files(void *argument)
{
    const struct timespec pause = {0, 500000}; /* the machine has other work */
    for (unsigned version = 1; !atomic_load(&writer.stops); version++) {
        unsigned number = (version * 2654435761u >> 8) % FILES;
        if (may_be_missing(number) && version % 3 == 0)
            unlink(path_of(number).text);
        else if (!replace(number, version))
            atomic_fetch_add(&writer.failures, 1);
        atomic_fetch_add(&writer.changes, 1);
        nanosleep(&pause, NULL);
    }
    return argument;
}

/* --- One client ------------------------------------------------------------------------------ */

enum kind { STAYING, FRESH, PIPELINING, LEAVING, HALF_SENDING, IDLE, NOT_READING, KINDS };
static const unsigned share[KINDS] = {24, 8, 8, 6, 12, 6, 4};
enum { CLIENTS = 24 + 8 + 8 + 6 + 12 + 6 + 4 };

static struct churner {
    struct client client;
    enum kind kind;
    unsigned asked; /* the first of the files asked for; the others follow it */
    unsigned age;   /* rounds since it connected */
} churners[CLIENTS];

static struct {
    struct server server;
    unsigned round, logs;
    bool ends;
    /* what was seen */
    unsigned answers, missing, late, idle, stalled;
} churn;

/* The rest comes before the deadline, at it or after it, or never. */
static const struct half {
    const char *start, *rest;
} halves[] = {
    {"G", "ET /%u HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET /", "%u HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"GET /%u HTTP/1.1\r\nHost: a\r\n", "\r\n"},
    {"GET /%u HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", "defghi"},
};

static const struct half *half_of(const struct churner *churner)
{
    return &halves[(churner - churners) % 4];
}

static void say(struct churner *churner, const char *format)
{
    char text[200];
    size_t length = (size_t)snprintf(text, sizeof text, format, names[churner->asked]);
    client_try_send(&churner->client, text, length); /* it may have been closed just now */
}

static void ask(struct churner *churner, unsigned number)
{
    churner->asked = number;
    say(churner,
        churner->kind == FRESH ? "GET /%u HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                               : "GET /%u HTTP/1.1\r\nHost: a\r\n\r\n");
}

static void ask_many(struct churner *churner, unsigned number)
{
    char text[PIPELINE * 60];
    size_t length = 0;
    for (unsigned i = 0; i < PIPELINE; i++)
        length += (size_t)sprintf(text + length, "%s /%u HTTP/1.1\r\nHost: a\r\n\r\n",
            i == 2 ? "HEAD" : "GET", names[(number + i) % FILES]);
    churner->asked = number;
    client_try_send(&churner->client, text, length);
}

static void expect_version(const struct response *response, unsigned number)
{
    static char expected[LENGTH_MAX + 1];
    unsigned said = FILES;
    unsigned version = 0;
    if (sscanf(response->content, "%6u.%8u.", &said, &version) != 2 || said != number)
        failed("the answer for %u is that for %u", number, said);
    if (version > atomic_load(&writer.newest[number])) failed("version %u is to come", version);
    make_version(number, version, expected);
    if (response->content_length != length_of(number, version) ||
        memcmp(response->content, expected, response->content_length) != 0)
        failed("the answer for %u is not version %u", number, version);
}

/* Reads an answer to GET or HEAD for the file. False: the connection ended before any of it, as it
 * may at a deadline (RFC 9112 §9.5); or it was 408; or this was the last. */
static bool read_answer(struct churner *churner, unsigned number, enum request_method method)
{
    struct response response;
    struct client *client = &churner->client;
    enum arrival arrival = client_pending(client) > 0 ? ARRIVED : client_receive(client, PATIENCE);
    if (arrival == SILENCE) failed("no answer for %u", number);
    if (arrival != ARRIVED) return false;
    response_read(client, &response, method);
    int status = response.status;
    bool last = response.closes;
    if (status == 408 && churner->kind == HALF_SENDING)
        churn.late++;
    else if (status == 404 && may_be_missing(number))
        churn.missing++;
    else if (status != 200)
        failed("status %d", status);
    else if (method == TO_ANY)
        expect_version(&response, number);
    response_release(&response);
    churn.answers++;
    if (last && status != 408 && churner->kind != FRESH && !churn.ends)
        failed("a close that nobody asked for");
    if (last) client_expect_end(client);
    return !last;
}

static void begin(struct churner *churner, unsigned number)
{
    struct client *client = &churner->client;
    bool is_new = client->socket < 0;
    if (is_new && churner->kind == NOT_READING)
        client_connect_narrow(client, churn.server.port, NARROW);
    else if (is_new)
        client_connect(client, churn.server.port);
    churner->age = is_new ? 0 : churner->age + 1;
    if (churner->kind == PIPELINING) {
        ask_many(churner, number);
    } else if (churner->kind == HALF_SENDING && is_new) {
        churner->asked = number;
        say(churner, half_of(churner)->start);
    } else if (churner->kind == NOT_READING && is_new) {
        say(churner, "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    } else if (is_new || churner->kind <= LEAVING) {
        ask(churner, number);
    }
}

/* Half of them send the rest some time, the others never. */
static bool goes_on_half(struct churner *churner)
{
    bool rest = (churner - churners) / 4 % 2 == 0 && (churner->age + churn.round) % 5 == 0;
    if (!rest && client_receive(&churner->client, 0) == SILENCE && !churn.ends) return true;
    if (rest) say(churner, half_of(churner)->rest);
    (void)read_answer(churner, churner->asked, TO_ANY);
    return false;
}

static bool goes_on_idle(struct churner *churner)
{
    if (churner->age == 0) return read_answer(churner, churner->asked, TO_ANY);
    if (client_receive(&churner->client, 0) == SILENCE) return true;
    if (client_pending(&churner->client) > 0) failed("octets that nobody asked for");
    churn.idle++;
    return false;
}

static bool goes_on_unread(const struct churner *churner)
{
    struct pollfd state = {churner->client.socket, 0, 0};
    if (poll(&state, 1, 0) == 0) return true;
    churn.stalled++;
    return false;
}

static bool goes_on(struct churner *churner)
{
    unsigned asked = churner->asked;
    if (churner->kind == HALF_SENDING) return goes_on_half(churner);
    if (churner->kind == IDLE) return goes_on_idle(churner);
    if (churner->kind == NOT_READING) return goes_on_unread(churner);
    if (churner->kind == LEAVING) return false;
    if (churner->kind != PIPELINING) return read_answer(churner, asked, TO_ANY);
    for (unsigned i = 0; i < PIPELINE; i++)
        if (!read_answer(churner, (asked + i) % FILES, i == 2 ? TO_HEAD : TO_ANY)) {
            if (i > 0 && !churn.ends) failed("%u of %d answers", i, (int)PIPELINE);
            return false;
        }
    return true;
}

/* --- All of them ----------------------------------------------------------------------------- */

static void begin_all(void)
{
    churn.round++;
    for (unsigned i = 0; i < CLIENTS; i++)
        begin(&churners[i], (churn.round * CLIENTS + i) * 2654435761u % FILES);
}

static void end_all(void)
{
    for (unsigned i = 0; i < CLIENTS; i++) {
        struct churner *churner = &churners[(i * 29 + churn.round) % CLIENTS];
        if (goes_on(churner)) continue;
        (churner->kind == LEAVING ? client_reset : client_close)(&churner->client);
    }
}

static struct site_path log_path(unsigned number)
{
    char name[20];
    sprintf(name, "../log.%u", number);
    return site_path(&world.site, name);
}

static void move_log_away(void)
{
    if (rename(log_path(0).text, log_path(churn.logs + 1).text) == 0) churn.logs++;
    server_signal(&churn.server, SIGHUP);
}

/* Every line is whole, whatever file it is in, and none is lost. */
static void check_logs(void)
{
    static struct log_line line;
    size_t lines = 0;
    for (unsigned number = 0; number <= churn.logs; number++) {
        char *text = file_text(log_path(number).text, NULL);
        for (char *at = text; at != NULL && *at != '\0'; at = strchr(at, '\n') + 1) {
            const char *problem = log_parse_line(at, &line);
            if (problem != NULL) failed("%s: %.300s", problem, at);
            lines++;
        }
        free(text);
    }
    if (lines < churn.answers) failed("%zu lines for %u answers", lines, churn.answers);
}

static bool seen_enough(void)
{
    return churn.answers > 500 && churn.missing > 0 && churn.late > 0 && churn.idle > 0 &&
        churn.stalled > 0 && atomic_load(&writer.changes) > 100 && churn.logs > 2;
}

static void test_what_is_answered_is_right_whatever_else_happens(void **state)
{
    (void)state;
    struct site_path log = log_path(0);
    server_start(&churn.server,
        &(struct launch){.directory = world.site.root,
            .descriptors = DESCRIPTORS,
            .arguments = ARGUMENTS("--threads", "4", "--head-timeout", "0.1", "--content-timeout",
                "0.08", "--idle-timeout", "0.12", "--send-timeout", "0.1", "--linger-timeout",
                "0.05", "--access-log", log.text)});
    struct patience load = patience_for(SECONDS);
    struct patience patience = patience_for(PATIENCE);
    while (patience_left(&load) || !seen_enough()) {
        begin_all();
        if (churn.round % ROUNDS_A_LOG == 0 && churn.logs < LOGS_MAX) move_log_away();
        end_all();
        if (!patience_left(&patience)) failed("not all of it was seen");
    }
    begin_all();
    churn.ends = true;
    server_signal(&churn.server, SIGTERM);
    server_signal(&churn.server, SIGHUP);
    end_all();
    server_wait(&churn.server, 0);
    for (unsigned i = 0; i < CLIENTS; i++) client_close(&churners[i].client);
    server_forget(&churn.server);
    check_logs();
    if (atomic_load(&writer.failures) > 0) failed("a file could not be replaced");
}

static int setup(void **state)
{
    (void)state;
    struct churner *churner = churners;
    for (enum kind kind = 0; kind < KINDS; kind++)
        for (unsigned i = 0; i < share[kind]; i++)
            *churner++ = (struct churner){.client.socket = -1, .kind = kind};
    choose_names();
    world_begin_site();
    site_add_octets(&world.site, "large.bin", LARGE);
    for (unsigned number = 0; number < FILES; number++)
        if (!replace(number, 0)) return -1;
    return pthread_create(&writer.thread, NULL, change_files, NULL);
}

static int teardown(void **state)
{
    atomic_store(&writer.stops, true);
    pthread_join(writer.thread, NULL);
    return world_end(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_what_is_answered_is_right_whatever_else_happens)};
    return cmocka_run_group_tests_name("churn", tests, setup, teardown);
}
