/* Why strata cannot listen; then it listens nowhere, and no descriptor is left. */
#include "tests/transport/listening.h"

static void test_where_no_port_is_free_anywhere_it_gives_up(void **state)
{
    (void)state;
    struct listeners listeners;
    fail_bind(AF_INET, EADDRINUSE, 1000000);
    assert_int_equal(open_host(&listeners, "127.0.0.1", ANY_PORT), LISTEN_IN_USE);
}

static void test_two_cannot_listen_on_one_port(void **state)
{
    (void)state;
    struct listeners first;
    struct listeners second;
    assert_int_equal(open_host(&first, "127.0.0.1", ANY_PORT), LISTEN_OPEN);
    uint16_t port = first.list[0].port;
    assert_int_equal(open_host(&second, "127.0.0.1", port), LISTEN_IN_USE);
    listeners_close(&first);
    assert_int_equal(open_host(&second, "127.0.0.1", port), LISTEN_OPEN);
    assert_int_equal(second.list[0].port, port);
    listeners_close(&second);
}

static void test_a_port_in_use_at_the_last_host_closes_the_others(void **state)
{
    (void)state;
    struct listeners first;
    struct listeners second;
    const char *const hosts[] = {"127.0.0.2", "127.0.0.3", "127.0.0.1"};
    assert_int_equal(open_host(&first, "127.0.0.1", ANY_PORT), LISTEN_OPEN);
    assert_int_equal(open_hosts(&second, hosts, 3, first.list[0].port), LISTEN_IN_USE);
    listeners_close(&first);
}

/* A label of 70 octets is none (RFC 1035 §2.3.4): nobody has to be asked. */
static void test_an_unknown_host_has_no_address(void **state)
{
    (void)state;
    struct listeners listeners;
    char name[71];
    memset(name, 'x', sizeof name);
    name[70] = '\0';
    const char *const hosts[] = {"127.0.0.1", name};
    assert_int_equal(open_host(&listeners, name, ANY_PORT), LISTEN_NO_SUCH_HOST);
    assert_int_equal(open_hosts(&listeners, hosts, 2, ANY_PORT), LISTEN_NO_SUCH_HOST);
}

/* 192.0.2.1 is nobody's (RFC 5737 §3). */
static void test_an_address_of_another_machine_is_not_here(void **state)
{
    (void)state;
    struct listeners listeners;
    const char *const hosts[] = {"127.0.0.1", "192.0.2.1"};
    assert_int_equal(open_host(&listeners, "192.0.2.1", ANY_PORT), LISTEN_NOT_HERE);
    assert_int_equal(open_hosts(&listeners, hosts, 2, ANY_PORT), LISTEN_NOT_HERE);
}

static void test_a_low_port_needs_a_privilege(void **state)
{
    (void)state;
    struct listeners listeners;
    fail_bind(AF_INET, EACCES, 1);
    assert_int_equal(open_host(&listeners, "127.0.0.1", 80), LISTEN_NOT_PERMITTED);
}

static void test_what_the_system_refuses_otherwise_is_said_to_be_refused(void **state)
{
    (void)state;
    struct listeners listeners;
    fail_bind(AF_INET, ENOMEM, 1);
    assert_int_equal(open_host(&listeners, "127.0.0.1", ANY_PORT), LISTEN_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_no_port_is_free_anywhere_it_gives_up),
        cmocka_unit_test(test_two_cannot_listen_on_one_port),
        cmocka_unit_test(test_a_port_in_use_at_the_last_host_closes_the_others),
        cmocka_unit_test(test_an_unknown_host_has_no_address),
        cmocka_unit_test(test_an_address_of_another_machine_is_not_here),
        cmocka_unit_test(test_a_low_port_needs_a_privilege),
        cmocka_unit_test(test_what_the_system_refuses_otherwise_is_said_to_be_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
