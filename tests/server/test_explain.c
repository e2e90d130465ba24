/* What --explain asks for, the form of its lines, and that telling never stalls the server. */
#include "server/explain.h"
#include "tests/support/captured.h"
#include "tests/support/child.h"
#include "tests/support/json_line.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ALL = (1u << LAYER_COUNT) - 1 };

static const struct event plain = {.at = 1234567,
    .turn = 1200999,
    .worker = 1,
    .connection = 3,
    .request = 2,
    .layer = LAYER_HTTP,
    .verb = "parsed",
    .words = "GET /about, HTTP/1.1, 2 field lines",
    .rule = "RFC 9112 §3"};

/* As long as words are where a rule follows. */
static const char fifty_two[] = "0123456789012345678901234567890123456789012345678901";

/* --- what is asked for ----------------------------------------------------------------------- */

static const struct {
    const char *layers;
    unsigned set;
} layers[] = {
    {NULL, 0},
    {"transport", 1u << LAYER_TRANSPORT},
    {"http", 1u << LAYER_HTTP},
    {"fs", 1u << LAYER_FS},
    {"server", 1u << LAYER_SERVER},
    {"fs,http", 1u << LAYER_FS | 1u << LAYER_HTTP},
    {"transport,http,fs,server", ALL},
    {"fs,fs", 1u << LAYER_FS},
};

static void test_the_layers_that_are_named_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(layers); i++) {
        struct explain explain = {.layers = 77};
        assert_true(explain_set(&explain, layers[i].layers, "text"));
        assert_int_equal(explain.layers, layers[i].set);
        assert_false(explain.is_json);
    }
}

static void test_json_is_a_format(void **state)
{
    struct explain explain = {0};
    (void)state;
    assert_true(explain_set(&explain, "http", "json"));
    assert_true(explain.is_json);
    assert_false(explain.has_colour);
    assert_int_equal(explain.layers, 1u << LAYER_HTTP);
}

static const struct {
    const char *layers, *format, *said;
} refused[] = {
    {"tls", "text", "tls"},
    {"http,tls", "text", "tls"},
    {"HTTP", "text", "HTTP"},
    {"http;fs", "text", "http;fs"},
    {"htt", "text", "htt"},
    {"https", "text", "https"},
    {"http", "xml", "xml"},
    {"http", "JSON", "JSON"},
    {"http", "", "''"},
    {NULL, "xml", "xml"},
};

static void test_another_layer_or_format_is_refused_and_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct explain explain = {0};
        capture_begin(STDERR_FILENO);
        bool taken = explain_set(&explain, refused[i].layers, refused[i].format);
        const char *said = capture_end();
        if (taken || strstr(said, refused[i].said) == NULL)
            fail_msg("%s, %s: %s", refused[i].layers, refused[i].format, said);
        assert_int_equal(strncmp(said, "strata: --explain", 17), 0);
        assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
    }
}

/* On a terminal, and without NO_COLOR: neither is here. */
static void test_a_file_gets_no_colour(void **state)
{
    struct explain explain = {.has_colour = true};
    (void)state;
    unsetenv("NO_COLOR");
    capture_begin(STDERR_FILENO);
    bool taken = explain_set(&explain, "http", "text");
    capture_end();
    assert_true(taken);
    assert_false(explain.has_colour);
}

static int colour_of_terminal(void *no_color)
{
    struct explain explain = {0};
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return 77;
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    if (terminal < 0) return 77;
    dup2(terminal, STDERR_FILENO);
    unsetenv("NO_COLOR");
    if (no_color != NULL) setenv("NO_COLOR", "", 1);
    explain_set(&explain, "http", "text");
    if (explain.has_colour) return 1;
    return 0;
}

static void test_a_terminal_gets_colour_unless_no_color_is_set(void **state)
{
    (void)state;
    int status = run_in_child(colour_of_terminal, NULL);
    if (status == 77) skip();
    assert_int_equal(status, 1);
    assert_int_equal(run_in_child(colour_of_terminal, "set"), 0);
}

/* --- text ------------------------------------------------------------------------------------- */

