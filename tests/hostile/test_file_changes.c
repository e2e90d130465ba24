/* Files that grow, are replaced, removed or cut while clients ask for them. In all their versions
 * an octet at a position is the same: whatever is answered has to be the start of the file, and
 * never longer than announced (RFC 9110 §8.6, RFC 9112 §8).
 *
 * sendfile(2) lends the pages of a file, it does not copy them: of one that is cut in place, what
 * was sent and not yet received may turn into zeros, but never into octets of anything else.
 */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 40, CHANGES_LEAST = 60, CLIENTS = 4, NARROW = 16 * 1024, HUGE_FILE = 20000000 };

/* What happens to a file of at most this length, in turns. */
static struct {
    const char *name;
    size_t most;
    bool cuts;
    pthread_t thread;
    bool runs;
    atomic_bool stops, failed;
    atomic_uint changes;
} writer;

/* Makes the file that long where it is shorter, or may be cut. */
static bool set_length(const char *path, size_t length, bool cuts)
{
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    off_t end = file < 0 ? -1 : lseek(file, 0, SEEK_END);
    bool done = end >= 0;
    if (done && length > (size_t)end)
        done =
            write(file, site_octets(length) + end, length - (size_t)end) == (ssize_t)length - end;
    else if (done && cuts)
        done = ftruncate(file, (off_t)length) == 0;
    return file >= 0 && close(file) == 0 && done;
}

static bool change(unsigned number)
{
    struct site_path path = site_path(&world.site, writer.name);
    struct site_path fresh = site_path(&world.site, "fresh");
    size_t length = number * 7919ul * 7919ul % writer.most + 1;
    if (number % 3 == 0) return set_length(path.text, length, writer.cuts);
    if (number % 3 == 1 && !set_length(fresh.text, length, false)) return false;
    if (number % 3 == 1) /* exchanged: ext4 waits for the disk where a name is taken over */
        return renameat2(AT_FDCWD, fresh.text, AT_FDCWD, path.text, RENAME_EXCHANGE) == 0 &&
            unlink(fresh.text) == 0;
    return unlink(path.text) == 0 && set_length(path.text, length, false);
}

static void *write_changes(void *argument)
{
    while (!atomic_load(&writer.stops) && !atomic_load(&writer.failed))
        if (!change(atomic_fetch_add(&writer.changes, 1))) atomic_store(&writer.failed, true);
    return argument;
}

/* All that comes until the connection is over. */
static void receive_all(struct client *client)
{
    enum arrival arrival;
    do arrival = client_receive(client, PATIENCE);
    while (arrival == ARRIVED);
    if (arrival == SILENCE) failed("the connection stays open without octets");
}

/* Returns how much of the content came; the length that was announced is left in place. */
static size_t expect_start_of_file(const struct client *client, size_t *announced)
{
    const char *head = client->input + client->start;
    const char *end = memmem(head, client_pending(client), "\r\n\r\n", 4);
    const char *field =
        end == NULL ? NULL : memmem(head, (size_t)(end - head), "\nContent-Length:", 16);
    *announced = 1;
    if (end == NULL && client_pending(client) == 0) return 0;
    if (field == NULL || strncmp(head, "HTTP/1.1 ", 9) != 0) failed("this is no head");
    size_t received = client_pending(client) - (size_t)(end + 4 - head);
    *announced = strtoul(field + 16, NULL, 10);
    if (received > *announced) failed("%zu octets, %zu announced", received, *announced);
    if (strncmp(head, "HTTP/1.1 404 ", 13) == 0) return 0;
    if (strncmp(head, "HTTP/1.1 200 ", 13) != 0) failed("%.12s", head);
    const unsigned char *octets = site_octets(received);
    for (size_t i = 0; i < received; i++)
        if ((unsigned char)end[4 + i] != octets[i] && !(writer.cuts && end[4 + i] == 0))
            failed("octet %zu of %zu is not that of the file", i, received);
    return received;
}

static void start_download(struct client *client, int port, const char *name, bool narrow)
{
    char request[100];
    snprintf(
        request, sizeof request, "GET /%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", name);
    if (narrow)
        client_connect_narrow(client, port, NARROW);
    else
        client_connect(client, port);
    client_send_text(client, request);
}

