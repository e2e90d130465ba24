/* A file is replaced again and again, under clients that ask for it under thousands of names, so
 * that what is kept is given up all the time. Its octets tell its version, and so does its length:
 * no answer ever mixes two. RFC 9110 §8.8: content, length and validators belong together. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DESCRIPTORS = 128,
    CLIENTS = 8,
    ROUNDS = 400,
    NAMES = 3000,
    VERSIONS_MAX = 1 << 20,
    LENGTH_MAX = 40000
};
enum { MARK = 8, OLD = 1600000000 }; /* the version in digits; the time of version 0 */

static size_t length_of(unsigned version)
{
    return MARK + version * 7919ul % (LENGTH_MAX - MARK);
}

static void make_version(unsigned version, char octets[LENGTH_MAX])
{
    sprintf(octets, "%08u", version);
    for (size_t i = MARK; i < length_of(version); i++)
        octets[i] = (char)('!' + (i + i / 91 + version * 31ul) % 93);
}

static struct {
    pthread_t thread;
    atomic_uint version; /* the newest */
    atomic_bool stops, failed;
} writer;

static bool write_version(unsigned version)
{
    static char octets[LENGTH_MAX + 1];
    struct site_path fresh = site_path(&world.site, "../fresh");
    const struct timespec times[2] = {{OLD, 0}, {OLD + version, 0}};
    int file = open(fresh.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    make_version(version, octets);
    ssize_t length = (ssize_t)length_of(version);
    bool done = file >= 0 && write(file, octets, (size_t)length) == length &&
        futimens(file, times) == 0 && close(file) == 0;
    return done && rename(fresh.text, site_path(&world.site, "file.bin").text) == 0;
}

static void *write_versions(void *argument)
{
    for (unsigned version = 1; !atomic_load(&writer.stops) && version < VERSIONS_MAX; version++) {
        if (!write_version(version)) atomic_store(&writer.failed, true);
        atomic_store(&writer.version, version);
    }
    return argument;
}

/* What a client knows of the version that it was last answered with. */
struct known {
    unsigned version;
    char tag[80];
};

/* Its time stamp and its length, no more: two versions have two tags, and one has one. */
static void expect_own_tag(unsigned version, const char *tag)
{
    static struct {
        unsigned version;
        char tag[80];
    } tags[CLIENTS * ROUNDS];
    static size_t count;
    size_t i = 0;
    if (tag == NULL || tag[0] != '"') failed("version %u has no strong tag", version);
    while (i < count && tags[i].version != version && strcmp(tags[i].tag, tag) != 0) i++;
    if (i < count && (tags[i].version != version || strcmp(tags[i].tag, tag) != 0))
        failed("version %u has %s, version %u %s", version, tag, tags[i].version, tags[i].tag);
    if (i < count || count == sizeof tags / sizeof tags[0]) return;
    tags[count].version = version;
    snprintf(tags[count++].tag, sizeof tags[0].tag, "%s", tag);
}

/* RFC 9110 §8.8.2, §8.8.3 */
static void expect_own_validators(const struct response *response, unsigned version)
{
    char date[40];
    struct tm parts;
    const time_t time = OLD + (time_t)version;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&time, &parts));
    response_expect_field(response, "Last-Modified", date);
    expect_own_tag(version, response_field(response, "ETag"));
}

static void expect_octets(const struct response *response, unsigned version, size_t first)
{
    static char expected[LENGTH_MAX + 1];
    make_version(version, expected);
    if (first + response->content_length > length_of(version) ||
        memcmp(response->content, expected + first, response->content_length) != 0)
        failed("an answer is not that of version %u", version);
}

static void expect_whole(const struct response *response, struct known *known)
{
    char mark[MARK + 1] = "";
    if (response->content_length < MARK) failed("%zu octets", response->content_length);
    memcpy(mark, response->content, MARK);
    unsigned version = (unsigned)atol(mark);
    if (response->content_length != length_of(version))
        failed("version %u has %zu octets, not %zu", version, length_of(version),
            response->content_length);
    expect_octets(response, version, 0);
    expect_own_validators(response, version);
    known->version = version;
    snprintf(known->tag, sizeof known->tag, "%s", response_field(response, "ETag"));
}

