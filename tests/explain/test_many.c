/* Many clients at once while --explain tells: lines stay whole, each connection's are in order, and
 * who does not read them stops nobody. */
#include "tests/support/json_line.h"
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"
#include "tests/system/support/supervisor.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CLIENTS = 20, ROUNDS = 25, WORKERS = 4 };

static const char request[] = "GET /file.txt HTTP/1.1\r\nHost: a\r\nX-Name: \"\\\xff\r\n\r\n";

struct talk {
    pthread_t thread;
    int port;
    int answers; /* whole ones that came back */
};

/* A client of its own thread: it must not use what fails a test. */
static void *talk(void *argument)
{
    struct talk *one = argument;
    struct client client;
    if (!client_try_connect(&client, one->port)) return NULL;
    for (; one->answers < ROUNDS; one->answers++) {
        size_t begin = client.end;
        if (!client_try_send(&client, request, strlen(request))) break;
        while (client.end - begin < 8 ||
            memmem(client.input + begin, client.end - begin, "the end of the file", 19) == NULL)
            if (client_receive(&client, PATIENCE) != ARRIVED) goto over;
        if (memcmp(client.input + begin, "HTTP/1.1 200", 12) != 0) break;
    }
over:
    client_close(&client);
    return NULL;
}

static void talk_to(int port)
{
    static struct talk talks[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) {
        talks[i] = (struct talk){.port = port};
        if (pthread_create(&talks[i].thread, NULL, talk, &talks[i]) != 0) failed("no thread");
    }
    for (size_t i = 0; i < CLIENTS; i++) pthread_join(talks[i].thread, NULL);
    for (size_t i = 0; i < CLIENTS; i++)
        if (talks[i].answers != ROUNDS)
            failed("client %zu has %d answers of %d", i, talks[i].answers, ROUNDS);
}

static long number(const char *line, const char *name)
{
    char member[40];
    snprintf(member, sizeof member, "\"%s\":", name);
    const char *at = strstr(line, member);
    return at == NULL ? -1 : strtol(at + strlen(member), NULL, 10);
}

struct seen {
    long at, request, answers, accepted, closed;
};

/* Time does not go back on a connection, and requests are counted. */
static void check_line(const char *line, struct seen *seen)
{
    long connection = number(line, "connection");
    if (!json_is_object(line)) failed("torn: %s", line);
    if (connection < 1 || connection > 2 * CLIENTS) failed("connection %ld: %s", connection, line);
    struct seen *one = &seen[connection];
    if (number(line, "at") < one->at || number(line, "at") < number(line, "turn"))
        failed("time goes back: %s", line);
    if (number(line, "request") < one->request || number(line, "request") > one->answers + 1)
        failed("request %ld after %ld answers: %s", number(line, "request"), one->answers, line);
    if (number(line, "worker") < 1 || number(line, "worker") > WORKERS) failed("%s", line);
    one->at = number(line, "at");
    one->request = number(line, "request");
    one->answers += strstr(line, "\"verb\":\"decided\"") != NULL;
    one->accepted += strstr(line, "\"verb\":\"accepted\"") != NULL;
    one->closed += strstr(line, "\"verb\":\"closed\"") != NULL;
    if (one->accepted != 1 || (one->closed > 0 && strstr(line, "\"closed\"") == NULL))
        failed("before it was accepted or after it was closed: %s", line);
}

static size_t count(const char *text, const char *part)
{
    size_t times = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part)) times++;
    return times;
}

static char *await_closed(const struct server *server, size_t times)
{
    struct patience patience = patience_for(PATIENCE);
    for (;;) {
        char *text = server_errors(server);
        if (count(text, "\"verb\":\"closed\"") >= times) return text;
        free(text);
        if (!patience_left(&patience)) failed("not all connections are closed");
    }
}

static void test_no_line_is_torn_by_twenty_clients_of_four_workers(void **state)
{
    static struct seen seen[2 * CLIENTS + 1];
    struct server server;
    (void)state;
    memset(seen, 0, sizeof seen);
    start_server(&server, ARGUMENTS("--threads=4", "--explain", "--explain-format=json"));
    talk_to(server.port);
    free(await_closed(&server, CLIENTS));
    talk_to(server.port); /* connections in the places of those before */
    char *told = await_closed(&server, 2 * CLIENTS);
    server_stop(&server);
    size_t lines = 0;
    char *rest = NULL;
    for (char *line = strtok_r(told, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, "strata: ", 8) == 0) continue;
        check_line(line, seen);
        lines++;
    }
    for (int i = 1; i <= 2 * CLIENTS; i++)
        if (seen[i].answers != ROUNDS || seen[i].closed != 1)
            failed("connection %d: %ld answers are told", i, seen[i].answers);
    step("%zu lines", lines);
    free(told);
}

/* The server with its standard error in a fifo, of which this is the end to be read. */
static int start_into_fifo(struct server *server)
{
    struct site_path fifo = site_path(&world.site, "../fifo");
    struct site_path script = site_path(&world.site, "../script");
    char text[2 * sizeof fifo.text];
    int port = 0;
    int listener = open_listener(AF_INET, &port);
    site_add_fifo(&world.site, "../fifo");
    snprintf(text, sizeof text, "#!/bin/sh\nexec \"$STRATA_PROGRAM\" \"$@\" 2>'%s'\n", fifo.text);
    site_add(&world.site, "../script", text);
    chmod(script.text, 0755);
    int end = open(fifo.text, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    program_start(server,
        &(struct launch){.program = script.text,
            .bare = true,
            .arguments = ARGUMENTS("--threads=4", "--explain"),
            .listeners = {listener},
            .directory = world.site.root});
    close(listener);
    server->port = port;
    if (end < 0) failed("no fifo");
    return end;
}

/* All there is to read now, added to text. */
static void read_all(int end, char *text, size_t size)
{
    size_t length = strlen(text);
    ssize_t got;
    while (length < size - 1 && (got = read(end, text + length, size - 1 - length)) > 0)
        length += (size_t)got;
    text[length] = '\0';
}

/* What nobody read is lost, and that is told when somebody reads again. */
static void test_who_stops_reading_standard_error_stops_nobody(void **state)
{
    static char text[1 << 20];
    struct server server;
    struct response response;
    (void)state;
    int end = start_into_fifo(&server);
    for (int i = 0; i < 3; i++) talk_to(server.port);
    read_all(end, text, sizeof text);
    struct patience patience = patience_for(PATIENCE);
    while (strstr(text, " lines of --explain were lost") == NULL) {
        get_once(server.port, "/file.txt", &response, 200);
        response_release(&response);
        read_all(end, text, sizeof text);
        if (!patience_left(&patience)) failed("what was lost is not told");
    }
    server_stop(&server);
    close(end);
}

static int setup(void **state)
{
    (void)state;
    world_begin(NULL);
    site_add(&world.site, "file.txt", "this is the end of the file");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_line_is_torn_by_twenty_clients_of_four_workers),
        TEST(test_who_stops_reading_standard_error_stops_nobody),
    };
    return cases_run("many", NO_CASES, TESTS(tests), setup);
}
