#include "server/site.h"
#include "http/request.h"
#include "server/report.h"

#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

/* What the server says itself, or decides for each response: a second line would contradict it. */
static const char *const decided[] = {"Accept-Ranges", "Allow", "Cache-Control", "Connection",
    "Content-Encoding", "Content-Length", "Content-Range", "Content-Type", "Date", "ETag",
    "Keep-Alive", "Last-Modified", "Location", "Retry-After", "Server", "Trailer",
    "Transfer-Encoding", "Upgrade", "X-Content-Type-Options"};

/* Adds a line that every response has; false: it would break a head. */
static bool add_line(struct site *site, const char *start, const char *end)
{
    char *line = site->fields + site->fields_length;
    size_t room = sizeof site->fields - site->fields_length;
    size_t length = (size_t)snprintf(line, room, "%s%s\r\n", start, end);
    struct http_field field;
    if (length >= room) return report("--header lines are longer than %d octets", SITE_FIELDS_MAX);
    struct text rest = {line, length - strlen("\r\n")};
    bool is_line = http_parse_field_line(rest, &field) == HTTP_FAULT_NONE;
    text_take(&rest, text_is_line_octet);
    if (!is_line || rest.length > 0)
        return report("'%s%s' is no field line, such as 'Name: value'", start, end);
    site->fields_length += length;
    return true;
}

static bool may_add(const char *line)
{
    struct text name = text_until(text_of(line), text_find(text_of(line), ':'));
    for (size_t i = 0; i < sizeof decided / sizeof decided[0]; i++)
        if (text_equals_ignoring_case(name, decided[i]))
            return report("--header cannot add %s: the server itself decides that", decided[i]);
    return true;
}

static bool add_lines(struct site *site, const struct options *options)
{
    bool done = options->no_server_field || add_line(site, "Server: ", "strata");
    done = done && add_line(site, "Cache-Control: ", options->cache_control) &&
        add_line(site, "X-Content-Type-Options: ", "nosniff");
    for (size_t i = 0; done && i < options->headers.count; i++)
        done =
            may_add(options->headers.values[i]) && add_line(site, options->headers.values[i], "");
    return done;
}

/* The path that the fallback is found under, if it is. */
static bool find_fallback(struct site *site, const char *name)
{
    struct file file;
    if (name == NULL) return true;
    if (strncmp(name, "./", 2) == 0) name += 2;
    snprintf(site->fallback, sizeof site->fallback, "/%s", name + (name[0] == '/'));
    if (name[0] == 0 || document_root_open_file(&site->root, site->fallback, &file) != FS_FOUND)
        return report("there is no file '%s' in the directory to fall back on", name);
    close(file.descriptor);
    return true;
}

static int refuse(const struct options *options, enum fs_status status)
{
    static const char *const reasons[] = {
#define FS_STATUS(name, reason) reason,
#include "fs/fs_statuses.def"
    };
    bool missing = status == FS_NOT_FOUND || status == FS_NOT_SERVED || status == FS_FORBIDDEN;
    report("cannot serve '%s': %s", options->directory, reasons[status]);
    return missing ? EX_NOINPUT : EX_OSERR;
}

int site_open(struct site *site, const struct options *options)
{
    *site = (struct site){.lists = options->list};
    if (!add_lines(site, options)) return EX_USAGE;
    enum fs_status status = document_root_open(&site->root, options->directory);
    if (status != FS_FOUND) return refuse(options, status);
    pthread_mutex_init(&site->changes, NULL);
    file_cache_open(&site->files, &site->root, 0, !options->no_cache);
    int exit_status = site_probe(site, options);
    if (exit_status != EX_OK) site_close(site);
    return exit_status;
}

int site_probe(struct site *site, const struct options *options)
{
    enum fs_status status = document_root_probe(&site->root);
    if (status != FS_FOUND) return refuse(options, status);
    return find_fallback(site, options->fallback) ? EX_OK : EX_NOINPUT;
}

void site_close(struct site *site)
{
    file_cache_close(&site->files);
    pthread_mutex_destroy(&site->changes);
    document_root_close(&site->root);
}
