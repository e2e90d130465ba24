/* One request, one response, no turns: the octets stand in the input, the answer in the output. */
#include "server/worker.h"
#include "tests/support/site.h"

#include <stdio.h>

static struct server server;
static struct worker worker;
static struct session session;
static struct connection connection;

static int open_answer(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/index.html", "<p>home</p>\n");
    site_file("root/hello.txt", "hello\n");
    site_directory("root/dir");
    site_file("root/dir/index.html", "<p>dir</p>\n");
    server = (struct server){.log.descriptor = -1, .supervisor = -1};
    server.site.root = site.root;
    server.site.fields_length = (size_t)sprintf(server.site.fields, "Server: strata\r\n");
    file_cache_open(&server.site.files, &server.site.root, 0, false);
    worker = (struct worker){0};
    worker_init(&worker, &server);
    session = (struct session){.ends = OUTCOME_ANSWERED};
    worker.session = &session;
    connection = (struct connection){.descriptor = -1, .seat = &worker.seat, .file.descriptor = -1};
    return 0;
}

static int close_answer(void **state)
{
    if (connection.file.descriptor >= 0) close(connection.file.descriptor);
    return site_remove(state);
}

static void arrive(const char *octets)
{
    struct octets input = connection_input(&connection);
    memcpy(input.start + input.length, octets, strlen(octets));
    connection.input_length += (uint32_t)strlen(octets);
}

/* What is queued: octets, then the range of a file; a string, dead at the next call. */
static const char *queued(void)
{
    static char text[8192];
    const struct file_range *file = &connection.file;
    size_t length = connection.output_length;
    assert_true(length + file->length < sizeof text);
    memcpy(text, worker.seat.output, length);
    if (file->descriptor >= 0) {
        ssize_t count = pread(file->descriptor, text + length, file->length, (off_t)file->offset);
        assert_int_equal(count, file->length);
        length += (size_t)count;
    }
    text[length] = '\0';
    return text;
}

static const char *answer_to(const char *request)
{
    arrive(request);
    exchange_answer(&worker, &connection);
    return queued();
}

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) fail_msg("\"%.2000s\" does not hold \"%s\"", text, part);
}

static void assert_starts(const char *text, const char *start)
{
    if (strncmp(text, start, strlen(start)) != 0)
        fail_msg("\"%.200s\" does not start with \"%s\"", text, start);
}

static void assert_content(const char *response, const char *content)
{
    const char *end = strstr(response, "\r\n\r\n");
    assert_non_null(end);
    assert_string_equal(end + 4, content);
}

#define LINE(first) first " HTTP/1.1\r\nHost: a\r\n\r\n"

/* RFC 9110 §15.3.1, §8.3, §8.6. */
static void test_a_file_is_answered_with_its_type_its_length_and_its_octets(void **state)
{
    (void)state;
    const char *response = answer_to(LINE("GET /hello.txt"));
    assert_starts(response, "HTTP/1.1 200 OK\r\nDate: ");
    assert_has(response, "\r\nContent-Type: text/plain; charset=utf-8\r\n");
    assert_has(response, "\r\nContent-Length: 6\r\n");
    assert_has(response, "\r\nServer: strata\r\n");
    assert_content(response, "hello\n");
}

static void test_a_directory_is_answered_with_its_index(void **state)
{
    (void)state;
    const char *response = answer_to(LINE("GET /dir/"));
    assert_starts(response, "HTTP/1.1 200 ");
    assert_content(response, "<p>dir</p>\n");
}

/* RFC 9110 §15.4.2: relative references in the index need the slash. */
static void test_a_directory_without_a_slash_is_answered_with_where_it_is(void **state)
{
    (void)state;
    const char *response = answer_to(LINE("GET /dir"));
    assert_starts(response, "HTTP/1.1 301 ");
    assert_has(response, "\r\nLocation: /dir/\r\n");
}

/* RFC 9110 §15.5.5. */
static void test_what_is_not_there_is_answered_with_404(void **state)
{
    (void)state;
    const char *response = answer_to(LINE("GET /nothing"));
    assert_starts(response, "HTTP/1.1 404 Not Found\r\n");
    assert_has(response, "\r\nContent-Length: ");
}

