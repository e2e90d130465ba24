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

struct option_row {
    char letter; /* '\0': none */
    const char *name;
    const char *argument; /* NULL: it takes none */
    enum kind kind;
    size_t offset; /* in struct options */
    double least;
    double most;
    const char *help; /* lines after the first are indented by whoever prints it */
};

#define AT(member) offsetof(struct options, member)

static const struct option_row rows[] = {
    {'a', "address", "HOST", KIND_HOST, AT(addresses), 0, 0,
     "address to listen on; repeatable\n(default: localhost, IPv4 and IPv6)"},
    {'p', "port", "PORT", KIND_NUMBER, AT(port), 0, 65535,
     "default 8080; 0 takes a free one, the same for all"},
    {'t', "threads", "N", KIND_NUMBER, AT(threads), 1, 1024,
     "size of the pool (default: 2 x processors, at least 4)"},
    {'c', "max-connections", "N", KIND_NUMBER, AT(max_connections), 1, 1000000,
     "(default: from the descriptor limit, at most 10000)"},
    {0, "access-log", "FILE", KIND_TEXT, AT(access_log), 0, 0,
     "Combined Log Format; - is standard output (default),\nnone turns it off"},
    {0, "head-timeout", "SECONDS", KIND_SECONDS, AT(head_timeout), 0.001, 1e9,
     "for a whole request head (default: 10)"},
    {0, "idle-timeout", "SECONDS", KIND_SECONDS, AT(idle_timeout), 0.001, 1e9,
     "between two requests (default: 60)"},
    {0, "content-timeout", "SECONDS", KIND_SECONDS, AT(content_timeout), 0.001, 1e9,
     "without an octet of content (default: 30)"},
    {0, "send-timeout", "SECONDS", KIND_SECONDS, AT(send_timeout), 0.001, 1e9,
     "in which the client reads nothing (default: 30)"},
    {0, "linger-timeout", "SECONDS", KIND_SECONDS, AT(linger_timeout), 0.001, 1e9,
     "for the client to close after an error (default: 5)"},
    {0, "grace", "SECONDS", KIND_SECONDS, AT(grace), 0, 1e9,
     "to finish what is under way at SIGTERM (default: 30)"},
    {0, "buffer-memory", "SIZE", KIND_SIZE, AT(buffer_memory), 65536, 1e15,
     "for octets unread and unsent, all together\n(default: 64M)"},
    {0, "no-deadlines", NULL, KIND_SWITCH, AT(no_deadlines), 0, 0,
     "wait for ever: for stepping in a debugger"},
    {'h', "help", NULL, KIND_SWITCH, AT(help), 0, 0, "print this and exit"},
    {'V', "version", NULL, KIND_SWITCH, AT(version), 0, 0, "print the version and exit"},
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0], HELP_COLUMN = 29 };

void options_set_defaults(struct options *options)
{
    const int64_t second = 1000000000;
    *options = (struct options){
        .directory = ".",
        .port = 8080,
        .access_log = "-",
        .head_timeout = 10 * second,
        .idle_timeout = 60 * second,
        .content_timeout = 30 * second,
        .send_timeout = 30 * second,
        .linger_timeout = 5 * second,
        .grace = 30 * second,
        .buffer_memory = 64 << 20,
    };
}

/* A number as the row wants it: a decimal, digits first, within least and most. */
static bool parse_number(const struct option_row *row, const char *text, double *number)
{
    static const char units[] = "KMG";
    char *end;
    errno = 0;
    *number = strtod(text, &end);
    const char *unit = row->kind == KIND_SIZE && *end != '\0' ? strchr(units, *end) : NULL;
    if (unit != NULL) {
        *number *= (double)((int64_t)1 << 10 * (unit - units + 1));
        end++;
    }
    bool plain = strspn(text, "0123456789.") == (size_t)(end - text) - (unit != NULL);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0 || !plain ||
        *number < row->least || *number > row->most)
        return false;
    return row->kind == KIND_SECONDS || *number == (double)(int64_t)*number;
}

