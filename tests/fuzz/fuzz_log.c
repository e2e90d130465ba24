/* The line of the access log (server/access_log.h).
 *
 * Fed: octets, which are taken for a request line, and each half of them for a field's value.
 * Must hold:
 *     - what is written is one line of printable ASCII, no longer than LOG_LINE_MAX
 *     - each value, read back, is what the request held, or the start of it where it was cut short;
 *       so no octet of a request can end its quotes and pretend to be another part of the line
 */
#include "server/access_log.h"
#include "tests/fuzz/fuzz.h"

static const char start[] = "192.0.2.7 - - [06/Nov/1994:08:49:37 +0000]";

/* Takes ' "value"' off the line, undoing the escapes. */
static struct text read_quoted(struct text *line, char *value)
{
    size_t length = 0;
    must_hold(text_skip(line, " \""));
    while (!text_skip(line, "\"")) {
        must_hold(line->length > 2);
        char octet = line->start[0];
        if (text_skip(line, "\\r")) {
            octet = '\r';
        } else if (text_skip(line, "\\n")) {
            octet = '\n';
        } else if (text_skip(line, "\\x")) {
            must_hold(line->length > 2);
            char digits[] = {line->start[0], line->start[1], '\0'};
            must_hold(text_is_made_of(text_of(digits), "0123456789ABCDEF"));
            octet = (char)strtoul(digits, NULL, 16);
            *line = text_from(*line, 2);
        } else {
            if (text_skip(line, "\\")) octet = line->start[0];
            *line = text_from(*line, 1);
        }
        value[length++] = octet;
    }
    return (struct text){value, length};
}

/* "-" stands for nothing. What may be cut is what is longer than an eighth of the line. */
static void check_value(struct text *line, struct text value)
{
    char octets[LOG_LINE_MAX];
    struct text read = read_quoted(line, octets);
    if (value.length == 0) value = text_of("-");
    must_hold(read.length <= value.length);
    must_hold(memcmp(read.start, value.start, read.length) == 0);
    must_hold(read.length == value.length || read.length >= LOG_LINE_MAX / 8 / strlen("\\xFF"));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
    struct text input = fuzz_copy(fuzz_text(octets, length));
    struct log_entry entry = {.peer = "192.0.2.7",
        .date = "Sun, 06 Nov 1994 08:49:37 GMT",
        .status = 404,
        .octets = 1234};
    char *memory = fuzz_memory(LOG_LINE_MAX);
    entry.request_line = input;
    entry.referer = text_until(input, length / 2);
    entry.user_agent = text_from(input, length / 2);
    struct text line = {memory, access_log_format(&entry, memory)};
    must_hold(line.length > 0 && line.length <= LOG_LINE_MAX);
    for (size_t i = 0; i + 1 < line.length; i++)
        must_hold(line.start[i] >= 0x20 && line.start[i] <= 0x7e);
    must_hold(text_skip(&line, start));
    check_value(&line, entry.request_line);
    must_hold(text_skip(&line, " 404 1234"));
    check_value(&line, entry.referer);
    check_value(&line, entry.user_agent);
    must_hold(text_equals(line, "\n"));
    free(memory);
    free((char *)input.start);
    return 0;
}
