/* Where the server listens: addresses, ports, and what it says when it cannot. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/program.h"
#include "tests/system/support/steps.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void test_an_address_that_is_none_cannot_be_listened_on(void **state)
{
    (void)state;
    expect_refused(ARGUMENTS("--address", "nowhere.invalid", "--port", "0"), world.site.root,
        EXIT_CANNOT_LISTEN, "nowhere.invalid");
}

static void test_an_address_of_another_machine_cannot_be_listened_on(void **state)
{
    (void)state;
    expect_refused(ARGUMENTS("--address", "192.0.2.1", "--port", "0"), world.site.root,
        EXIT_CANNOT_LISTEN, "192.0.2.1");
}

/* A socket that listens on a free port of the IPv4 loopback. */
static int listen_somewhere(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        failed("no socket to listen on: %s", strerror(errno));
    *port = ntohs(address.sin_port);
    return listener;
}

static void test_a_port_in_use_is_told(void **state)
{
    (void)state;
    int port;
    char text[16];
    int listener = listen_somewhere(&port);
    snprintf(text, sizeof text, "%d", port);
    expect_refused(ARGUMENTS("--address", "127.0.0.1", "--port", text), world.site.root,
        EXIT_CANNOT_LISTEN, text);
    expect_refused(ARGUMENTS("--address", "127.0.0.1", "--port", text), world.site.root,
        EXIT_CANNOT_LISTEN, "--port"); /* what to do about it */
    close(listener);
}

static void test_a_port_just_left_by_another_server_is_taken_at_once(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    char port[16];
    server_start(&server, &(struct launch){.directory = world.site.root});
    client_connect(&client, server.port);
    expect_open(&client);
    snprintf(port, sizeof port, "%d", server.port);
    server_stop(&server); /* closes first: its side of the connection waits in TIME_WAIT */
    client_close(&client);
    server_start(&server,
        &(struct launch){.arguments = ARGUMENTS("--address", "127.0.0.1", "--port", port),
            .directory = world.site.root,
            .bare = true});
    server_stop(&server);
}

static void test_the_ready_line_names_directory_and_address(void **state)
{
    (void)state;
    struct server server;
    char expected[300];
    server_start(&server, &(struct launch){.directory = world.site.root});
    snprintf(expected, sizeof expected, "strata: serving %s at http://127.0.0.1:%d/\n",
        world.site.root, server.port);
    char *errors = server_errors(&server);
    const char *line = strstr(errors, "strata: serving "); /* root is warned before it */
    if (line == NULL || strcmp(line, expected) != 0) failed("standard error holds \"%s\"", errors);
    free(errors);
    server_stop(&server);
}

/* The ready lines: how many, and whether all name the same port. */
static size_t count_ready_lines(const struct server *server)
{
    size_t count = 0;
    char port[16];
    snprintf(port, sizeof port, ":%d/", server->port);
    char *errors = server_errors(server);
    for (const char *line = errors; (line = strstr(line, "strata: serving ")) != NULL; line++) {
        const char *found = strstr(line, port);
        if (found == NULL || found > strchr(line, '\n'))
            failed("a ready line names another port than %d:\n%s", server->port, errors);
        count++;
    }
    free(errors);
    return count;
}

static void await_ready_lines(const struct server *server, size_t count)
{
    struct patience patience = patience_for(PATIENCE);
    while (count_ready_lines(server) < count)
        if (!patience_left(&patience))
            failed("%zu ready lines, expected %zu", count_ready_lines(server), count);
}

static void test_several_addresses_share_the_free_port(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    server_start(&server,
        &(struct launch){
            .arguments = ARGUMENTS("--address", "127.0.0.1", "-a", "127.0.0.2", "-p", "0"),
            .directory = world.site.root,
            .bare = true});
    await_ready_lines(&server, 2);
    client_connect(&client, server.port);
    expect_open(&client);
    client_close(&client);
    server_stop(&server);
}

static void test_the_default_address_is_local_with_one_port_for_all(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    server_start(&server,
        &(struct launch){
            .arguments = ARGUMENTS("--port", "0"), .directory = world.site.root, .bare = true});
    await_ready_lines(&server, 1);
    client_connect(&client, server.port);
    expect_open(&client);
    client_close(&client);
    server_stop(&server);
}

static bool has_ipv6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool works = probe >= 0 && bind(probe, (struct sockaddr *)&address, sizeof address) == 0;
    if (probe >= 0) close(probe);
    return works;
}

/* RFC 3986 §3.2.2: an IPv6 address stands in brackets. */
static void test_the_ipv6_loopback_is_served(void **state)
{
    (void)state;
    struct server server;
    struct client client = {.socket = -1};
    if (!has_ipv6()) skip();
    server_start(&server,
        &(struct launch){.arguments = ARGUMENTS("--address", "::1", "--port", "0"),
            .directory = world.site.root,
            .bare = true});
    char expected[32];
    snprintf(expected, sizeof expected, "http://[::1]:%d/", server.port);
    server_await_error(&server, expected);
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
        .sin6_port = htons((unsigned short)server.port),
        .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    client.socket = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(client.socket, (struct sockaddr *)&address, sizeof address) != 0)
        failed("cannot connect: %s", strerror(errno));
    expect_open(&client);
    client_close(&client);
    server_stop(&server);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_address_that_is_none_cannot_be_listened_on),
        TEST(test_an_address_of_another_machine_cannot_be_listened_on),
        TEST(test_a_port_in_use_is_told),
        TEST(test_a_port_just_left_by_another_server_is_taken_at_once),
        TEST(test_the_ready_line_names_directory_and_address),
        TEST(test_several_addresses_share_the_free_port),
        TEST(test_the_default_address_is_local_with_one_port_for_all),
        TEST(test_the_ipv6_loopback_is_served),
    };
    return cmocka_run_group_tests_name("listening", tests, setup, world_end);
}
