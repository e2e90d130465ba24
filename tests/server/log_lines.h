/* log_lines.h: numbered lines for the access log, and how to find them again. */
#ifndef STRATA_TESTS_SERVER_LOG_LINES_H
#define STRATA_TESTS_SERVER_LOG_LINES_H

#include "server/access_log.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

/* Adds the line whose request is "GET /number HTTP/1.1"; the lengths of lines differ. */
static inline void log_number(struct access_log *log, struct log_buffer *buffer, unsigned number)
{
    static const char agent[] = "an agent whose name is cut at another place every time";
    char request[64];
    int length = snprintf(request, sizeof request, "GET /%u HTTP/1.1", number);
    const struct log_entry entry = {
        .peer = "192.0.2.7",
        .date = "Sun, 06 Nov 1994 08:49:37 GMT",
        .request_line = {request, (size_t)length},
        .status = 200,
        .octets = number,
        .user_agent = {agent, number % (sizeof agent - 1)},
    };
    access_log_add(log, buffer, &entry);
}

/* The number of the whole line that starts here; *next is the line after it. */
static inline unsigned read_number(const char *line, const char **next)
{
    unsigned number = 0;
    unsigned long long octets = 0;
    const char *end = strchr(line, '\n');
    if (end == NULL ||
        sscanf(line,
            "192.0.2.7 - - [06/Nov/1994:08:49:37 +0000] \"GET /%u HTTP/1.1\" 200 %llu \"-\" \"",
            &number, &octets) != 2 ||
        octets != number || end[-1] != '"')
        fail_msg("this is not a whole line: %.200s", line);
    *next = end + 1;
    return number;
}

/* Whole lines whose numbers rise. How many there are. */
static inline size_t count_rising(const char *lines)
{
    size_t count = 0;
    long last = -1;
    while (*lines != '\0') {
        long number = read_number(lines, &lines);
        assert_true(number > last);
        last = number;
        count++;
    }
    return count;
}

/* The lines first, first + 1 … and no others. */
static inline void assert_numbers(const char *lines, unsigned first, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (*lines == '\0') fail_msg("line %u is missing", first + i);
        assert_int_equal(read_number(lines, &lines), first + i);
    }
    assert_string_equal(lines, "");
}

static inline void log_buffer_start(struct log_buffer *buffer)
{
    memset(buffer, 0xa5, sizeof *buffer);
    pthread_mutex_init(&buffer->lock, NULL);
    buffer->length = 0;
}

#endif
