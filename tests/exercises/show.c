#include "tests/exercises/show.h"

#include <string.h>

enum {
    LINES_BEFORE = 24, /* the line with the caret */
    LINES_AFTER = 16,
    OCTETS_BEFORE = 50, /* the caret, where a line is long */
    LINE_SHOWN = 90,
};

/* Returns how many columns the octet takes. Octets beyond US-ASCII are taken for UTF-8. */
static size_t show_octet(FILE *to, unsigned char octet)
{
    if (octet < 0x20 || octet == 0x7f) return (size_t)fprintf(to, "\\x%02x", octet);
    putc(octet, to);
    return (octet & 0xc0) != 0x80;
}

/* A line without its CR LF, and the caret; caret > length: none. */
static void show_line(FILE *to, const char *line, size_t length, size_t caret)
{
    size_t first = caret <= length && caret > LINE_SHOWN ? caret - OCTETS_BEFORE : 0;
    size_t end = length > first + LINE_SHOWN ? first + LINE_SHOWN : length;
    size_t columns = first > 0;
    size_t before = columns;
    fprintf(to, "    %s", first > 0 ? "…" : "");
    for (size_t i = first; i < end; i++) {
        if (i == caret) before = columns;
        columns += show_octet(to, (unsigned char)line[i]);
    }
    if (caret == end) before = columns;
    fprintf(to, "%s\n", end < length ? "…" : "");
    if (caret <= length) fprintf(to, "    %*s^\n", (int)before, "");
}

static size_t count_lines(const char *octets, size_t length)
{
    size_t lines = 0;
    for (size_t i = 0; i < length; i++) lines += octets[i] == '\n';
    return lines;
}

void show_octets(FILE *to, const char *octets, size_t length, size_t wrong)
{
    size_t middle = wrong <= length ? count_lines(octets, wrong) : 0;
    size_t number = 0;
    for (size_t at = 0; at < length || (at == length && wrong == at); number++) {
        const char *newline = memchr(octets + at, '\n', length - at);
        size_t next = newline == NULL ? length + 1 : (size_t)(newline - octets) + 1;
        size_t end = next - 1;
        if (newline != NULL && end > at && octets[end - 1] == '\r') end--;
        if (number + LINES_BEFORE == middle || number == middle + LINES_AFTER)
            fprintf(to, "    …\n");
        size_t caret = wrong < at || wrong >= next ? (size_t)-1 : wrong - at;
        if (caret != (size_t)-1 && caret > end - at) caret = end - at;
        if (number + LINES_BEFORE > middle && number < middle + LINES_AFTER)
            show_line(to, octets + at, end - at, caret);
        at = next;
    }
}