/* The line of this event, its LF taken off; dead at the next call. */
static const char *format(const struct explain *explain, const struct event *event)
{
    static char line[EXPLAIN_LINE_MAX + 1];
    memset(line, '?', sizeof line);
    size_t length = explain_format(explain, event, line);
    assert_in_range(length, 1, EXPLAIN_LINE_MAX);
    assert_int_equal(line[length - 1], '\n');
    line[length - 1] = '\0';
    assert_null(strchr(line, '\n'));
    return line;
}

static size_t columns(const char *line)
{
    size_t count = 0;
    for (; *line != '\0'; line++) count += ((unsigned char)*line & 0xc0) != 0x80;
    return count;
}

static void test_a_line_of_text_says_who_which_layer_what_and_why(void **state)
{
    const struct explain explain = {.layers = ALL};
    char who[20], layer[20], verb[20], rule[20], section[20];
    (void)state;
    const char *line = format(&explain, &plain);
    assert_int_equal(sscanf(line, "%19s %19s %19s GET /about,", who, layer, verb), 3);
    assert_string_equal(who, "c3.r2");
    assert_string_equal(layer, "http");
    assert_string_equal(verb, "parsed");
    const char *words = strstr(line, plain.words);
    assert_non_null(words);
    assert_int_equal(sscanf(words + strlen(plain.words), " RFC %9s %19s", rule, section), 2);
    assert_string_equal(rule, "9112");
    assert_string_equal(section, "§3");
}

/* Whoever speaks, and however long the words are. */
static void test_layers_verbs_words_and_rules_stand_below_one_another(void **state)
{
    static const char *const verbs[] = {"sent", "accepted", "condition"};
    const struct explain explain = {.layers = ALL};
    (void)state;
    const char *line = format(&explain, &plain);
    const size_t layer = (size_t)(strstr(line, "http ") - line);
    const size_t verb = (size_t)(strstr(line, "parsed") - line);
    const size_t words = (size_t)(strstr(line, "GET ") - line);
    const size_t rule = (size_t)(strstr(line, "RFC ") - line);
    for (int i = 0; i < 3 * LAYER_COUNT; i++) {
        struct event event = plain;
        event.layer = (enum layer)(i % LAYER_COUNT);
        event.verb = verbs[i % 3];
        event.connection = i % 2 ? 1 : 99;
        event.words = i % 2 ? "w" : fifty_two;
        line = format(&explain, &event);
        assert_int_equal(line[layer - 1], ' ');
        assert_int_not_equal(line[layer], ' ');
        assert_int_equal(strncmp(line + verb, event.verb, strlen(event.verb)), 0);
        assert_int_equal(line[words - 1], ' ');
        assert_int_equal(strncmp(line + words, event.words, strlen(event.words)), 0);
        assert_int_equal(strncmp(line + rule, "RFC ", 4), 0);
    }
}

/* The longest rules there are: RFC 9110 §13.1.4 and the like. */
static void test_a_line_of_text_with_a_rule_has_100_columns_at_most(void **state)
{
    const struct explain explain = {.layers = ALL};
    struct event event = plain;
    (void)state;
    event.connection = 9;
    event.words = fifty_two;
    event.rule = "RFC 9110 §15.5.17";
    assert_in_range(columns(format(&explain, &event)), 80, 100);
}

static void test_without_a_rule_a_line_ends_with_its_words(void **state)
{
    const struct explain explain = {.layers = ALL};
    struct event event = plain;
    (void)state;
    event.rule = NULL;
    const char *line = format(&explain, &event);
    assert_string_equal(strstr(line, plain.words), plain.words);
}

