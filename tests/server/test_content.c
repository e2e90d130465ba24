/* The content of a request whose method wants none: it is read and dropped, up to a limit. */
#include "tests/server/stage.h"

#define FIELDS         "Host: a.example\r\n"
#define WITH_LENGTH(n) "GET / HTTP/1.1\r\n" FIELDS "Content-Length: " n "\r\n"
#define CHUNKED        "GET / HTTP/1.1\r\n" FIELDS "Transfer-Encoding: chunked\r\n"
#define EXPECT         "Expect: 100-continue\r\n"
#define CONTINUE       "HTTP/1.1 100 Continue\r\n\r\n"

enum { MEBIBYTE = 1 << 20 };

/* Content that is a request: who interprets it answers twice. */
#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

static void test_content_is_dropped_and_the_next_request_served(void **state)
{
    (void)state;
    stage_connect();
    assert_int_equal(strlen(SMUGGLED), 35);
    const char *answers =
        stage_ask(WITH_LENGTH("35") "\r\n" SMUGGLED "HEAD /next HTTP/1.1\r\n" FIELDS "\r\n",
            WAIT_NEXT_REQUEST);
    assert_int_equal(count_of(answers, "HTTP/1.1 "), 2);
    assert_int_equal(count_of(answers, "HTTP/1.1 200"), 1);
    assert_int_equal(count_of(answers, "HTTP/1.1 404"), 1);
    assert_holds(stage_log(), "HEAD /next");
    assert_lacks(stage_log(), "smuggled");
}

static void test_chunked_content_is_dropped_likewise(void **state)
{
    (void)state;
    stage_connect();
    const char *answers =
        stage_ask(CHUNKED "\r\n23;a=b\r\n" SMUGGLED "\r\n3\r\nabc\r\n0\r\nGET: /trailer\r\n\r\n"
                          "HEAD /next HTTP/1.1\r\n" FIELDS "\r\n",
            WAIT_NEXT_REQUEST);
    assert_int_equal(count_of(answers, "HTTP/1.1 "), 2);
    assert_holds(stage_log(), "HEAD /next");
}