static bool set_host(struct addresses *addresses, const char *host)
{
    if (addresses->count == OPTIONS_ADDRESSES_MAX) {
        fprintf(stderr, "strata: at most %d times --address\n", OPTIONS_ADDRESSES_MAX);
        return false;
    }
    addresses->hosts[addresses->count++] = host;
    return true;
}

static bool set(struct options *options, const struct option_row *row, const char *text)
{
    void *member = (char *)options + row->offset;
    double number;
    switch (row->kind) {
    case KIND_SWITCH:
        *(bool *)member = true;
        return true;
    case KIND_TEXT:
        *(const char **)member = text;
        return true;
    case KIND_HOST:
        return set_host(member, text);
    case KIND_NUMBER:
    case KIND_SECONDS:
    case KIND_SIZE:
        break;
    }
    if (!parse_number(row, text, &number)) {
        fprintf(stderr, "strata: --%s takes a number from %.15g to %.15g, not '%s'\n", row->name,
                row->least, row->most, text);
        return false;
    }
    *(int64_t *)member = (int64_t)(row->kind == KIND_SECONDS ? number * 1e9 : number);
    return true;
}

static const struct option_row *row_of(int value)
{
    for (int i = 0; i < ROW_COUNT; i++)
        if (value == 256 + i || (rows[i].letter != '\0' && value == rows[i].letter))
            return &rows[i];
    return NULL;
}

/* The table as getopt_long(3) wants it. */
static void write_getopt_tables(struct option *longs, char *shorts)
{
    for (int i = 0; i < ROW_COUNT; i++) {
        bool takes_one = rows[i].argument != NULL;
        longs[i] = (struct option){rows[i].name, takes_one, NULL, 256 + i};
        if (rows[i].letter != '\0')
            *shorts++ = rows[i].letter;
        if (rows[i].letter != '\0' && takes_one)
            *shorts++ = ':';
    }
    longs[ROW_COUNT] = (struct option){0};
    *shorts = '\0';
}

bool options_parse(struct options *options, int count, char **arguments)
{
    struct option longs[ROW_COUNT + 1];
    char shorts[2 * ROW_COUNT + 1];
    int value;
    write_getopt_tables(longs, shorts);
    optind = 0; /* begin anew: this may be called more than once */
    while ((value = getopt_long(count, arguments, shorts, longs, NULL)) != -1) {
        const struct option_row *row = row_of(value);
        if (row == NULL || !set(options, row, optarg))
            return false; /* getopt_long said what is wrong */
    }
    if (count - optind > 1) {
        fprintf(stderr, "strata: one DIRECTORY at most; '%s' is one too many\n",
                arguments[optind + 1]);
        return false;
    }
    if (optind < count)
        options->directory = arguments[optind];
    if (options->addresses.count == 0)
        set_host(&options->addresses, "localhost");
    return true;
}

static void print_row(const struct option_row *row)
{
    char left[64];
    char letter[5] = "    ";
    if (row->letter != '\0')
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    snprintf(left, sizeof left, "  %s--%s %s", letter, row->name,
             row->argument == NULL ? "" : row->argument);
    printf("%-*s", HELP_COLUMN, left);
    for (const char *at = row->help; *at != '\0'; at++) {
        putchar(*at);
        if (*at == '\n')
            printf("%*s", HELP_COLUMN, "");
    }
    putchar('\n');
}

void options_print_help(void)
{
    puts("strata [OPTION]... [DIRECTORY]\n"
         "Serve DIRECTORY (default: the current one) over HTTP/1.1.\n");
    for (int i = 0; i < ROW_COUNT; i++)
        print_row(&rows[i]);
    puts("\nSIGTERM or SIGINT: finish what is under way and stop; again: stop at once.\n"
         "SIGHUP: open the access log anew.\n"
         "Exit status: 0 stopped in order, 64 bad usage, 66 no such directory,\n"
         "69 cannot listen, 71 the system refused.");
}
