/* A root that is open already, for a process that has become another user since. */
#include "tests/support/child.h"
#include "tests/support/site.h"

#include <grp.h>

enum { NOBODY = 65534, CANNOT_DROP = 77, LEAKED = 78 };

static int probe(void *argument)
{
    const bool *as_nobody = argument;
    if (*as_nobody && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        return CANNOT_DROP;
    size_t descriptors = count_descriptors();
    enum fs_status status = document_root_probe(&site.root);
    return count_descriptors() == descriptors ? (int)status : LEAKED;
}

static void set_mode(const char *name, mode_t mode)
{
    assert_int_equal(fchmodat(site.directory, name, mode, 0), 0);
}

/* Root may look everywhere; others lose the right to their own directories, too. */
static void assert_probed(enum fs_status expected)
{
    bool as_nobody = geteuid() == 0;
    int answer = run_in_child(probe, &as_nobody);
    if (answer == CANNOT_DROP) skip();
    assert_int_equal(answer, expected);
}

static void test_a_directory_that_may_be_searched_is_found(void **state)
{
    (void)state;
    assert_probed(FS_FOUND);
    set_mode("root", 0111); /* files are served, though it cannot be listed */
    assert_probed(FS_FOUND);
}

static void test_a_directory_that_may_not_be_searched_is_forbidden(void **state)
{
    static const mode_t modes[] = {0, 0444, 0666};
    (void)state;
    for (size_t i = 0; i < COUNT(modes); i++) {
        set_mode("root", modes[i]);
        assert_probed(FS_FORBIDDEN);
    }
}

/* The way to it need not be searched again: root has opened it. */
static void test_a_directory_behind_a_closed_one_is_found(void **state)
{
    (void)state;
    assert_int_equal(fchmod(site.directory, 0), 0);
    assert_probed(FS_FOUND);
    assert_int_equal(fchmod(site.directory, 0755), 0);
}

int main(void)
{
#define IN_SITE(test) cmocka_unit_test_setup_teardown(test, site_make, site_remove)
    const struct CMUnitTest tests[] = {
        IN_SITE(test_a_directory_that_may_be_searched_is_found),
        IN_SITE(test_a_directory_that_may_not_be_searched_is_forbidden),
        IN_SITE(test_a_directory_behind_a_closed_one_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
