/* golden.h: events as they are told, after the published filter, and those that are on record in
 * golden/. */
#pragma once

#include "tests/system/support/server.h"
#include "tests/system/support/site.h"
#include "tests/system/support/steps.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The end of a turn, in either format: words that stand in such an event alone. */
#define GOLDEN_WAITS  "waits"
#define GOLDEN_CLOSED "closed"

static inline bool golden_records(void)
{
    return getenv("STRATA_RECORD") != NULL;
}

static inline bool golden_is_event(const char *line)
{
    return line[0] == '{' || (line[0] == 'c' && isdigit((unsigned char)line[1]));
}

/* The line's length, its LF included. */
static inline size_t golden_line(const char *text)
{
    size_t length = strcspn(text, "\n");
    return length + (text[length] == '\n');
}

static inline bool golden_holds(const char *line, size_t length, const char *part)
{
    return memmem(line, length, part, strlen(part)) != NULL;
}

/* Is it an event with this verb? */
static inline bool golden_has_verb(const char *line, size_t length, const char *verb)
{
    char json[40], text[40];
    snprintf(json, sizeof json, "\"verb\":\"%s\"", verb);
    snprintf(text, sizeof text, "transport %s ", verb);
    return golden_holds(line, length, line[0] == '{' ? json : text);
}

/* How many events have this verb or, where it has a space, these words. Waiting for the first octet
 * does not count: it depends on luck. */
static inline size_t golden_count(const char *text, const char *told)
{
    size_t count = 0;
    for (; text != NULL && *text != '\0'; text += golden_line(text)) {
        size_t length = golden_line(text);
        if (!golden_is_event(text) || text[length - 1] != '\n') continue;
        if (golden_holds(text, length, "for the first octet")) continue;
        count += strchr(told, ' ') != NULL ? golden_holds(text, length, told)
                                           : golden_has_verb(text, length, told) ||
                (strcmp(told, GOLDEN_WAITS) == 0 && golden_has_verb(text, length, GOLDEN_CLOSED));
    }
    return count;
}

/* The events alone, after docs/explain/filter.awk; to be freed. */
static inline char *golden_filter(const char *told)
{
    const char *source = getenv("STRATA_SOURCE_DIR");
    char raw[] = "/tmp/strata-told-XXXXXX", filtered[] = "/tmp/strata-told-XXXXXX";
    char command[1000];
    int file = mkstemp(raw), other = mkstemp(filtered);
    if (file < 0 || other < 0 || source == NULL) failed("no temporary file, or no source");
    for (; *told != '\0'; told += golden_line(told))
        if (golden_is_event(told)) dprintf(file, "%.*s", (int)golden_line(told), told);
    snprintf(command, sizeof command, "LC_ALL=C awk -f '%s/docs/explain/filter.awk' <%s >%s",
        source, raw, filtered);
    int status = system(command);
    char *text = file_text(filtered, NULL);
    close(file);
    close(other);
    unlink(raw);
    unlink(filtered);
    if (status != 0 || text == NULL) failed("the filter ended with %d", status);
    return text;
}

/* Drops the lines that hold this. */
static inline void golden_drop(char *text, const char *part)
{
    char *to = text;
    for (size_t length; (length = golden_line(text)) > 0; text += length) {
        if (golden_holds(text, length, part)) continue;
        memmove(to, text, length);
        to += length;
    }
    *to = '\0';
}

/* Replaces a number by "…" behind these words, in every line. */
static inline void golden_mask_before(char *text, const char *words)
{
    for (char *at; (at = strstr(text, words)) != NULL; text = at + strlen(words)) {
        char *digits = at;
        while (digits > text && isdigit((unsigned char)digits[-1])) digits--;
        if (digits == at || (at - digits == 1 && *digits == '0')) continue;
        memset(digits, 'N', (size_t)(at - digits));
        memmove(digits + 1, at, strlen(at) + 1); /* one N, however many digits */
        at = digits + 1;
    }
}

/* How often, and after how many octets, a slow reader's connection is parked is the kernel's
 * choice: counts become N, and of lines that are then the same the first stays. */
static inline void golden_collapse(char *text)
{
    golden_drop(text, "for its next turn");
    golden_mask_before(text, " are left");
    char *to = text, *from = text;
    for (size_t length; (length = golden_line(from)) > 0; from += length) {
        char line[1000];
        snprintf(line, sizeof line, "%.*s", (int)length, from);
        if (golden_holds(text, (size_t)(to - text), line)) continue;
        memmove(to, line, length);
        to += length;
    }
    *to = '\0';
}

static inline char *golden_path(const char *name, const char *suffix)
{
    static char path[600];
    snprintf(path, sizeof path, "%s/tests/explain/golden/%s.%s", getenv("STRATA_SOURCE_DIR"), name,
        suffix);
    return path;
}

static inline void golden_fail_where(const char *path, const char *wanted, const char *told)
{
    int line = 1;
    for (size_t length; (length = golden_line(told)) > 0 && golden_line(wanted) == length &&
         memcmp(told, wanted, length) == 0;
         line++) {
        told += length;
        wanted += length;
    }
    failed("%s, line %d (record.sh makes it anew)\n  on record: %.*s\n  told:      %.*s", path,
        line, (int)strcspn(wanted, "\n"), wanted, (int)strcspn(told, "\n"), told);
}

static inline void golden_compare(const char *name, const char *suffix, const char *told)
{
    const char *path = golden_path(name, suffix);
    FILE *file = golden_records() ? fopen(path, "w") : NULL;
    if (file != NULL) {
        fputs(told, file);
        fclose(file);
    }
    char *wanted = file_text(path, NULL);
    if (wanted == NULL) failed("there is no %s", path);
    if (strcmp(told, wanted) != 0) golden_fail_where(path, wanted, told);
    free(wanted);
}

/* How much is here when a message is refused depends on how it arrives: the excerpt is cut and, in
 * content, the number before it. */
static inline void golden_keep_above_transport(char *text, bool in_content)
{
    golden_drop(text, "\"layer\":\"transport\"");
    for (char *at = text; (at = strstr(at, "\"verb\":\"refused\"")) != NULL;) {
        char *cut = strstr(at, in_content ? "octet " : ": \\\"");
        if (cut == NULL || cut > at + golden_line(at)) break;
        char *rest = strstr(cut, "\\\"\",\"rule\"");
        if (rest == NULL) break;
        memmove(cut, rest, strlen(rest) + 1);
        at = cut;
    }
}

static inline void golden_compare_above_transport(const char *name, char *told, bool in_content)
{
    const char *path = golden_path(name, "jsonl");
    char *wanted = file_text(path, NULL);
    if (wanted == NULL) failed("there is no %s", path);
    golden_keep_above_transport(wanted, in_content);
    golden_keep_above_transport(told, in_content);
    if (strcmp(told, wanted) != 0) golden_fail_where(path, wanted, told);
    free(wanted);
}
