#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
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
