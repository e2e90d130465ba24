/* --no-cache: what changes on the disk is seen at once, every time. */
#include "tests/system/support/cases.h"
#include "tests/system/support/changes.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>

static void expect(
    struct client *client, const struct change *change, int status, const char *content)
{
    struct response response;
    char request[200];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\nAccept-Encoding: %s\r\n\r\n",
        change->target, change->accept_encoding);
    client_send_text(client, request);
    response_expect(client, &response, status);
    if (content != NULL) response_expect_content(&response, content);
    response_release(&response);
}

static void test_what_changes_is_seen_at_once(void **state)
{
    (void)state;
    struct client client;
    client_connect(&client, world.port);
    for (unsigned i = 0; i < change_count; i++) {
        const struct change *change = &changes[i];
        expect(&client, change, change->before, change->old);
        change->make();
        step("%s", change->name);
        expect(&client, change, change->after, change->new);
    }
    client_close(&client);
}

static void test_each_of_a_hundred_states_is_seen(void **state)
{
    (void)state;
    struct client client;
    client_connect(&client, world.port);
    for (int i = 0; i < 100; i++) {
        char text[40];
        snprintf(text, sizeof text, "version %d", i);
        change_replace("version.txt", text);
        expect(
            &client, &(struct change){.target = "/version.txt", .accept_encoding = ""}, 200, text);
    }
    client_close(&client);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    changes_begin();
    world_begin(ARGUMENTS("--no-cache"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_changes_is_seen_at_once),
        TEST(test_each_of_a_hundred_states_is_seen),
    };
    return cases_run("no cache", NO_CASES, TESTS(tests), setup);
}