/* Returns how many downloads were whole. */
static size_t download_at_once(int port, bool narrow)
{
    struct client clients[CLIENTS];
    size_t whole = 0;
    for (size_t i = 0; i < CLIENTS; i++) start_download(&clients[i], port, writer.name, narrow);
    for (size_t i = 0; i < CLIENTS; i++) {
        size_t announced;
        receive_all(&clients[i]);
        whole += expect_start_of_file(&clients[i], &announced) == announced;
        client_close(&clients[i]);
    }
    return whole;
}

static void start_writer(const char *name, size_t most, bool cuts)
{
    writer.name = name;
    writer.most = most;
    writer.cuts = cuts;
    site_add_octets(&world.site, name, most);
    site_octets(HUGE_FILE); /* made before there are threads */
    atomic_store(&writer.stops, false);
    writer.runs = pthread_create(&writer.thread, NULL, write_changes, NULL) == 0;
}

static void stop_writer(void)
{
    atomic_store(&writer.stops, true);
    if (writer.runs) pthread_join(writer.thread, NULL);
    writer.runs = false;
}

static void download_while_it_changes(size_t most, bool cuts, const char *option)
{
    struct server server;
    size_t whole = 0;
    struct patience patience = patience_for(PATIENCE);
    unsigned begun = atomic_load(&writer.changes);
    start_server(&server, ARGUMENTS("--threads", "4", option));
    start_writer("file", most, cuts);
    bool all = false;
    for (size_t round = 0; round < ROUNDS || (!all && patience_left(&patience)); round++) {
        whole += download_at_once(server.port, most > 100000);
        all = whole > 0 && atomic_load(&writer.changes) - begun > CHANGES_LEAST;
    }
    stop_writer();
    if (atomic_load(&writer.failed)) failed("a change could not be made");
    if (!all) failed("%zu downloads were whole, or the file has hardly changed", whole);
    server_stop(&server);
}

static void test_a_small_file_that_grows_or_is_replaced_is_never_mixed(void **state)
{
    (void)state;
    download_while_it_changes(3000, false, "--list");
    download_while_it_changes(3000, false, "--no-cache");
}

static void test_a_file_kept_open_that_grows_or_is_replaced_is_never_mixed(void **state)
{
    (void)state;
    download_while_it_changes(60000, false, "--list");
    download_while_it_changes(60000, false, "--no-cache");
}

static void test_a_large_file_that_grows_or_is_replaced_is_never_mixed(void **state)
{
    (void)state;
    download_while_it_changes(400000, false, "--list");
    download_while_it_changes(400000, false, "--no-cache");
}

static void test_a_file_that_is_cut_never_shows_octets_of_anything_else(void **state)
{
    (void)state;
    download_while_it_changes(3000, true, "--list");
    download_while_it_changes(60000, true, "--list");
    download_while_it_changes(400000, true, "--no-cache");
}

/* RFC 9110 §8.6: what is added while a file is sent belongs to no answer that was begun before. */
static void test_a_file_that_grows_while_it_is_sent_is_never_longer_than_announced(void **state)
{
    struct server server;
    struct client client;
    size_t announced;
    (void)state;
    start_server(&server, ARGUMENTS("--threads", "1"));
    site_add_octets(&world.site, "growing", HUGE_FILE);
    start_download(&client, server.port, "growing", true);
    while (client_pending(&client) < 1000)
        if (client_receive(&client, PATIENCE) != ARRIVED) failed("the download does not start");
    int file = open(site_path(&world.site, "growing").text, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file < 0 || write(file, "more", 4) != 4) failed("it does not grow: %s", strerror(errno));
    close(file);
    receive_all(&client);
    expect_start_of_file(&client, &announced);
    assert_int_equal(announced, HUGE_FILE);
    client_close(&client);
    server_stop(&server);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    return 0;
}

/* A test that failed leaves the writer at work. */
static int end(void **state)
{
    stop_writer();
    return test_end(state);
}

#define WHILE_CHANGING(function)                                                                   \
    {                                                                                              \
#function, function, test_begin, end, NULL                                                 \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        WHILE_CHANGING(test_a_small_file_that_grows_or_is_replaced_is_never_mixed),
        WHILE_CHANGING(test_a_file_kept_open_that_grows_or_is_replaced_is_never_mixed),
        WHILE_CHANGING(test_a_large_file_that_grows_or_is_replaced_is_never_mixed),
        WHILE_CHANGING(test_a_file_that_is_cut_never_shows_octets_of_anything_else),
        TEST(test_a_file_that_grows_while_it_is_sent_is_never_longer_than_announced),
    };
    return cmocka_run_group_tests_name("changing files", tests, setup, world_end);
}
