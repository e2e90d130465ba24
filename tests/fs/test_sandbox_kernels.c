/* What the sandbox asks of kernels of any age, and that a refusal leaves nothing behind. The kernel
 * is played here, as landlock(7) and its system calls' pages describe it. */
#include "fs/sandbox.h"
#include "tests/support/site.h"

#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { AREAS_MOST = 4 };

/* Newer than some header files. */
#define TRUNCATE ((uint64_t)1 << 14)

static struct {
    long version; /* of Landlock; -1: it has none, and says so with this error: */
    int without;
    int fails; /* with this the call counted so fails: no_new_privs, ruleset, rules, restriction */
    size_t failing_call;

    size_t calls;
    bool no_new_privs, restricted;
    int ruleset; /* -1: none was made */
    uint64_t handled;
    size_t rules;
    int directories[AREAS_MOST];
    uint64_t allowed[AREAS_MOST];
} kernel;

static long refuse(int error)
{
    errno = error;
    return -1;
}

static bool fails_now(void)
{
    return ++kernel.calls == kernel.failing_call;
}

/* The newest right of each version: MAKE_SYM, REFER, TRUNCATE, IOCTL_DEV. */
static uint64_t known_to(long version)
{
    const int newest = version == 1 ? 12 : version == 2 ? 13 : version < 5 ? 14 : 15;
    return ((uint64_t)2 << newest) - 1;
}

int __wrap_prctl(int option, ...);
int __wrap_prctl(int option, ...)
{
    va_list list;
    va_start(list, option);
    int value = va_arg(list, int);
    va_end(list);
    assert_int_equal(option, PR_SET_NO_NEW_PRIVS);
    if (fails_now()) return (int)refuse(kernel.fails);
    kernel.no_new_privs = value == 1;
    return 0;
}

static long create_ruleset(const struct landlock_ruleset_attr *attributes, int size, int flags)
{
    if (kernel.version < 0) return refuse(kernel.without);
    if (flags == LANDLOCK_CREATE_RULESET_VERSION)
        return attributes == NULL && size == 0 ? kernel.version : refuse(EINVAL);
    if (fails_now()) return refuse(kernel.fails);
    kernel.handled = attributes->handled_access_fs;
    if (flags != 0 || (kernel.handled & ~known_to(kernel.version)) != 0) return refuse(EINVAL);
    if (kernel.handled == 0) return refuse(ENOMSG);
    kernel.ruleset = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return kernel.ruleset;
}

static long add_rule(int ruleset, int type, const struct landlock_path_beneath_attr *rule)
{
    if (fails_now()) return refuse(kernel.fails);
    assert_int_equal(ruleset, kernel.ruleset);
    assert_int_equal(type, LANDLOCK_RULE_PATH_BENEATH);
    assert_true(kernel.rules < AREAS_MOST);
    kernel.directories[kernel.rules] = rule->parent_fd;
    kernel.allowed[kernel.rules++] = rule->allowed_access;
    return rule->allowed_access & ~kernel.handled ? refuse(EINVAL) : 0;
}

static long restrict_self(int ruleset, int flags)
{
    assert_int_equal(ruleset, kernel.ruleset);
    if (fails_now()) return refuse(kernel.fails);
    if (!kernel.no_new_privs) return refuse(EPERM);
    kernel.restricted = flags == 0;
    return flags == 0 ? 0 : refuse(EINVAL);
}

long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
    va_list list;
    long given[3];
    va_start(list, number);
    for (size_t i = 0; i < COUNT(given); i++) given[i] = va_arg(list, long);
    va_end(list);
    const void *first = (const void *)(uintptr_t)given[0];
    const void *third = (const void *)(uintptr_t)given[2];
    const int second = (int)given[1];
    if (number == SYS_landlock_create_ruleset) return create_ruleset(first, second, (int)given[2]);
    if (number == SYS_landlock_add_rule) return add_rule((int)given[0], second, third);
    assert_int_equal(number, SYS_landlock_restrict_self);
    return restrict_self((int)given[0], second);
}

/* A fresh kernel of this version. Descriptors are as many afterwards as before. */
static enum sandbox_status enter(
    long version, size_t failing_call, const struct sandbox_area *areas, size_t count)
{
    const int without = kernel.without;
    const int fails = kernel.fails;
    size_t descriptors = count_descriptors();
    memset(&kernel, 0, sizeof kernel);
    kernel.version = version;
    kernel.without = without;
    kernel.fails = fails;
    kernel.failing_call = failing_call;
    kernel.ruleset = -1;
    errno = 0;
    enum sandbox_status status = sandbox_enter(areas, count);
    const int error = errno;
    assert_int_equal(count_descriptors(), descriptors);
    errno = error;
    return status;
}

static const struct sandbox_area all_rights[] = {
    {7, SANDBOX_READ | SANDBOX_WRITE | SANDBOX_REMOVE | SANDBOX_EXECUTE}};

