#include "tests/system/support/log_lines.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RECENT = 300 };

size_t log_count_lines(const char *text)
{
    size_t count = 0;
    for (; (text = strchr(text, '\n')) != NULL; text++) count++;
    return count;
}

static const char *take_escape(const char *text, char *out)
{
    static const char controls[] = "a\ab\bf\fn\nr\rt\tv\v";
    if (*text == '"' || *text == '\\') {
        *out = *text;
        return text + 1;
    }
    if (*text == 'x' && isxdigit((unsigned char)text[1]) && isxdigit((unsigned char)text[2])) {
        char digits[3] = {text[1], text[2], '\0'};
        *out = (char)strtoul(digits, NULL, 16);
        return text + 3;
    }
    for (const char *control = controls; *control != '\0'; control += 2)
        if (*control == *text) {
            *out = control[1];
            return text + 1;
        }
    return NULL;
}

/* Reads a quoted text and the quote after it; NULL when there is none. */
static const char *take_quoted(const char *text, char *out)
{
    if (text == NULL || *text++ != '"') return NULL;
    while (text != NULL && *text != '"') {
        if (*text < 0x20 || *text > 0x7e) return NULL;
        if (*text == '\\')
            text = take_escape(text + 1, out);
        else
            *out = *text++;
        out++;
    }
    *out = '\0';
    return text == NULL ? NULL : text + 1;
}

const char *log_parse_line(const char *text, struct log_line *line)
{
    int used = 0;
    char length[32] = "";
    size_t size = strcspn(text, "\n");
    if (text[size] != '\n' || size >= LOG_TEXT) return "the line has no end";
    memcpy(line->text, text, size);
    line->text[size] = '\0';
    if (sscanf(line->text, "%63s - - [%31[^]]] %n", line->address, line->date, &used) != 2 ||
        used == 0)
        return "the line does not start with address, dashes and date";
    const char *rest = take_quoted(line->text + used, line->request);
    if (rest == NULL) return "the request line is not quoted text";
    if (sscanf(rest, " %3d %31[0-9-] %n", &line->status, length, &used) != 2)
        return "status and length do not follow the request line";
    line->length = strcmp(length, "-") == 0 ? 0 : strtoul(length, NULL, 10);
    rest = take_quoted(rest + used, line->referrer);
    if (rest == NULL || *rest != ' ') return "the referrer is not quoted text and a space";
    rest = take_quoted(rest + 1, line->agent);
    if (rest == NULL || *rest != '\0')
        return "the agent is not quoted text and the end of the line";
    return NULL;
}

bool log_date_is_recent(const char *date)
{
    struct tm parts = {0};
    const char *end = strptime(date, "%d/%b/%Y:%H:%M:%S ", &parts);
    if (end == NULL || strlen(end) != 5 || (*end != '+' && *end != '-')) return false;
    long minutes =
        (end[1] - '0') * 600 + (end[2] - '0') * 60 + (end[3] - '0') * 10 + (end[4] - '0');
    time_t then = timegm(&parts) - (*end == '-' ? -1 : 1) * minutes * 60;
    time_t now = time(NULL);
    return then <= now && then > now - RECENT;
}
