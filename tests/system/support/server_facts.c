/* What can be seen of a running server from outside: its standard error, and its row in /proc. */
#include "tests/system/support/patience.h"
#include "tests/system/support/server.h"
#include "tests/system/support/site.h"
#include "tests/system/support/steps.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *server_errors(const struct server *server)
{
    return file_text(server->errors, NULL);
}

char *server_output(const struct server *server)
{
    return file_text(server->output, NULL);
}

void server_await_error(const struct server *server, const char *wanted)
{
    struct patience patience = patience_for(PATIENCE);
    for (bool found = false; !found;) {
        char *text = server_errors(server);
        found = text != NULL && strstr(text, wanted) != NULL;
        free(text);
        if (!found && !patience_left(&patience))
            failed("standard error does not say \"%s\"", wanted);
    }
}

static bool is_socket(int directory, const char *name)
{
    char target[64] = "";
    return readlinkat(directory, name, target, sizeof target - 1) > 0 &&
        strncmp(target, "socket:", 7) == 0;
}

static size_t count_descriptors(const struct server *server, bool only_sockets)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)server->pid);
    DIR *directory = opendir(path);
    if (directory == NULL) failed("cannot read %s: the server has ended", path);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.' &&
            (!only_sockets || is_socket(dirfd(directory), entry->d_name)))
            count++;
    closedir(directory);
    return count;
}

size_t server_descriptors(const struct server *server)
{
    return count_descriptors(server, false);
}

size_t server_sockets(const struct server *server)
{
    return count_descriptors(server, true);
}

double server_cpu_seconds(const struct server *server)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)server->pid);
    char *text = file_text(path, NULL);
    const char *fields = text == NULL ? NULL : strrchr(text, ')'); /* the name may hold spaces */
    unsigned long user = 0;
    unsigned long kernel = 0;
    if (fields == NULL ||
        sscanf(fields + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
            &kernel) != 2)
        failed("cannot read %s", path);
    free(text);
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

void server_await_sockets(const struct server *server, size_t most)
{
    struct patience patience = patience_for(PATIENCE);
    while (server_sockets(server) > most)
        if (!patience_left(&patience))
            failed("%zu sockets are open, expected no more than %zu", server_sockets(server), most);
}
