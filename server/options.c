#include "server/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind {
    KIND_TEXT,    /* const char * */
    KIND_HOST,    /* struct addresses: one more */
    KIND_NUMBER,  /* int64_t, least to most */
    KIND_SECONDS, /* int64_t nanoseconds, decimals allowed */
    KIND_SIZE,    /* int64_t octets, with K, M or G */
    KIND_SWITCH,  /* bool */
};

static const struct row {
    char letter;
    const char *name;
    const char *argument;
    enum kind kind;
    size_t offset; /* in struct options */
    double least;
    double most;
    const char *help;
} rows[] = {
#define OPTION(letter, name, argument, kind, member, least, most, help)                            \
    {letter, name, argument, KIND_##kind, offsetof(struct options, member), least, most, help},
#include "server/options.def"
#undef OPTION
};

/* What getopt_long(3) returns for a row is FIRST_VALUE and its index. */
enum { ROW_COUNT = sizeof rows / sizeof rows[0], FIRST_VALUE = 256, HELP_COLUMN = 29 };

void options_set_defaults(struct options *options)
{
    *options = (struct options){.directory = ".",
        .port = 8080,
        .access_log = "-",
        .limits = {[WAIT_HEAD] = 10 * WAIT_SECOND,
            [WAIT_NEXT_REQUEST] = 60 * WAIT_SECOND,
            [WAIT_CONTENT] = 30 * WAIT_SECOND,
            [WAIT_PEER_READS] = 30 * WAIT_SECOND,
            [WAIT_PEER_CLOSES] = 5 * WAIT_SECOND},
        .grace = 30 * WAIT_SECOND,
        .buffer_memory = 64 << 20};
}

/* A number as the row wants it: a decimal, digits first, within least and most. */
static bool parse_number(const struct row *row, const char *text, double *number)
{
    static const char units[] = "KMG";
    char *end;
    size_t digits = strspn(text, "0123456789.");
    errno = 0;
    *number = strtod(text, &end);
    if (!isdigit((unsigned char)text[0]) || end != text + digits || errno != 0) return false;
    const char *unit = row->kind == KIND_SIZE && *end != '\0' ? strchr(units, *end) : NULL;
    if (unit != NULL) {
        *number *= (double)((int64_t)1 << 10 * (unit - units + 1));
        end++;
    }
    return *end == '\0' && *number >= row->least && *number <= row->most &&
        (row->kind == KIND_SECONDS || *number == (double)(int64_t)*number);
}

static bool set(struct options *options, const struct row *row, const char *text)
{
    void *member = (char *)options + row->offset;
    struct addresses *addresses = member;
    double number;
    if (row->kind == KIND_SWITCH)
        *(bool *)member = true;
    else if (row->kind == KIND_TEXT)
        *(const char **)member = text;
    else if (row->kind == KIND_HOST && addresses->count < OPTIONS_ADDRESSES_MAX)
        addresses->hosts[addresses->count++] = text;
    else if (row->kind == KIND_HOST)
        return fprintf(stderr, "strata: at most %d times --address\n", OPTIONS_ADDRESSES_MAX) < 0;
    else if (parse_number(row, text, &number))
        *(int64_t *)member = (int64_t)(row->kind == KIND_SECONDS ? number * 1e9 : number);
    else
        return fprintf(stderr, "strata: --%s takes a number from %.15g to %.15g, not '%s'\n",
                   row->name, row->least, row->most, text) < 0;
    return true;
}

/* The table as getopt_long wants it. */
static void write_getopt_tables(struct option *longs, char *shorts)
{
    for (int i = 0; i < ROW_COUNT; i++) {
        bool takes_one = rows[i].argument != NULL;
        longs[i] = (struct option){rows[i].name, takes_one, NULL, FIRST_VALUE + i};
        if (rows[i].letter != '\0')
            shorts += sprintf(shorts, "%c%s", rows[i].letter, takes_one ? ":" : "");
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
        return fprintf(stderr, "strata: one DIRECTORY at most, '%s' is too many\n",
                   arguments[optind + 1]) < 0;
    if (optind < count) options->directory = arguments[optind];
    if (options->addresses.count == 0) options->addresses = (struct addresses){1, {"localhost"}};
    return true;
}

void options_print_help(void)
{
    puts("strata [OPTION]... [DIRECTORY]\n"
         "Serve DIRECTORY (default: the current one) over HTTP/1.1.\n");
    for (const struct row *row = rows; row < rows + ROW_COUNT; row++) {
        const char *argument = row->argument == NULL ? "" : row->argument;
        char letter[] = {'-', row->letter, ',', '\0'};
        int column =
            printf("  %3s --%s %s ", row->letter == '\0' ? "" : letter, row->name, argument);
        for (const char *at = row->help; *at != '\0';
             at += strcspn(at, "\n") + (at[strcspn(at, "\n")] != '\0')) {
            printf("%*s%.*s\n", HELP_COLUMN - column, "", (int)strcspn(at, "\n"), at);
            column = 0;
        }
    }
    puts("\nSIGTERM or SIGINT: finish what is under way and stop; again: stop at once.\n"
         "SIGHUP: open the access log anew.\n"
         "Exit status: 0 stopped in order, 64 bad usage, 66 no such directory,\n"
         "69 cannot listen, 71 the system refused.");
}
