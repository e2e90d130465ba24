/* client.h: the peers of a test, and octets that say where they belong. A client's calls wait at
 * most PATIENCE; read and write, for send and recv are wrapped (see calls.h). */
#pragma once

#include "tests/support/test.h"
#include "tests/support/wrapped.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The octet at a position of the test content: no run of it stands at two near places. */
static inline char content_octet(uint64_t position)
{
    return (char)(unsigned char)((position * 2654435761U) >> 13 ^ position);
}

static inline void content_fill(char *octets, uint64_t position, size_t length)
{
    for (size_t i = 0; i < length; i++) octets[i] = content_octet(position + i);
}

/* Where octets first differ from the content at position; length: nowhere. */
static inline size_t content_differs_at(const char *octets, uint64_t position, size_t length)
{
    size_t i = 0;
    while (i < length && octets[i] == content_octet(position + i)) i++;
    return i;
}

static inline void assert_content(const char *octets, uint64_t position, size_t length)
{
    assert_int_equal(content_differs_at(octets, position, length), length);
}

/* An unnamed file of content, last written a long time ago. */
static inline int content_file(size_t length)
{
    const struct timespec long_ago[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    char octets[4096];
    int file = memfd_create("content", MFD_CLOEXEC);
    assert_true(file >= 0);
    for (size_t done = 0; done < length; done += sizeof octets) {
        size_t part = length - done < sizeof octets ? length - done : sizeof octets;
        content_fill(octets, done, part);
        assert_int_equal(pwrite(file, octets, part, (off_t)done), part);
    }
    assert_int_equal(futimens(file, long_ago), 0);
    return file;
}

static inline size_t descriptors_open(void)
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    assert_non_null(directory);
    while (readdir(directory) != NULL) count++;
    closedir(directory);
    return count;
}

static inline bool has_ipv6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int descriptor = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool has =
        descriptor >= 0 && bind(descriptor, (const struct sockaddr *)&address, sizeof address) == 0;
    if (descriptor >= 0) __real_close(descriptor);
    return has;
}

/* receive_buffer: octets, 0 for the usual; it has to be set before there is a connection. */
static inline int client_connect(uint16_t port, int receive_buffer)
{
    const struct timeval patience = {.tv_sec = PATIENCE};
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int on = 1;
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client < 0) return -1;
    if (receive_buffer > 0)
        setsockopt(client, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(client, (const struct sockaddr *)&address, sizeof address) == 0) return client;
    int error = errno;
    __real_close(client);
    errno = error;
    return -1;
}

static inline void client_write(int client, const char *text)
{
    assert_int_equal(write(client, text, strlen(text)), strlen(text));
}

/* Writes content from position on. */
static inline void client_write_content(int client, uint64_t position, size_t length)
{
    char octets[4096];
    for (size_t done = 0; done < length;) {
        size_t part = length - done < sizeof octets ? length - done : sizeof octets;
        content_fill(octets, position + done, part);
        ssize_t count = write(client, octets, part);
        assert_true(count > 0);
        done += (size_t)count;
    }
}

/* Exactly this comes next. */
static inline void client_expect(int client, const char *text)
{
    for (size_t done = 0; text[done] != '\0';) {
        char octets[256];
        size_t left = strlen(text) - done;
        ssize_t count = read(client, octets, left < sizeof octets ? left : sizeof octets);
        assert_true(count > 0);
        assert_memory_equal(octets, text + done, (size_t)count);
        done += (size_t)count;
    }
}

/* Exactly this content comes next. */
static inline void client_expect_content(int client, uint64_t position, size_t length)
{
    for (size_t done = 0; done < length;) {
        char octets[4096];
        size_t left = length - done;
        ssize_t count = read(client, octets, left < sizeof octets ? left : sizeof octets);
        assert_true(count > 0);
        assert_content(octets, position + done, (size_t)count);
        done += (size_t)count;
    }
}

/* Reads content as long as octets come, then returns how it ended: 0 or the errno. */
static inline int client_drain_content(int client, uint64_t position, uint64_t *length)
{
    char octets[4096];
    ssize_t count;
    *length = 0;
    while ((count = read(client, octets, sizeof octets)) > 0) {
        assert_content(octets, position + *length, (size_t)count);
        *length += (uint64_t)count;
    }
    return count == 0 ? 0 : errno;
}

static inline void client_expect_end(int client)
{
    char octet;
    assert_int_equal(read(client, &octet, 1), 0);
}

static inline void client_expect_reset(int client)
{
    char octet;
    assert_int_equal(read(client, &octet, 1), -1);
    assert_int_equal(errno, ECONNRESET);
}

/* Nothing has come to it, neither octet nor end. */
static inline void client_expect_silence(int client)
{
    char octet;
    assert_int_equal(__real_recv(client, &octet, 1, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
}

/* The peer sees a reset, not an end, when this one is closed. */
static inline void client_reset(int client)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    __real_close(client);
}
