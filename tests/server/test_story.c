/* What is told of an exchange: what was seen, what was decided and why; never a secret, and never
 * more than 100 columns. */
#include "server/worker.h"
#include "tests/server/ask.h"
#include "tests/support/captured.h"
#include "tests/support/json_line.h"

#define SECRET "c2VjcmV0"
#define LINE   "GET /file.txt HTTP/1.1\r\nHost: a\r\n"

enum { ALL = (1u << LAYER_COUNT) - 1 };

static struct explain explain;
static struct session session;
static struct story story;

/* A story of the first request of the first connection. */
static int story_make(void **state)
{
    explain = (struct explain){.layers = ALL};
    session = (struct session){.number = 1};
    story = (struct story){.explain = &explain, .session = &session, .told_at = wait_clock()};
    story.event = (struct event){.worker = 1, .connection = 1, .request = 1};
    if (site_make(state) != 0) return -1;
    site_file_of("root/file.txt", 1000);
    site_file_of("root/style.css", 1000);
    site_file_of("root/style.css.gz", 500);
    site_file("root/empty.txt", "");
    site_file("root/about.html", "<p>about</p>");
    site_directory("root/dir");
    site_file("root/dir/index.html", "<p>index</p>");
    return 0;
}

/* What is told while the method answers; dead at the next call. */
static const char *told_by_asking(const char *head)
{
    struct exchange *exchange = ask(LINE "\r\n");
    prepare_exchange(exchange, head);
    exchange->story = &story;
    capture_begin(STDERR_FILENO);
    exchange->method->handler(exchange);
    const char *told = capture_end();
    if (exchange->file.descriptor >= 0) close(exchange->file.descriptor);
    exchange->file.descriptor = -1;
    return told;
}

static void assert_told(const char *told, const char *verb, const char *words)
{
    char begin[64];
    snprintf(begin, sizeof begin, " %-10s ", verb);
    for (const char *at = told; (at = strstr(at, begin)) != NULL; at++)
        if (strncmp(at + strlen(begin), words, strlen(words)) == 0) return;
    fail_msg("no \"%s %s\" in: %s", verb, words, told);
}

static void assert_not_told(const char *told, const char *part)
{
    if (strstr(told, part) != NULL) fail_msg("\"%s\" is in: %s", part, told);
}

/* --- heads ------------------------------------------------------------------------------------ */

static struct exchange exchange; /* that is told of, without an answer */

static const char *told_of_head(const char *octets)
{
    struct text head = text_of(octets);
    exchange.story = &story;
    enum http_parse parse = http_parse_request_head(head, &exchange.request, &exchange.problem);
    capture_begin(STDERR_FILENO);
    story_head(&exchange, head, parse);
    if (parse != HTTP_COMPLETE) story_refused(&exchange);
    return capture_end();
}

static void test_a_head_is_told_with_each_of_its_lines(void **state)
{
    (void)state;
    const char *told = told_of_head("GET /a HTTP/1.0\r\nHost: a\r\nX-Unknown: b\r\nhost:c\r\n\r\n");
    assert_told(told, "parsed", "GET /a, HTTP/1.0, 3 field lines");
    assert_told(told, "field", "Host: a ");
    assert_told(told, "field", "X-Unknown: b\n"); /* no rule */
    assert_told(told, "field", "host: c ");
    told = told_of_head("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_told(told, "parsed", "GET /a, HTTP/1.1, 1 field line ");
}

static void test_a_head_that_is_refused_is_not_told_as_parsed(void **state)
{
    (void)state;
    const char *told = told_of_head("GET /a HTTP/1.1\r\nHost : a\r\n\r\n");
    assert_not_told(told, "parsed");
    assert_told(told, "refused", "");
    assert_told(told, "because", "There is white space between a field name and its colon\n");
}

static void test_half_a_head_is_nothing_to_tell(void **state)
{
    (void)state;
    exchange.story = &story;
    capture_begin(STDERR_FILENO);
    story_head(&exchange, text_of("GET /a HT"), HTTP_INCOMPLETE);
    assert_string_equal(capture_end(), "");
}

/* --- secrets ---------------------------------------------------------------------------------- */

static const char *const secret_heads[] = {
    LINE "Authorization: Basic " SECRET "\r\n\r\n",
    LINE "authorization:" SECRET "\r\n\r\n",
    LINE "AUTHORIZATION: \t " SECRET " \t\r\nX: y\r\n\r\n",
    LINE "Proxy-Authorization: Basic " SECRET "\r\n\r\n",
    LINE "Cookie: a=" SECRET "; b=" SECRET "\r\n\r\n",
    LINE "cookie: " SECRET "\r\nCookie: " SECRET "\r\n\r\n",
    LINE "Cookie: a\r\nX: y\r\nAuthorization: " SECRET "\r\n\r\n",
    /* These are refused. */
    LINE "Authorization : Basic " SECRET "\r\n\r\n",
    LINE "Authorization\t: Basic " SECRET "\r\n\r\n",
    LINE "Authorization: Basic\r\n " SECRET "\r\n\r\n",
    LINE "Cookie: a\r\n\t" SECRET "\r\n " SECRET "\r\n\r\n",
    LINE "Cookie: a\r\n \r\n\t\t" SECRET "\r\n\r\n",
    LINE "Cookie " SECRET "\r\n\r\n",
    LINE "Cookie; " SECRET "\r\n\r\n",
    LINE "Authorization@: " SECRET "\r\n\r\n",
};

static void test_the_value_of_what_is_secret_is_masked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(secret_heads); i++) {
        const char *told = told_of_head(secret_heads[i]);
        assert_true(strlen(told) > 0);
        assert_not_told(told, SECRET);
    }
}

