/* sandboxed.h: children that enter the real sandbox, on this kernel, and try to get out.
 *
 * An attempt is a function of the directory root/, which it may reach, and outside/, which it may
 * not; it returns 0, or the errno of what was refused. Children end by _exit: nothing is opened
 * any more, not even by a sanitizer.
 */
#ifndef STRATA_TESTS_FS_SANDBOXED_H
#define STRATA_TESTS_FS_SANDBOXED_H

#include "fs/sandbox.h"
#include "tests/support/child.h"
#include "tests/support/site.h"

#include <limits.h>
#include <linux/landlock.h>
#include <sys/syscall.h>

enum {
    NO_AREAS = 0,
    ALL = SANDBOX_READ | SANDBOX_WRITE | SANDBOX_REMOVE | SANDBOX_EXECUTE,
    NOT_ENTERED = 200,
    NEEDS_LANDLOCK = 77,
};

static int root, outside; /* O_PATH */

static inline long landlock_version(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static inline int refused(int result)
{
    return result < 0 ? errno : 0;
}

/* Opened or not, nothing stays open. */
static inline int opened(int descriptor)
{
    int error = refused(descriptor);
    if (descriptor >= 0) close(descriptor);
    return error;
}

struct visit {
    unsigned rights, rights_outside;
    int (*attempt)(void);
};

static inline enum sandbox_status enter(unsigned rights, unsigned rights_outside)
{
    const struct sandbox_area areas[] = {{root, rights}, {outside, rights_outside}};
    return sandbox_enter(areas, rights == NO_AREAS ? 0 : rights_outside == 0 ? 1 : 2);
}

static inline int visit(void *argument)
{
    const struct visit *visit = argument;
    if (enter(visit->rights, visit->rights_outside) != SANDBOX_ENTERED) return NOT_ENTERED;
    return visit->attempt();
}

static inline int attempt_with(unsigned rights, int (*attempt)(void))
{
    return run_in_child(visit, &(struct visit){rights, 0, attempt});
}

/* Attempts by name, so that a failure says which. */
struct attempt {
    const char *name;
    int (*attempt)(void);
};
#define ATTEMPT(function)                                                                          \
    {                                                                                              \
#function, function                                                                        \
    }

/* Each is refused with EACCES within the sandbox, and without it each can be done, so that it is
 * the sandbox that refuses. */
static inline void assert_all_refused(unsigned rights, const struct attempt *attempts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int error = attempt_with(rights, attempts[i].attempt);
        if (error != EACCES) fail_msg("%s: %d instead of EACCES", attempts[i].name, error);
    }
    for (size_t i = 0; i < count; i++) {
        int error = attempts[i].attempt();
        if (error != 0) fail_msg("%s cannot be done at all: %d", attempts[i].name, error);
    }
}

static inline void assert_all_done(unsigned rights, const struct attempt *attempts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int error = attempt_with(rights, attempts[i].attempt);
        if (error != 0) fail_msg("%s: %d", attempts[i].name, error);
    }
}

/* Of what is named relative to the temporary directory, as seen from this place. */
static inline int open_from(const char *place, const char *name, int flags)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s%s/%s", place, site.path, name);
    return opened(open(path, flags | O_CLOEXEC));
}

static inline int read_file(void)
{
    return opened(openat(root, "file", O_RDONLY | O_CLOEXEC));
}

static inline int write_file(void)
{
    return opened(openat(root, "file", O_WRONLY | O_CLOEXEC));
}

static inline int create_file(void)
{
    return opened(openat(root, "new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
}

/* The file is no program: where executing it is allowed, the kernel finds that out. */
static inline int execute(void)
{
    char name[] = "script";
    char *arguments[] = {name, NULL};
    execveat(root, "script", arguments, environ, 0);
    return errno;
}

static inline int read_by_absolute_path(void)
{
    return open_from("", "outside/secret", O_RDONLY);
}

static inline int read_passwords(void)
{
    return opened(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static inline int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_directory("root/sub");
    site_directory("root/empty");
    site_file("root/sub/deep", "deep");
    site_file("root/file", "content");
    site_file("root/swapped", "other");
    site_file("root/script", "no program");
    site_file("root/to_rename", "");
    site_file("root/to_remove", "");
    site_link("root/link_out", "../outside/secret");
    site_file("outside/secret", "secret");
    site_file("outside/to_rename", "");
    site_file("outside/to_remove", "");
    root = openat(site.directory, "root", O_PATH | O_CLOEXEC);
    outside = openat(site.directory, "outside", O_PATH | O_CLOEXEC);
    return fchmodat(site.directory, "root/script", 0755, 0);
}

static inline int remove_tree(void **state)
{
    close(root);
    close(outside);
    return site_remove(state);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, remove_tree)

/* For main(): the tests, or that they are skipped. */
static inline int run_in_sandboxes(const struct CMUnitTest *tests, size_t count)
{
    if (landlock_version() >= 1)
        return _cmocka_run_group_tests("in sandboxes", tests, count, NULL, NULL);
    puts("skipped: needs Landlock");
    return NEEDS_LANDLOCK;
}

#endif
