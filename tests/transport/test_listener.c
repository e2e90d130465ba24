/* Where strata listens: all addresses of all hosts. */
#include "tests/transport/listening.h"

#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>

static size_t locks_destroyed;

int __real_pthread_mutex_destroy(pthread_mutex_t *lock);
int __wrap_pthread_mutex_destroy(pthread_mutex_t *lock);
int __wrap_pthread_mutex_destroy(pthread_mutex_t *lock)
{
    locks_destroyed++;
    return __real_pthread_mutex_destroy(lock);
}

/* The name of this host stands for two addresses: its own, and behind it this one. */
static const char *second_address;

int __real_getaddrinfo(
    const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found);
int __wrap_getaddrinfo(
    const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found);
int __wrap_getaddrinfo(
    const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    int result = __real_getaddrinfo(host, service, hints, found);
    if (result != 0 || second_address == NULL) return result;
    return __real_getaddrinfo(second_address, service, hints, &(*found)->ai_next);
}

static void assert_one_port(const struct listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++) {
        assert_true(listeners->list[i].port != 0);
        assert_int_equal(listeners->list[i].port, listeners->list[0].port);
    }
}

static void test_localhost_has_one_port_at_every_address(void **state)
{
    (void)state;
    struct listeners listeners;
    assert_int_equal(open_host(&listeners, "localhost", ANY_PORT), LISTEN_OPEN);
    assert_true(listeners.count >= 1);
    assert_one_port(&listeners);
    listeners_close(&listeners);
}

static void test_ipv4_and_ipv6_have_the_same_free_port(void **state)
{
    (void)state;
    struct listeners listeners;
    const char *const hosts[] = {"127.0.0.1", "::1"};
    if (!has_ipv6()) skip();
    assert_int_equal(open_hosts(&listeners, hosts, 2, ANY_PORT), LISTEN_OPEN);
    assert_int_equal(listeners.count, 2);
    assert_one_port(&listeners);
    assert_string_equal(listeners.list[0].host, "127.0.0.1");
    assert_string_equal(listeners.list[1].host, "[::1]");
    listeners_close(&listeners);
}

static void test_ipv6_leaves_ipv4_to_a_listener_of_its_own(void **state)
{
    (void)state;
    struct listeners listeners;
    const char *const hosts[] = {"::", "0.0.0.0"};
    if (!has_ipv6()) skip();
    assert_int_equal(open_hosts(&listeners, hosts, 2, ANY_PORT), LISTEN_OPEN);
    assert_int_equal(listeners.count, 2);
    assert_one_port(&listeners);
    listeners_close(&listeners);
}

static void test_the_free_port_is_really_listened_to(void **state)
{
    (void)state;
    struct listeners listeners;
    assert_int_equal(open_host(&listeners, "127.0.0.1", ANY_PORT), LISTEN_OPEN);
    int client = client_connect(listeners.list[0].port, 0);
    assert_true(client >= 0);
    __real_close(client);
    listeners_close(&listeners);
}

static void test_a_free_port_that_is_taken_at_the_next_address_is_given_up(void **state)
{
    (void)state;
    struct listeners listeners;
    const char *const hosts[] = {"127.0.0.1", "127.0.0.2"};
    fail_bind(AF_INET, EADDRINUSE, 1);
    bind_fails.passes = 1;
    assert_int_equal(open_hosts(&listeners, hosts, 2, ANY_PORT), LISTEN_OPEN);
    assert_int_equal(listeners.count, 2);
    assert_one_port(&listeners);
    assert_int_equal(bind_fails.times, 0);
    listeners_close(&listeners);
}

static void test_a_host_named_twice_is_listened_to_once(void **state)
{
    (void)state;
    struct listeners listeners;
    const char *const hosts[] = {"127.0.0.1", "127.0.0.1", "localhost", "localhost"};
    assert_int_equal(open_hosts(&listeners, hosts, 4, ANY_PORT), LISTEN_OPEN);
    for (size_t i = 0; i < listeners.count; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(listeners.list[i].host, listeners.list[j].host);
    assert_one_port(&listeners);
    listeners_close(&listeners);
}

static size_t name_loopbacks(char names[][INET_ADDRSTRLEN], const char **hosts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], INET_ADDRSTRLEN, "127.0.0.%u", (unsigned)(uint8_t)(i + 1));
        hosts[i] = names[i];
    }
    return count;
}

static void test_so_many_addresses_can_be_listened_to_and_no_more(void **state)
{
    (void)state;
    struct listeners listeners;
    char names[LISTENERS_MAX + 1][INET_ADDRSTRLEN];
    const char *hosts[LISTENERS_MAX + 1];
    name_loopbacks(names, hosts, LISTENERS_MAX + 1);
    assert_int_equal(open_hosts(&listeners, hosts, LISTENERS_MAX, ANY_PORT), LISTEN_OPEN);
    assert_int_equal(listeners.count, LISTENERS_MAX);
    listeners_close(&listeners);
    assert_int_equal(open_hosts(&listeners, hosts, LISTENERS_MAX + 1, ANY_PORT), LISTEN_TOO_MANY);
}