/* Wherever in the head something is found wrong. */
static void test_an_octet_that_is_wrong_beside_a_secret_does_not_show_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(secret_heads); i++) {
        struct text head = text_of(secret_heads[i]);
        exchange.story = &story;
        http_parse_request_head(head, &exchange.request, &exchange.problem);
        story.head = head;
        for (size_t at = 0; at < head.length; at++) {
            http_refuse(&exchange.problem, HTTP_FAULT_CONTROL_IN_FIELD, head.start + at);
            capture_begin(STDERR_FILENO);
            story_refused(&exchange);
            const char *told = capture_end();
            assert_told(told, "refused", "");
            assert_not_told(told, SECRET);
            assert_not_told(told, "VjcmV0"); /* nor a part of it */
        }
    }
}

/* The connection as it is when so many octets have come, of them so many just now. */
static void receive(struct connection *connection, const char *octets, size_t here, size_t new)
{
    memcpy(connection->seat->input, octets, here);
    connection->seat->input_start = 0;
    connection->input_length = (uint32_t)here;
    connection->received += new;
}

/* However the head is cut in two. */
static void test_what_is_received_shows_no_secret(void **state)
{
    static struct seat seat;
    (void)state;
    for (size_t i = 0; i < COUNT(secret_heads); i++) {
        size_t length = strlen(secret_heads[i]);
        for (size_t split = 1; split < length; split++) {
            struct connection connection = {.seat = &seat, .descriptor = -1};
            connection.file.descriptor = -1;
            story.received = 0;
            capture_begin(STDERR_FILENO);
            receive(&connection, secret_heads[i], split, split);
            story_received(&story, &connection, IO_DONE);
            receive(&connection, secret_heads[i], length, length - split);
            story_received(&story, &connection, IO_DONE);
            const char *told = capture_end();
            assert_told(told, "received", "");
            assert_not_told(told, SECRET);
            assert_not_told(told, "VjcmV0");
        }
    }
}

static void test_what_is_received_is_counted_and_shown_to_the_end_of_the_line(void **state)
{
    static struct seat seat;
    struct connection connection = {.seat = &seat, .descriptor = -1};
    (void)state;
    connection.file.descriptor = -1;
    story.received = 0;
    capture_begin(STDERR_FILENO);
    receive(&connection, LINE "\r\n", strlen(LINE "\r\n"), strlen(LINE "\r\n"));
    story_received(&story, &connection, IO_DONE);
    const char *told = capture_end();
    assert_told(told, "received", "35 octets");
    assert_true(strstr(told, "GET /file.txt HTTP/1.1\\r\\n") != NULL);
    assert_not_told(told, "Host");
    assert_int_not_equal(told[strlen(told) - 2], ' ');
    for (int status = IO_FAILED; status <= IO_ENDED; status++) {
        if (status == IO_DONE) continue;
        capture_begin(STDERR_FILENO);
        story_received(&story, &connection, (enum io_status)status);
        assert_told(capture_end(), "received",
            status == IO_ENDED         ? "the end"
                : status == IO_BLOCKED ? "nothing yet"
                                       : "nothing: ");
    }
}

/* --- the columns ------------------------------------------------------------------------------ */

static void assert_100_columns(const char *told)
{
    size_t count = 0;
    for (; *told != '\0'; told++) {
        count += ((unsigned char)*told & 0xc0) != 0x80;
        if (*told == '\n') count = 0;
        if (count > 100) fail_msg("more than 100 columns before: %s", told);
        if (*told == '\n' && told[-1] == ' ') fail_msg("a line ends in white space");
    }
}

