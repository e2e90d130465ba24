#include "tests/system/support/threads.h"

#include "tests/system/support/site.h"
#include "tests/system/support/steps.h"

#include <dirent.h>
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
