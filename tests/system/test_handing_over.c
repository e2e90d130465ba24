/* Listening sockets that were open before the server and stay when it ends, as systemd hands them
 * over (sd_listen_fds(3)), and what it says of itself meanwhile (sd_notify(3)). */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/log_lines.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/program.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"
#include "tests/system/support/supervisor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LARGE = 20000000, TAIL = 300000, NARROW = 16 * 1024 };

#define GET_FILE "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n"

#define LAUNCH(...) (&(struct launch){.directory = world.site.root, __VA_ARGS__})

static void connect_ipv6(struct client *client, int port)
{
    const struct sockaddr_in6 address = {.sin6_family = AF_INET6,
        .sin6_port = htons((uint16_t)port),
        .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    *client = (struct client){.socket = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (connect(client->socket, (const struct sockaddr *)&address, sizeof address) != 0)
        failed("cannot connect: %s", strerror(errno));
}

static bool has_ipv6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool works = probe >= 0 && bind(probe, (struct sockaddr *)&address, sizeof address) == 0;
    if (probe >= 0) close(probe);
    return works;
}

/* Nobody listens at the port, and no other process gets it. */
static int hold_port(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int holder = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(holder, (struct sockaddr *)&address, size) != 0 ||
        getsockname(holder, (struct sockaddr *)&address, &size) != 0)
        failed("no port: %s", strerror(errno));
    *port = ntohs(address.sin_port);
    return holder;
}

static void begin_download(struct client *client, int port, const char *request)
{
    client_connect_narrow(client, port, NARROW);
    client_send_text(client, request);
    if (client_receive(client, PATIENCE) != ARRIVED) failed("the download does not start");
}

/* --- Listeners ------------------------------------------------------------------------------- */

static void test_an_inherited_listener_is_served_and_its_port_said(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    int port;
    int listener = open_listener(AF_INET, &port);
    server_start(&server, LAUNCH(.listeners = {listener}));
    if (server.port != port) failed("it says port %d, the listener has %d", server.port, port);
    client_connect(&client, port);
    expect_open(&client);
    client_close(&client);
    server_stop(&server);
    close(listener);
}

static void test_nothing_else_is_listened_on(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    char number[16];
    int port;
    int other;
    int listener = open_listener(AF_INET, &port);
    int holder = hold_port(&other);
    snprintf(number, sizeof number, "%d", other);
    server_start(&server, LAUNCH(.listeners = {listener}, .arguments = ARGUMENTS("-p", number)));
    if (client_try_connect(&client, other)) failed("it listens on --port, too");
    server_stop(&server);
    close(holder);
    close(listener);
}

static void test_an_ipv4_and_an_ipv6_listener_are_served(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    char expected[400];
    int ports[2];
    if (!has_ipv6()) skip();
    int four = open_listener(AF_INET, &ports[0]);
    int six = open_listener(AF_INET6, &ports[1]);
    server_start(&server, LAUNCH(.listeners = {four, six}));
    snprintf(expected, sizeof expected,
        "strata: serving %s at http://127.0.0.1:%d/\nstrata: serving %s at http://[::1]:%d/\n",
        world.site.root, ports[0], world.site.root, ports[1]);
    server_await_error(&server, expected);
    client_connect(&client, ports[0]);
    expect_open(&client);
    client_close(&client);
    connect_ipv6(&client, ports[1]);
    expect_open(&client);
    client_close(&client);
    server_stop(&server);
    close(four);
    close(six);
}

static void test_who_connected_before_the_start_is_served(void **state)
{
    (void)state;
    struct server server;
    struct client clients[20];
    int port;
    int listener = open_listener(AF_INET, &port);
    for (size_t i = 0; i < 20; i++) {
        client_connect(&clients[i], port);
        client_send_text(&clients[i], GET_FILE);
    }
    server_start(&server, LAUNCH(.listeners = {listener}));
    for (size_t i = 0; i < 20; i++) {
        expect_status(&clients[i], 200);
        client_close(&clients[i]);
    }
    server_stop(&server);
    close(listener);
}

