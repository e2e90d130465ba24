/* The line of the access log: Combined Log Format, one line whatever the request held. */
#include "server/access_log.h"
#include "tests/support/guard_page.h"
#include "tests/support/http.h"

static const struct log_entry usual = {
    .peer = "192.0.2.7",
    .date = "Sun, 06 Nov 1994 08:49:37 GMT",
    .request_line = OCTETS("GET /a?b HTTP/1.1"),
    .status = 200,
    .octets = 1234,
    .referer = OCTETS("http://example.com/"),
    .user_agent = OCTETS("curl/7.88.1"),
};

/* As a string; there is one LF in it, at the end, and nothing but printable ASCII before. */
static const char *format(const struct log_entry *entry)
{
    static char text[LOG_LINE_MAX + 1];
    char *line = guard_space(5, LOG_LINE_MAX);
    size_t length = access_log_format(entry, line);
    assert_in_range(length, 1, LOG_LINE_MAX);
    for (size_t i = 0; i + 1 < length; i++) assert_in_range((unsigned char)line[i], 0x20, 0x7e);
    assert_int_equal(line[length - 1], '\n');
    memcpy(text, line, length);
    text[length] = '\0';
    return text;
}

/* Reads ' "value"' as it was before it was escaped; returns what follows it. */
static const char *read_quoted(const char *at, char *value, size_t *length)
{
    static const char names[] = "rn\"\\", named[] = "\r\n\"\\";
    *length = 0;
    assert_int_equal(*at++, ' ');
    assert_int_equal(*at++, '"');
    while (*at != '"') {
        char octet = *at++;
        if (octet == '\\' && *at == 'x') {
            assert_true(text_hex_digit(at[1]) >= 0 && text_hex_digit(at[2]) >= 0);
            octet = (char)(text_hex_digit(at[1]) << 4 | text_hex_digit(at[2]));
            at += 3;
        } else if (octet == '\\') {
            const char *name = strchr(names, *at++);
            assert_true(name != NULL && *name != '\0');
            octet = named[name - names];
        }
        value[(*length)++] = octet;
        assert_in_range(*length, 1, LOG_LINE_MAX);
    }
    return at + 1;
}

/* The three quoted values of a line. */
struct values {
    char octets[3][LOG_LINE_MAX];
    size_t lengths[3];
};

static void read_values(const char *line, struct values *values)
{
    unsigned status;
    unsigned long long octets;
    int taken = 0;
    const char *at = strchr(line, ']');
    assert_non_null(at);
    /* cppcheck-suppress uninitvar ; this is where to write */
    at = read_quoted(at + 1, values->octets[0], &values->lengths[0]);
    assert_int_equal(sscanf(at, " %u %llu%n", &status, &octets, &taken), 2);
    at = read_quoted(at + taken, values->octets[1], &values->lengths[1]);
    at = read_quoted(at, values->octets[2], &values->lengths[2]);
    assert_string_equal(at, "\n");
}

static void test_a_line_is_in_combined_log_format(void **state)
{
    (void)state;
    assert_string_equal(format(&usual),
        "192.0.2.7 - - [06/Nov/1994:08:49:37 +0000] \"GET /a?b HTTP/1.1\" 200 1234 "
        "\"http://example.com/\" \"curl/7.88.1\"\n");
}

static void test_a_dash_stands_for_what_is_missing(void **state)
{
    struct log_entry entry = usual;
    (void)state;
    entry.request_line = entry.referer = entry.user_agent = (struct text){NULL, 0};
    entry.status = 408;
    entry.octets = 99;
    assert_string_equal(
        format(&entry), "192.0.2.7 - - [06/Nov/1994:08:49:37 +0000] \"-\" 408 99 \"-\" \"-\"\n");
}

static void test_days_and_hours_have_two_digits(void **state)
{
    struct log_entry entry = usual;
    (void)state;
    entry.date = "Thu, 01 Jan 1970 00:00:00 GMT";
    assert_non_null(strstr(format(&entry), " [01/Jan/1970:00:00:00 +0000] "));
    entry.date = "Mon, 28 Feb 2000 23:59:59 GMT";
    assert_non_null(strstr(format(&entry), " [28/Feb/2000:23:59:59 +0000] "));
    entry.date = "Tue, 29 Feb 2000 00:00:00 GMT";
    assert_non_null(strstr(format(&entry), " [29/Feb/2000:00:00:00 +0000] "));
    entry.date = "Tue, 31 Dec 2030 23:59:59 GMT";
    assert_non_null(strstr(format(&entry), " [31/Dec/2030:23:59:59 +0000] "));
}

static void test_an_ipv6_peer_is_written_as_it_is(void **state)
{
    struct log_entry entry = usual;
    (void)state;
    strcpy(entry.peer, "2001:db8:ffff:ffff:ffff:ffff:203.100.113.254");
    assert_int_equal(strncmp(format(&entry), entry.peer, strlen(entry.peer)), 0);
}

static void test_the_longest_number_of_octets_fits(void **state)
{
    struct log_entry entry = usual;
    (void)state;
    entry.octets = UINT64_MAX;
    assert_non_null(strstr(format(&entry), "\" 200 18446744073709551615 \""));
}

