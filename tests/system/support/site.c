#include "tests/system/support/site.h"

#include "tests/system/support/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { OLD_TIME = 1600000000 }; /* a Sunday in September 2020 */

const unsigned char *site_octets(size_t size)
{
    static unsigned char *octets;
    static size_t count;
    if (octets != NULL && size <= count) return octets;
    octets = realloc(octets, size + 1);
    if (octets == NULL) failed("no memory for %zu octets", size);
    for (; count < size; count++)
        octets[count] =
            (unsigned char)((count * 7 + (count >> 8) * 13 + (count >> 16) * 29) % 255 + 1);
    return octets;
}

struct site_path site_path(const struct site *site, const char *name)
{
    struct site_path path;
    snprintf(path.text, sizeof path.text, "%s/%s", site->root, name);
    return path;
}

void site_create(struct site *site)
{
    strcpy(site->base, "/tmp/strata-site-XXXXXX");
    if (mkdtemp(site->base) == NULL || chmod(site->base, 0755) != 0)
        failed("no temporary directory: %s", strerror(errno));
    snprintf(site->root, sizeof site->root, "%s/root", site->base);
    if (mkdir(site->root, 0755) != 0) failed("mkdir %s: %s", site->root, strerror(errno));
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

void site_remove(struct site *site)
{
    if (site->base[0] != '\0') nftw(site->base, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    site->base[0] = '\0';
}

static struct site_path path_with_parents(const struct site *site, const char *name)
{
    struct site_path path = site_path(site, name);
    for (char *slash = path.text + strlen(site->root) + 1; (slash = strchr(slash, '/')) != NULL;) {
        *slash = '\0';
        if (mkdir(path.text, 0755) != 0 && errno != EEXIST)
            failed("mkdir %s: %s", path.text, strerror(errno));
        *slash++ = '/';
    }
    return path;
}

static void write_file(const char *path, const void *octets, size_t size)
{
    const struct timespec times[2] = {{OLD_TIME, 0}, {OLD_TIME, 0}};
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) failed("open %s: %s", path, strerror(errno));
    for (size_t done = 0; done < size;) {
        ssize_t written = write(file, (const char *)octets + done, size - done);
        if (written < 0) failed("write %s: %s", path, strerror(errno));
        done += (size_t)written;
    }
    futimens(file, times);
    close(file);
}

void site_add(const struct site *site, const char *name, const char *text)
{
    struct site_path path = path_with_parents(site, name);
    write_file(path.text, text, strlen(text));
}

void site_add_octets(const struct site *site, const char *name, size_t size)
{
    struct site_path path = path_with_parents(site, name);
    write_file(path.text, site_octets(size), size);
}

void site_add_directory(const struct site *site, const char *name)
{
    struct site_path path = path_with_parents(site, name);
    if (mkdir(path.text, 0755) != 0) failed("mkdir %s: %s", path.text, strerror(errno));
}

void site_add_link(const struct site *site, const char *name, const char *target)
{
    struct site_path path = path_with_parents(site, name);
    if (symlink(target, path.text) != 0) failed("symlink %s: %s", path.text, strerror(errno));
}

void site_add_fifo(const struct site *site, const char *name)
{
    struct site_path path = path_with_parents(site, name);
    if (mkfifo(path.text, 0644) != 0) failed("mkfifo %s: %s", path.text, strerror(errno));
}

void site_add_socket(const struct site *site, const char *name)
{
    struct site_path path = path_with_parents(site, name);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%.100s", path.text);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0)
        failed("a socket at %s: %s", path.text, strerror(errno));
    close(listener); /* the name stays */
}

void site_set_time(const struct site *site, const char *name, struct timespec modified)
{
    const struct timespec times[2] = {modified, modified};
    struct site_path path = site_path(site, name);
    if (utimensat(AT_FDCWD, path.text, times, 0) != 0)
        failed("utimensat %s: %s", path.text, strerror(errno));
}

char *file_text(const char *path, size_t *length)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return NULL;
    char *text = NULL;
    size_t used = 0;
    size_t capacity = 0;
    ssize_t received;
    do {
        if (capacity - used < 2) {
            capacity = capacity * 2 + 4096;
            text = realloc(text, capacity);
            if (text == NULL) failed("no memory for %s", path);
        }
        received = read(file, text + used, capacity - used - 1);
        used += received > 0 ? (size_t)received : 0;
    } while (received > 0);
    close(file);
    text[used] = '\0';
    if (length != NULL) *length = used;
    return text;
}