static void test_colour_is_that_of_the_layer_and_moves_nothing(void **state)
{
    const struct explain without = {.layers = ALL};
    const struct explain with = {.layers = ALL, .has_colour = true};
    char lines[LAYER_COUNT][200];
    (void)state;
    for (int i = 0; i < LAYER_COUNT; i++) {
        struct event event = plain;
        char bare[200] = "", colour[16];
        event.layer = (enum layer)i;
        snprintf(lines[i], sizeof lines[i], "%s", format(&with, &event));
        const char *escape = strchr(lines[i], '\33');
        assert_non_null(escape);
        snprintf(colour, sizeof colour, "%.5s", escape);
        for (int other = 0; other < i; other++) assert_null(strstr(lines[other], colour));
        size_t length = 0;
        for (const char *at = lines[i]; *at != '\0'; at++) {
            if (*at == '\33') at += strcspn(at, "m");
            if (*at != 'm' || at[-1] == ' ' || (at[-1] >= 'a' && at[-1] <= 'z'))
                bare[length++] = *at;
        }
        assert_string_equal(bare, format(&without, &event));
        assert_non_null(strstr(lines[i], "\33[0m"));
    }
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void test_json_has_the_same_of_it_by_name(void **state)
{
    const struct explain explain = {.layers = ALL, .is_json = true};
    (void)state;
    const char *line = format(&explain, &plain);
    assert_true(json_is_object(line));
    assert_string_equal(line,
        "{\"at\":1234,\"turn\":1200,\"worker\":1,\"connection\":3,\"request\":2,"
        "\"layer\":\"http\",\"verb\":\"parsed\",\"words\":\"GET /about, HTTP/1.1, 2 field lines\","
        "\"rule\":\"RFC 9112 §3\"}");
}

static void test_without_a_rule_json_has_no_member_for_it(void **state)
{
    const struct explain explain = {.layers = ALL, .is_json = true, .has_colour = true};
    struct event event = plain;
    (void)state;
    event.rule = NULL;
    for (int i = 0; i < LAYER_COUNT; i++) {
        event.layer = (enum layer)i;
        const char *line = format(&explain, &event);
        assert_true(json_is_object(line));
        assert_null(strstr(line, "rule"));
        assert_null(strchr(line, '\33'));
    }
}

/* RFC 8259 §7 */
static void test_quotation_marks_and_backslashes_are_escaped_in_json(void **state)
{
    const struct explain explain = {.layers = ALL, .is_json = true};
    struct event event = plain;
    (void)state;
    event.words = "\"\\\\r\\x00\\\"\\";
    event.rule = NULL;
    const char *line = format(&explain, &event);
    assert_true(json_is_object(line));
    assert_non_null(strstr(line, "\"words\":\"\\\"\\\\\\\\r\\\\x00\\\\\\\"\\\\\"}"));
}

/* Each octet may double. */
static void test_the_longest_words_fit_a_line(void **state)
{
    static char words[EXPLAIN_WORDS_MAX];
    const struct explain json = {.layers = ALL, .is_json = true};
    const struct explain text = {.layers = ALL, .has_colour = true};
    struct event event = plain;
    (void)state;
    memset(words, '"', sizeof words - 1);
    event.words = words;
    event.at = event.turn = INT64_MAX;
    event.worker = event.connection = event.request = UINT32_MAX;
    event.layer = LAYER_TRANSPORT;
    assert_true(json_is_object(format(&json, &event)));
    assert_true(strlen(format(&text, &event)) > sizeof words);
}

static void test_the_checker_of_these_tests_is_strict(void **state)
{
    static const char *const broken[] = {"", "{", "{}", "{\"a\":1", "{\"a\":01}", "{\"a\":-1}",
        "{\"a\":1,}", "{\"a\":\"\\x00\"}", "{\"a\":\"\x01\"}", "{\"a\":\"\xff\"}",
        "{\"a\":\"\xe2\x80\"}", "{\"a\":\"b\"c\"}", "{\"a\":1}}", "{\"a\":…}", "{\"a\" :1}"};
    (void)state;
    for (size_t i = 0; i < COUNT(broken); i++)
        if (json_is_object(broken[i])) fail_msg("%s is taken", broken[i]);
    assert_true(json_is_object("{\"a\":0,\"b\":\"\\\\x00 \\\"…\"}"));
}

/* --- octets ----------------------------------------------------------------------------------- */

static const char *shown(const char *octets, size_t length, size_t most)
{
    static char to[600];
    memset(to, '?', sizeof to);
    explain_octets(to, (struct text){octets, length}, most);
    assert_true(strlen(to) < EXPLAIN_OCTETS_SIZE(most));
    return to;
}

static void test_visible_ascii_is_shown_as_it_is(void **state)
{
    char octets[] = " !#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~";
    (void)state;
    assert_string_equal(shown(octets, strlen(octets), 100), octets);
    assert_string_equal(shown("", 0, 10), "");
}

static void test_what_ends_lines_has_a_letter_and_the_rest_two_digits(void **state)
{
    (void)state;
    assert_string_equal(shown("a\r\nb", 4, 100), "a\\r\\nb");
    assert_string_equal(shown("\0\t\x1b\x7f\x80\xff", 6, 100), "\\x00\\x09\\x1B\\x7F\\x80\\xFF");
    assert_string_equal(shown("\xe2\x80\xae", 3, 100), "\\xE2\\x80\\xAE");
}

/* Else "\r" could be a backslash and an r. */
static void test_a_backslash_is_no_escape_of_its_own(void **state)
{
    char escaped[20];
    (void)state;
    snprintf(escaped, sizeof escaped, "%s", shown("\\r", 2, 100));
    assert_string_not_equal(escaped, "\\r");
    assert_string_not_equal(escaped, shown("\r", 1, 100));
}

static void test_no_octet_of_256_gets_out_unseen(void **state)
{
    (void)state;
    for (int i = 0; i < 256; i++) {
        char octet = (char)i;
        for (const char *at = shown(&octet, 1, 20); *at != '\0'; at++)
            assert_in_range((unsigned char)*at, 0x20, 0x7e);
    }
}

/* The mark of what is cut apart. */
static void test_no_more_columns_are_taken_than_there_are(void **state)
{
    char many[300];
    (void)state;
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = (char)(i % 3 == 0 ? 0xff : i % 3 == 1 ? '\r' : 'a');
    for (size_t most = 8; most < 40; most++) {
        const char *cut = shown(many, sizeof many, most);
        assert_in_range(columns(cut), most - 4, most + 3);
        assert_in_range((unsigned char)cut[0], '\\', '\\');
    }
}

static void test_what_is_cut_says_so(void **state)
{
    char whole[50];
    (void)state;
    snprintf(whole, sizeof whole, "%s", shown("abcdef", 6, 20));
    assert_string_equal(whole, "abcdef");
    const char *cut = shown("abcdefghijklmnopqrstuvwxyz", 26, 10);
    size_t same = strspn(cut, "abcdefghijklmnopqrstuvwxyz");
    assert_in_range(same, 5, 10);
    assert_int_equal(strncmp(cut, "abcdefghij", same), 0);
    assert_true(strcmp(cut + same, "...") == 0 || strcmp(cut + same, "…") == 0);
}

/* --- telling ---------------------------------------------------------------------------------- */

static void test_an_event_is_one_line(void **state)
{
    struct explain explain = {.layers = ALL};
    (void)state;
    capture_begin(STDERR_FILENO);
    explain_event(&explain, &plain);
    explain_event(&explain, &plain);
    const char *said = capture_end();
    const char *line = format(&explain, &plain);
    assert_int_equal(strlen(said), 2 * (strlen(line) + 1));
    assert_int_equal(strncmp(said, line, strlen(line)), 0);
}

static void test_a_layer_that_is_not_asked_for_is_silent(void **state)
{
    (void)state;
    for (int asked = 0; asked < LAYER_COUNT; asked++) {
        for (int layer = 0; layer < LAYER_COUNT; layer++) {
            struct explain explain = {.layers = 1u << asked};
            struct event event = plain;
            event.layer = (enum layer)layer;
            capture_begin(STDERR_FILENO);
            explain_event(&explain, &event);
            assert_int_equal(strlen(capture_end()) > 0, asked == layer);
        }
    }
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

enum { OFTEN = 4000 }; /* more than any pipe holds */

/* Nobody reads. At the end everything is read, and one event more is told. */
static int tell_nobody(void *shared)
{
    struct explain *explain = shared;
    int ends[2];
    if (pipe(ends) != 0) return 1;
    dup2(ends[1], STDERR_FILENO);
    double begin = seconds();
    for (int i = 0; i < OFTEN; i++) explain_event(explain, &plain);
    if (seconds() - begin > 20) return 2;
    if (atomic_load(&explain->lost) == 0) return 3;
    unsigned taken = OFTEN - atomic_load(&explain->lost);
    static char text[1 << 20];
    ssize_t length = read(ends[0], text, sizeof text);
    unsigned lines = 0;
    for (ssize_t i = 0; i < length; i++) lines += text[i] == '\n';
    if (lines != taken || text[length - 1] != '\n') return 4;
    unsigned lost = atomic_load(&explain->lost);
    explain_event(explain, &plain);
    length = read(ends[0], text, sizeof text - 1);
    text[length > 0 ? length : 0] = '\0';
    char *told = strstr(text, "strata: ");
    char *end;
    if (told == NULL || strtoul(told + strlen("strata: "), &end, 10) != lost) return 5;
    if (strncmp(end, " line", 5) != 0 || atomic_load(&explain->lost) != 0) return 6;
    return strncmp(text, "c3.r2 ", 6) == 0 ? 0 : 7;
}

/* What is lost is counted, and told as soon as somebody reads again. */
static void test_lines_that_nobody_reads_are_lost_and_counted(void **state)
{
    struct explain explain = {.layers = ALL};
    (void)state;
    assert_int_equal(run_in_child(tell_nobody, &explain), 0);
}

/* Reads when the pipe is full, until its end; the number of octets. */
static void *read_when_full(void *ends)
{
    static char text[1 << 20];
    const int *end = ends;
    struct pollfd writer = {.fd = end[1], .events = POLLOUT};
    size_t length = 0;
    ssize_t count;
    while (poll(&writer, 1, 0) == 1) sched_yield();
    close(end[1]);
    while ((count = read(end[0], text + length, sizeof text - length)) > 0) length += (size_t)count;
    return (void *)(uintptr_t)length;
}

/* A reader that is only slow, as a terminal is, loses nothing. */
static int tell_slow_reader(void *shared)
{
    struct explain *explain = shared;
    int ends[2];
    pthread_t reader;
    void *length;
    if (pipe(ends) != 0) return 1;
    dup2(ends[1], STDERR_FILENO);
    if (pthread_create(&reader, NULL, read_when_full, ends) != 0) return 1;
    for (int i = 0; i < OFTEN; i++) explain_event(explain, &plain);
    close(STDERR_FILENO);
    pthread_join(reader, &length);
    if (atomic_load(&explain->lost) != 0) return 2;
    return (uintptr_t)length == OFTEN * (strlen(format(explain, &plain)) + 1) ? 0 : 3;
}

static void test_a_slow_reader_is_waited_for(void **state)
{
    struct explain explain = {.layers = ALL};
    (void)state;
    assert_int_equal(run_in_child(tell_slow_reader, &explain), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_layers_that_are_named_are_told),
        cmocka_unit_test(test_json_is_a_format),
        cmocka_unit_test(test_another_layer_or_format_is_refused_and_named),
        cmocka_unit_test(test_a_file_gets_no_colour),
        cmocka_unit_test(test_a_terminal_gets_colour_unless_no_color_is_set),
        cmocka_unit_test(test_a_line_of_text_says_who_which_layer_what_and_why),
        cmocka_unit_test(test_layers_verbs_words_and_rules_stand_below_one_another),
        cmocka_unit_test(test_a_line_of_text_with_a_rule_has_100_columns_at_most),
        cmocka_unit_test(test_without_a_rule_a_line_ends_with_its_words),
        cmocka_unit_test(test_colour_is_that_of_the_layer_and_moves_nothing),
        cmocka_unit_test(test_json_has_the_same_of_it_by_name),
        cmocka_unit_test(test_without_a_rule_json_has_no_member_for_it),
        cmocka_unit_test(test_quotation_marks_and_backslashes_are_escaped_in_json),
        cmocka_unit_test(test_the_longest_words_fit_a_line),
        cmocka_unit_test(test_the_checker_of_these_tests_is_strict),
        cmocka_unit_test(test_visible_ascii_is_shown_as_it_is),
        cmocka_unit_test(test_what_ends_lines_has_a_letter_and_the_rest_two_digits),
        cmocka_unit_test(test_a_backslash_is_no_escape_of_its_own),
        cmocka_unit_test(test_no_octet_of_256_gets_out_unseen),
        cmocka_unit_test(test_no_more_columns_are_taken_than_there_are),
        cmocka_unit_test(test_what_is_cut_says_so),
        cmocka_unit_test(test_an_event_is_one_line),
        cmocka_unit_test(test_a_layer_that_is_not_asked_for_is_silent),
        cmocka_unit_test(test_lines_that_nobody_reads_are_lost_and_counted),
        cmocka_unit_test(test_a_slow_reader_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
