/* Handlers that do what they should not: what the server makes of it. Their rows are put into the
 * table by the linker (see test_handlers.link). */
#include "tests/server/stage.h"

#define ASK(method) method " / HTTP/1.1\r\nHost: a\r\n\r\n"

const struct method *__real_method_find(struct text token);
const struct method *__wrap_method_find(struct text token);

static int handled; /* how often a handler ran */

static void handle_with_nothing(struct exchange *exchange)
{
    (void)exchange;
    handled++;
}

static void handle_with_overlong_field(struct exchange *exchange)
{
    static char value[HTTP_RESPONSE_FIELDS_MAX];
    memset(value, 'v', sizeof value);
    exchange_respond_octets(exchange, HTTP_OK, "text/plain", text_of("never sent"));
    http_response_add_field(&exchange->response, "X-Long", (struct text){value, sizeof value});
}

static void handle_with_control(struct exchange *exchange)
{
    exchange_respond_octets(exchange, HTTP_OK, "text/plain", text_of("never sent"));
    http_response_add_field(&exchange->response, "X-Split", text_of("a\r\nX-Forged: b"));
}

static void handle_with_too_many_octets(struct exchange *exchange)
{
    static char octets[EXCHANGE_OCTETS_MAX + 1];
    memset(octets, 'o', sizeof octets);
    exchange_respond_octets(exchange, HTTP_OK, "text/plain", (struct text){octets, sizeof octets});
}

static void handle_with_as_many_octets_as_possible(struct exchange *exchange)
{
    static char octets[EXCHANGE_OCTETS_MAX];
    for (size_t i = 0; i < sizeof octets; i++) octets[i] = (char)('!' + i % 91);
    exchange_respond_octets(exchange, HTTP_OK, "text/plain", (struct text){octets, sizeof octets});
}

static void handle_by_breaking_a_file(struct exchange *exchange)
{
    if (!exchange_open_file(exchange)) return;
    exchange_respond_file(exchange, HTTP_OK);
    http_response_add_field(&exchange->response, "X-Split", text_of("\n"));
}

static void handle_by_refusing_after_opening(struct exchange *exchange)
{
    if (exchange_open_file(exchange)) exchange_refuse(exchange, HTTP_FAULT_METHOD_HERE);
}

static void handle_with_octets_after_opening(struct exchange *exchange)
{
    if (exchange_open_file(exchange))
        exchange_respond_octets(exchange, HTTP_OK, "text/plain", text_of("there"));
}

static void handle_as_not_modified(struct exchange *exchange)
{
    exchange_respond_octets(exchange, HTTP_NOT_MODIFIED, NULL, text_of(""));
}