static void test_heads_of_any_length_are_told_in_100_columns(void **state)
{
    static char head[16 * 1024];
    static const char octets[] = "\xffz\"%";
    (void)state;
    for (size_t i = 0; i < strlen(octets); i++) {
        int length = sprintf(head, "GGGGGGGGGGGGGGGGGGGG /");
        char filler = octets[i] == '\xff' || octets[i] == '"' ? '!' : octets[i];
        memset(head + length, filler, 3000);
        length += 3000;
        length += sprintf(head + length, " HTTP/1.1\r\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA: ");
        memset(head + length, octets[i], 3000);
        sprintf(head + length + 3000, "\r\nHost: a\r\n\r\n");
        assert_100_columns(told_of_head(head));
    }
}

static void test_every_problem_is_told_in_100_columns(void **state)
{
    static char octets[100];
    (void)state;
    memset(octets, '\xff', sizeof octets);
    exchange.story = &story;
    story.head = (struct text){octets, sizeof octets};
    for (int fault = 0; fault < HTTP_FAULT_NONE; fault++) {
        http_refuse(&exchange.problem, (enum http_fault)fault, octets + 90);
        capture_begin(STDERR_FILENO);
        story_refused(&exchange);
        const char *told = capture_end();
        assert_100_columns(told);
        assert_told(told, "because", exchange.problem.sentence);
        assert_true(strstr(told, exchange.problem.section) != NULL);
        assert_true(strstr(told, "octet 90") != NULL);
    }
}

static void test_a_problem_of_the_whole_message_has_no_octet(void **state)
{
    (void)state;
    exchange.story = &story;
    http_refuse(&exchange.problem, HTTP_FAULT_LATE, NULL);
    capture_begin(STDERR_FILENO);
    story_refused(&exchange);
    const char *told = capture_end();
    assert_not_told(told, "octet");
    assert_told(told, "because", "The request did not arrive in time\n");
}

/* --- answers ---------------------------------------------------------------------------------- */

static const struct {
    const char *head, *verb, *words;
} answers[] = {
    {LINE "\r\n", "opened", "/file.txt, 1000 octets, text/plain\n"},
    {"GET /about HTTP/1.1\r\nHost: a\r\n\r\n", "opened", "/about"},
    {"GET /dir/ HTTP/1.1\r\nHost: a\r\n\r\n", "opened", "/dir/"},
    {"GET /none HTTP/1.1\r\nHost: a\r\n\r\n", "missed", "/none: no such file"},
    {"GET /dir HTTP/1.1\r\nHost: a\r\n\r\n", "missed", "/dir: a directory"},
    {"GET /.git HTTP/1.1\r\nHost: a\r\n\r\n", "missed", "/.git: hidden"},
    {LINE "If-None-Match: *\r\n\r\n", "condition", "If-None-Match"},
    {LINE "If-None-Match: \"x\"\r\n\r\n", "condition", "If-None-Match"},
    {LINE "If-Match: \"x\"\r\nIf-None-Match: *\r\n\r\n", "condition", "If-Match"},
    {LINE "If-Match: *\r\nIf-None-Match: *\r\n\r\n", "condition", "If-None-Match"},
    {LINE "Range: bytes=5-9\r\n\r\n", "range", ""},
    {LINE "Range: bytes=-1\r\n\r\n", "range", ""},
    {"GET /none HTTP/1.1\r\nHost: a\r\n\r\n", "because", "Nothing is served under this path\n"},
    {LINE "Range: bytes=5000-\r\n\r\n", "because", "The file ends before the first octet"},
};

static void test_an_answer_is_told_as_it_is_decided(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        const char *told = told_by_asking(answers[i].head);
        assert_told(told, answers[i].verb, answers[i].words);
        assert_100_columns(told);
    }
}

static void test_what_was_not_asked_is_not_told(void **state)
{
    (void)state;
    const char *told = told_by_asking(LINE "\r\n");
    assert_not_told(told, " condition ");
    assert_not_told(told, " range ");
    assert_not_told(told, " because ");
    assert_not_told(told, " missed ");
}

static void test_only_the_layers_asked_for_are_told(void **state)
{
    (void)state;
    explain.layers = 1u << LAYER_FS;
    const char *told = told_by_asking(LINE "If-None-Match: \"x\"\r\nRange: bytes=0-0\r\n\r\n");
    assert_told(told, "opened", "/file.txt");
    assert_not_told(told, " condition ");
    assert_not_told(told, " range ");
}

static void test_without_a_story_nothing_is_told(void **state)
{
    (void)state;
    ask(LINE "\r\n");
    capture_begin(STDERR_FILENO);
    for (size_t i = 0; i < COUNT(answers); i++) ask(answers[i].head);
    assert_string_equal(capture_end(), "");
}

