#include "transport/connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* What errno says of a call that moved nothing. Interrupted: the connection will be ready again. */
static enum io_status status_of(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR ? IO_BLOCKED : IO_FAILED;
}

enum io_status connection_receive(struct connection *connection)
{
    struct seat *seat = connection->seat;
    memmove(seat->input, seat->input + seat->input_start, connection->input_length);
    seat->input_start = 0;
    ssize_t count = recv(connection->descriptor, seat->input + connection->input_length,
        sizeof seat->input - connection->input_length, 0);
    if (count < 0) return status_of(errno);
    if (count == 0) return IO_ENDED;
    if (connection->input_length == 0) connection->message_start = seat->now;
    connection->input_length += (uint32_t)count;
    connection->received += (uint64_t)count;
    connection->last_moved = seat->now;
    return IO_DONE;
}

struct octets connection_input(const struct connection *connection)
{
    return (struct octets){
        connection->seat->input + connection->seat->input_start, connection->input_length};
}

void connection_consume(struct connection *connection, size_t length)
{
    connection->seat->input_start += length;
    connection->input_length -= (uint32_t)length;
    connection->message_start = connection->seat->now;
    connection->message_ended = true;
}

void connection_remove(struct connection *connection, size_t offset, size_t length)
{
    char *hole = connection->seat->input + connection->seat->input_start + offset;
    memmove(hole, hole + length, connection->input_length - offset - length);
    connection->input_length -= (uint32_t)length;
}

void connection_discard_input(struct connection *connection)
{
    connection->seat->input_start = connection->input_length = 0;
}

struct octets connection_space(const struct connection *connection)
{
    struct seat *seat = connection->seat;
    size_t end = seat->output_start + connection->output_length;
    size_t length = connection->file.descriptor >= 0 ? 0 : sizeof seat->output - end;
    return (struct octets){seat->output + end, length};
}

void connection_queue(struct connection *connection, size_t length)
{
    connection->output_length += (uint32_t)length;
}

void connection_queue_file(struct connection *connection, const struct file_range *range)
{
    connection->file = *range;
}

/* MSG_MORE: the head travels in one segment with the start of the file. */
static enum io_status send_octets(struct connection *connection)
{
    struct seat *seat = connection->seat;
    int flags = MSG_NOSIGNAL | (connection->file.descriptor >= 0 ? MSG_MORE : 0);
    while (connection->output_length > 0) {
        ssize_t count = send(connection->descriptor, seat->output + seat->output_start,
            connection->output_length, flags);
        if (count < 0) return status_of(errno);
        seat->output_start += (size_t)count;
        connection->output_length -= (uint32_t)count;
        connection->sent += (uint64_t)count;
    }
    seat->output_start = 0;
    return IO_DONE;
}

/* A file that ends before the announced length, or that was written into meanwhile (that changes
 * its time stamp), is of no use any more. */
static enum io_status send_file(struct connection *connection)
{
    struct file_range *file = &connection->file;
    struct stat now;
    for (size_t budget = CONNECTION_TURN_OCTETS; file->length > 0;) {
        if (budget == 0) return IO_TURN_OVER;
        size_t most = file->length < budget ? (size_t)file->length : budget;
        off_t offset = (off_t)file->offset;
        ssize_t count = sendfile(connection->descriptor, file->descriptor, &offset, most);
        if (count < 0) return status_of(errno);
        file->offset += (size_t)count;
        file->length -= (size_t)count;
        connection->sent += (size_t)count;
        budget -= (size_t)count;
        if (count == 0 || fstat(file->descriptor, &now) != 0 ||
            now.st_mtim.tv_sec != file->modified.tv_sec ||
            now.st_mtim.tv_nsec != file->modified.tv_nsec)
            return IO_FAILED;
    }
    close(file->descriptor);
    *file = (struct file_range){.descriptor = -1};
    return IO_DONE;
}

enum io_status connection_flush(struct connection *connection)
{
    enum io_status status = send_octets(connection);
    return status == IO_DONE && connection->file.descriptor >= 0 ? send_file(connection) : status;
}

uint64_t connection_acknowledged(const struct connection *connection)
{
    int unacknowledged = 0;
    ioctl(connection->descriptor, SIOCOUTQ, &unacknowledged);
    return connection->sent - (uint64_t)unacknowledged;
}

void connection_half_close(struct connection *connection)
{
    shutdown(connection->descriptor, SHUT_WR);
}

void connection_peer(const struct connection *connection, char text[INET6_ADDRSTRLEN])
{
    const void *peer = &connection->peer;
    const void *address = &connection->peer.sin6_addr;
    int family = connection->peer.sin6_family;
    if (family == AF_INET) address = &((const struct sockaddr_in *)peer)->sin_addr;
    if (inet_ntop(family, address, text, INET6_ADDRSTRLEN) == NULL) memcpy(text, "-", 2);
}
