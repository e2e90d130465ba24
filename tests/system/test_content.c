/* The octets of files: exact whatever the size, and never padding when a file changes while it is
 * sent. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { HUGE_FILE = 20000000, NARROW = 16 * 1024 };

static const size_t sizes[] = {0, 1, 2, 1023, 1024, 4095, 4096, 4097, 16384, 65535, 65536, 65537,
    131072, 1048575, 1048577, HUGE_FILE};

static void target_of(size_t size, char target[32])
{
    snprintf(target, 32, "/%zu.bin", size);
}

/* RFC 9110 §8.6 */
static void test_files_of_every_size_come_octet_by_octet(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char target[32];
        struct response response;
        target_of(sizes[i], target);
        get_once(world.port, target, &response, 200);
        response_expect_octets(&response, sizes[i]);
        response_release(&response);
    }
}

/* RFC 9112 §9.3 */
static void test_files_of_every_size_come_over_one_connection(void **state)
{
    (void)state;
    struct client client;
    client_connect(&client, world.port);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char request[100];
        char target[32];
        struct response response;
        target_of(sizes[i], target);
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
        client_send_text(&client, request);
        response_expect(&client, &response, 200);
        response_expect_octets(&response, sizes[i]);
        response_release(&response);
    }
    client_close(&client);
}

/* RFC 9110 §8.6: a client that takes little at a time gets the same octets. */
static void test_a_large_file_comes_whole_through_a_narrow_window(void **state)
{
    (void)state;
    struct client client;
    struct response response;
    client_connect_narrow(&client, world.port, 4096);
    client_send_text(&client, "GET /1048577.bin HTTP/1.1\r\nHost: a\r\n\r\n");
    response_expect(&client, &response, 200);
    response_expect_octets(&response, 1048577);
    response_release(&response);
    client_close(&client);
}

static void expect_same_fields(const struct response *head, const struct response *get)
{
    if (head->field_count != get->field_count)
        failed("HEAD has %zu field lines, GET %zu", head->field_count, get->field_count);
    for (size_t i = 0; i < get->field_count; i++)
        if (strcasecmp(get->fields[i].name, "Date") != 0)
            response_expect_field(head, get->fields[i].name, get->fields[i].value);
}

/* RFC 9110 §9.3.2: the fields that GET would get, but for what is known only from the content. */
static void test_head_gets_the_fields_of_get_and_no_content(void **state)
{
    (void)state;
    static const char *const targets[] = {"/0.bin", "/1.bin", "/65536.bin", "/20000000.bin",
        "/page", "/missing", "/dir", "/dir/", "/%zz", "/%2F"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        char request[200];
        struct client client;
        struct response head;
        struct response get;
        snprintf(request, sizeof request,
            "HEAD %s HTTP/1.1\r\nHost: a\r\n\r\nGET %s HTTP/1.1\r\nHost: a\r\n\r\n", targets[i],
            targets[i]);
        client_connect(&client, world.port);
        client_send_text(&client, request);
        response_read(&client, &head, TO_HEAD);
        response_read(&client, &get, TO_ANY);
        if (head.status != get.status)
            failed("HEAD is answered with %d, GET with %d", head.status, get.status);
        expect_same_fields(&head, &get);
        response_release(&head);
        response_release(&get);
        client_close(&client);
    }
}

/* Starts to receive a file of HUGE_FILE octets and halts while the server sends it. */
static void begin_download(struct client *client, const char *target)
{
    char request[100];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    client_connect_narrow(client, world.port, NARROW);
    client_send_text(client, request);
    while (client_pending(client) < 1000)
        if (client_receive(client, PATIENCE) != ARRIVED) failed("the download does not start");
}

static size_t content_received(const struct client *client)
{
    const char *start = client->input + client->start;
    const char *end = memmem(start, client_pending(client), "\r\n\r\n", 4);
    if (end == NULL) failed("no head of a response");
    return client_pending(client) - (size_t)(end + 4 - start);
}

/* The connection ends, in order or not, before all is there; what came are the file's octets. */
static void expect_cut_short(struct client *client, bool same_octets)
{
    enum arrival arrival;
    do {
        arrival = client_receive(client, PATIENCE);
        if (arrival == SILENCE) failed("the connection stays open without octets");
    } while (arrival == ARRIVED);
    size_t received = content_received(client);
    step("%zu octets of content came", received);
    if (received >= HUGE_FILE)
        failed("%zu octets came of a file that was changed while it was sent", received);
    const char *content = client->input + client->end - received;
    if (same_octets && memcmp(content, site_octets(HUGE_FILE), received) != 0)
        failed("what came are not the octets of the file");
    client_close(client);
}

