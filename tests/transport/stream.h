/* stream.h: a connection alone, without the transport: its descriptor is one end of a stream, the
 * peer is the other. */
#pragma once

#include "tests/support/test.h"
#include "transport/connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STREAM_NOW = 1234 };

static struct seat seat;
static struct connection connection;
static int peer;
static volatile sig_atomic_t signals;

static inline void count_signal(int number)
{
    (void)number;
    signals++;
}

/* Never waits for longer than a test may: then the test has failed. */
static inline void end_hanging_test(int number)
{
    static const char message[] = "a test hangs: a call did not come back\n";
    (void)number;
    (void)!write(STDERR_FILENO, message, sizeof message - 1);
    _exit(1);
}

static inline int open_stream(void **state)
{
    int ends[2];
    (void)state;
    signal(SIGALRM, end_hanging_test);
    signal(SIGPIPE, count_signal);
    alarm(10);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    memset(&seat, 0, sizeof seat);
    seat.now = STREAM_NOW;
    connection = (struct connection){
        .descriptor = ends[0], .seat = &seat, .file.descriptor = -1, .last_moved = -1};
    peer = ends[1];
    signals = 0;
    return fcntl(ends[0], F_SETFL, O_NONBLOCK);
}

static inline int close_stream(void **state)
{
    (void)state;
    close(connection.descriptor);
    if (connection.file.descriptor >= 0) close(connection.file.descriptor);
    if (peer >= 0) close(peer);
    return 0;
}

/* The octet at a position of the test content. */
static inline char octet_at(size_t position)
{
    return (char)('!' + (position + position / 91) % 93);
}

#define STREAM(test) cmocka_unit_test_setup_teardown(test, open_stream, close_stream)