static void test_every_octet_is_escaped_so_that_it_can_be_read_back(void **state)
{
    struct values values;
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        const char value[3] = {'a', (char)octet, 'z'};
        struct log_entry entry = usual;
        entry.request_line = entry.referer = entry.user_agent = guarded((struct text){value, 3});
        read_values(format(&entry), &values);
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(values.lengths[i], 3);
            assert_memory_equal(values.octets[i], value, 3);
        }
    }
}

static void test_printable_octets_are_not_escaped(void **state)
{
    struct log_entry entry = usual;
    char expected[128] = " \"";
    size_t length = 2;
    char value[128];
    (void)state;
    for (char octet = 0x20; octet < 0x7f; octet++)
        if (octet != '"' && octet != '\\') expected[length++] = octet;
    memcpy(value, expected + 2, length - 2);
    entry.user_agent = guarded((struct text){value, length - 2});
    memcpy(expected + length, "\"\n", 3);
    const char *line = format(&entry);
    assert_string_equal(line + strlen(line) - strlen(expected), expected);
}

/* Three values of 64 KiB of one octet: a line of at most LOG_LINE_MAX, each value a beginning. */
static void assert_cut(char octet)
{
    static char flood[64 * 1024];
    static struct values values;
    struct log_entry entry = usual;
    memset(flood, octet, sizeof flood);
    strcpy(entry.peer, "2001:db8:ffff:ffff:ffff:ffff:203.100.113.254");
    entry.octets = UINT64_MAX;
    entry.request_line = entry.referer = entry.user_agent = (struct text){flood, sizeof flood};
    read_values(format(&entry), &values);
    for (size_t i = 0; i < 3; i++) {
        assert_in_range(values.lengths[i], 100, LOG_LINE_MAX);
        assert_memory_equal(values.octets[i], flood, values.lengths[i]);
    }
}

static void test_values_without_end_are_cut(void **state)
{
    (void)state;
    assert_cut('a');
    assert_cut('"');
    assert_cut('\\');
    assert_cut('\n');
    assert_cut('\0');
    assert_cut((char)0xff);
}

/* As many octets as were meant for it, but for an escape that no longer fits whole. */
static void test_a_value_is_cut_no_earlier_and_no_later_than_meant(void **state)
{
    static const size_t most[] = {2048, 768, 768};
    static char flood[8 * 1024];
    static struct values values;
    struct log_entry entry = usual;
    (void)state;
    memset(flood, 'a', sizeof flood);
    entry.request_line = entry.referer = entry.user_agent = (struct text){flood, sizeof flood};
    read_values(format(&entry), &values);
    for (size_t i = 0; i < 3; i++)
        assert_in_range(values.lengths[i], most[i] - strlen("xFF"), most[i]);
}

/* Where an escape does not fit whole, none of it is written: tried at each distance. */
static void test_no_escape_is_cut_in_its_midst(void **state)
{
    static char value[8 * 1024];
    static struct values values;
    struct log_entry entry = usual;
    (void)state;
    for (size_t plain = 0; plain < 8; plain++) {
        memset(value, '\x01', sizeof value);
        memset(value, 'p', plain);
        entry.request_line = entry.referer = entry.user_agent = (struct text){value, sizeof value};
        read_values(format(&entry), &values);
        for (size_t i = 0; i < 3; i++)
            assert_memory_equal(values.octets[i], value, values.lengths[i]);
    }
}

static void test_a_long_value_leaves_room_for_the_others(void **state)
{
    static char flood[64 * 1024];
    static struct values values;
    struct log_entry entry = usual;
    (void)state;
    memset(flood, '"', sizeof flood);
    entry.request_line = (struct text){flood, sizeof flood};
    read_values(format(&entry), &values);
    assert_int_equal(values.lengths[2], usual.user_agent.length);
    assert_memory_equal(values.octets[2], usual.user_agent.start, values.lengths[2]);
}

/* Wherever the server runs, times are in UTC. */
static int live_elsewhere(void **state)
{
    (void)state;
    setenv("TZ", "ELSE-5:30", 1);
    tzset();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_is_in_combined_log_format),
        cmocka_unit_test(test_a_dash_stands_for_what_is_missing),
        cmocka_unit_test(test_days_and_hours_have_two_digits),
        cmocka_unit_test(test_an_ipv6_peer_is_written_as_it_is),
        cmocka_unit_test(test_the_longest_number_of_octets_fits),
        cmocka_unit_test(test_every_octet_is_escaped_so_that_it_can_be_read_back),
        cmocka_unit_test(test_printable_octets_are_not_escaped),
        cmocka_unit_test(test_values_without_end_are_cut),
        cmocka_unit_test(test_a_value_is_cut_no_earlier_and_no_later_than_meant),
        cmocka_unit_test(test_no_escape_is_cut_in_its_midst),
        cmocka_unit_test(test_a_long_value_leaves_room_for_the_others),
    };
    return cmocka_run_group_tests(tests, live_elsewhere, NULL);
}
