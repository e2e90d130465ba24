#include "server/listing.h"
#include "fs/directory.h"
#include "http/target.h"
#include "server/pages.h"

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

static void write_size(FILE *page, uint64_t octets)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double size = (double)octets;
    int unit = 0;
    for (; size >= 1023.95; unit++) size /= 1024;
    fprintf(page, "%.*f %s", unit > 0, size, units[unit]);
}

/* "./": a colon in the name must not make it a scheme (RFC 3986 §4.2). */
static void write_entry(FILE *page, const struct directory_entry *entry)
{
    const char *slash = entry->is_directory ? "/" : "";
    char encoded[3 * sizeof entry->name];
    char date[32] = ""; /* room for any year that a struct tm holds */
    time_t modified = entry->modified;
    struct tm tm;
    if (gmtime_r(&modified, &tm) != NULL) strftime(date, sizeof date, "%F %R", &tm);
    fprintf(page, "<tr><td><a href=\"./");
    write_escaped(page, encoded, http_encode_path(entry->name, encoded));
    fprintf(page, "%s\">", slash);
    write_escaped(page, entry->name, strlen(entry->name));
    fprintf(page, "%s</a><td>", slash);
    if (!entry->is_directory) write_size(page, entry->size);
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

/* The file's time stamp is 1970: a page that was made just now has no validators. */
static enum fs_status keep(const char *octets, size_t length, struct file *file)
{
    const struct timespec times[2] = {{0}, {0}};
    int descriptor = memfd_create("listing", MFD_CLOEXEC);
    bool kept = descriptor >= 0 && write(descriptor, octets, length) == (ssize_t)length &&
        futimens(descriptor, times) == 0;
    if (!kept && descriptor >= 0) close(descriptor);
    if (!kept) return FS_EXHAUSTED;
    *file = (struct file){descriptor, length, times[1], "text/html; charset=utf-8", ""};
    return FS_FOUND;
}

enum fs_status listing_open(const struct document_root *root, const char *path, struct file *file)
{
    struct directory directory;
    char *octets = NULL;
    size_t length = 0;
    enum fs_status status = directory_read(root, path, &directory);
    FILE *page = status == FS_FOUND ? open_memstream(&octets, &length) : NULL;
    if (status == FS_FOUND) status = FS_EXHAUSTED; /* until it is written */
    if (page != NULL) {
        write_page(page, path, &directory);
        if (fclose(page) == 0) status = keep(octets, length, file);
    }
    free(octets);
    directory_free(&directory);
    return status;
}
