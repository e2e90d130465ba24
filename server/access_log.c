#include "server/access_log.h"
#include "server/report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* O_NONBLOCK: a pipe or a terminal that nobody reads must not stall the server, nor must opening a
 * FIFO that has no reader. Root follows no link that others may have put in the log's place. */
static int open_file(const struct access_log *log)
{
    int flags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
    struct stat status;
    if (fstat(log->directory, &status) != 0) return -1;
    if (geteuid() == 0 && (status.st_uid != 0 || status.st_mode & 022)) flags |= O_NOFOLLOW;
    return openat(log->directory, basename(log->path), flags, 0644);
}

/* Of a regular file the directory stays open: another user may not find it by its path again, and
 * the sandbox is told of it. */
static int open_path(struct access_log *log)
{
    char directory[PATH_MAX] = ".";
    struct stat status;
    int length = (int)(basename(log->path) - log->path);
    if (length > 0) snprintf(directory, sizeof directory, "%.*s", length, log->path);
    log->directory = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int descriptor = log->directory < 0 ? -1 : open_file(log);
    bool regular = descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    if (log->directory >= 0 && !regular) {
        close(log->directory);
        log->directory = -1;
    }
    return descriptor;
}

bool access_log_open(struct access_log *log, const char *path)
{
    bool standard_output = strcmp(path, "-") == 0;
    *log = (struct access_log){.path = path, .directory = -1, .descriptor = -1};
    pthread_mutex_init(&log->write_lock, NULL);
    if (strcmp(path, "none") == 0) return true;
    log->descriptor = standard_output ? report_open_again(STDOUT_FILENO) : open_path(log);
    log->may_wait = standard_output && log->descriptor < 0;
    if (log->may_wait) log->descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    log->is_terminal = log->descriptor >= 0 && isatty(log->descriptor);
    return log->descriptor >= 0;
}

void access_log_close(struct access_log *log)
{
    if (log->descriptor >= 0) close(log->descriptor);
    if (log->directory >= 0) close(log->directory);
    pthread_mutex_destroy(&log->write_lock);
}

/* dup3 swaps the file under the same number, so that no writer ever sees it closed. */
void access_log_reopen(struct access_log *log)
{
    if (log->directory < 0) return;
    int descriptor = open_file(log);
    if (descriptor < 0 || dup3(descriptor, log->descriptor, O_CLOEXEC) < 0)
        report("cannot open %s anew: %s; the log goes on as it was", log->path, strerror(errno));
    if (descriptor >= 0) close(descriptor);
}

/* Whole lines, no more than a pipe takes at once, and never waiting: poll(2) says that there is
 * room for one writer, and write_lock that there is but one. Returns how many octets were written:
 * all or none, but on a disk that is nearly full. A piece of a line that it took is ended first. */
static size_t write_lines(struct access_log *log, const char *octets, size_t length)
{
    struct pollfd ready = {.fd = log->descriptor, .events = POLLOUT};
    ssize_t count = -1;
    if (log->may_wait) pthread_mutex_lock(&log->write_lock);
    if (!log->may_wait || poll(&ready, 1, 0) == 1) {
        if (atomic_exchange(&log->torn, false))
            atomic_store(&log->torn, write(log->descriptor, "\n", 1) != 1);
        count = send(log->descriptor, octets, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno == ENOTSOCK) count = write(log->descriptor, octets, length);
    }
    if (log->may_wait) pthread_mutex_unlock(&log->write_lock);
    return count > 0 ? (size_t)count : 0;
}

void access_log_flush(struct access_log *log, struct log_buffer *buffer)
{
    char octets[LOG_BUFFER_SIZE];
    pthread_mutex_lock(&buffer->lock);
    size_t length = buffer->length;
    memcpy(octets, buffer->octets, length);
    buffer->length = 0;
    pthread_mutex_unlock(&buffer->lock);
    size_t written = length > 0 ? write_lines(log, octets, length) : 0;
    if (written > 0 && octets[written - 1] != '\n') atomic_store(&log->torn, true);
    for (size_t i = written; i < length; i++)
        if (octets[i] == '\n') atomic_fetch_add(&log->lost, 1);
}

void access_log_report_lost(struct access_log *log)
{
    uint64_t lost = atomic_exchange(&log->lost, 0);
    if (lost > 0)
        report("the access log lost %llu lines: its reader is too slow, or its disk is full",
            (unsigned long long)lost);
}

void access_log_add(
    struct access_log *log, struct log_buffer *buffer, const struct log_entry *entry)
{
    char line[LOG_LINE_MAX];
    if (log->descriptor < 0) return;
    size_t length = access_log_format(entry, line);
    pthread_mutex_lock(&buffer->lock);
    while (length > sizeof buffer->octets - buffer->length) { /* only its worker adds */
        pthread_mutex_unlock(&buffer->lock);
        access_log_flush(log, buffer);
        pthread_mutex_lock(&buffer->lock);
    }
    memcpy(buffer->octets + buffer->length, line, length);
    buffer->length += length;
    pthread_mutex_unlock(&buffer->lock);
    if (log->is_terminal) access_log_flush(log, buffer);
}

/* Appends ' "value"', escaped and cut after most octets; ' "-"' where there is none. */
static char *append_quoted(char *to, size_t most, struct text value)
{
    if (value.length == 0) value = text_of("-");
    return text_write(report_octets(text_write(to, " \""), most, &value), "\"");
}

/* Appends " - - [06/Nov/1994:08:49:37 +0000]" from "Sun, 06 Nov 1994 08:49:37 GMT". */
static char *append_time(char *to, const char *date)
{
    to = mempcpy(text_write(to, " - - ["), date + strlen("Sun, "), strlen("06 Nov 1994 08:49:37"));
    to[-18] = to[-14] = '/';
    to[-9] = ':';
    return text_write(to, " +0000]");
}

size_t access_log_format(const struct log_entry *entry, char *line)
{
    enum { REQUEST_LINE_MOST = 2048, FIELD_MOST = 768 };
    char *to = append_time(text_write(line, entry->peer), entry->date);
    to = append_quoted(to, REQUEST_LINE_MOST, entry->request_line);
    to = text_write_number(text_write(to, " "), entry->status);
    to = text_write_number(text_write(to, " "), entry->octets);
    to = append_quoted(to, FIELD_MOST, entry->referer);
    to = append_quoted(to, FIELD_MOST, entry->user_agent);
    return (size_t)(text_write(to, "\n") - line);
}
