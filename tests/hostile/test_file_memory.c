/* The process may have no more memory, while clients ask for what needs some: whoever cannot be
 * answered is told to come again, nobody else notices, and afterwards all is as before. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { HALF_SENT = 200, FILES = 100 };

/* The address space that the server has. */
static rlim_t memory_of(const struct server *server)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/%d/statm", (int)server->pid);
    char *text = file_text(path, NULL);
    rlim_t pages = text == NULL ? 0 : strtoul(text, NULL, 10);
    free(text);
    return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* A sanitizer ends the program when it gets no memory. */
static void allow_memory(const struct server *server, rlim_t most)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    skip();
#endif
    const struct rlimit limit = {most, RLIM_INFINITY};
    assert_int_equal(prlimit(server->pid, RLIMIT_AS, &limit, NULL), 0);
}

/* One block of memory for all threads: what a thread has reserved for itself would not be missed.
 */
static void start(struct server *server)
{
    setenv("MALLOC_ARENA_MAX", "1", 1);
    start_server(server, ARGUMENTS("--list", "--threads", "2", "--head-timeout", "100"));
}

static void test_without_memory_for_a_listing_the_answer_is_503(void **state)
{
    (void)state;
    struct server server;
    struct response response;
    start(&server);
    get_once(server.port, "/probe.txt", &response, 200);
    response_release(&response);
    allow_memory(&server, memory_of(&server));
    get_once(server.port, "/dir/", &response, 503);
    response_expect_field(&response, "Retry-After", "1");
    response_release(&response);
    allow_memory(&server, RLIM_INFINITY);
    get_once(server.port, "/dir/", &response, 200);
    response_release(&response);
    server_stop(&server);
}

/* Returns how many files were answered; the rest may have to wait. */
static size_t ask_for_files(int port)
{
    size_t found = 0;
    for (size_t i = 0; i < FILES; i++) {
        char request[100];
        struct client client;
        struct response response;
        snprintf(request, sizeof request,
            "GET /%zu HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", i);
        client_connect(&client, port);
        client_send_text(&client, request);
        response_read(&client, &response, TO_ANY);
        if (response.status == 503) response_expect_field(&response, "Retry-After", "1");
        if (response.status == 200) response_expect_octets(&response, 9000);
        if (response.status != 200 && response.status != 503) failed("status %d", response.status);
        found += response.status == 200;
        response_release(&response);
        client_expect_end(&client);
        client_close(&client);
    }
    return found;
}

/* RFC 9110 §15.6.4: half-sent heads and files to be kept want more than there is. */
static void test_without_memory_each_answer_is_the_file_or_503(void **state)
{
    (void)state;
    static char half[8000];
    struct server server;
    struct client clients[HALF_SENT];
    size_t length = (size_t)sprintf(half, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
    memset(half + length, 'x', sizeof half - length);
    start(&server);
    allow_memory(&server, memory_of(&server));
    for (size_t i = 0; i < HALF_SENT; i++) {
        client_connect(&clients[i], server.port);
        client_send(&clients[i], half, sizeof half);
    }
    if (ask_for_files(server.port) == FILES) failed("there was memory for all");
    for (size_t i = 0; i < HALF_SENT; i++) client_close(&clients[i]);
    allow_memory(&server, RLIM_INFINITY);
    assert_int_equal(ask_for_files(server.port), FILES);
    server_stop(&server);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "dir/file.txt", "file");
    for (size_t i = 0; i < FILES; i++) {
        char name[20];
        snprintf(name, sizeof name, "%zu", i);
        site_add_octets(&world.site, name, 9000);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_without_memory_for_a_listing_the_answer_is_503),
        TEST(test_without_memory_each_answer_is_the_file_or_503),
    };
    return cmocka_run_group_tests_name("memory", tests, setup, world_end);
}