const struct method *__wrap_method_find(struct text token)
{
    static const struct method rows[] = {
        {"NOTHING", handle_with_nothing, 0, 0},
        {"LONG", handle_with_overlong_field, 0, 0},
        {"CONTROL", handle_with_control, 0, 0},
        {"TOO-MUCH", handle_with_too_many_octets, 0, 0},
        {"MUCH", handle_with_as_many_octets_as_possible, 0, 0},
        {"BREAK-FILE", handle_by_breaking_a_file, 0, 0},
        {"OPEN-REFUSE", handle_by_refusing_after_opening, 0, 0},
        {"OPEN-OCTETS", handle_with_octets_after_opening, 0, 0},
        {"NOT-MODIFIED", handle_as_not_modified, 0, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (text_equals(token, rows[i].token)) return &rows[i];
    return __real_method_find(token);
}

/* An answer, its content as long as it says, and the connection is fit for another. */
static const char *whole_answer(const char *request)
{
    unsigned long length = 0;
    stage_connect();
    const char *answer = stage_ask(request, WAIT_NEXT_REQUEST);
    const char *field = strstr(answer, "\r\nContent-Length: ");
    const char *end = strstr(answer, "\r\n\r\n");
    assert_true(field != NULL && end != NULL && field < end);
    sscanf(field, "\r\nContent-Length: %lu", &length);
    if (strlen(end + 4) != length)
        fail_msg("%zu octets of content, but Content-Length: %lu", strlen(end + 4), length);
    return answer;
}

static void assert_500(const char *answer)
{
    assert_starts_with(answer, "HTTP/1.1 500 Internal Server Error\r\n");
    assert_int_equal(count_of(answer, "HTTP/1.1 "), 1);
    assert_holds(answer, "(RFC 9110 §15.6.1)");
    assert_lacks(answer, "never sent");
    assert_lacks(answer, "X-Long");
    assert_lacks(answer, "X-Split");
    assert_lacks(answer, "X-Forged");
    assert_holds(answer, "\r\nServer: strata\r\n");
}

static void test_a_handler_that_does_nothing_is_a_500(void **state)
{
    (void)state;
    handled = 0;
    assert_500(whole_answer(ASK("NOTHING")));
    assert_int_equal(handled, 1);
    assert_holds(stage_log(), "\"NOTHING / HTTP/1.1\" 500 ");
}

static void test_an_overlong_field_is_a_500(void **state)
{
    (void)state;
    assert_500(whole_answer(ASK("LONG")));
}

static void test_a_field_with_controls_is_a_500(void **state)
{
    (void)state;
    assert_500(whole_answer(ASK("CONTROL")));
}

static void test_octets_beyond_the_limit_are_a_500(void **state)
{
    (void)state;
    assert_500(whole_answer(ASK("TOO-MUCH")));
}

static void test_octets_up_to_the_limit_are_sent(void **state)
{
    (void)state;
    const char *answer = whole_answer(ASK("MUCH"));
    assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
    const char *content = strstr(answer, "\r\n\r\n") + 4;
    assert_int_equal(strlen(content), EXCHANGE_OCTETS_MAX);
    for (size_t i = 0; i < EXCHANGE_OCTETS_MAX; i++)
        assert_int_equal(content[i], (char)('!' + i % 91));
}

static void test_many_answers_of_that_length_are_all_sent(void **state)
{
    (void)state;
    stage_connect();
    const char *answers = stage_ask(
        ASK("MUCH") ASK("MUCH") ASK("MUCH") ASK("MUCH") ASK("MUCH") ASK("MUCH"), WAIT_NEXT_REQUEST);
    assert_int_equal(count_of(answers, "HTTP/1.1 200 OK\r\n"), 6);
    assert_in_range(strlen(answers), 6 * EXCHANGE_OCTETS_MAX, 6 * (EXCHANGE_OCTETS_MAX + 512));
}

/* The file does not come behind the 500, and is closed (see stage_close). */
static void test_a_broken_response_with_a_file_is_a_500(void **state)
{
    (void)state;
    const char *answer = whole_answer(ASK("BREAK-FILE"));
    assert_500(answer);
    assert_lacks(answer, stage_index);
}

/* RFC 9112 §6: what came behind the content would be taken for the next response. */
static void test_a_file_that_was_opened_does_not_follow_a_refusal(void **state)
{
    (void)state;
    const char *answer = whole_answer(ASK("OPEN-REFUSE"));
    assert_starts_with(answer, "HTTP/1.1 405 Method Not Allowed\r\n");
    assert_holds(answer, "\r\nAllow: GET");
    assert_lacks(answer, stage_index);
}

static void test_a_file_that_was_opened_does_not_follow_other_octets(void **state)
{
    (void)state;
    assert_lacks(whole_answer(ASK("OPEN-OCTETS")), stage_index);
}

static void test_a_failed_response_does_not_spoil_the_next(void **state)
{
    (void)state;
    stage_connect();
    const char *answers =
        stage_ask(ASK("CONTROL") ASK("HEAD") ASK("NOTHING") ASK("HEAD"), WAIT_NEXT_REQUEST);
    assert_int_equal(count_of(answers, "HTTP/1.1 500 "), 2);
    assert_int_equal(count_of(answers, "HTTP/1.1 200 "), 2);
}

static void test_the_tag_of_another_file_is_not_sent(void **state)
{
    (void)state;
    stage_connect();
    assert_holds(stage_ask(ASK("GET"), WAIT_NEXT_REQUEST), "\r\nETag: ");
    const char *answer = stage_ask(ASK("NOT-MODIFIED"), WAIT_NEXT_REQUEST);
    assert_starts_with(answer, "HTTP/1.1 304 ");
    assert_lacks(answer, "ETag");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_the_tag_of_another_file_is_not_sent),
        STAGED(test_a_handler_that_does_nothing_is_a_500),
        STAGED(test_an_overlong_field_is_a_500),
        STAGED(test_a_field_with_controls_is_a_500),
        STAGED(test_octets_beyond_the_limit_are_a_500),
        STAGED(test_octets_up_to_the_limit_are_sent),
        STAGED(test_many_answers_of_that_length_are_all_sent),
        STAGED(test_a_broken_response_with_a_file_is_a_500),
        STAGED(test_a_file_that_was_opened_does_not_follow_a_refusal),
        STAGED(test_a_file_that_was_opened_does_not_follow_other_octets),
        STAGED(test_a_failed_response_does_not_spoil_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
