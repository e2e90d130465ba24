#include "tests/system/support/threads.h"

#include "tests/system/support/patience.h"
#include "tests/system/support/site.h"
#include "tests/system/support/steps.h"

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The words of "\nName:\t…\n", with a single space between them. */
static void read_words(const char *status, const char *name, char *words, size_t size)
{
    char start[64];
    snprintf(start, sizeof start, "\n%s:", name);
    const char *line = strstr(status, start);
    if (line == NULL) failed("a thread's status has no line %s", name);
    line += strlen(start);
    size_t length = 0;
    for (; *line != '\n' && *line != '\0' && length + 2 < size; line++) {
        const bool blank = *line == ' ' || *line == '\t';
        if (!blank && length > 0 && (line[-1] == ' ' || line[-1] == '\t')) words[length++] = ' ';
        if (!blank) words[length++] = *line;
    }
    words[length] = '\0';
}

void server_expect_threads(
    const struct server *server, size_t least, const char *name, const char *words)
{
    char path[320];
    size_t count = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)server->pid);
    DIR *threads = opendir(path);
    if (threads == NULL) failed("cannot read %s: the server has ended", path);
    for (struct dirent *entry; (entry = readdir(threads)) != NULL;) {
        char found[256];
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "/proc/%d/task/%s/status", (int)server->pid, entry->d_name);
        char *status = file_text(path, NULL);
        if (status == NULL) continue; /* it has ended */
        read_words(status, name, found, sizeof found);
        free(status);
        count++;
        if (strcmp(found, words) != 0)
            failed("thread %s: %s \"%s\", expected \"%s\"", entry->d_name, name, found, words);
    }
    closedir(threads);
    if (count < least) failed("%zu threads, expected %zu at least", count, least);
}

/* The letter after the name, which may hold spaces and parentheses. */
static bool sleeps(const struct server *server, const char *thread)
{
    char path[320];
    snprintf(path, sizeof path, "/proc/%d/task/%s/stat", (int)server->pid, thread);
    char *text = file_text(path, NULL);
    const char *end = text == NULL ? NULL : strrchr(text, ')');
    bool asleep = end != NULL && strncmp(end, ") S", 3) == 0;
    free(text);
    return asleep;
}

bool server_rests(const struct server *server)
{
    char path[64];
    bool rests = true;
    snprintf(path, sizeof path, "/proc/%d/task", (int)server->pid);
    DIR *threads = opendir(path);
    if (threads == NULL) failed("cannot read %s: the server has ended", path);
    for (struct dirent *entry; rests && (entry = readdir(threads)) != NULL;)
        rests = entry->d_name[0] == '.' || sleeps(server, entry->d_name);
    closedir(threads);
    return rests;
}

/* Looks again and again: one may go to sleep as it wakes another that was looked at before. */
static void await_rest(const struct server *server, int looks)
{
    struct patience patience = patience_for(PATIENCE);
    for (int seen = 0; seen < looks; seen = server_rests(server) ? seen + 1 : 0)
        if (!patience_left(&patience)) failed("the server never rests");
}

void server_await_rest(const struct server *server)
{
    await_rest(server, 3);
}

/* On a busy machine who spins may get little CPU, but does not rest. */
void server_expect_idle(const struct server *server)
{
    const double hardly_any = 0.3;
    struct pollfd nothing = {-1, 0, 0};
    await_rest(server, 15);
    double before = server_cpu_seconds(server);
    poll(&nothing, 1, 1000);
    double used = server_cpu_seconds(server) - before;
    if (used > hardly_any) failed("%.2f s of CPU in a second with nothing to do", used);
}
