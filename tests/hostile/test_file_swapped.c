/* Somebody with a hand in the root swaps what lies there for a way out of it, in a loop, while
 * clients ask: whenever the server looks, not one octet of what lies outside is answered, and
 * nothing blocks it (RFC 9110 §17.3). */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { ROUNDS_LEAST = 300, CLIENTS = 4, LARGE = 100000 };

/* Two names of the root that are exchanged, and what is asked for meanwhile. */
struct swap {
    const char *one, *other;
    const char *targets[6];
};

static const struct swap directories = {"door", "window",
    {"/door/file.txt", "/window/file.txt", "/door/large.bin", "/door/", "/door", "/window/page"}};
static const struct swap files = {"note.txt", "way.txt",
    {"/note.txt", "/way.txt", "/note.txt?x", "/way.txt", "/note.txt", "/way.txt"}};
static const struct swap ancestors = {"deep/a", "deep/b",
    {"/deep/a/c/d/file.txt", "/deep/b/c/d/file.txt", "/deep/a/c/d/", "/deep/a/c/../c/d/file.txt",
        "/deep/b/c/d", "/deep/a/c/d/file.txt"}};
static const struct swap indexes = {"site/index.html", "site/other.html",
    {"/site/", "/site/other", "/site/index.html", "/site", "/site/index", "/site/other.html"}};
static const struct swap variants = {"page.html.gz", "way.gz",
    {"/page.html", "/page", "/page.html", "/page.html.gz", "/way.gz", "/page"}};
static const struct swap fifos = {
    "file.txt", "fifo", {"/file.txt", "/fifo", "/file.txt", "/fifo", "/file.txt", "/fifo"}};

static struct {
    const struct swap *swap;
    pthread_t thread;
    bool runs;
    atomic_bool stops, failed;
} mover;

/* An even number of times: in the end all is as it was. */
static void *move(void *argument)
{
    struct site_path one = site_path(&world.site, mover.swap->one);
    struct site_path other = site_path(&world.site, mover.swap->other);
    for (bool even = true; !even || !atomic_load(&mover.stops); even = !even)
        if (renameat2(AT_FDCWD, one.text, AT_FDCWD, other.text, RENAME_EXCHANGE) != 0)
            atomic_store(&mover.failed, true);
    return argument;
}

static void start_mover(const struct swap *swap)
{
    mover.swap = swap;
    atomic_store(&mover.stops, false);
    mover.runs = pthread_create(&mover.thread, NULL, move, NULL) == 0;
}

static void stop_mover(void)
{
    atomic_store(&mover.stops, true);
    if (mover.runs) pthread_join(mover.thread, NULL);
    mover.runs = false;
}

/* What was answered: something from inside, that it is not there, or that it cannot be said now. */
struct seen {
    size_t inside, absent;
};

static void look_at(const struct response *response, struct seen *seen)
{
    if (response_contains(response, "secret")) failed("something from outside was answered");
    if (response->status == 200) {
        bool large = response->content_length == LARGE;
        if (large) response_expect_octets(response, LARGE);
        seen->inside += large || response_contains(response, "inside");
    } else if (response->status == 404) {
        seen->absent++;
    } else if (response->status != 301 && response->status != 503) {
        failed("status %d", response->status);
    }
}

static void ask_at_once(int port, const struct swap *swap, size_t round, struct seen *seen)
{
    char request[200];
    struct client clients[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) {
        snprintf(request, sizeof request,
            "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n",
            swap->targets[(round * CLIENTS + i) % 6]);
        client_connect(&clients[i], port);
        client_send_text(&clients[i], request);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        struct response response;
        response_read(&clients[i], &response, TO_ANY);
        look_at(&response, seen);
        response_release(&response);
        client_close(&clients[i]);
    }
}

