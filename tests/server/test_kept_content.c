/* Content that a method wants: kept, in memory that counts, until it is complete. The rows are put
 * into the table by the linker (see test_kept_content.link). */
#include "tests/server/stage.h"

#define FIELDS "Host: a.example\r\n"

enum { LIMIT = 100 * 1024, LIMIT_BEYOND_MEMORY = 1 << 20 };

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
const struct method *__real_method_find(struct text token);
const struct method *__wrap_method_find(struct text token);

void *__wrap_calloc(size_t count, size_t size)
{
    return call_begins(CALL_MALLOC) ? NULL : __real_calloc(count, size);
}

static int handled;            /* how often the handler ran */
static size_t handled_length;  /* of the content it was given */
static char handled_first[64]; /* and how that starts */
static uint32_t handled_sum;   /* and of all its octets */

static uint32_t sum_of(const char *octets, size_t length)
{
    uint32_t sum = 5381;
    for (size_t i = 0; i < length; i++) sum = sum * 33 + (unsigned char)octets[i];
    return sum;
}

static void keep_content(struct exchange *exchange)
{
    handled++;
    handled_length = exchange->content.length;
    snprintf(handled_first, sizeof handled_first, "%.*s",
        (int)(handled_length < 63 ? handled_length : 63), exchange->content.start);
    handled_sum = sum_of(exchange->content.start, handled_length);
    exchange_respond_octets(exchange, HTTP_OK, "text/plain", text_of("kept"));
}