/* RFC 9110 §8.6: an open file outlives its name. */
static void test_a_file_replaced_while_it_is_sent_comes_whole(void **state)
{
    (void)state;
    struct client client;
    struct response response;
    site_add_octets(&world.site, "replaced.bin", HUGE_FILE);
    begin_download(&client, "/replaced.bin");
    site_add(&world.site, "new.bin", "new");
    if (rename(site_path(&world.site, "new.bin").text,
            site_path(&world.site, "replaced.bin").text) != 0)
        failed("rename");
    response_expect(&client, &response, 200);
    response_expect_octets(&response, HUGE_FILE);
    response_release(&response);
    expect_open(&client);
    client_close(&client);
    get_until(world.port, "/replaced.bin", &response, 200, "new");
    response_release(&response);
}

/* RFC 9110 §8.6 */
static void test_a_file_removed_while_it_is_sent_comes_whole(void **state)
{
    (void)state;
    struct client client;
    struct response response;
    site_add_octets(&world.site, "removed.bin", HUGE_FILE);
    begin_download(&client, "/removed.bin");
    unlink(site_path(&world.site, "removed.bin").text);
    response_expect(&client, &response, 200);
    response_expect_octets(&response, HUGE_FILE);
    response_release(&response);
    client_close(&client);
    get_until(world.port, "/removed.bin", &response, 404, NULL);
    response_release(&response);
}

/* RFC 9112 §8: the announced length cannot be kept, so the message must be seen incomplete. */
static void test_a_file_truncated_while_it_is_sent_is_cut_short(void **state)
{
    (void)state;
    struct client client;
    site_add_octets(&world.site, "truncated.bin", HUGE_FILE);
    begin_download(&client, "/truncated.bin");
    if (truncate(site_path(&world.site, "truncated.bin").text, 10) != 0) failed("truncate");
    expect_cut_short(&client, false);
}

/* RFC 9112 §8: a file cut near its end is sent up to there, with nothing after it. */
static void test_a_file_truncated_near_its_end_is_not_padded(void **state)
{
    (void)state;
    struct client client;
    site_add_octets(&world.site, "shorter.bin", HUGE_FILE);
    begin_download(&client, "/shorter.bin");
    if (truncate(site_path(&world.site, "shorter.bin").text, HUGE_FILE - 100) != 0)
        failed("truncate");
    expect_cut_short(&client, true);
}

/* RFC 9112 §8: part of one file and part of another is no file. */
static void test_a_file_overwritten_while_it_is_sent_is_cut_short(void **state)
{
    (void)state;
    struct client client;
    site_add_octets(&world.site, "overwritten.bin", HUGE_FILE);
    begin_download(&client, "/overwritten.bin");
    int file = open(site_path(&world.site, "overwritten.bin").text, O_WRONLY | O_CLOEXEC);
    if (file < 0 || pwrite(file, "other", 5, HUGE_FILE - 1000) != 5) failed("overwrite");
    close(file);
    expect_cut_short(&client, false);
}

/* RFC 9112 §8 */
static void test_other_clients_are_served_after_a_file_was_cut(void **state)
{
    (void)state;
    struct response response;
    get_once(world.port, "/shorter.bin", &response, 200);
    response_expect_octets(&response, HUGE_FILE - 100);
    response_release(&response);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char target[32];
        target_of(sizes[i], target);
        site_add_octets(&world.site, target + 1, sizes[i]);
    }
    site_add(&world.site, "page.html", "page");
    site_add(&world.site, "dir/index.html", "index");
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_files_of_every_size_come_octet_by_octet),
        TEST(test_files_of_every_size_come_over_one_connection),
        TEST(test_a_large_file_comes_whole_through_a_narrow_window),
        TEST(test_head_gets_the_fields_of_get_and_no_content),
        TEST(test_a_file_replaced_while_it_is_sent_comes_whole),
        TEST(test_a_file_removed_while_it_is_sent_comes_whole),
        TEST(test_a_file_truncated_while_it_is_sent_is_cut_short),
        TEST(test_a_file_truncated_near_its_end_is_not_padded),
        TEST(test_a_file_overwritten_while_it_is_sent_is_cut_short),
        TEST(test_other_clients_are_served_after_a_file_was_cut),
    };
    return cases_run("content", NO_CASES, TESTS(tests), setup);
}
