/* sandbox.h: rights given up for good before the threads start.
 *
 *     sandbox_enter()    once; it binds the calling thread and the threads it starts from then on
 *
 * no_new_privs (prctl(2)): no program started from here has more rights than this one. Landlock
 * (landlock(7), Linux 5.13): nothing is opened, made or removed but beneath the directories named.
 * What is open already stays usable, and what has no path, such as a memfd or a pipe, is not meant.
 */
#pragma once

#include <stddef.h>

/* What may be done beneath a directory. WRITE: to files, and make files and directories. */
enum sandbox_right {
    SANDBOX_READ = 1,
    SANDBOX_WRITE = 2,
    SANDBOX_REMOVE = 4,
    SANDBOX_EXECUTE = 8,
};

struct sandbox_area {
    int directory; /* the caller's; it need not stay open */
    unsigned rights;
};

/* FAILED: a part of it was refused, errno says why. UNSUPPORTED: the kernel, or who confines this
 * process already, has no Landlock; no_new_privs holds. */
enum sandbox_status { SANDBOX_FAILED = 0, SANDBOX_ENTERED, SANDBOX_UNSUPPORTED };

enum sandbox_status sandbox_enter(const struct sandbox_area *areas, size_t count);
