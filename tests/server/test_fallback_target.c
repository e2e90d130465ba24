/* Targets that no file name can answer are refused before a file is looked for: --fallback does not
 * change that. */
#include "tests/server/stage.h"

static int open_with_fallback(void **state)
{
    if (stage_open(state) != 0) return -1;
    strcpy(stage.server.site.fallback, "/index.html");
    return 0;
}

static void assert_refused(const char *target, const char *status_line)
{
    char request[200];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    stage_connect();
    stage_send(request);
    stage_turn();
    const char *answer = stage_read();
    assert_starts_with(answer, status_line);
    assert_lacks(answer, stage_index);
}

static void test_an_encoded_slash_has_no_fallback(void **state)
{
    (void)state;
    assert_refused("/a%2Fb", "HTTP/1.1 404 Not Found\r\n");
}

static void test_a_target_above_the_root_has_no_fallback(void **state)
{
    (void)state;
    assert_refused("/../nothing", "HTTP/1.1 400 Bad Request\r\n");
}

static void test_what_is_not_found_has_one(void **state)
{
    (void)state;
    stage_connect();
    const char *answer = stage_ask("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", WAIT_NEXT_REQUEST);
    assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
    assert_holds(answer, stage_index);
}

#define WITH_FALLBACK(test) cmocka_unit_test_setup_teardown(test, open_with_fallback, stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FALLBACK(test_an_encoded_slash_has_no_fallback),
        WITH_FALLBACK(test_a_target_above_the_root_has_no_fallback),
        WITH_FALLBACK(test_what_is_not_found_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