/* What is kept is believed for a second: it takes some until both have been seen. */
static void ask_while(const struct swap *swap, const char *option)
{
    struct server server;
    struct seen seen = {0};
    struct patience patience = patience_for(PATIENCE);
    start_server(&server, ARGUMENTS("--list", "--threads", "4", option));
    start_mover(swap);
    bool all = false;
    for (size_t round = 0; round < ROUNDS_LEAST || (!all && patience_left(&patience)); round++) {
        ask_at_once(server.port, swap, round, &seen);
        all = seen.inside > 0 && seen.absent > 0;
    }
    stop_mover();
    if (atomic_load(&mover.failed)) failed("they could not be swapped");
    if (!all) failed("%zu from inside, %zu absent: no race", seen.inside, seen.absent);
    server_stop(&server);
}

static void ask_with_and_without_cache(const struct swap *swap)
{
    ask_while(swap, "--no-cache");
    ask_while(swap, "--list");
}

static void test_nothing_outside_is_answered_while_a_directory_and_a_link_are_swapped(void **state)
{
    (void)state;
    ask_with_and_without_cache(&directories);
}

static void test_nothing_outside_is_answered_while_a_file_and_a_link_are_swapped(void **state)
{
    (void)state;
    ask_with_and_without_cache(&files);
}

static void test_nothing_outside_is_answered_while_a_directory_further_up_is_swapped(void **state)
{
    (void)state;
    ask_with_and_without_cache(&ancestors);
}

static void test_nothing_outside_is_answered_while_an_index_is_swapped(void **state)
{
    (void)state;
    ask_with_and_without_cache(&indexes);
}

static void test_nothing_outside_is_answered_while_a_variant_is_swapped(void **state)
{
    (void)state;
    ask_with_and_without_cache(&variants);
}

/* To wait for the writer of a FIFO would be to wait for ever. */
static void test_nothing_blocks_while_a_file_and_a_fifo_are_swapped(void **state)
{
    (void)state;
    ask_with_and_without_cache(&fifos);
}

static void add(const char *name, const char *text)
{
    char outside[100];
    site_add(&world.site, name, text);
    snprintf(outside, sizeof outside, "../outside/%s", name);
    site_add(&world.site, outside, "secret");
}

static int setup(void **state)
{
    static const char *const links[][2] = {{"window", "../outside/door"},
        {"way.txt", "../outside/note.txt"}, {"deep/b", "../../outside/deep/a"},
        {"site/other.html", "../../outside/site/index.html"},
        {"way.gz", "../outside/page.html.gz"}};
    (void)state;
    world_begin_site();
    add("door/file.txt", "inside");
    add("door/page.html", "inside");
    add("door/inside.txt", "inside");
    add("note.txt", "inside");
    add("deep/a/c/d/file.txt", "inside");
    add("site/index.html", "inside");
    add("page.html", "inside");
    add("page.html.gz", "inside");
    add("file.txt", "inside");
    site_add_octets(&world.site, "door/large.bin", LARGE);
    site_add(&world.site, "../outside/door/large.bin", "secret");
    site_add(&world.site, "../outside/door/secret.txt", "secret");
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        site_add_link(&world.site, links[i][0], links[i][1]);
    site_add_fifo(&world.site, "fifo");
    return 0;
}

/* A test that failed leaves the mover at work. */
static int end(void **state)
{
    stop_mover();
    return test_end(state);
}

#define WHILE_SWAPPED(function)                                                                    \
    {                                                                                              \
#function, function, test_begin, end, NULL                                                 \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHILE_SWAPPED(test_nothing_outside_is_answered_while_a_directory_and_a_link_are_swapped),
        WHILE_SWAPPED(test_nothing_outside_is_answered_while_a_file_and_a_link_are_swapped),
        WHILE_SWAPPED(test_nothing_outside_is_answered_while_a_directory_further_up_is_swapped),
        WHILE_SWAPPED(test_nothing_outside_is_answered_while_an_index_is_swapped),
        WHILE_SWAPPED(test_nothing_outside_is_answered_while_a_variant_is_swapped),
        WHILE_SWAPPED(test_nothing_blocks_while_a_file_and_a_fifo_are_swapped),
    };
    return cmocka_run_group_tests_name("swapped files", tests, setup, world_end);
}
