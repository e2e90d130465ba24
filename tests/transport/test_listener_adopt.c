/* Listening sockets that this process was started with: taken over as they are, or refused. A drain
 * closes them and does nothing else to them, for they live on elsewhere. */
#include "tests/transport/listening.h"
#include "tests/transport/stage.h"

#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/un.h>

/* Numbers in a row, as they are handed over. */
enum { FIRST = 200, ROW = LISTENERS_MAX + 1 };

/* The descriptor stands at the place, and nowhere else. */
static int put(int place, int descriptor)
{
    assert_true(descriptor >= 0);
    assert_int_equal(dup2(descriptor, FIRST + place), FIRST + place);
    __real_close(descriptor);
    return FIRST + place;
}

static bool is_open(int descriptor)
{
    return fcntl(descriptor, F_GETFD) >= 0;
}

static int bound_socket(int family, int type)
{
    const struct sockaddr_in four = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    bool is_four = family == AF_INET;
    const void *address = is_four ? (const void *)&four : (const void *)&six;
    int descriptor = socket(family, type, 0); /* it blocks, and is open on exec */
    assert_true(descriptor >= 0);
    assert_int_equal(bind(descriptor, address, is_four ? sizeof four : sizeof six), 0);
    return descriptor;
}

static int listening_socket(int family)
{
    int descriptor = bound_socket(family, SOCK_STREAM);
    assert_int_equal(listen(descriptor, 100), 0);
    return descriptor;
}