/* RFC 9110 §13.1.5: a part of the version that the tag is of. */
static void expect_part(const struct response *response, const struct known *known, size_t first)
{
    char range[80];
    size_t length = length_of(known->version);
    snprintf(range, sizeof range, "bytes %zu-%zu/%zu", first, length - 1, length);
    response_expect_field(response, "Content-Range", range);
    response_expect_field(response, "ETag", known->tag);
    if (response->content_length != length - first) failed("not all of the part");
    expect_octets(response, known->version, first);
    expect_own_validators(response, known->version);
}

static void ask(struct client *client, unsigned number, const char *lines)
{
    char request[300];
    snprintf(request, sizeof request, "GET /n%u HTTP/1.1\r\nHost: a\r\n%s\r\n",
        number * 2654435761u % NAMES, lines);
    client_send_text(client, request);
}

/* Every other request of a client is for the rest of what it had. Returns how many got it. */
static size_t exchange_with(
    struct client clients[CLIENTS], struct known known[CLIENTS], unsigned round)
{
    struct response response;
    size_t first[CLIENTS];
    size_t parts = 0;
    for (unsigned i = 0; i < CLIENTS; i++) {
        char lines[200] = "";
        first[i] = length_of(known[i].version) / 3;
        if (round % 2 == 1)
            snprintf(lines, sizeof lines, "Range: bytes=%zu-\r\nIf-Range: %s\r\n", first[i],
                known[i].tag);
        ask(&clients[i], round / 2 * (CLIENTS / 2) + i / 2, lines);
    }
    for (unsigned i = 0; i < CLIENTS; i++) {
        response_read(&clients[i], &response, TO_ANY);
        if (response.status == 206 && round % 2 == 1)
            expect_part(&response, &known[i], first[i]);
        else if (response.status == 200)
            expect_whole(&response, &known[i]);
        else
            failed("status %d", response.status);
        parts += response.status == 206;
        response_release(&response);
    }
    return parts;
}

/* With so few descriptors the large versions drive each other out. */
static size_t ask_while_versions_change(const char *option)
{
    size_t parts = 0;
    struct server server;
    struct client clients[CLIENTS];
    struct known known[CLIENTS] = {0};
    server_start(&server,
        &(struct launch){.arguments = ARGUMENTS("--threads", "8", option),
            .directory = world.site.root,
            .descriptors = DESCRIPTORS});
    for (size_t i = 0; i < CLIENTS; i++) client_connect(&clients[i], server.port);
    unsigned begun = atomic_load(&writer.version);
    for (unsigned round = 0; round < ROUNDS; round++) parts += exchange_with(clients, known, round);
    if (atomic_load(&writer.failed)) failed("a version could not be written");
    if (atomic_load(&writer.version) < begun + 10) failed("the versions have not changed");
    for (size_t i = 0; i < CLIENTS; i++) client_close(&clients[i]);
    server_stop(&server);
    return parts;
}

static void test_no_answer_mixes_two_versions(void **state)
{
    (void)state;
    if (ask_while_versions_change("--list") == 0) failed("nobody got a part");
}

static void test_nor_does_one_without_a_cache(void **state)
{
    (void)state;
    ask_while_versions_change("--no-cache");
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    if (!write_version(0)) return -1;
    for (unsigned i = 0; i < NAMES; i++) {
        char name[20];
        sprintf(name, "n%u", i);
        site_add_link(&world.site, name, "file.bin");
    }
    return pthread_create(&writer.thread, NULL, write_versions, NULL);
}

static int teardown(void **state)
{
    atomic_store(&writer.stops, true);
    pthread_join(writer.thread, NULL);
    return world_end(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_answer_mixes_two_versions),
        TEST(test_nor_does_one_without_a_cache),
    };
    return cmocka_run_group_tests_name("versions of a file", tests, setup, teardown);
}
