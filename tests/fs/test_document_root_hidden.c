/* Names that start with a dot: hidden, but for ".well-known" (RFC 8615). */
#include "tests/support/site.h"

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/file.txt", "file");
    site_directory("root/dir");
    site_file("root/dir/page.html", "page of dir");
    site_file("outside/secret", "outside");
    site_file("root/.hidden", "hidden");
    site_file("root/.hidden.html", "hidden");
    site_directory("root/.git");
    site_file("root/.git/config", "hidden");
    site_file("root/dir/.secret", "hidden");
    site_file("root/..name", "hidden");
    site_file("root/...", "hidden");
    site_directory("root/.well-known");
    site_file("root/.well-known/security.txt", "security");
    site_file("root/.well-known/.secret", "hidden");
    site_file("root/.well-knownx", "hidden");
    site_file("root/.well-know", "hidden");
    return 0;
}

static void test_a_segment_that_starts_with_a_dot_is_not_served(void **state)
{
    static const char *const paths[] = {
        "/.hidden",
        "/.git",
        "/.git/",
        "/.git/config",
        "/dir/.secret",
        "/.nothing",
        "/..name",
        "/...",
        "/.",
        "/./",
        "/./file.txt",
        "/dir/./page.html",
        "/.well-knownx",
        "/.well-know",
        "/.well-known/.secret",
        "/dir/.nothing/file",
        "/.html",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) assert_outcome(paths[i], FS_NOT_SERVED);
}

static void test_a_path_with_two_dots_is_not_served(void **state)
{
    static const char *const paths[] = {"/..", "/../", "/../outside/secret", "/dir/../file.txt",
        "/dir/..", "/dir/../../outside/secret"};
    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) assert_outcome(paths[i], FS_NOT_SERVED);
}

/* RFC 8615 §3 */
static void test_well_known_is_served(void **state)
{
    (void)state;
    assert_found("/.well-known/security.txt", "security");
    assert_outcome("/.well-known", FS_DIRECTORY);
    assert_outcome("/.well-known/", FS_NOT_FOUND);
    assert_outcome("/.well-known/nothing", FS_NOT_FOUND);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_segment_that_starts_with_a_dot_is_not_served),
        cmocka_unit_test(test_a_path_with_two_dots_is_not_served),
        cmocka_unit_test(test_well_known_is_served),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
