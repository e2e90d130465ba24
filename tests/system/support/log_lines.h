/* log_lines.h — a reader of the Combined Log Format:
 *
 *     ADDRESS - - [DAY/MONTH/YEAR:TIME OFFSET] "REQUEST LINE" STATUS LENGTH "REFERRER" "AGENT"
 *
 * What is quoted holds printable US-ASCII only; a backslash before a quote, a backslash, xHH or the
 * letter of a control (t, n …) stands for another octet.
 */
#ifndef STRATA_TESTS_SYSTEM_LOG_LINES_H
#define STRATA_TESTS_SYSTEM_LOG_LINES_H

#include <stdbool.h>
#include <stddef.h>

enum { LOG_TEXT = 9000 };

struct log_line {
    char text[LOG_TEXT]; /* the line as it is */
    char address[64];
    char date[32];
    char request[LOG_TEXT]; /* without escapes */
    char referrer[LOG_TEXT];
    char agent[LOG_TEXT];
    int status;
    size_t length;
};

size_t log_count_lines(const char *text);

/* Reads the line at the start of text. Returns NULL, or what is wrong with it. */
const char *log_parse_line(const char *text, struct log_line *line);

/* Whether a date as it stands between the brackets is within some minutes of now. */
bool log_date_is_recent(const char *date);

#endif