static void test_content_that_comes_octet_by_octet_is_dropped(void **state)
{
    const char *content = "5\r\nab\r\nc\r\n10;x\r\n0123456789abcdef\r\n0\r\nA: b\r\n\r\n";
    (void)state;
    stage_connect();
    stage_ask(CHUNKED "\r\n", WAIT_CONTENT);
    for (; content[1] != '\0'; content++) {
        stage_send_octets(content, 1);
        assert_int_equal(stage_turn(), WAIT_CONTENT);
    }
    assert_starts_with(stage_ask(content, WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
    assert_starts_with(
        stage_ask("HEAD / HTTP/1.1\r\n" FIELDS "\r\n", WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
}

/* Sends content as fast as it is taken; the wait of the last turn. */
static enum wait send_content(size_t length)
{
    static char octets[16 * 1024];
    enum wait wait = WAIT_CONTENT;
    for (size_t i = 0; i < sizeof octets; i++) octets[i] = (char)(i * 7 + i / 251);
    while (length > 0 && wait == WAIT_CONTENT) {
        size_t part = length < sizeof octets ? length : sizeof octets;
        stage_send_octets(octets, part);
        length -= part;
        wait = stage_turn();
    }
    assert_int_equal(length, 0);
    return wait;
}

static void test_a_mebibyte_of_unwanted_content_is_dropped(void **state)
{
    (void)state;
    stage_connect();
    stage_ask(WITH_LENGTH("1048576") "\r\n", WAIT_CONTENT);
    assert_int_equal(send_content(MEBIBYTE), WAIT_NEXT_REQUEST);
    assert_starts_with(stage_read(), "HTTP/1.1 200 OK\r\n");
    assert_int_equal(atomic_load(&stage.server.transport.memory), 0);
}

static void test_more_than_a_mebibyte_is_refused_at_once(void **state)
{
    (void)state;
    stage_connect();
    const char *answer = stage_ask(WITH_LENGTH("1048577") "\r\n", WAIT_PEER_CLOSES);
    assert_starts_with(answer, "HTTP/1.1 413 Content Too Large\r\n");
    assert_holds(answer, "\r\nConnection: close\r\n");
    assert_end_is_seen();
}

static void test_a_chunk_that_makes_it_more_than_a_mebibyte_is_refused_at_its_size(void **state)
{
    (void)state;
    stage_connect();
    stage_ask(CHUNKED "\r\n100000\r\n", WAIT_CONTENT);
    assert_int_equal(send_content(MEBIBYTE), WAIT_CONTENT);
    const char *answer = stage_ask("\r\n1\r\n", WAIT_PEER_CLOSES);
    assert_starts_with(answer, "HTTP/1.1 413 Content Too Large\r\n");
    assert_int_equal(count_of(answer, "HTTP/1.1"), 1);
    stage_leave();
    stage_connect();
    assert_starts_with(stage_ask(CHUNKED "\r\nFFFFFFFFFFFFFFFF\r\n", WAIT_PEER_CLOSES),
        "HTTP/1.1 413 Content Too Large\r\n");
}

static void test_a_chunk_that_is_malformed_is_refused_and_nothing_after_it_read(void **state)
{
    (void)state;
    stage_connect();
    const char *answer = stage_ask(CHUNKED "\r\n3\r\nabcX\r\n0\r\n\r\n" SMUGGLED, WAIT_PEER_CLOSES);
    assert_starts_with(answer, "HTTP/1.1 400 Bad Request\r\n");
    assert_int_equal(count_of(answer, "HTTP/1.1"), 1);
    assert_end_is_seen();
    assert_int_equal(count_of(stage_log(), "\n"), 1);
}

static void test_content_of_a_refused_request_is_not_interpreted(void **state)
{
    static const char *const refused[] = {
        "BREW / HTTP/1.1\r\n" FIELDS "Content-Length: 35\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 35\r\n\r\n",
        "GET /%zz HTTP/1.1\r\n" FIELDS "Content-Length: 35\r\n\r\n",
        "GET / HTTP/1.1\r\n" FIELDS "Content-Length: 35\r\nContent-Length: 34\r\n\r\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        stage_connect();
        stage_send(refused[i]);
        assert_int_equal(count_of(stage_ask(SMUGGLED, WAIT_PEER_CLOSES), "\r\nDate: "), 1);
        assert_end_is_seen();
        stage_leave();
    }
    assert_lacks(stage_log(), "smuggled");
}

static void test_100_is_sent_once_where_it_is_asked_for(void **state)
{
    (void)state;
    stage_connect();
    assert_string_equal(stage_ask(WITH_LENGTH("5") EXPECT "\r\n", WAIT_CONTENT), CONTINUE);
    assert_string_equal(stage_ask("ab", WAIT_CONTENT), "");
    assert_string_equal(stage_ask("cd", WAIT_CONTENT), "");
    assert_starts_with(stage_ask("e", WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
    assert_string_equal(stage_ask(CHUNKED EXPECT "\r\n", WAIT_CONTENT), CONTINUE);
    assert_string_equal(stage_ask("0\r\n", WAIT_CONTENT), "");
    assert_starts_with(stage_ask("\r\n", WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
}

static void test_100_is_asked_for_in_any_letters(void **state)
{
    (void)state;
    stage_connect();
    assert_string_equal(
        stage_ask(WITH_LENGTH("5") "expect: 100-Continue\r\n\r\n", WAIT_CONTENT), CONTINUE);
}

static void test_100_comes_after_the_answers_before_it(void **state)
{
    (void)state;
    stage_connect();
    const char *answers =
        stage_ask("HEAD / HTTP/1.1\r\n" FIELDS "\r\n" WITH_LENGTH("5") EXPECT "\r\n", WAIT_CONTENT);
    assert_starts_with(answers, "HTTP/1.1 200 OK\r\n");
    assert_string_equal(strstr(answers, "\r\n\r\n") + 4, CONTINUE);
}

/* RFC 9110 §10.1.1: it may be omitted when some of the content has been received. */
static void test_no_100_when_content_is_here_already(void **state)
{
    (void)state;
    stage_connect();
    assert_string_equal(stage_ask(WITH_LENGTH("5") EXPECT "\r\na", WAIT_CONTENT), "");
    assert_starts_with(stage_ask("bcde", WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
    assert_starts_with(
        stage_ask(WITH_LENGTH("5") EXPECT "\r\nabcde", WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
}

static void test_no_100_when_no_content_is_to_come(void **state)
{
    (void)state;
    stage_connect();
    assert_starts_with(stage_ask("GET / HTTP/1.1\r\n" FIELDS EXPECT "\r\n", WAIT_NEXT_REQUEST),
        "HTTP/1.1 200 OK\r\n");
    assert_starts_with(
        stage_ask(WITH_LENGTH("0") EXPECT "\r\n", WAIT_NEXT_REQUEST), "HTTP/1.1 200 OK\r\n");
}

static void test_no_100_in_http_1_0(void **state)
{
    (void)state;
    stage_connect();
    assert_string_equal(
        stage_ask("GET / HTTP/1.0\r\nContent-Length: 5\r\n" EXPECT "\r\n", WAIT_CONTENT), "");
    assert_starts_with(stage_ask("abcde", WAIT_CLOSE), "HTTP/1.1 200 OK\r\n");
}

static void test_no_100_when_the_head_alone_decides(void **state)
{
    static const struct {
        const char *head;
        const char *answer;
    } cases[] = {
        {"BREW / HTTP/1.1\r\n" FIELDS "Content-Length: 5\r\n" EXPECT "\r\n", "HTTP/1.1 501 "},
        {"GET / HTTP/1.1\r\nContent-Length: 5\r\n" EXPECT "\r\n", "HTTP/1.1 400 "},
        {"GET /%2F HTTP/1.1\r\n" FIELDS "Content-Length: 5\r\n" EXPECT "\r\n", "HTTP/1.1 404 "},
        {WITH_LENGTH("1048577") EXPECT "\r\n", "HTTP/1.1 413 "},
        {WITH_LENGTH("5") EXPECT "Expect: more\r\n\r\n", "HTTP/1.1 417 "},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        stage_connect();
        const char *answer = stage_ask(cases[i].head, WAIT_PEER_CLOSES);
        assert_starts_with(answer, cases[i].answer);
        assert_holds(answer, "\r\nConnection: close\r\n");
        stage_leave();
    }
}

static void test_another_expectation_fails_but_not_in_http_1_0(void **state)
{
    (void)state;
    stage_connect();
    const char *answer =
        stage_ask("GET / HTTP/1.1\r\n" FIELDS "Expect: the-unexpected\r\n\r\n", WAIT_NEXT_REQUEST);
    assert_starts_with(answer, "HTTP/1.1 417 Expectation Failed\r\n");
    answer = stage_ask(
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\nExpect: it\r\n\r\n", WAIT_NEXT_REQUEST);
    assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_content_is_dropped_and_the_next_request_served),
        STAGED(test_chunked_content_is_dropped_likewise),
        STAGED(test_content_that_comes_octet_by_octet_is_dropped),
        STAGED(test_a_mebibyte_of_unwanted_content_is_dropped),
        STAGED(test_more_than_a_mebibyte_is_refused_at_once),
        STAGED(test_a_chunk_that_makes_it_more_than_a_mebibyte_is_refused_at_its_size),
        STAGED(test_a_chunk_that_is_malformed_is_refused_and_nothing_after_it_read),
        STAGED(test_content_of_a_refused_request_is_not_interpreted),
        STAGED(test_100_is_sent_once_where_it_is_asked_for),
        STAGED(test_100_is_asked_for_in_any_letters),
        STAGED(test_100_comes_after_the_answers_before_it),
        STAGED(test_no_100_when_content_is_here_already),
        STAGED(test_no_100_when_no_content_is_to_come),
        STAGED(test_no_100_in_http_1_0),
        STAGED(test_no_100_when_the_head_alone_decides),
        STAGED(test_another_expectation_fails_but_not_in_http_1_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
