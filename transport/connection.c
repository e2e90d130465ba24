#include "transport/connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* What errno says of a call that moved nothing. */
static enum io_status status_of(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK ? IO_BLOCKED : IO_FAILED;
}

enum io_status connection_receive(struct connection *connection)
{
    struct seat *seat = connection->seat;
    if (connection->input_start > 0) {
        memmove(seat->input, seat->input + connection->input_start, connection->input_length);
        connection->input_start = 0;
    }
    ssize_t count;
    do
        count = recv(connection->descriptor, seat->input + connection->input_length,
                     sizeof seat->input - connection->input_length, 0);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return status_of(errno);
    if (count == 0)
        return IO_ENDED;
    if (connection->input_length == 0)
        connection->message_start = seat->now;
    connection->input_length += (uint32_t)count;
    connection->received += (uint64_t)count;
    connection->last_moved = seat->now;
    return IO_DONE;
}

struct octets connection_input(const struct connection *connection)
{
    return (struct octets){connection->seat->input + connection->input_start,
                           connection->input_length};
}

void connection_consume(struct connection *connection, size_t length)
{
    connection->input_start += (uint32_t)length;
    connection->input_length -= (uint32_t)length;
    connection->message_start = connection->seat->now;
    connection->message_ended = true;
}

void connection_remove(struct connection *connection, size_t offset, size_t length)
{
    char *hole = connection->seat->input + connection->input_start + offset;
    memmove(hole, hole + length, connection->input_length - offset - length);
    connection->input_length -= (uint32_t)length;
}

void connection_discard_input(struct connection *connection)
{
    connection->input_start = connection->input_length = 0;
}

struct octets connection_space(const struct connection *connection)
{
    struct seat *seat = connection->seat;
    size_t end = connection->output_start + connection->output_length;
    size_t length = connection->file >= 0 ? 0 : sizeof seat->output - end;
    return (struct octets){seat->output + end, length};
}

void connection_queue(struct connection *connection, size_t length)
{
    connection->output_length += (uint32_t)length;
}

void connection_queue_file(struct connection *connection, const struct file_range *range)
{
    connection->file = range->descriptor;
    connection->file_offset = range->offset;
    connection->file_end = range->offset + range->length;
    connection->file_modified = range->modified;
}

/* MSG_MORE: the head travels in one segment with the start of the file. */
static enum io_status send_octets(struct connection *connection)
{
    int flags = MSG_NOSIGNAL | (connection->file >= 0 ? MSG_MORE : 0);
    while (connection->output_length > 0) {
        ssize_t count =
            send(connection->descriptor, connection->seat->output + connection->output_start,
                 connection->output_length, flags);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return status_of(errno);
        connection->output_start += (uint32_t)count;
        connection->output_length -= (uint32_t)count;
        connection->sent += (uint64_t)count;
        connection->last_moved = connection->seat->now;
    }
    connection->output_start = 0;
    return IO_DONE;
}

/* Whoever writes into a file in place changes its time stamp. */
static bool file_is_unchanged(const struct connection *connection)
{
    struct stat now;
    return fstat(connection->file, &now) == 0 &&
           now.st_mtim.tv_sec == connection->file_modified.tv_sec &&
           now.st_mtim.tv_nsec == connection->file_modified.tv_nsec;
}

static enum io_status send_file(struct connection *connection)
{
    size_t turn = CONNECTION_TURN_OCTETS;
    while (connection->file_offset < connection->file_end && turn > 0) {
        uint64_t left = connection->file_end - connection->file_offset;
        off_t offset = (off_t)connection->file_offset;
        ssize_t count = sendfile(connection->descriptor, connection->file, &offset,
                                 left < turn ? (size_t)left : turn);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return status_of(errno);
        connection->file_offset = (uint64_t)offset;
        connection->sent += (uint64_t)count;
        connection->last_moved = connection->seat->now;
        turn -= (size_t)count;
        if (count == 0 || !file_is_unchanged(connection))
            return IO_FAILED; /* count 0: the file ends before the announced length */
    }
    return connection->file_offset < connection->file_end ? IO_TURN_OVER : IO_DONE;
}

enum io_status connection_flush(struct connection *connection)
{
    enum io_status status = send_octets(connection);
    if (status == IO_DONE && connection->file >= 0) {
        status = send_file(connection);
        if (status == IO_DONE) {
            close(connection->file);
            connection->file = -1;
        }
    }
    connection->reset = status == IO_FAILED;
    return status;
}

void connection_half_close(struct connection *connection)
{
    shutdown(connection->descriptor, SHUT_WR);
}

void connection_peer(const struct connection *connection, char text[INET6_ADDRSTRLEN])
{
    if (inet_ntop(connection->peer_family, connection->peer_address, text, INET6_ADDRSTRLEN) ==
        NULL)
        strcpy(text, "-");
}