const struct method *__wrap_method_find(struct text token)
{
    static const struct method rows[] = {
        {"KEEP", keep_content, LIMIT, 0},
        {"KEEP-10", keep_content, 10, 0},
        {"KEEP-MUCH", keep_content, LIMIT_BEYOND_MEMORY, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (text_equals(token, rows[i].token)) return &rows[i];
    return __real_method_find(token);
}

static int open_stage(void **state)
{
    handled = 0;
    handled_length = 0;
    handled_first[0] = '\0';
    return stage_open(state);
}

static uint64_t memory_in_use(void)
{
    return atomic_load(&stage.server.transport.memory);
}

static void assert_kept(const char *answer, const char *content)
{
    assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
    assert_int_equal(handled, 1);
    assert_int_equal(handled_length, strlen(content));
    assert_string_equal(handled_first, content);
    assert_int_equal(memory_in_use(), 0);
}

static void test_the_handler_gets_content_that_came_at_once(void **state)
{
    (void)state;
    stage_connect();
    assert_kept(
        stage_ask("KEEP / HTTP/1.1\r\n" FIELDS "Content-Length: 5\r\n\r\nabcde", WAIT_NEXT_REQUEST),
        "abcde");
}

static void test_the_handler_runs_once_when_the_content_is_complete(void **state)
{
    (void)state;
    stage_connect();
    stage_ask("KEEP / HTTP/1.1\r\n" FIELDS "Content-Length: 6\r\n\r\nab", WAIT_CONTENT);
    assert_int_equal(handled, 0);
    stage_ask("cd", WAIT_CONTENT);
    assert_int_equal(handled, 0);
    assert_kept(stage_ask("ef", WAIT_NEXT_REQUEST), "abcdef");
}

static void test_the_handler_gets_chunks_without_their_framing(void **state)
{
    (void)state;
    stage_connect();
    assert_kept(stage_ask("KEEP / HTTP/1.1\r\n" FIELDS "Transfer-Encoding: chunked\r\n\r\n"
                          "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n",
                    WAIT_NEXT_REQUEST),
        "abcde");
}

static void test_no_content_is_empty_content(void **state)
{
    (void)state;
    stage_connect();
    assert_kept(stage_ask("KEEP / HTTP/1.1\r\n" FIELDS "\r\n", WAIT_NEXT_REQUEST), "");
}

static void test_each_request_has_its_own_content(void **state)
{
    (void)state;
    stage_connect();
    stage_ask("KEEP / HTTP/1.1\r\n" FIELDS "Content-Length: 9\r\n\r\nthe first"
              "KEEP / HTTP/1.1\r\n" FIELDS "Content-Length: 3\r\n\r\n2nd"
              "KEEP / HTTP/1.1\r\n" FIELDS "\r\n",
        WAIT_NEXT_REQUEST);
    assert_int_equal(handled, 3);
    assert_int_equal(handled_length, 0);
    assert_int_equal(memory_in_use(), 0);
}

static void test_content_of_the_greatest_length_arrives_octet_for_octet(void **state)
{
    static char content[LIMIT];
    enum wait wait = WAIT_CONTENT;
    (void)state;
    for (size_t i = 0; i < LIMIT; i++) content[i] = (char)(i * 31 + i / 253);
    stage_connect();
    stage_ask("KEEP / HTTP/1.1\r\n" FIELDS "Content-Length: 102400\r\n\r\n", WAIT_CONTENT);
    for (size_t at = 0; at < LIMIT; at += 10240) {
        assert_int_equal(wait, WAIT_CONTENT);
        stage_send_octets(content + at, 10240);
        wait = stage_turn();
    }
    assert_int_equal(wait, WAIT_NEXT_REQUEST);
    assert_starts_with(stage_read(), "HTTP/1.1 200 OK\r\n");
    assert_int_equal(handled_length, LIMIT);
    assert_int_equal(handled_sum, sum_of(content, LIMIT));
}

static void test_content_beyond_the_limit_of_the_row_is_a_413(void **state)
{
    (void)state;
    stage_connect();
    assert_starts_with(
        stage_ask("KEEP-10 / HTTP/1.1\r\n" FIELDS "Content-Length: 11\r\n\r\n", WAIT_PEER_CLOSES),
        "HTTP/1.1 413 Content Too Large\r\n");
    stage_leave();
    stage_connect();
    stage_ask("KEEP-10 / HTTP/1.1\r\n" FIELDS "Transfer-Encoding: chunked\r\n\r\n"
              "8\r\nabcdefgh\r\n",
        WAIT_CONTENT);
    assert_starts_with(
        stage_ask("3\r\nijk", WAIT_PEER_CLOSES), "HTTP/1.1 413 Content Too Large\r\n");
    assert_int_equal(handled, 0);
    assert_int_equal(memory_in_use(), 0);
    stage_leave();
    stage_connect();
    assert_kept(stage_ask("KEEP-10 / HTTP/1.1\r\n" FIELDS "Content-Length: 10\r\n\r\nabcdefghij",
                    WAIT_NEXT_REQUEST),
        "abcdefghij");
}

static void test_what_is_kept_counts_as_memory_until_the_answer(void **state)
{
    (void)state;
    stage_connect();
    stage_ask("KEEP / HTTP/1.1\r\n" FIELDS "Content-Length: 6\r\n\r\n", WAIT_CONTENT);
    stage_ask("abc", WAIT_CONTENT);
    assert_true(memory_in_use() >= LIMIT);
    stage_ask("def", WAIT_NEXT_REQUEST);
    assert_int_equal(memory_in_use(), 0);
}

static void test_what_is_kept_is_freed_when_the_client_leaves(void **state)
{
    (void)state;
    stage_connect();
    stage_ask("KEEP / HTTP/1.1\r\n" FIELDS "Content-Length: 6\r\n\r\nabc", WAIT_CONTENT);
    stage_leave();
    assert_int_equal(memory_in_use(), 0);
    assert_int_equal(handled, 0);
}

static void test_what_is_kept_is_freed_after_a_malformed_chunk(void **state)
{
    (void)state;
    stage_connect();
    stage_ask("KEEP / HTTP/1.1\r\n" FIELDS "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        WAIT_CONTENT);
    assert_starts_with(stage_ask("x", WAIT_PEER_CLOSES), "HTTP/1.1 400 Bad Request\r\n");
    assert_int_equal(memory_in_use(), 0);
    assert_int_equal(handled, 0);
}

static void test_what_is_kept_is_freed_when_its_time_is_up(void **state)
{
    (void)state;
    stage_connect();
    stage.server.transport.options.limits[WAIT_CONTENT] = 0;
    stage_ask("KEEP / HTTP/1.1\r\n" FIELDS "Content-Length: 6\r\n\r\nabc", WAIT_CONTENT);
    transport_tick(&stage.server.transport);
    struct connection *connection =
        transport_next_overdue(&stage.server.transport, &stage.worker.seat);
    assert_non_null(connection);
    exchange_time_out(&stage.worker, connection);
    connection_flush(connection);
    stage.answered = connection->sent;
    transport_return_overdue(&stage.server.transport, connection, WAIT_PEER_CLOSES);
    assert_starts_with(stage_read(), "HTTP/1.1 408 Request Timeout\r\n");
    assert_int_equal(memory_in_use(), 0);
}

/* With what others keep it would be more than the bound: 503, RFC 9110 §15.6.4. */
static void test_without_memory_for_it_the_answer_is_a_503(void **state)
{
    (void)state;
    stage_connect();
    assert_true(transport_reserve(&stage.server.transport, 1));
    const char *answer = stage_ask(
        "KEEP-MUCH / HTTP/1.1\r\n" FIELDS "Content-Length: 6\r\n\r\nabc", WAIT_PEER_CLOSES);
    assert_starts_with(answer, "HTTP/1.1 503 Service Unavailable\r\n");
    assert_holds(answer, "\r\nRetry-After: 1\r\n");
    assert_holds(answer, "\r\nConnection: close\r\n");
    assert_int_equal(handled, 0);
    assert_int_equal(memory_in_use(), 1);
    transport_release(&stage.server.transport, 1);
}

static void test_when_calloc_fails_the_answer_is_a_503(void **state)
{
    (void)state;
    stage_connect();
    calls_fail(CALL_MALLOC, ENOMEM, 1);
    assert_starts_with(
        stage_ask("KEEP / HTTP/1.1\r\n" FIELDS "Content-Length: 6\r\n\r\nabcdef", WAIT_PEER_CLOSES),
        "HTTP/1.1 503 Service Unavailable\r\n");
    assert_int_equal(handled, 0);
    assert_int_equal(memory_in_use(), 0);
    stage_leave();
}

static void test_100_is_sent_before_content_that_is_kept(void **state)
{
    (void)state;
    stage_connect();
    assert_string_equal(
        stage_ask("KEEP / HTTP/1.1\r\n" FIELDS "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n",
            WAIT_CONTENT),
        "HTTP/1.1 100 Continue\r\n\r\n");
    assert_kept(stage_ask("abc", WAIT_NEXT_REQUEST), "abc");
}

int main(void)
{
#define KEEPING(test) cmocka_unit_test_setup_teardown(test, open_stage, stage_close)
    const struct CMUnitTest tests[] = {
        KEEPING(test_the_handler_gets_content_that_came_at_once),
        KEEPING(test_the_handler_runs_once_when_the_content_is_complete),
        KEEPING(test_the_handler_gets_chunks_without_their_framing),
        KEEPING(test_no_content_is_empty_content),
        KEEPING(test_each_request_has_its_own_content),
        KEEPING(test_content_of_the_greatest_length_arrives_octet_for_octet),
        KEEPING(test_content_beyond_the_limit_of_the_row_is_a_413),
        KEEPING(test_what_is_kept_counts_as_memory_until_the_answer),
        KEEPING(test_what_is_kept_is_freed_when_the_client_leaves),
        KEEPING(test_what_is_kept_is_freed_after_a_malformed_chunk),
        KEEPING(test_what_is_kept_is_freed_when_its_time_is_up),
        KEEPING(test_without_memory_for_it_the_answer_is_a_503),
        KEEPING(test_when_calloc_fails_the_answer_is_a_503),
        KEEPING(test_100_is_sent_before_content_that_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
