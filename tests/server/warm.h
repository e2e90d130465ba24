/* warm.h: a stage whose files are kept already, and the calls that a request still costs.
 *
 *     ask_warm()             the answers to requests that have been answered once before
 *     assert_four_calls()    wait, receive, send, re-arm
 *
 * The link options are those of test_turn_cache.link.
 */
#ifndef STRATA_TESTS_SERVER_WARM_H
#define STRATA_TESTS_SERVER_WARM_H

#include "tests/server/stage.h"
#include "tests/support/look_ups.h"

#include <stdlib.h>

#define GET(target)  "GET " target " HTTP/1.1\r\nHost: a\r\n\r\n"
#define HEAD(target) "HEAD " target " HTTP/1.1\r\nHost: a\r\n\r\n"

/* Besides the calls of wrapped.h, those of fs/ that need not be made. */
static int calls_of_fs, callocs;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    callocs++;
    return __real_calloc(count, size);
}

int __real_fstat(int descriptor, struct stat *status);
int __wrap_fstat(int descriptor, struct stat *status);
int __wrap_fstat(int descriptor, struct stat *status)
{
    calls_of_fs++;
    return __real_fstat(descriptor, status);
}

int __real_fcntl(int descriptor, int command, int argument);
int __wrap_fcntl(int descriptor, int command, int argument);
int __wrap_fcntl(int descriptor, int command, int argument)
{
    calls_of_fs++;
    return __real_fcntl(descriptor, command, argument);
}

ssize_t __real_pread(int descriptor, void *octets, size_t length, off_t offset);
ssize_t __wrap_pread(int descriptor, void *octets, size_t length, off_t offset);
ssize_t __wrap_pread(int descriptor, void *octets, size_t length, off_t offset)
{
    calls_of_fs++;
    return __real_pread(descriptor, octets, length, offset);
}

/* A client whose requests have been answered once, at a time that stands still. */
static inline void warm_up(const char *requests)
{
    calls_reset();
    clock_set(wait_clock());
    stage_connect();
    stage_ask(requests, WAIT_NEXT_REQUEST);
    for (int call = 0; call < CALL_COUNT; call++) atomic_store(&calls[call].count, 0);
    look_ups = (struct look_ups){0};
    calls_of_fs = callocs = 0;
}

static inline const char *ask_warm(const char *requests)
{
    warm_up(requests);
    return stage_ask(requests, WAIT_NEXT_REQUEST);
}

static inline void assert_four_calls(void)
{
    assert_int_equal(calls_count(CALL_EPOLL_WAIT), 1);
    assert_int_equal(calls_count(CALL_RECV), 1);
    assert_int_equal(calls_count(CALL_SEND), 1);
    assert_int_equal(calls_count(CALL_EPOLL_CTL), 1);
    assert_int_equal(calls_count(CALL_SENDFILE), 0);
    assert_int_equal(calls_count(CALL_ACCEPT), 0);
    assert_int_equal(calls_count(CALL_CLOSE), 0);
    assert_int_equal(look_ups.calls, 0);
    assert_int_equal(calls_of_fs, 0);
}

static inline void assert_nothing_is_allocated(void)
{
    assert_int_equal(calls_count(CALL_MALLOC), 0);
    assert_int_equal(callocs, 0);
}

/* The head and the content of the first of these answers. */
static inline void assert_content(const char *answer, const char *content)
{
    assert_starts_with(answer, "HTTP/1.1 200 OK\r\n");
    const char *end = strstr(answer, "\r\n\r\n");
    assert_non_null(end);
    assert_string_equal(end + 4, content);
}

#endif
