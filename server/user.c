#include "server/user.h"
#include "server/report.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* The user comes last: who is no longer root cannot change its groups. That there is no way back is
 * tried, not believed. */
static bool change_to(uid_t user, gid_t group)
{
    if (setgroups(0, NULL) != 0 || setgid(group) != 0 || setuid(user) != 0) return false;
    errno = EPERM;
    return user == 0 || setuid(0) != 0;
}

int user_become(const char *name)
{
    const struct passwd *user = name == NULL ? NULL : getpwnam(name);
    if (name != NULL && user == NULL) {
        report("there is no user '%s'; check --user", name);
        return EX_USAGE;
    }
    if (user != NULL && !change_to(user->pw_uid, user->pw_gid)) {
        report("cannot become user '%s': %s; only root can", name, strerror(errno));
        return EX_OSERR;
    }
    if (geteuid() == 0) report("running as root; better name a --user to become");
    return EX_OK;
}
