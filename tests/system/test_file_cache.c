/* What changes on the disk is seen within a second. Each answer is of the old state or of the new
 * one; one to a request that was sent more than a second after the change is of the new. */
#include "tests/system/support/cases.h"
#include "tests/system/support/changes.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DESCRIPTORS = 64, KEPT_OPEN = (DESCRIPTORS - 32) / 8, LARGE = 20000, LARGE_FILES = 100 };

/* Clocks count in ticks. */
#define BELIEVED 1.1

static void ask(struct client *client, const struct change *change, struct response *response)
{
    char request[200];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\nAccept-Encoding: %s\r\n\r\n",
        change->target, change->accept_encoding);
    client_send_text(client, request);
    response_read(client, response, TO_ANY);
}

static bool is_as(const struct response *response, int status, const char *content)
{
    return response->status == status &&
        (content == NULL ||
            (response->content_length == strlen(content) &&
                memcmp(response->content, content, strlen(content)) == 0));
}

/* Asks until the answer is of the new state. The connection lasts, so that a turn of the server
 * begins after the request was sent. */
static void expect_change_within_a_second(struct client *client, const struct change *change)
{
    struct response response;
    ask(client, change, &response);
    if (!is_as(&response, change->before, change->old)) failed("it is not as it was");
    response_release(&response);
    change->make();
    double changed = seconds_now();
    step("%s", change->name);
    for (bool seen = false; !seen;) {
        double sent = seconds_now();
        ask(client, change, &response);
        seen = is_as(&response, change->after, change->new);
        if (!seen && !is_as(&response, change->before, change->old))
            failed("status %d and %zu octets, neither old nor new", response.status,
                response.content_length);
        if (!seen && sent - changed > BELIEVED)
            failed("%.3f s after the change the answer is old", sent - changed);
        response_release(&response);
    }
}

static void test_what_changes_is_seen_within_a_second(void **state)
{
    (void)state;
    struct client client;
    client_connect(&client, world.port);
    for (unsigned i = 0; i < change_count; i++) expect_change_within_a_second(&client, &changes[i]);
    client_close(&client);
}

/* RFC 9110 §15.5.5: the page of the site is a file like any other. */
static void test_a_404_page_that_appears_is_seen_within_a_second(void **state)
{
    (void)state;
    struct response response = {0};
    char *text = NULL;
    request_once(world.port,
        "GET /no HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nConnection: close\r\n\r\n", &response,
        404);
    response_release(&response);
    site_add(&world.site, "404.html", "the page of the site");
    for (double changed = seconds_now(); text == NULL;) {
        double sent = seconds_now();
        request_once(world.port,
            "GET /no HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nConnection: close\r\n\r\n",
            &response, 404);
        if (is_as(&response, 404, "the page of the site")) text = response.octets;
        if (text == NULL && sent - changed > 2) failed("the page is not seen");
        if (text == NULL) response_release(&response);
    }
    response_expect_field(&response, "ETag", NULL);
    response_release(&response);
}

static void expect_descriptors(const struct server *server, size_t expected)
{
    struct patience patience = patience_for(PATIENCE);
    while (server_descriptors(server) != expected)
        if (!patience_left(&patience))
            failed("%zu descriptors are open, not %zu", server_descriptors(server), expected);
}

static void fetch_large_files(const struct server *server)
{
    for (size_t i = 0; i < LARGE_FILES; i++) {
        struct response response;
        char target[40];
        snprintf(target, sizeof target, "/large/%zu.bin", i);
        get_once(server->port, target, &response, 200);
        response_expect_octets(&response, LARGE + i);
        response_release(&response);
    }
}

/* An eighth of what is left after the server's own may be kept open. */
static void expect_no_descriptor_is_lost(const char *option, size_t kept)
{
    struct server server;
    server_start(&server,
        &(struct launch){.arguments = ARGUMENTS("--threads", "2", option),
            .directory = world.site.root,
            .descriptors = DESCRIPTORS});
    size_t before = server_descriptors(&server);
    for (int round = 0; round < 2; round++) {
        fetch_large_files(&server);
        expect_descriptors(&server, before + kept);
    }
    server_stop(&server);
}

static void test_many_large_files_need_few_descriptors(void **state)
{
    (void)state;
    expect_no_descriptor_is_lost("--list", KEPT_OPEN);
}

static void test_without_a_cache_no_file_stays_open(void **state)
{
    (void)state;
    expect_no_descriptor_is_lost("--no-cache", 0);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    changes_begin();
    for (size_t i = 0; i < LARGE_FILES; i++) {
        char name[40];
        snprintf(name, sizeof name, "large/%zu.bin", i);
        site_add_octets(&world.site, name, LARGE + i);
    }
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_changes_is_seen_within_a_second),
        TEST(test_a_404_page_that_appears_is_seen_within_a_second),
        TEST(test_many_large_files_need_few_descriptors),
        TEST(test_without_a_cache_no_file_stays_open),
    };
    return cases_run("file cache", NO_CASES, TESTS(tests), setup);
}
