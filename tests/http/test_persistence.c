/* Does the connection outlive the message? RFC 9112 §9.3. */
#include "http/framing.h"
#include "tests/support/http_request.h"

struct connection {
    int minor;
    const char *lines;
    bool persists;
};

static const struct connection connections[] = {
    {1, "Host: a\r\n", true},
    {9, "Host: a\r\n", true},
    {0, "Host: a\r\n", false},
    {1, "Connection: close\r\n", false},
    {1, "connection: CLOSE\r\n", false},
    {1, "Connection: keep-alive, Close\r\n", false},
    {1, "Connection: close, keep-alive\r\n", false},
    {1, "Connection: x\r\nA: b\r\nConnection: ,close,\r\n", false},
    {1, "Connection: x\r\nConnection: close\r\nConnection: y\r\n", false},
    {1, "Connection: keep-alive\r\n", true},
    {1, "Connection: \r\n", true},
    {1, "Connection: xclose, closed, clos\r\n", true},
    {1, "Connection: \"close\"\r\n", true},
    {1, "X-Connection: close\r\n", true},
    {0, "Connection: keep-alive\r\n", true},
    {0, "Connection: x, Keep-Alive\r\n", true},
    {0, "Connection: x\r\nConnection: keep-alive\r\n", true},
    {0, "Connection: keep-alive, close\r\n", false},
    {0, "Connection: close, keep-alive\r\n", false},
    {0, "Connection: close\r\nConnection: keep-alive\r\n", false},
    {0, "Connection: close\r\n", false},
    {0, "Connection: keepalive, keep-alivex\r\n", false},
    {0, "Keep-Alive: timeout=5\r\n", false},
};

/* RFC 9112 §9.3 */
static void test_a_connection_persists_as_version_and_options_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(connections); i++) {
        struct http_request request = request_with(connections[i].minor, connections[i].lines);
        if (http_persists(&request) != connections[i].persists)
            fail_msg("1.%d %s", connections[i].minor, connections[i].lines);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_connection_persists_as_version_and_options_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