static void test_a_name_twice_does_not_count_twice(void **state)
{
    (void)state;
    struct listeners listeners;
    char names[LISTENERS_MAX][INET_ADDRSTRLEN];
    const char *hosts[LISTENERS_MAX + 1];
    hosts[name_loopbacks(names, hosts, LISTENERS_MAX)] = "127.0.0.1";
    assert_int_equal(open_hosts(&listeners, hosts, LISTENERS_MAX + 1, ANY_PORT), LISTEN_OPEN);
    assert_int_equal(listeners.count, LISTENERS_MAX);
    listeners_close(&listeners);
}

static void test_a_listener_does_not_block_and_is_closed_on_exec(void **state)
{
    (void)state;
    struct listeners listeners;
    assert_int_equal(open_host(&listeners, "127.0.0.1", ANY_PORT), LISTEN_OPEN);
    int descriptor = listeners.list[0].descriptor;
    assert_true((fcntl(descriptor, F_GETFL) & O_NONBLOCK) != 0);
    assert_true((fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
    listeners_close(&listeners);
}

static void test_what_it_accepts_has_no_delay(void **state)
{
    (void)state;
    struct listeners listeners;
    int on = 0;
    socklen_t size = sizeof on;
    assert_int_equal(open_host(&listeners, "127.0.0.1", ANY_PORT), LISTEN_OPEN);
    int client = client_connect(listeners.list[0].port, 0);
    assert_true(client >= 0);
    struct pollfd queued = {.fd = listeners.list[0].descriptor, .events = POLLIN};
    assert_int_equal(poll(&queued, 1, PATIENCE * 1000), 1);
    int accepted = accept(listeners.list[0].descriptor, NULL, NULL);
    assert_true(accepted >= 0);
    assert_int_equal(getsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
    assert_true(on != 0);
    __real_close(accepted);
    __real_close(client);
    listeners_close(&listeners);
}

static void test_closing_leaves_no_descriptor_and_no_lock(void **state)
{
    (void)state;
    struct listeners listeners;
    const char *const hosts[] = {"127.0.0.1", "127.0.0.2", "127.0.0.3"};
    size_t before = descriptors_open();
    assert_int_equal(open_hosts(&listeners, hosts, 3, ANY_PORT), LISTEN_OPEN);
    assert_int_equal(descriptors_open(), before + 3);
    locks_destroyed = 0;
    listeners_close(&listeners);
    assert_int_equal(descriptors_open(), before);
    assert_int_equal(locks_destroyed, 3);
    assert_int_equal(listeners.count, 0);
}

/* The names of the loopback, when IPv6 is switched off. */
static void test_one_of_several_addresses_may_be_missing(void **state)
{
    (void)state;
    struct listeners listeners;
    fail_bind(AF_INET6, EADDRNOTAVAIL, 1);
    assert_int_equal(open_host(&listeners, "localhost", ANY_PORT), LISTEN_OPEN);
    assert_true(listeners.count >= 1);
    assert_string_equal(listeners.list[0].host, "127.0.0.1");
    listeners_close(&listeners);
}

/* 192.0.2.1 is nobody's (RFC 5737 §3). */
static void test_an_address_that_is_not_here_is_passed_over_for_another_of_the_host(void **state)
{
    (void)state;
    struct listeners listeners;
    static const char *const hosts[][2] = {{"127.0.0.1", "192.0.2.1"}, {"192.0.2.1", "127.0.0.1"}};
    for (size_t i = 0; i < 2; i++) {
        second_address = hosts[i][1];
        enum listen_status status = open_host(&listeners, hosts[i][0], ANY_PORT);
        second_address = NULL;
        assert_int_equal(status, LISTEN_OPEN);
        assert_int_equal(listeners.count, 1);
        assert_string_equal(listeners.list[0].host, "127.0.0.1");
        listeners_close(&listeners);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_localhost_has_one_port_at_every_address),
        cmocka_unit_test(test_ipv4_and_ipv6_have_the_same_free_port),
        cmocka_unit_test(test_ipv6_leaves_ipv4_to_a_listener_of_its_own),
        cmocka_unit_test(test_the_free_port_is_really_listened_to),
        cmocka_unit_test(test_a_free_port_that_is_taken_at_the_next_address_is_given_up),
        cmocka_unit_test(test_a_host_named_twice_is_listened_to_once),
        cmocka_unit_test(test_so_many_addresses_can_be_listened_to_and_no_more),
        cmocka_unit_test(test_a_name_twice_does_not_count_twice),
        cmocka_unit_test(test_a_listener_does_not_block_and_is_closed_on_exec),
        cmocka_unit_test(test_what_it_accepts_has_no_delay),
        cmocka_unit_test(test_closing_leaves_no_descriptor_and_no_lock),
        cmocka_unit_test(test_one_of_several_addresses_may_be_missing),
        cmocka_unit_test(test_an_address_that_is_not_here_is_passed_over_for_another_of_the_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