/* Not built (ENOSYS), not switched on (EOPNOTSUPP), not let through by a container (EPERM). */
static void test_without_landlock_it_is_unsupported_and_no_new_privs_is_set(void **state)
{
    static const int errors[] = {ENOSYS, EOPNOTSUPP, EPERM};
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        kernel.without = errors[i];
        assert_int_equal(enter(-1, 0, all_rights, 1), SANDBOX_UNSUPPORTED);
        assert_true(kernel.no_new_privs);
        assert_int_equal(kernel.ruleset, -1);
    }
}

static void test_a_landlock_of_no_version_is_unsupported(void **state)
{
    (void)state;
    assert_int_equal(enter(0, 0, all_rights, 1), SANDBOX_UNSUPPORTED);
}

/* What is not handled is allowed; what the kernel does not know, it refuses with EINVAL. */
static void test_each_version_is_asked_to_handle_all_that_it_knows_and_no_more(void **state)
{
    static const long versions[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1000};
    (void)state;
    for (size_t i = 0; i < COUNT(versions); i++) {
        assert_int_equal(enter(versions[i], 0, all_rights, 1), SANDBOX_ENTERED);
        assert_true(kernel.handled == known_to(versions[i]));
        assert_true(kernel.restricted);
    }
}

static void test_truncating_is_granted_by_versions_that_know_it(void **state)
{
    static const struct sandbox_area area = {7, SANDBOX_WRITE};
    (void)state;
    for (long version = 1; version < 8; version++) {
        assert_int_equal(enter(version, 0, &area, 1), SANDBOX_ENTERED);
        assert_int_equal((kernel.allowed[0] & TRUNCATE) != 0, version >= 3);
    }
}

/* As sandbox.h says it: to READ is to read files and list directories, and so on. */
static void test_each_right_is_these_accesses_and_no_others(void **state)
{
    static const struct {
        unsigned right;
        uint64_t accesses;
    } rows[] = {
        {SANDBOX_READ, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR},
        {SANDBOX_WRITE,
            LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                LANDLOCK_ACCESS_FS_MAKE_DIR | TRUNCATE},
        {SANDBOX_REMOVE, LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR},
        {SANDBOX_EXECUTE, LANDLOCK_ACCESS_FS_EXECUTE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < COUNT(rows); k++) {
            const struct sandbox_area area = {7, rows[i].right | rows[k].right};
            assert_int_equal(enter(7, 0, &area, 1), SANDBOX_ENTERED);
            assert_true(kernel.allowed[0] == (rows[i].accesses | rows[k].accesses));
        }
}

static void test_each_area_has_its_own_rights(void **state)
{
    static const struct sandbox_area areas[] = {
        {7, SANDBOX_READ}, {3, SANDBOX_EXECUTE}, {5, SANDBOX_REMOVE}};
    (void)state;
    assert_int_equal(enter(7, 0, areas, COUNT(areas)), SANDBOX_ENTERED);
    assert_int_equal(kernel.rules, 3);
    for (size_t i = 0; i < COUNT(areas); i++)
        assert_int_equal(kernel.directories[i], areas[i].directory);
    assert_true(kernel.allowed[1] == LANDLOCK_ACCESS_FS_EXECUTE);
    assert_true((kernel.allowed[0] & kernel.allowed[2]) == 0);
}

/* landlock_restrict_self(2) wants them, of who is not privileged. */
static void test_where_no_new_privs_is_refused_nothing_else_is_tried(void **state)
{
    (void)state;
    kernel.fails = EINVAL;
    assert_int_equal(enter(7, 1, all_rights, 1), SANDBOX_FAILED);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(kernel.calls, 1);
}

/* The ruleset, each of the rules, and entering: errno says why, and nothing leaks. */
static void test_each_refused_call_fails_and_nothing_is_entered(void **state)
{
    static const struct sandbox_area areas[] = {
        {7, SANDBOX_READ}, {3, SANDBOX_WRITE}, {5, SANDBOX_REMOVE}};
    static const int errors[] = {EMFILE, EBADFD, E2BIG};
    (void)state;
    for (size_t call = 2; call <= 6; call++)
        for (size_t i = 0; i < COUNT(errors); i++) {
            kernel.fails = errors[i];
            assert_int_equal(enter(7, call, areas, COUNT(areas)), SANDBOX_FAILED);
            assert_int_equal(errno, errors[i]);
            assert_int_equal(kernel.calls, call);
            assert_false(kernel.restricted);
        }
    assert_int_equal(enter(7, 7, areas, COUNT(areas)), SANDBOX_ENTERED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_landlock_it_is_unsupported_and_no_new_privs_is_set),
        cmocka_unit_test(test_a_landlock_of_no_version_is_unsupported),
        cmocka_unit_test(test_each_version_is_asked_to_handle_all_that_it_knows_and_no_more),
        cmocka_unit_test(test_truncating_is_granted_by_versions_that_know_it),
        cmocka_unit_test(test_each_right_is_these_accesses_and_no_others),
        cmocka_unit_test(test_each_area_has_its_own_rights),
        cmocka_unit_test(test_where_no_new_privs_is_refused_nothing_else_is_tried),
        cmocka_unit_test(test_each_refused_call_fails_and_nothing_is_entered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
