/* Deadlines of clients that do not read, or do not close; and none where none are wanted. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

enum { LARGE = 20000000, NARROW = 16 * 1024 };

#define GET_FILE         "GET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n"
#define GET_LARGE        "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n"
#define GET_WITH(length) "GET /file.txt HTTP/1.1\r\nHost: a\r\nContent-Length: " length "\r\n\r\n"

/* The content of a response to GET_LARGE that is here so far. */
static size_t content_received(const struct client *client)
{
    const char *start = client->input + client->start;
    const char *end = memmem(start, client_pending(client), "\r\n\r\n", 4);
    return end == NULL ? 0 : client_pending(client) - (size_t)(end + 4 - start);
}

static void expect_download_cut(struct client *client)
{
    enum arrival arrival;
    do {
        arrival = client_receive(client, PATIENCE);
        if (arrival == SILENCE) failed("the connection stays open without octets");
    } while (arrival == ARRIVED);
    step("%zu octets of content came", content_received(client));
    if (content_received(client) >= LARGE) failed("the whole file came");
}

/* Waits for the connection to be reset or closed, without reading from it. */
static void await_hang_up(struct client *client)
{
    struct pollfd poll_set = {client->socket, POLLRDHUP, 0};
    if (poll(&poll_set, 1, (int)(PATIENCE * 1000)) != 1) failed("the connection stays open");
}

/* RFC 9112 §9.5 */
static void test_a_client_that_reads_nothing_is_cut_off(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--send-timeout", "0.5"));
    client_connect_narrow(&client, server.port, NARROW);
    double began = seconds_now();
    client_send_text(&client, GET_LARGE);
    await_hang_up(&client);
    expect_no_earlier(began, 0.5);
    expect_download_cut(&client);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9112 §9.5: after its deadline, a reader has to keep up 1 KiB a second. */
static void test_a_client_that_reads_octet_by_octet_is_cut_off(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    char octet;
    start_server(&server, ARGUMENTS("--send-timeout", "0.5"));
    client_connect_narrow(&client, server.port, NARROW);
    client_send_text(&client, GET_LARGE);
    struct pollfd poll_set = {client.socket, POLLRDHUP, 0};
    struct patience patience = patience_for(PATIENCE);
    while (poll(&poll_set, 1, 20) == 0) {
        if (recv(client.socket, &octet, 1, MSG_DONTWAIT) < 0 && errno != EAGAIN) break;
        if (!patience_left(&patience)) failed("octet by octet a download lasts for ever");
    }
    client_close(&client);
    server_stop(&server);
}

/* RFC 9112 §9.5: a reader that keeps up may take longer than its deadline. */
static void test_a_client_that_keeps_reading_outlives_its_deadline(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    struct response response;
    start_server(&server, ARGUMENTS("--send-timeout", "3"));
    client_connect_narrow(&client, server.port, NARROW);
    client_send_text(&client, GET_LARGE);
    double began = seconds_now();
    while (seconds_now() < began + 4.5) {
        struct pollfd nothing = {-1, 0, 0};
        poll(&nothing, 1, 10); /* a pace of about a megabyte a second */
        if (client_receive(&client, PATIENCE) != ARRIVED) failed("the download ended");
    }
    response_expect(&client, &response, 200);
    response_expect_octets(&response, LARGE);
    response_release(&response);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9112 §9.6: the server waits for the client's close, but not for ever. */
static void test_a_client_that_does_not_close_is_closed(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--linger-timeout", "0.4"));
    size_t sockets = server_sockets(&server);
    client_connect(&client, server.port);
    client_send_text(&client, "GET /\n");
    double began = seconds_now();
    expect_status(&client, 400);
    client_expect_end(&client);
    server_await_sockets(&server, sockets);
    expect_no_earlier(began, 0.3);
    client_close(&client);
    server_stop(&server);
}

/* RFC 9112 §9.6: octets after the end do not buy time. */
static void test_a_client_that_goes_on_sending_is_closed(void **state)
{
    (void)state;
    struct server server;
    struct client client;
    start_server(&server, ARGUMENTS("--linger-timeout", "0.4"));
    client_connect(&client, server.port);
    client_send_text(&client, "GET /\n");
    expect_status(&client, 400);
    client_expect_end(&client);
    struct pollfd nothing = {-1, 0, 0};
    struct patience patience = patience_for(PATIENCE);
    while (client_try_send(&client, "x", 1)) {
        poll(&nothing, 1, 10);
        if (!patience_left(&patience)) failed("octet by octet the end lasts for ever");
    }
    client_close(&client);
    server_stop(&server);
}

enum { FRESH, HALF_HEAD, IDLE, HALF_CONTENT, UNREAD, KINDS };

static void begin_one_of_each_kind(struct client clients[KINDS], int port)
{
    for (size_t i = 0; i < KINDS; i++) client_connect_narrow(&clients[i], port, NARROW);
    client_send_text(&clients[HALF_HEAD], "GET /file.txt HTTP/1.1\r\n");
    client_send_text(&clients[IDLE], GET_FILE);
    expect_status(&clients[IDLE], 200);
    client_send_text(&clients[HALF_CONTENT], GET_WITH("10") "hello");
    client_send_text(&clients[UNREAD], GET_LARGE);
}

/* RFC 9112 §9.5 asks for no deadline; in a debugger there must be none. */
static void test_without_deadlines_nothing_is_cut_off(void **state)
{
    (void)state;
    struct server server;
    struct client clients[KINDS];
    struct response response;
    start_server(&server,
        ARGUMENTS("--no-deadlines", "--head-timeout", "0.1", "--idle-timeout", "0.1",
            "--content-timeout", "0.1", "--send-timeout", "0.1"));
    begin_one_of_each_kind(clients, server.port);
    for (size_t i = 0; i < UNREAD; i++)
        if (client_receive(&clients[i], 0.3) != SILENCE)
            failed("connection %zu was answered or ended", i);
    client_send_text(&clients[FRESH], GET_FILE);
    client_send_text(&clients[HALF_HEAD], "Host: a\r\n\r\n");
    client_send_text(&clients[IDLE], GET_FILE);
    client_send_text(&clients[HALF_CONTENT], "world");
    for (size_t i = 0; i < UNREAD; i++) expect_status(&clients[i], 200);
    response_expect(&clients[UNREAD], &response, 200);
    response_expect_octets(&response, LARGE);
    response_release(&response);
    for (size_t i = 0; i < KINDS; i++) client_close(&clients[i]);
    server_stop(&server);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    site_add_octets(&world.site, "large.bin", LARGE);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_client_that_reads_nothing_is_cut_off),
        TEST(test_a_client_that_reads_octet_by_octet_is_cut_off),
        TEST(test_a_client_that_keeps_reading_outlives_its_deadline),
        TEST(test_a_client_that_does_not_close_is_closed),
        TEST(test_a_client_that_goes_on_sending_is_closed),
        TEST(test_without_deadlines_nothing_is_cut_off),
    };
    return cmocka_run_group_tests_name("send deadlines", tests, setup, world_end);
}
