/* The files of a soak, and what happens to them meanwhile. */
#include "tests/soak/soak.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SOME_LINES = 256 };

static int root = -1;

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

enum fate file_fate(unsigned file)
{
    if (file < REPLACED_FIRST) return STEADY;
    if (file < VANISHING_FIRST) return REPLACED;
    return file < CUT_FIRST ? VANISHING : CUT;
}

void file_path(unsigned file, char path[32])
{
    snprintf(path, 32, "/%02x/%04x.txt", file >> 8, file);
}

size_t file_lines(unsigned file)
{
    if (file < LARGE_FIRST) return 1 + file * 37 % 384;
    if (file < REPLACED_FIRST) return 1280 + (file - LARGE_FIRST) * 3000;
    return 500 + (file - CUT_FIRST) * 150; /* some are kept in memory, some open */
}

static void write_digits(char *to, size_t number, size_t digits)
{
    for (; digits > 0; number >>= 4) to[--digits] = "0123456789abcdef"[number & 15];
}

static void write_line(unsigned file, size_t lines, size_t line, char to[LINE])
{
    write_digits(to, line, 5);
    to[5] = '-';
    write_digits(to + 6, lines, 5);
    write_digits(to + 11, file, 4);
    to[15] = '\n';
}

/* Octets that sendfile(2) took but that no one has read yet are still the file's: where it is cut,
 * the kernel writes zeros to the end of the page. */
static bool is_cut(unsigned file, const char *line, const char *octets, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (octets[i] != line[i] && octets[i] != '\0') return false;
    return file_fate(file) == CUT;
}

bool file_holds(unsigned file, size_t lines, size_t offset, const char *octets, size_t length)
{
    char line[LINE];
    while (length > 0) {
        size_t at = offset % LINE;
        size_t here = LINE - at < length ? LINE - at : length;
        write_line(file, lines, offset / LINE, line);
        if (memcmp(line + at, octets, here) != 0 && !is_cut(file, line + at, octets, here))
            return false;
        offset += here;
        octets += here;
        length -= here;
    }
    return true;
}

/* From a line on to the end. */
static void write_lines(int descriptor, unsigned file, size_t lines, size_t from)
{
    char octets[SOME_LINES * LINE];
    while (from < lines) {
        size_t count = lines - from < SOME_LINES ? lines - from : SOME_LINES;
        for (size_t i = 0; i < count; i++) write_line(file, lines, from + i, octets + i * LINE);
        if (pwrite(descriptor, octets, count * LINE, (off_t)(from * LINE)) < 0) fail("pwrite");
        from += count;
    }
}

static void place(unsigned file, size_t lines)
{
    char path[32];
    file_path(file, path);
    int descriptor = openat(root, ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) fail(".new");
    write_lines(descriptor, file, lines, 0);
    close(descriptor);
    if (renameat(root, ".new", root, path + 1) != 0) fail(path);
}

static void make_files(unsigned first, unsigned count)
{
    char directory[3];
    for (unsigned file = first; file < first + count; file++) {
        snprintf(directory, sizeof directory, "%02x", file >> 8);
        mkdirat(root, directory, 0755); /* it may be there */
        place(file, file_lines(file));
    }
}

void site_open(const char *directory)
{
    root = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) fail(directory);
}

void site_make(void)
{
    make_files(0, SMALL_FILES);
    make_files(LARGE_FIRST, LARGE_FILES);
    make_files(CUT_FIRST, CHANGED_FILES);
    mkdirat(root, "40", 0755);
    mkdirat(root, "50", 0755);
    for (unsigned i = 0; i < CHANGED_FILES; i++) place(REPLACED_FIRST + i, 1 + i * 16);
}

static void vanish_or_come(unsigned *seed)
{
    char path[32];
    unsigned file = VANISHING_FIRST + pick(seed, CHANGED_FILES);
    file_path(file, path);
    bool was_there = unlinkat(root, path + 1, 0) == 0;
    unsigned choice = pick(seed, 8);
    if (choice == 0) mkfifoat(root, path + 1, 0644);
    if (choice == 1 && symlinkat("/etc/passwd", root, path + 1) != 0) fail(path);
    if (choice > 1 && !was_there) place(file, 1 + pick(seed, 2000));
}

/* Only this thread writes: what it cut, it finds cut. */
static void cut_or_grow(unsigned *seed)
{
    char path[32];
    unsigned file = CUT_FIRST + pick(seed, CHANGED_FILES);
    size_t lines = file_lines(file);
    struct stat status;
    file_path(file, path);
    int descriptor = openat(root, path + 1, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) fail(path);
    size_t here = (size_t)status.st_size;
    if (here < lines * LINE)
        write_lines(descriptor, file, lines, here / LINE);
    else if (ftruncate(descriptor, pick(seed, (unsigned)here)) != 0)
        fail(path);
    close(descriptor);
}

static void replace(unsigned *seed)
{
    place(REPLACED_FIRST + pick(seed, CHANGED_FILES), 1 + pick(seed, 4000));
}

void site_change(unsigned *seed)
{
    static void (*const changes[])(unsigned *) = {replace, vanish_or_come, cut_or_grow};
    changes[pick(seed, sizeof changes / sizeof *changes)](seed);
}