/* RFC 9110 §15.6.2: no row of the method table has it. */
static void test_a_method_that_nobody_knows_is_answered_with_501(void **state)
{
    (void)state;
    assert_starts(answer_to(LINE("BREW /")), "HTTP/1.1 501 ");
}

/* RFC 9112 §3.2: a request of 1.1 without Host is answered with 400. */
static void test_a_request_without_host_is_answered_with_400(void **state)
{
    (void)state;
    assert_starts(answer_to("GET / HTTP/1.1\r\n\r\n"), "HTTP/1.1 400 ");
}

/* RFC 9112 §6.3: framing in doubt is refused, and nothing after it is read as a request. */
static void test_a_request_whose_end_is_in_doubt_is_refused_for_good(void **state)
{
    (void)state;
    arrive("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
    assert_int_equal(exchange_answer(&worker, &connection), OUTCOME_LINGERS);
    assert_starts(queued(), "HTTP/1.1 400 ");
    assert_has(queued(), "\r\nConnection: close\r\n");
}

/* RFC 9110 §10.1.1. */
static void test_an_expectation_that_cannot_be_met_is_answered_with_417(void **state)
{
    (void)state;
    assert_starts(answer_to("GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n"), "HTTP/1.1 417 ");
}

static void test_a_part_of_a_head_is_answered_with_nothing(void **state)
{
    (void)state;
    arrive("GET / HTTP/1.1\r\nHo");
    assert_int_equal(exchange_answer(&worker, &connection), OUTCOME_PARTIAL);
    assert_string_equal(queued(), "");
    assert_starts(answer_to("st: a\r\n\r\n"), "HTTP/1.1 200 ");
}

static void test_without_octets_there_is_nothing_to_answer(void **state)
{
    (void)state;
    assert_int_equal(exchange_answer(&worker, &connection), OUTCOME_PARTIAL);
}

/* RFC 9112 §9.3.2: what follows a request is the next one. */
static void test_an_answered_request_is_consumed_and_no_more(void **state)
{
    (void)state;
    answer_to(LINE("GET /nothing") "GET /hel");
    assert_int_equal(connection_input(&connection).length, strlen("GET /hel"));
    assert_memory_equal(connection_input(&connection).start, "GET /hel", strlen("GET /hel"));
}

/* A head that is answered while the one before it is unsent has to wait for room. */
static void test_where_the_output_is_full_the_request_stays(void **state)
{
    (void)state;
    connection.output_length = sizeof worker.seat.output - 100;
    arrive(LINE("GET /"));
    assert_int_equal(exchange_answer(&worker, &connection), OUTCOME_FULL);
    assert_int_equal(connection_input(&connection).length, strlen(LINE("GET /")));
}

/* RFC 9112 §9.6: who asked for the end gets it, once. */
static void test_who_asks_for_the_end_gets_it(void **state)
{
    (void)state;
    arrive("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_int_equal(exchange_answer(&worker, &connection), OUTCOME_CLOSES);
    assert_has(queued(), "\r\nConnection: close\r\n");
}

#define ANSWER(test) cmocka_unit_test_setup_teardown(test, open_answer, close_answer)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ANSWER(test_a_file_is_answered_with_its_type_its_length_and_its_octets),
        ANSWER(test_a_directory_is_answered_with_its_index),
        ANSWER(test_a_directory_without_a_slash_is_answered_with_where_it_is),
        ANSWER(test_what_is_not_there_is_answered_with_404),
        ANSWER(test_a_method_that_nobody_knows_is_answered_with_501),
        ANSWER(test_a_request_without_host_is_answered_with_400),
        ANSWER(test_a_request_whose_end_is_in_doubt_is_refused_for_good),
        ANSWER(test_an_expectation_that_cannot_be_met_is_answered_with_417),
        ANSWER(test_a_part_of_a_head_is_answered_with_nothing),
        ANSWER(test_without_octets_there_is_nothing_to_answer),
        ANSWER(test_an_answered_request_is_consumed_and_no_more),
        ANSWER(test_where_the_output_is_full_the_request_stays),
        ANSWER(test_who_asks_for_the_end_gets_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