static void test_each_event_is_an_object_of_json(void **state)
{
    char *rest = NULL;
    size_t lines = 0;
    (void)state;
    explain.is_json = true;
    for (size_t i = 0; i < COUNT(answers); i++) {
        char *told = captured.text;
        told_by_asking(answers[i].head);
        for (char *line = strtok_r(told, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
            if (!json_is_object(line)) fail_msg("%s", line);
            lines++;
        }
    }
    assert_true(lines >= COUNT(answers));
}

/* --- the end ---------------------------------------------------------------------------------- */

static const struct {
    const char *head;
    bool whole, persists;
    const char *verb, *word;
} ends[] = {
    {LINE "\r\n", true, true, "persists", "HTTP/1.1"},
    {LINE "Connection: close\r\n\r\n", true, false, "closes", "close"},
    {"GET / HTTP/1.0\r\n\r\n", true, false, "closes", "HTTP/1.0"},
    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true, true, "persists", "keep-alive"},
    {LINE "\r\n", true, false, "closes", "server"},
    {LINE "\r\n", false, false, "closes", "request"},
    {LINE "Connection: close\r\n\r\n", false, false, "closes", "request"},
};

static const char *told_of_end(size_t i)
{
    struct http_problem problem;
    exchange.story = &story;
    exchange.problem.status = HTTP_REFUSED;
    http_parse_request_head(text_of(ends[i].head), &exchange.request, &problem);
    http_response_start(&exchange.response, HTTP_OK);
    capture_begin(STDERR_FILENO);
    story_decided(&exchange, ends[i].whole, ends[i].persists);
    return capture_end();
}

static void test_what_becomes_of_the_connection_is_told_with_its_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ends); i++) {
        const char *told = told_of_end(i);
        assert_told(told, "decided", "200 OK ");
        assert_told(told, ends[i].verb, "");
        const char *line = strstr(told, ends[i].verb);
        if (strstr(line, ends[i].word) == NULL) fail_msg("no %s in %s", ends[i].word, line);
        assert_non_null(strstr(line, "RFC 9112 §9.3"));
        assert_100_columns(told);
        assert_int_equal(session.answered, i + 1);
    }
}

static void test_an_answer_that_refuses_is_told_with_the_section_of_its_problem(void **state)
{
    (void)state;
    told_of_end(0);
    http_refuse(&exchange.problem, HTTP_FAULT_PERCENT, NULL);
    http_response_start(&exchange.response, HTTP_BAD_REQUEST);
    capture_begin(STDERR_FILENO);
    story_decided(&exchange, true, true);
    const char *told = capture_end();
    assert_told(told, "decided", "400 Bad Request ");
    assert_non_null(strstr(told, "RFC 3986 §2.1"));
}

/* The durations are those since the turn began, in milliseconds, and begin anew. */
static void test_server_timing_is_what_each_layer_took(void **state)
{
    static const int64_t spent[LAYER_COUNT] = {1500000, 0, 2000, 999};
    double durations[LAYER_COUNT];
    struct text value;
    (void)state;
    memcpy(story.spent, spent, sizeof spent);
    story.told_at = wait_clock();
    told_of_end(0);
    assert_int_equal(find_response_field(&exchange.response, "Server-Timing", &value), 1);
    char text[200];
    snprintf(text, sizeof text, "%.*s", (int)value.length, value.start);
    assert_int_equal(sscanf(text, "transport;dur=%lf, http;dur=%lf, fs;dur=%lf, server;dur=%lf",
                         &durations[0], &durations[1], &durations[2], &durations[3]),
        4);
    assert_true(durations[LAYER_TRANSPORT] == 1.5);
    assert_true(durations[LAYER_FS] == 0.002);
    assert_true(durations[LAYER_SERVER] >= 0.001);
    for (int i = 0; i < LAYER_COUNT; i++) assert_int_equal(story.spent[i], 0);
}

#define TOLD(test) cmocka_unit_test_setup_teardown(test, story_make, ask_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(test_a_head_is_told_with_each_of_its_lines),
        TOLD(test_a_head_that_is_refused_is_not_told_as_parsed),
        TOLD(test_half_a_head_is_nothing_to_tell),
        TOLD(test_the_value_of_what_is_secret_is_masked),
        TOLD(test_an_octet_that_is_wrong_beside_a_secret_does_not_show_it),
        TOLD(test_what_is_received_shows_no_secret),
        TOLD(test_what_is_received_is_counted_and_shown_to_the_end_of_the_line),
        TOLD(test_heads_of_any_length_are_told_in_100_columns),
        TOLD(test_every_problem_is_told_in_100_columns),
        TOLD(test_a_problem_of_the_whole_message_has_no_octet),
        TOLD(test_an_answer_is_told_as_it_is_decided),
        TOLD(test_what_was_not_asked_is_not_told),
        TOLD(test_only_the_layers_asked_for_are_told),
        TOLD(test_without_a_story_nothing_is_told),
        TOLD(test_each_event_is_an_object_of_json),
        TOLD(test_what_becomes_of_the_connection_is_told_with_its_reason),
        TOLD(test_an_answer_that_refuses_is_told_with_the_section_of_its_problem),
        TOLD(test_server_timing_is_what_each_layer_took),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
