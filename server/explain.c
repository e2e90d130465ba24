#include "server/explain.h"
#include "server/report.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const names[LAYER_COUNT] = {"transport", "http", "fs", "server"};
static const char *const colours[LAYER_COUNT] = {"\33[36m", "\33[33m", "\33[32m", "\33[35m"};

bool explain_set(struct explain *explain, const char *layers, const char *format)
{
    struct text list = text_of(layers == NULL ? "" : layers);
    struct text name;
    explain->is_json = strcmp(format, "json") == 0;
    explain->has_colour = !explain->is_json && isatty(STDERR_FILENO) && getenv("NO_COLOR") == NULL;
    explain->layers = 0;
    if (!explain->is_json && strcmp(format, "text") != 0)
        return report("--explain-format takes text or json, not '%s'", format);
    while (text_next_element(&list, &name)) {
        int layer = 0;
        while (layer < LAYER_COUNT && !text_equals(name, names[layer])) layer++;
        explain->layers |= 1u << layer;
    }
    bool known = explain->layers > 0 && explain->layers < 1u << LAYER_COUNT;
    return layers == NULL || known ||
        report("--explain= takes transport, http, fs, server, not '%s'", layers);
}

void explain_octets(char *to, struct text octets, size_t most)
{
    to = report_octets(to, most, &octets);
    *text_write(to, octets.length > 0 ? "..." : "") = '\0';
}

/* What has to be escaped in a string is (RFC 8259 §7); only words are not made of constants. */
static size_t format_json(const struct event *event, char *line)
{
    char *to = line;
    to += sprintf(to,
        "{\"at\":%lld,\"turn\":%lld,\"worker\":%u,\"connection\":%u,\"request\":%u,"
        "\"layer\":\"%s\",\"verb\":\"%s\",\"words\":\"",
        (long long)(event->at / 1000), (long long)(event->turn / 1000), event->worker,
        event->connection, event->request, names[event->layer], event->verb);
    for (const char *word = event->words; *word != '\0'; word++) {
        if (*word == '"' || *word == '\\') *to++ = '\\';
        *to++ = *word;
    }
    if (event->rule != NULL) to += sprintf(to, "\",\"rule\":\"%s", event->rule);
    return (size_t)(text_write(to, "\"}\n") - line);
}

size_t explain_format(
    const struct explain *explain, const struct event *event, char line[EXPLAIN_LINE_MAX])
{
    const char *rule = event->rule == NULL ? "" : event->rule;
    if (explain->is_json) return format_json(event, line);
    int length = sprintf(line, "c%u.r%u", event->connection, event->request);
    length += sprintf(line + length, "%*s %s%-9s%s %-10s ", length < 7 ? 7 - length : 0, "",
        explain->has_colour ? colours[event->layer] : "", names[event->layer],
        explain->has_colour ? "\33[0m" : "", event->verb);
    length += sprintf(line + length, *rule ? "%-52s  %s\n" : "%s%s\n", event->words, rule);
    return (size_t)length;
}

void explain_event(struct explain *explain, const struct event *event)
{
    char line[EXPLAIN_LINE_MAX];
    struct pollfd reader = {.fd = STDERR_FILENO, .events = POLLOUT};
    if ((explain->layers & 1u << event->layer) == 0) return;
    size_t length = explain_format(explain, event, line);
    unsigned lost = atomic_load(&explain->lost);
    bool taken = poll(&reader, 1, lost > 0 || event->worker == 0 ? 0 : 100) == 1 &&
        write(STDERR_FILENO, line, length) == (ssize_t)length;
    if (!taken)
        atomic_fetch_add(&explain->lost, 1);
    else if (lost > 0 && atomic_exchange(&explain->lost, 0) > 0)
        report("%u lines of --explain were lost: nobody read them in time", lost);
}
