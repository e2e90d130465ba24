#include "server/access_log.h"
#include "server/report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644);
}

bool access_log_open(struct access_log *log, const char *path)
{
    struct stat status;
    bool standard_output = strcmp(path, "-") == 0;
    pthread_mutex_init(&log->write_lock, NULL);
    log->path = NULL;
    log->descriptor = -1;
    if (strcmp(path, "none") == 0)
        return true;
    log->descriptor = standard_output ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3) : open_file(path);
    if (log->descriptor < 0 || fstat(log->descriptor, &status) != 0)
        return false;
    log->path = standard_output ? NULL : path;
    log->type = status.st_mode & S_IFMT;
    return true;
}

void access_log_close(struct access_log *log)
{
    if (log->descriptor >= 0)
        close(log->descriptor);
    pthread_mutex_destroy(&log->write_lock);
}

/* dup3 swaps the file under the same number, so that no writer ever sees it closed. */
void access_log_reopen(struct access_log *log)
{
    if (log->path == NULL)
        return;
    int descriptor = open_file(log->path);
    if (descriptor < 0 || dup3(descriptor, log->descriptor, O_CLOEXEC) < 0)
        report("cannot open %s anew: %s; the log goes on in the file opened before", log->path,
               strerror(errno));
    if (descriptor >= 0)
        close(descriptor);
}

static size_t count_lines(const char *octets, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += octets[i] == '\n';
    return count;
}

/* Can this be written without waiting? At most LOG_LINE_MAX octets at a time. */
static bool is_writable(const struct access_log *log)
{
    struct pollfd ready = {.fd = log->descriptor, .events = POLLOUT};
    return log->type == S_IFREG || poll(&ready, 1, 0) == 1;
}

static bool write_piece(const struct access_log *log, const char *octets, size_t length)
{
    ssize_t count = log->type == S_IFSOCK
                        ? send(log->descriptor, octets, length, MSG_DONTWAIT | MSG_NOSIGNAL)
                        : write(log->descriptor, octets, length);
    return count == (ssize_t)length;
}

/* As many whole lines as a pipe takes at once; a regular file takes all. */
static size_t piece_length(const struct access_log *log, const char *octets, size_t length)
{
    if (log->type == S_IFREG || length <= LOG_LINE_MAX)
        return length;
    const char *end = memrchr(octets, '\n', LOG_LINE_MAX);
    return end == NULL ? LOG_LINE_MAX : (size_t)(end - octets) + 1;
}

/* Whole lines. Under write_lock nothing waits: a regular file, whose disk may be slow, is written
 * without it; O_APPEND keeps the pieces apart. */
static void write_lines(struct access_log *log, const char *octets, size_t length)
{
    bool alone = log->type != S_IFREG;
    if (alone)
        pthread_mutex_lock(&log->write_lock);
    while (length > 0) {
        size_t piece = piece_length(log, octets, length);
        if (!is_writable(log) || !write_piece(log, octets, piece))
            atomic_fetch_add(&log->lost, count_lines(octets, piece));
        octets += piece;
        length -= piece;
    }
    if (alone)
        pthread_mutex_unlock(&log->write_lock);
}

void access_log_flush(struct access_log *log, struct log_buffer *buffer)
{
    char octets[LOG_BUFFER_SIZE];
    pthread_mutex_lock(&buffer->lock);
    size_t length = buffer->length;
    memcpy(octets, buffer->octets, length);
    buffer->length = 0;
    pthread_mutex_unlock(&buffer->lock);
    write_lines(log, octets, length);
}

void access_log_report_lost(struct access_log *log)
{
    uint64_t lost = atomic_exchange(&log->lost, 0);
    if (lost > 0)
        report("the access log lost %llu lines: its reader is too slow, or its disk is full",
               (unsigned long long)lost);
}

void access_log_add(struct access_log *log, struct log_buffer *buffer,
                    const struct log_entry *entry)
{
    char line[LOG_LINE_MAX];
    if (log->descriptor < 0)
        return;
    size_t length = access_log_format(entry, line);
    pthread_mutex_lock(&buffer->lock);
    bool full = length > sizeof buffer->octets - buffer->length;
    pthread_mutex_unlock(&buffer->lock);
    if (full)
        access_log_flush(log, buffer);
    pthread_mutex_lock(&buffer->lock); /* only its worker adds, so there is room now */
    memcpy(buffer->octets + buffer->length, line, length);
    buffer->length += length;
    pthread_mutex_unlock(&buffer->lock);
    if (log->type == S_IFCHR)
        access_log_flush(log, buffer);
}

/* Appends a value, escaped, within limit; what does not fit is cut. */
static size_t append_escaped(char *line, size_t at, size_t limit, struct text value)
{
    for (size_t i = 0; i < value.length; i++) {
        unsigned char octet = (unsigned char)value.start[i];
        bool printable = octet >= 0x20 && octet < 0x7f;
        char escaped[5] = {(char)octet, '\0'};
        if (!printable)
            snprintf(escaped, sizeof escaped, "\\x%02X", octet);
        else if (octet == '"' || octet == '\\')
            snprintf(escaped, sizeof escaped, "\\%c", octet);
        size_t length = strlen(escaped);
        if (at + length > limit)
            break;
        memcpy(line + at, escaped, length);
        at += length;
    }
    return at;
}

/* ' "value"', or ' "-"' where there is none. */
static size_t append_quoted(char *line, size_t at, size_t most, struct text value)
{
    line[at++] = ' ';
    line[at++] = '"';
    at = append_escaped(line, at, at + most, value.length > 0 ? value : text_of("-"));
    line[at++] = '"';
    return at;
}

size_t access_log_format(const struct log_entry *entry, char line[LOG_LINE_MAX])
{
    enum { REQUEST_LINE_MOST = 2048, FIELD_MOST = 768 };
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm;
    gmtime_r(&entry->time, &tm);
    size_t at = (size_t)snprintf(line, 128, "%.45s - - [%02d/%s/%04d:%02d:%02d:%02d +0000]",
                                 entry->peer, tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
                                 tm.tm_hour, tm.tm_min, tm.tm_sec);
    at = append_quoted(line, at, REQUEST_LINE_MOST, entry->request_line);
    at += (size_t)snprintf(line + at, 32, " %03u %llu", entry->status,
                           (unsigned long long)entry->octets);
    at = append_quoted(line, at, FIELD_MOST, entry->referer);
    at = append_quoted(line, at, FIELD_MOST, entry->user_agent);
    line[at++] = '\n';
    return at;
}
