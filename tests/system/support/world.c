#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <signal.h>
#include <sys/resource.h>

struct world world;

void world_begin_site(void)
{
    struct rlimit limit;
    signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) { /* some tests hold many connections */
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    site_create(&world.site);
    site_add(&world.site, "probe.txt", "probe");
}

void world_begin(const char *const *arguments)
{
    if (world.site.base[0] == '\0') world_begin_site();
    server_start(
        &world.server, &(struct launch){.arguments = arguments, .directory = world.site.root});
    world.port = world.server.port;
}

void start_server(struct server *server, const char *const *arguments)
{
    server_start(server, &(struct launch){.arguments = arguments, .directory = world.site.root});
}

int world_end(void **state)
{
    (void)state;
    servers_abandon(NULL);
    site_remove(&world.site);
    return 0;
}

int test_begin(void **state)
{
    (void)state;
    steps_begin();
    response_names_server = true;
    return 0;
}

int test_end(void **state)
{
    (void)state;
    servers_abandon(&world.server);
    return 0;
}

void expect_open(struct client *client)
{
    struct response response;
    client_send_text(client, "GET /probe.txt HTTP/1.1\r\nHost: probe\r\n\r\n");
    response_expect(client, &response, 200);
    response_expect_content(&response, "probe");
    response_release(&response);
}

void expect_descriptors_closed(const char *target, const char *lines)
{
    static const char *const more[] = {"", "If-None-Match: *\r\n", "If-Match: \"x\"\r\n",
        "Range: bytes=0-0\r\n", "Range: bytes=99999999-\r\n", "Connection: close\r\n"};
    size_t before = server_descriptors(&world.server);
    for (size_t i = 0; i < 60; i++) {
        struct client client;
        struct response response;
        char request[300];
        snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: a\r\n%s%s\r\n",
            i < 30 ? "HEAD" : "GET", target, lines, more[i % 6]);
        client_connect(&client, world.port);
        client_send_text(&client, request);
        response_read(&client, &response, i < 30 ? TO_HEAD : TO_ANY);
        response_release(&response);
        client_close(&client);
    }
    struct patience patience = patience_for(PATIENCE);
    while (server_descriptors(&world.server) > before)
        if (!patience_left(&patience)) failed("more descriptors are open than before");
}