/* While the old one finishes a download: who comes then is the next one's. */
static void test_who_connects_while_it_stops_is_left_to_the_next(void **state)
{
    (void)state;
    struct server old;
    struct server next;
    struct client download;
    struct client client;
    struct response response;
    int port;
    int listener = open_listener(AF_INET, &port);
    struct supervisor supervisor = supervisor_begin();
    server_start(&old, LAUNCH(.listeners = {listener}, .notify = supervisor.path));
    supervisor_expect(&supervisor, "READY=1");
    begin_download(&download, port, "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    server_signal(&old, SIGTERM);
    supervisor_expect(&supervisor, "STOPPING=1");
    server_await_sockets(&old, 2); /* the download, and what it tells the supervisor with */
    client_connect(&client, port);
    client_send_text(&client, GET_FILE);
    if (client_receive(&client, 0.2) != SILENCE) failed("somebody answers");
    server_start(&next, LAUNCH(.listeners = {listener}));
    expect_status(&client, 200);
    expect_open(&client); /* not closed: the answer is not from the old one */
    response_expect(&download, &response, 200);
    response_expect_octets(&response, LARGE);
    response_release(&response);
    client_close(&download);
    client_close(&client);
    server_wait(&old, 0);
    server_forget(&old);
    server_stop(&next);
    supervisor_end(&supervisor);
    close(listener);
}

static size_t requests_logged(const struct server *server)
{
    char *text = server_output(server);
    size_t lines = log_count_lines(text);
    free(text);
    return lines;
}

/* Connections of their own, by turns while one or the other is stopped, and while both run. */
static void test_two_processes_serve_one_listener(void **state)
{
    (void)state;
    enum { ROUNDS = 30 };
    struct server servers[2];
    int port;
    int listener = open_listener(AF_INET, &port);
    for (size_t i = 0; i < 2; i++) server_start(&servers[i], LAUNCH(.listeners = {listener}));
    for (size_t i = 0; i < 3 * ROUNDS; i++) {
        struct response response;
        if (i % 3 < 2) kill(servers[i % 3].pid, SIGSTOP);
        if (i % 3 < 2) waitpid(servers[i % 3].pid, NULL, WUNTRACED);
        get_once(port, "/probe.txt", &response, 200);
        response_expect_content(&response, "probe");
        response_release(&response);
        if (i % 3 < 2) kill(servers[i % 3].pid, SIGCONT);
    }
    for (size_t i = 0; i < 2; i++) {
        server_signal(&servers[i], SIGTERM);
        server_wait(&servers[i], 0);
    }
    size_t logged[2] = {requests_logged(&servers[0]), requests_logged(&servers[1])};
    step("one served %zu, the other %zu", logged[0], logged[1]);
    if (logged[0] < ROUNDS || logged[1] < ROUNDS || logged[0] + logged[1] != 3 * ROUNDS)
        failed("%zu and %zu requests are in the logs", logged[0], logged[1]);
    for (size_t i = 0; i < 2; i++) server_forget(&servers[i]);
    close(listener);
}

/* --- Listeners that are none ----------------------------------------------------------------- */

static void expect_not_adopted(int descriptor)
{
    struct server server;
    int port;
    int listener = open_listener(AF_INET, &port);
    program_start(&server, LAUNCH(.listeners = {listener, descriptor}));
    server_wait(&server, EXIT_CANNOT_LISTEN);
    char *errors = server_errors(&server);
    if (strstr(errors, "LISTEN_FDS") == NULL) failed("it says \"%s\"", errors);
    free(errors);
    server_forget(&server);
    close(listener);
    close(descriptor);
}

static void test_a_descriptor_that_does_not_listen_is_refused(void **state)
{
    (void)state;
    int ends[2];
    expect_not_adopted(open("/dev/null", O_RDONLY | O_CLOEXEC));
    expect_not_adopted(open(world.site.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    expect_not_adopted(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    expect_not_adopted(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (pipe2(ends, O_CLOEXEC) != 0) failed("no pipe");
    expect_not_adopted(ends[0]);
    close(ends[1]);
}

/* The variables as they are, with whatever is open; no port is taken instead. */
static void expect_variables_refused(const char *count, const char *process, const char *wanted)
{
    setenv("LISTEN_FDS", count, 1);
    if (process != NULL) setenv("LISTEN_PID", process, 1);
    expect_refused(ARGUMENTS("-p", "0"), world.site.root, EXIT_CANNOT_LISTEN, wanted);
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_PID");
}

static void test_listeners_for_another_process_are_refused(void **state)
{
    (void)state;
    char own[16];
    snprintf(own, sizeof own, "%d", (int)getpid());
    expect_variables_refused("1", own, "LISTEN_PID");
    expect_variables_refused("1", "1", "LISTEN_PID");
    expect_variables_refused("1", "", "LISTEN_PID");
    expect_variables_refused("1", NULL, "LISTEN_PID");
}

static void test_no_number_of_listeners_is_refused(void **state)
{
    (void)state;
    static const char *const counts[] = {"", "0", "-1", "one", "1x", " 1", "99999999999999999999"};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        expect_variables_refused(counts[i], "1", "LISTEN_FDS");
}

/* --- What is said ---------------------------------------------------------------------------- */

static void test_ready_is_said_once_it_serves(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    int port;
    int listener = open_listener(AF_INET, &port);
    struct supervisor supervisor = supervisor_begin();
    program_start(&server, LAUNCH(.listeners = {listener}, .notify = supervisor.path));
    supervisor_expect(&supervisor, "READY=1");
    char *errors = server_errors(&server);
    if (strstr(errors, "strata: serving ") == NULL) failed("it does not say where it serves");
    free(errors);
    client_connect(&client, port);
    expect_open(&client);
    client_close(&client);
    supervisor_expect_nothing(&supervisor);
    server_stop(&server);
    supervisor_expect(&supervisor, "STOPPING=1");
    supervisor_expect_nothing(&supervisor);
    supervisor_end(&supervisor);
    close(listener);
}

static void test_who_cannot_serve_is_not_ready(void **state)
{
    (void)state;
    struct server server;
    struct supervisor supervisor = supervisor_begin();
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    program_start(&server, LAUNCH(.listeners = {file}, .notify = supervisor.path));
    server_wait(&server, EXIT_CANNOT_LISTEN);
    supervisor_expect_nothing(&supervisor);
    server_forget(&server);
    supervisor_end(&supervisor);
    close(file);
}

/* Not at its end: who watches must know that what is still open is on purpose. */
static void test_stopping_is_said_at_the_signal_and_once(void **state)
{
    (void)state;
    static const int signals[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < 2; i++) {
        struct server server;
        struct client download;
        struct supervisor supervisor = supervisor_begin();
        server_start(&server, LAUNCH(.notify = supervisor.path));
        supervisor_expect(&supervisor, "READY=1");
        begin_download(&download, server.port, "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
        supervisor_expect_nothing(&supervisor);
        server_signal(&server, signals[i]);
        supervisor_expect(&supervisor, "STOPPING=1");
        if (!server_is_running(&server)) failed("it has ended before the download");
        server_signal(&server, SIGTERM);
        server_wait(&server, 0);
        supervisor_expect_nothing(&supervisor);
        server_forget(&server);
        client_close(&download);
        supervisor_end(&supervisor);
    }
}

static void test_with_nobody_to_tell_it_serves_all_the_same(void **state)
{
    (void)state;
    static const char *const nobody[] = {"/nowhere/at/all", "@strata-test-nobody", "relative", ""};
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
        struct server server;
        struct client client;
        server_start(&server, LAUNCH(.notify = nobody[i]));
        server_await_error(&server, "NOTIFY_SOCKET");
        client_connect(&client, server.port);
        expect_open(&client);
        client_close(&client);
        server_stop(&server);
    }
}

/* --- The last answer ------------------------------------------------------------------------- */

/* RFC 9112 §9.6: the whole answer is with the kernel, and the client has not read it yet. It may
 * send its next request, which must not meet a closed connection: that would be a reset, and
 * destroy the answer. */
static void test_who_asks_on_while_its_answer_is_on_the_way_gets_it_whole(void **state)
{
    (void)state;
    struct server server;
    struct client slow;
    struct client idle;
    struct response response;
    server_start(&server, LAUNCH(.arguments = ARGUMENTS("--grace", "100")));
    begin_download(&slow, server.port, "GET /tail.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    client_connect(&idle, server.port);
    expect_open(&idle);
    server_signal(&server, SIGTERM);
    client_expect_end(&idle); /* the idle are closed */
    client_send_text(&slow, GET_FILE);
    response_expect(&slow, &response, 200);
    response_expect_octets(&response, TAIL);
    response_release(&response);
    response_expect(&slow, &response, 200);
    response_expect_content(&response, "probe");
    if (!response.closes) failed("the last answer does not say so");
    response_release(&response);
    client_close(&slow);
    client_close(&idle);
    server_wait(&server, 0);
    server_forget(&server);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add_octets(&world.site, "large.bin", LARGE);
    site_add_octets(&world.site, "tail.bin", TAIL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_inherited_listener_is_served_and_its_port_said),
        TEST(test_nothing_else_is_listened_on),
        TEST(test_an_ipv4_and_an_ipv6_listener_are_served),
        TEST(test_who_connected_before_the_start_is_served),
        TEST(test_who_connects_while_it_stops_is_left_to_the_next),
        TEST(test_two_processes_serve_one_listener),
        TEST(test_a_descriptor_that_does_not_listen_is_refused),
        TEST(test_listeners_for_another_process_are_refused),
        TEST(test_no_number_of_listeners_is_refused),
        TEST(test_ready_is_said_once_it_serves),
        TEST(test_who_cannot_serve_is_not_ready),
        TEST(test_stopping_is_said_at_the_signal_and_once),
        TEST(test_with_nobody_to_tell_it_serves_all_the_same),
        TEST(test_who_asks_on_while_its_answer_is_on_the_way_gets_it_whole),
    };
    return cmocka_run_group_tests_name("handing over", tests, setup, world_end);
}
