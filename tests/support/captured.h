/* captured.h: what a piece of code writes to a standard stream.
 *
 *     capture_begin(STDERR_FILENO);
 *     ...                            nothing that may fail a test stands here
 *     const char *said = capture_end();
 */
#ifndef STRATA_TESTS_SUPPORT_CAPTURED_H
#define STRATA_TESTS_SUPPORT_CAPTURED_H

#include "tests/support/test.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
    int number; /* of the standard stream */
    int saved;  /* what it was */
    int file;   /* what it is meanwhile */
    char text[64 * 1024];
} captured;

/* From now on the stream is this descriptor, which stays the caller's. */
static inline void redirect_begin(int number, int descriptor)
{
    fflush(stdout);
    fflush(stderr);
    captured.number = number;
    captured.saved = dup(number);
    captured.file = -1;
    assert_true(captured.saved >= 0);
    assert_int_equal(dup2(descriptor, number), number);
}

static inline void redirect_end(void)
{
    fflush(stdout);
    fflush(stderr);
    dup2(captured.saved, captured.number);
    close(captured.saved);
}

static inline void capture_begin(int number)
{
    int file = memfd_create("captured", MFD_CLOEXEC);
    assert_true(file >= 0);
    redirect_begin(number, file);
    captured.file = file;
}

/* What was written, as a string; dead at the next capture. */
static inline const char *capture_end(void)
{
    redirect_end();
    ssize_t length = pread(captured.file, captured.text, sizeof captured.text - 1, 0);
    close(captured.file);
    assert_true(length >= 0);
    captured.text[length] = '\0';
    return captured.text;
}

#endif
