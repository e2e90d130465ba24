/* shortage.h: all descriptors but so many are taken. Nothing else may be opened meanwhile. */
#pragma once

#include "tests/support/test.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SHORTAGE_LIMIT = 128 };

static struct {
    struct rlimit limit; /* as it was */
    int taken[SHORTAGE_LIMIT];
    size_t count;
} shortage;

static inline void shortage_begin(size_t left)
{
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &shortage.limit), 0);
    const struct rlimit lower = {SHORTAGE_LIMIT, shortage.limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &lower), 0);
    int descriptor;
    shortage.count = 0;
    while ((descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        shortage.taken[shortage.count++] = descriptor;
    assert_true(shortage.count >= left);
    for (size_t i = 0; i < left; i++) close(shortage.taken[--shortage.count]);
}

static inline void shortage_end(void)
{
    while (shortage.count > 0) close(shortage.taken[--shortage.count]);
    setrlimit(RLIMIT_NOFILE, &shortage.limit);
}
