/* Becoming another user: in which order, and that nothing is taken for done that is not. The system
 * is played here. */
#include "server/user.h"
#include "tests/support/captured.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <sysexits.h>

enum { USER = 1234, GROUP = 5678 };

static struct {
    uid_t who;
    bool can_return;
    const char *refuses; /* the call that fails, with this: */
    int error;
    char calls[200]; /* as they were made */
} played;

static int play(const char *call)
{
    strcat(strcat(played.calls, call), " ");
    if (played.refuses == NULL || strcmp(call, played.refuses) != 0) return 0;
    errno = played.error;
    return -1;
}

int __wrap_setgroups(size_t count, const gid_t *groups);
int __wrap_setgroups(size_t count, const gid_t *groups)
{
    return play(count == 0 && groups == NULL ? "no-groups" : "groups");
}

int __wrap_setgid(gid_t group);
int __wrap_setgid(gid_t group)
{
    return play(group == GROUP ? "its-group" : group == 0 ? "group-0" : "a-group");
}

int __wrap_setuid(uid_t user);
int __wrap_setuid(uid_t user)
{
    const bool back = user == 0 && played.who != 0;
    const char *call = user == USER ? "its-user" : user == 0 ? "user-0" : "a-user";
    int result = play(call);
    if (back && !played.can_return) errno = EPERM;
    if (back) return played.can_return ? 0 : -1;
    if (result == 0) played.who = user;
    return result;
}

uid_t __wrap_geteuid(void);
uid_t __wrap_geteuid(void)
{
    return played.who;
}

struct passwd *__wrap_getpwnam(const char *name);
struct passwd *__wrap_getpwnam(const char *name)
{
    static struct passwd user;
    user.pw_uid = strcmp(name, "root") == 0 ? 0 : USER;
    user.pw_gid = strcmp(name, "root") == 0 ? 0 : GROUP;
    strcat(played.calls, "look-up ");
    return strcmp(name, "www") == 0 || strcmp(name, "root") == 0 ? &user : NULL;
}

static const char *said;

static int become(const char *name)
{
    capture_begin(STDERR_FILENO);
    errno = ENOENT; /* of something else */
    int status = user_become(name);
    said = capture_end();
    return status;
}

/* One line, with these texts in it. */
static void assert_said(const char *first, const char *second)
{
    const char *end = strchr(said, '\n');
    if (strncmp(said, "strata: ", 8) != 0 || end == NULL || end[1] != '\0' ||
        strstr(said, first) == NULL || strstr(said, second) == NULL)
        fail_msg("it said: %s", said);
}

static int begin_as_root(void **state)
{
    (void)state;
    memset(&played, 0, sizeof played);
    return 0;
}

/* Who is no longer root cannot change its groups. */
static void test_the_groups_go_first_and_the_user_last_and_the_way_back_is_tried(void **state)
{
    (void)state;
    assert_int_equal(become("www"), EX_OK);
    assert_string_equal(played.calls, "look-up no-groups its-group its-user user-0 ");
    assert_int_equal(played.who, USER);
    assert_string_equal(said, "");
}

static void test_each_refused_call_is_71_and_says_why_and_nothing_follows(void **state)
{
    static const char *const rows[][2] = {
        {"no-groups", "look-up no-groups "},
        {"its-group", "look-up no-groups its-group "},
        {"its-user", "look-up no-groups its-group its-user "},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        begin_as_root(NULL);
        played.refuses = rows[i][0];
        played.error = EAGAIN;
        assert_int_equal(become("www"), EX_OSERR);
        assert_string_equal(played.calls, rows[i][1]);
        assert_said("'www'", strerror(EAGAIN));
    }
}

static void test_who_is_not_root_is_told_that_only_root_can(void **state)
{
    (void)state;
    played.who = 4321;
    played.refuses = "no-groups";
    played.error = EPERM;
    assert_int_equal(become("www"), EX_OSERR);
    assert_said("cannot become user 'www'", "only root can");
}

/* setuid(2) leaves a way back where a capability, or a file's bit, is left: not believed. */
static void test_a_user_that_could_become_root_again_is_refused(void **state)
{
    (void)state;
    played.can_return = true;
    assert_int_equal(become("www"), EX_OSERR);
    assert_said("cannot become user 'www'", strerror(EPERM));
}

static void test_a_user_that_is_not_there_is_64_and_nothing_is_changed(void **state)
{
    (void)state;
    assert_int_equal(become("nowhere"), EX_USAGE);
    assert_string_equal(played.calls, "look-up ");
    assert_said("no user 'nowhere'", "--user");
}

static void test_root_itself_can_be_named(void **state)
{
    (void)state;
    assert_int_equal(become("root"), EX_OK);
    assert_string_equal(played.calls, "look-up no-groups group-0 user-0 ");
}

static void test_root_is_warned_where_no_user_is_named(void **state)
{
    (void)state;
    assert_int_equal(become(NULL), EX_OK);
    assert_string_equal(played.calls, "");
    assert_said("root", "--user");
}

static void test_others_stay_who_they_are_and_nothing_is_said(void **state)
{
    (void)state;
    played.who = 4321;
    assert_int_equal(become(NULL), EX_OK);
    assert_string_equal(played.calls, "");
    assert_string_equal(said, "");
}

int main(void)
{
#define AS_ROOT(test) cmocka_unit_test_setup(test, begin_as_root)
    const struct CMUnitTest tests[] = {
        AS_ROOT(test_the_groups_go_first_and_the_user_last_and_the_way_back_is_tried),
        AS_ROOT(test_each_refused_call_is_71_and_says_why_and_nothing_follows),
        AS_ROOT(test_who_is_not_root_is_told_that_only_root_can),
        AS_ROOT(test_a_user_that_could_become_root_again_is_refused),
        AS_ROOT(test_a_user_that_is_not_there_is_64_and_nothing_is_changed),
        AS_ROOT(test_root_itself_can_be_named),
        AS_ROOT(test_root_is_warned_where_no_user_is_named),
        AS_ROOT(test_others_stay_who_they_are_and_nothing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
