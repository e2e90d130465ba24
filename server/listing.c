#include "server/listing.h"
#include "fs/directory.h"
#include "http/target.h"
#include "server/pages.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char style[] =
    "table{width:100%}td,th{padding:.15rem 1rem .15rem 0;text-align:left;overflow-wrap:anywhere}"
    "td+td,th+th{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    "@media(max-width:34rem){td+td+td,th+th+th{display:none}}";

/* Text in HTML, in an attribute's quotes too. */
static void write_escaped(FILE *page, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (strchr("&<>\"'", text[i]) != NULL)
            fprintf(page, "&#%d;", text[i]);
        else
            putc(text[i], page);
    }
}

/* "./": a colon in the name must not make it a scheme (RFC 3986 §4.2). */
static void write_entry(FILE *page, const struct directory_entry *entry)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    const char *slash = entry->is_directory ? "/" : "";
    double size = (double)entry->size;
    int unit = 0;
    char encoded[3 * sizeof entry->name];
    size_t length = http_encode_path(entry->name, encoded);
    char date[32] = ""; /* room for any year that a struct tm holds */
    time_t modified = entry->modified;
    struct tm tm;
    if (gmtime_r(&modified, &tm) != NULL) strftime(date, sizeof date, "%F %R", &tm);
    fprintf(page, "<tr><td><a href=\"./");
    write_escaped(page, encoded, length);
    fprintf(page, "%s\">", slash);
    write_escaped(page, entry->name, strlen(entry->name));
    fprintf(page, "%s</a><td>", slash);
    for (; size >= 1023.95; unit++) size /= 1024;
    if (!entry->is_directory) fprintf(page, "%.*f %s", unit > 0, size, units[unit]);
    fprintf(page, "<td>%s\n", date);
}

static void write_page(FILE *page, const char *path, const struct directory *directory)
{
    fprintf(page, "%s<title>", page_start);
    write_escaped(page, path, strlen(path));
    fprintf(page, "</title>\n<style>%s%s</style>\n<h1>", page_style, style);
    write_escaped(page, path, strlen(path));
    fprintf(page, "</h1>\n<table>\n<tr><th>Name<th>Size<th>Modified (UTC)\n");
    if (strcmp(path, "/") != 0) fprintf(page, "<tr><td><a href=\"../\">../</a><td><td>\n");
    for (size_t i = 0; i < directory->count; i++) write_entry(page, &directory->entries[i]);
    fprintf(page, "</table>\n<p>%zu %s%s</p>\n</html>\n", directory->count,
        directory->count == 1 ? "entry" : "entries",
        directory->is_cut ? "; there are more, which are not listed" : "");
}

/* Into memory that a descriptor stands for. The time stamp is 1970: a page that was made just now
 * has no validators. */
static enum fs_status write_file(
    const char *path, const struct directory *directory, struct file *file)
{
    const struct timespec times[2] = {{0}, {0}};
    int memory = memfd_create("listing", MFD_CLOEXEC);
    FILE *page = memory < 0 ? NULL : fdopen(memory, "w");
    if (page == NULL && memory >= 0) close(memory);
    if (page == NULL) return FS_EXHAUSTED;
    write_page(page, path, directory);
    bool written = fflush(page) == 0 && !ferror(page) && futimens(memory, times) == 0;
    long size = written ? ftell(page) : -1;
    int descriptor = size >= 0 ? fcntl(memory, F_DUPFD_CLOEXEC, 0) : -1;
    fclose(page);
    if (descriptor < 0) return FS_EXHAUSTED;
    *file = (struct file){.descriptor = descriptor, .media_type = "text/html; charset=utf-8"};
    file->size = file->memory = (uint32_t)size;
    return FS_FOUND;
}

enum fs_status listing_open(const struct document_root *root, const char *path, struct file *file)
{
    struct directory directory;
    enum fs_status status = directory_read(root, path, &directory);
    if (status == FS_FOUND) status = write_file(path, &directory, file);
    free(directory.entries);
    return status;
}
