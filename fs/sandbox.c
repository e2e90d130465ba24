#include "fs/sandbox.h"

#include <linux/landlock.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the header file of Debian 12. */
#define ACCESS_TRUNCATE ((uint64_t)1 << 14)

/* How many rights each version of Landlock knows, from the lowest bit; later ones know these. */
static const int known_bits[] = {0, 13, 14, 15, 15, 16};

static uint64_t access_of(unsigned rights)
{
    uint64_t access = 0;
    if (rights & SANDBOX_READ) access |= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    if (rights & SANDBOX_WRITE)
        access |= LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
            LANDLOCK_ACCESS_FS_MAKE_DIR | ACCESS_TRUNCATE;
    if (rights & SANDBOX_REMOVE)
        access |= LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR;
    return access | (rights & SANDBOX_EXECUTE ? LANDLOCK_ACCESS_FS_EXECUTE : 0);
}

/* glibc has no wrappers for the system calls of Landlock. */
static bool allow(int ruleset, const struct sandbox_area *area, uint64_t known)
{
    const struct landlock_path_beneath_attr rule = {
        .allowed_access = access_of(area->rights) & known, .parent_fd = area->directory};
    return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

enum sandbox_status sandbox_enter(const struct sandbox_area *areas, size_t count)
{
    const long newest = sizeof known_bits / sizeof known_bits[0] - 1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return SANDBOX_FAILED;
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return SANDBOX_UNSUPPORTED;
    const uint64_t known = ((uint64_t)1 << known_bits[version < newest ? version : newest]) - 1;
    const struct landlock_ruleset_attr all = {.handled_access_fs = known};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    bool done = ruleset >= 0;
    for (size_t i = 0; done && i < count; i++) done = allow(ruleset, &areas[i], known);
    done = done && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    if (ruleset >= 0) close(ruleset);
    return done ? SANDBOX_ENTERED : SANDBOX_FAILED;
}