static uint16_t port_of(int descriptor)
{
    struct sockaddr_in6 address;
    socklen_t size = sizeof address;
    assert_int_equal(getsockname(descriptor, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin6_port); /* it stands at the same place in a sockaddr_in */
}

static void test_an_ipv4_listener_has_its_host_and_port(void **state)
{
    (void)state;
    struct listeners listeners;
    int first = put(0, listening_socket(AF_INET));
    assert_int_equal(listeners_adopt(&listeners, first, 1), LISTEN_OPEN);
    assert_int_equal(listeners.count, 1);
    assert_int_equal(listeners.list[0].descriptor, first);
    assert_string_equal(listeners.list[0].host, "127.0.0.1");
    assert_int_equal(listeners.list[0].port, port_of(first));
    assert_true(listeners.list[0].port > 0);
    assert_true(listeners.list[0].adopted);
    listeners_close(&listeners);
    assert_false(is_open(first));
}

/* RFC 3986 §3.2.2 */
static void test_an_ipv6_listener_has_its_host_in_brackets(void **state)
{
    (void)state;
    struct listeners listeners;
    if (!has_ipv6()) skip();
    int first = put(0, listening_socket(AF_INET6));
    assert_int_equal(listeners_adopt(&listeners, first, 1), LISTEN_OPEN);
    assert_string_equal(listeners.list[0].host, "[::1]");
    assert_int_equal(listeners.list[0].port, port_of(first));
    assert_true(listeners.list[0].adopted);
    listeners_close(&listeners);
}

static void test_so_many_in_a_row_are_adopted_in_their_order(void **state)
{
    (void)state;
    struct listeners listeners;
    for (int i = 0; i < LISTENERS_MAX; i++) put(i, listening_socket(AF_INET));
    assert_int_equal(listeners_adopt(&listeners, FIRST, LISTENERS_MAX), LISTEN_OPEN);
    assert_int_equal(listeners.count, LISTENERS_MAX);
    for (int i = 0; i < LISTENERS_MAX; i++) {
        assert_int_equal(listeners.list[i].descriptor, FIRST + i);
        assert_int_equal(listeners.list[i].port, port_of(FIRST + i));
    }
    listeners_close(&listeners);
    for (int i = 0; i < LISTENERS_MAX; i++) assert_false(is_open(FIRST + i));
}

static void test_one_more_is_too_many(void **state)
{
    (void)state;
    struct listeners listeners;
    for (int i = 0; i < ROW; i++) put(i, listening_socket(AF_INET));
    assert_int_equal(listeners_adopt(&listeners, FIRST, ROW), LISTEN_TOO_MANY);
    assert_int_equal(listeners.count, 0);
    assert_int_equal(listeners_adopt(&listeners, FIRST, INT_MAX), LISTEN_TOO_MANY);
    assert_int_equal(listeners.count, 0);
    for (int i = 0; i < ROW; i++) __real_close(FIRST + i);
}

static void test_it_does_not_block_and_is_closed_on_exec(void **state)
{
    (void)state;
    struct listeners listeners;
    int first = put(0, listening_socket(AF_INET));
    assert_int_equal(fcntl(first, F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(listeners_adopt(&listeners, first, 1), LISTEN_OPEN);
    assert_true((fcntl(first, F_GETFL) & O_NONBLOCK) != 0);
    assert_true((fcntl(first, F_GETFD) & FD_CLOEXEC) != 0);
    listeners_close(&listeners);
}

static void test_what_it_accepts_has_no_delay(void **state)
{
    (void)state;
    struct listeners listeners;
    int on = 0;
    socklen_t size = sizeof on;
    int first = put(0, listening_socket(AF_INET));
    assert_int_equal(listeners_adopt(&listeners, first, 1), LISTEN_OPEN);
    int client = client_connect(listeners.list[0].port, 0);
    struct pollfd queued = {.fd = first, .events = POLLIN};
    assert_int_equal(poll(&queued, 1, PATIENCE * 1000), 1);
    int accepted = accept(first, NULL, NULL);
    assert_int_equal(getsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
    assert_true(on != 0);
    __real_close(accepted);
    __real_close(client);
    listeners_close(&listeners);
}

/* Refused after one that is adopted, which is closed again; what is refused may be anybody's, and
 * stays as it is. */
static void assert_refused(int descriptor)
{
    struct listeners listeners;
    put(0, listening_socket(AF_INET));
    if (descriptor >= 0) put(1, descriptor);
    size_t before = descriptors_open();
    assert_int_equal(listeners_adopt(&listeners, FIRST, 2), LISTEN_NOT_LISTENING);
    assert_int_equal(listeners.count, 0);
    assert_int_equal(descriptors_open(), before - 1);
    assert_false(is_open(FIRST));
    if (descriptor < 0) return;
    assert_int_equal(fcntl(FIRST + 1, F_GETFD), 0);
    assert_int_equal(fcntl(FIRST + 1, F_GETFL) & O_NONBLOCK, 0);
    __real_close(FIRST + 1);
}

static void test_a_number_that_is_closed_is_refused(void **state)
{
    (void)state;
    __real_close(FIRST + 1);
    assert_refused(-1);
}

static void test_a_file_and_a_directory_are_refused(void **state)
{
    (void)state;
    assert_refused(content_file(100));
    assert_refused(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static void test_a_pipe_is_refused(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_refused(ends[0]);
    assert_refused(ends[1]);
}

static void test_a_udp_socket_is_refused(void **state)
{
    (void)state;
    assert_refused(bound_socket(AF_INET, SOCK_DGRAM));
}

static void test_a_unix_socket_that_listens_is_refused(void **state)
{
    (void)state;
    const struct sockaddr_un abstract = {.sun_family = AF_UNIX}; /* the kernel finds a name */
    int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(descriptor >= 0);
    assert_int_equal(
        bind(descriptor, (const struct sockaddr *)&abstract, sizeof abstract.sun_family), 0);
    assert_int_equal(listen(descriptor, 1), 0);
    assert_refused(descriptor);
}

static void test_a_tcp_socket_that_does_not_listen_is_refused(void **state)
{
    (void)state;
    assert_refused(socket(AF_INET, SOCK_STREAM, 0));
    assert_refused(bound_socket(AF_INET, SOCK_STREAM));
}

static void test_a_connection_is_refused_at_either_end(void **state)
{
    (void)state;
    for (int end = 0; end < 2; end++) {
        int listener = listening_socket(AF_INET);
        int client = client_connect(port_of(listener), 0);
        int accepted = accept(listener, NULL, NULL);
        fcntl(client, F_SETFD, 0);
        assert_refused(end == 0 ? client : accepted);
        __real_close(end == 0 ? accepted : client);
        __real_close(listener);
    }
}

/* --- Draining -------------------------------------------------------------------------------- */

/* A stage on a listener that is adopted; *elsewhere is the same one in other hands. */
static struct stage *stage_adopt(int *elsewhere)
{
    struct stage *stage = stage_open_plain(16);
    transport_close(&stage->transport);
    listeners_close(&stage->listeners);
    const struct transport_options options = stage_options(16);
    int first = put(0, listening_socket(AF_INET));
    *elsewhere = fcntl(first, F_DUPFD_CLOEXEC, 0);
    assert_int_equal(listeners_adopt(&stage->listeners, first, 1), LISTEN_OPEN);
    assert_int_equal(transport_open(&stage->transport, &options, &stage->listeners), IO_DONE);
    calls_reset();
    return stage;
}

static void stage_abandon(struct stage *stage, int elsewhere)
{
    __real_close(elsewhere);
    stage_close(stage);
}

static void test_an_adopted_listener_is_served_like_another(void **state)
{
    (void)state;
    int elsewhere;
    int client;
    struct stage *stage = stage_adopt(&elsewhere);
    struct connection *connection = stage_lend(stage, &client, "GET");
    queue_text(connection, "answer");
    assert_int_equal(connection_flush(connection), IO_DONE);
    give_back(stage, connection, WAIT_CLOSE);
    client_expect(client, "answer");
    stage_abandon(stage, elsewhere);
}

static void test_a_drain_leaves_who_is_queued_to_the_other_holder(void **state)
{
    (void)state;
    int elsewhere;
    struct stage *stage = stage_adopt(&elsewhere);
    for (int i = 0; i < 5; i++) client_write(stage_connect(stage), "GET");
    transport_drain(&stage->transport);
    assert_int_equal(calls_count(CALL_ACCEPT), 0);
    assert_int_equal(atomic_load(&stage->transport.count), 0);
    for (int i = 0; i < 5; i++) {
        char octets[3];
        int accepted = accept(elsewhere, NULL, NULL);
        assert_true(accepted >= 0);
        assert_int_equal(recv(accepted, octets, 3, MSG_WAITALL), 3);
        assert_memory_equal(octets, "GET", 3);
        __real_close(accepted);
    }
    stage_abandon(stage, elsewhere);
}

static void test_after_a_drain_the_other_holder_is_still_connected_to(void **state)
{
    (void)state;
    int elsewhere;
    struct stage *stage = stage_adopt(&elsewhere);
    int number = stage->listeners.list[0].descriptor;
    transport_drain(&stage->transport);
    assert_int_equal(calls_count(CALL_SHUTDOWN), 0);
    assert_false(is_open(number));
    assert_int_equal(stage->listeners.list[0].descriptor, -1);
    stage_connect(stage); /* asserts that it is */
    int accepted = accept(elsewhere, NULL, NULL);
    assert_true(accepted >= 0);
    __real_close(accepted);
    stage_abandon(stage, elsewhere);
}

/* epoll(7): an open one stays in the set although this number is closed, for it has another. */
static void test_after_a_drain_nobody_here_is_told_of_who_connects(void **state)
{
    (void)state;
    int elsewhere;
    struct stage *stage = stage_adopt(&elsewhere);
    transport_drain(&stage->transport);
    stage_connect(stage);
    struct pollfd queued = {.fd = elsewhere, .events = POLLIN};
    assert_int_equal(poll(&queued, 1, PATIENCE * 1000), 1);
    assert_false(is_readable(stage->transport.epoll));
    assert_null(stage_try(stage));
    assert_int_equal(calls_count(CALL_ACCEPT), 0);
    stage_abandon(stage, elsewhere);
}

/* Closing without a drain, as at a second signal. */
static void test_closing_leaves_the_other_holder_listening(void **state)
{
    (void)state;
    int elsewhere;
    struct stage *stage = stage_adopt(&elsewhere);
    listeners_close(&stage->listeners);
    stage_connect_narrow(stage, 0);
    stage_abandon(stage, elsewhere);
}

static void test_a_listener_of_our_own_is_emptied(void **state)
{
    (void)state;
    struct stage *stage = stage_open_plain(16);
    assert_false(stage->listeners.list[0].adopted);
    for (int i = 0; i < 5; i++) stage_connect(stage);
    transport_drain(&stage->transport);
    assert_int_equal(atomic_load(&stage->transport.count), 5);
    stage_close(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_ipv4_listener_has_its_host_and_port),
        cmocka_unit_test(test_an_ipv6_listener_has_its_host_in_brackets),
        cmocka_unit_test(test_so_many_in_a_row_are_adopted_in_their_order),
        cmocka_unit_test(test_one_more_is_too_many),
        cmocka_unit_test(test_it_does_not_block_and_is_closed_on_exec),
        cmocka_unit_test(test_what_it_accepts_has_no_delay),
        cmocka_unit_test(test_a_number_that_is_closed_is_refused),
        cmocka_unit_test(test_a_file_and_a_directory_are_refused),
        cmocka_unit_test(test_a_pipe_is_refused),
        cmocka_unit_test(test_a_udp_socket_is_refused),
        cmocka_unit_test(test_a_unix_socket_that_listens_is_refused),
        cmocka_unit_test(test_a_tcp_socket_that_does_not_listen_is_refused),
        cmocka_unit_test(test_a_connection_is_refused_at_either_end),
        cmocka_unit_test(test_an_adopted_listener_is_served_like_another),
        cmocka_unit_test(test_a_drain_leaves_who_is_queued_to_the_other_holder),
        cmocka_unit_test(test_after_a_drain_the_other_holder_is_still_connected_to),
        cmocka_unit_test(test_after_a_drain_nobody_here_is_told_of_who_connects),
        cmocka_unit_test(test_closing_leaves_the_other_holder_listening),
        cmocka_unit_test(test_a_listener_of_our_own_is_emptied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
