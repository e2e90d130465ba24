#include "server/options.h"
#include "server/report.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an option's member is: const char *; struct strings, one more; int64_t from least to most,
 * in nanoseconds where decimal seconds are given, in octets where K, M or G may follow; bool. */
enum kind { KIND_TEXT, KIND_STRINGS, KIND_NUMBER, KIND_SECONDS, KIND_SIZE, KIND_SWITCH };

static const struct row {
    char letter;
    const char *name;
    const char *argument;
    enum kind kind;
    size_t offset; /* in struct options */
    double least;
    double most;
    const char *value; /* when it is not given */
    const char *help;
} rows[] = {
#define OPTION(letter, name, arg, kind, member, least, most, value, help)                          \
    {letter, name, arg, KIND_##kind, offsetof(struct options, member), least, most, value, help},
#include "server/options.def"
#undef OPTION
};

/* What getopt_long(3) returns for a row is FIRST_VALUE and its index. */
enum { ROW_COUNT = sizeof rows / sizeof rows[0], FIRST_VALUE = 256 };

/* A number as the row wants it: digits first, within least and most. */
static bool parse_number(const struct row *row, const char *text, double *number)
{
    static const char units[] = "KMG";
    char *end;
    size_t digits = strspn(text, row->kind == KIND_SECONDS ? "0123456789." : "0123456789");
    *number = strtod(text, &end);
    if (text[0] == '.' || digits == 0 || end != text + digits) return false;
    const char *unit = row->kind == KIND_SIZE && *end != '\0' ? strchr(units, *end) : NULL;
    if (unit != NULL) *number *= (double)((int64_t)1 << 10 * (unit - units + 1));
    return end[unit != NULL] == '\0' && *number >= row->least && *number <= row->most;
}

static bool set(struct options *options, const struct row *row, const char *text)
{
    void *member = (char *)options + row->offset;
    struct strings *strings = member;
    double number;
    if (row->kind == KIND_SWITCH)
        *(bool *)member = true;
    else if (row->kind == KIND_TEXT)
        *(const char **)member = text == NULL ? "transport,http,fs,server" : text;
    else if (row->kind == KIND_STRINGS && strings->count < OPTIONS_REPEATS_MAX)
        strings->values[strings->count++] = text;
    else if (row->kind == KIND_STRINGS)
        return report("at most %d times --%s", OPTIONS_REPEATS_MAX, row->name);
    else if (parse_number(row, text, &number))
        *(int64_t *)member = (int64_t)(row->kind == KIND_SECONDS ? number * 1e9 : number);
    else
        return report("--%s takes a number from %.15g to %.15g, not '%s'", row->name, row->least,
            row->most, text);
    return true;
}

void options_set_defaults(struct options *options)
{
    *options = (struct options){.directory = "."};
    for (const struct row *row = rows; row < rows + ROW_COUNT; row++)
        if (row->value != NULL) set(options, row, row->value);
}

/* The table as getopt_long wants it. */
static void write_getopt_tables(struct option *longs, char *shorts)
{
    for (int i = 0; i < ROW_COUNT; i++) {
        /* has_arg: none, one, or one that may be missing */
        int takes = rows[i].argument[0] == '\0' ? 0 : rows[i].argument[0] == '[' ? 2 : 1;
        longs[i] = (struct option){rows[i].name, takes, NULL, FIRST_VALUE + i};
        if (rows[i].letter != '\0')
            shorts += sprintf(shorts, "%c%s", rows[i].letter, takes == 1 ? ":" : "");
    }
    longs[ROW_COUNT] = (struct option){0};
}

bool options_parse(struct options *options, int count, char **arguments)
{
    struct option longs[ROW_COUNT + 1];
    char shorts[2 * ROW_COUNT + 1] = "";
    int value;
    write_getopt_tables(longs, shorts);
    optind = 0; /* begin anew: this may be called more than once */
    while ((value = getopt_long(count, arguments, shorts, longs, NULL)) != -1) {
        int row = value - FIRST_VALUE;
        for (int i = 0; i < ROW_COUNT && row < 0; i++)
            if (rows[i].letter == value) row = i;
        if (row < 0 || !set(options, &rows[row], optarg)) return false; /* why has been said */
    }
    if (count - optind > 1)
        return report("one DIRECTORY at most, '%s' is too many", arguments[optind + 1]);
    if (optind < count) options->directory = arguments[optind];
    if (options->access_log == NULL) options->access_log = options->explain == NULL ? "-" : "none";
    if (options->addresses.count == 0) options->addresses = (struct strings){1, {"localhost"}};
    return true;
}

void options_print_help(void)
{
    puts("strata [OPTION]... [DIRECTORY]\n"
         "Serve DIRECTORY (default: the current one) over HTTP/1.1.\n");
    for (const struct row *row = rows; row < rows + ROW_COUNT; row++) {
        char letter[] = {'-', row->letter, ',', '\0'};
        char left[32];
        snprintf(left, sizeof left, "%s%s%s", row->name, row->argument[0] == '[' ? "" : " ",
            row->argument);
        printf("  %3s --%-24s%s", row->letter == '\0' ? "" : letter, left, row->help);
        printf(row->value == NULL ? "\n" : " (%s)\n", row->value);
    }
    puts("\nDefaults stand in parentheses. SIGTERM or SIGINT: finish what is under way and\n"
         "stop; again: stop at once. SIGHUP: open the access log anew.\n"
         "Exit status: 0 stopped in order, 64 bad usage, 66 no such directory,\n"
         "69 cannot listen, 71 the system refused.");
}
