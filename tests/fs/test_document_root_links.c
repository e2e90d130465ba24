/* Symbolic links: within the root they are followed, out of it they are refused, by the kernel. */
#include "tests/support/site.h"

static int make_tree(void **state)
{
    char target[300];
    if (site_make(state) != 0) return -1;
    site_file("outside/secret", "outside");
    site_file("outside/index.html", "outside");
    site_file("root/file.txt", "file");
    site_directory("root/dir");
    site_file("root/dir/index.html", "index of dir");
    site_link("root/in", "file.txt");
    site_link("root/in-twice", "in");
    site_link("root/in-dir", "dir");
    site_link("root/dir/up", "../file.txt");
    site_link("root/round", "dir/../dir/./index.html");
    site_link("root/page.html", "file.txt");
    site_link("root/out", "../outside/secret");
    site_link("root/out.txt", "out");
    site_link("root/out-dir", "../outside");
    site_link("root/dir/out", "../../outside/secret");
    site_link("root/parent", "..");
    site_link("root/out-page.html", "../outside/secret");
    site_link("root/out-and-in", "../root/file.txt");
    site_link("root/etc", "/etc/passwd");
    site_link("root/slash", "/");
    snprintf(target, sizeof target, "%s/root/file.txt", site.path);
    site_link("root/absolute", target);
    site_link("root/self", "self");
    site_link("root/one", "other");
    site_link("root/other", "one");
    site_link("root/dangling", "nothing");
    site_link("root/proc", "/proc/self/root");
    return 0;
}

static void test_a_link_within_the_root_is_followed(void **state)
{
    (void)state;
    assert_found("/in", "file");
    assert_found("/in-twice", "file");
    assert_found("/dir/up", "file");
    assert_found("/round", "index of dir");
    assert_found("/page", "file");
    assert_found("/in-dir/", "index of dir");
    assert_found("/in-dir/index.html", "index of dir");
    assert_found("/in-dir/up", "file");
    assert_outcome("/in-dir", FS_DIRECTORY);
}

static void test_a_link_out_of_the_root_is_not_served(void **state)
{
    static const char *const paths[] = {
        "/out",
        "/out.txt",
        "/out-dir",
        "/out-dir/",
        "/out-dir/secret",
        "/dir/out",
        "/parent",
        "/parent/outside/secret",
        "/out-page",
        "/out-page.html",
        "/parent/",
        "/parent/root/file.txt",
        "/out-dir/nothing",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) assert_outcome(paths[i], FS_NOT_SERVED);
}

static void test_a_link_out_of_the_root_and_in_again_is_not_served(void **state)
{
    (void)state;
    assert_outcome("/out-and-in", FS_NOT_SERVED);
}

static void test_an_absolute_link_is_not_served_even_to_what_is_within(void **state)
{
    (void)state;
    assert_outcome("/absolute", FS_NOT_SERVED);
    assert_outcome("/etc", FS_NOT_SERVED);
    assert_outcome("/slash", FS_NOT_SERVED);
    assert_outcome("/slash/etc/passwd", FS_NOT_SERVED);
    assert_outcome("/proc/etc/passwd", FS_NOT_SERVED);
}

static void test_a_loop_of_links_is_not_served(void **state)
{
    (void)state;
    assert_outcome("/self", FS_NOT_SERVED);
    assert_outcome("/one", FS_NOT_SERVED);
    assert_outcome("/other/", FS_NOT_SERVED);
}

static void test_a_link_to_nothing_is_not_found(void **state)
{
    (void)state;
    assert_outcome("/dangling", FS_NOT_FOUND);
    assert_outcome("/dangling/", FS_NOT_FOUND);
}

/* The links of /proc lead wherever the kernel likes, whatever their text says. */
static void test_a_magic_link_is_not_served(void **state)
{
    static const char *const paths[] = {"/exe", "/cwd", "/root", "/cwd/", "/root/etc/passwd"};
    struct document_root root;
    char path[32];
    struct file file;
    (void)state;
    assert_int_equal(document_root_open(&root, "/proc/self"), FS_FOUND);
    for (size_t i = 0; i < COUNT(paths); i++)
        assert_int_equal(open_path(&root, paths[i], &file), FS_NOT_SERVED);
    int within = openat(site.directory, "root/file.txt", O_RDONLY | O_CLOEXEC);
    snprintf(path, sizeof path, "/fd/%d", within);
    assert_int_equal(open_path(&root, path, &file), FS_NOT_SERVED);
    close(within);
    document_root_close(&root);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_link_within_the_root_is_followed),
        cmocka_unit_test(test_a_link_out_of_the_root_is_not_served),
        cmocka_unit_test(test_a_link_out_of_the_root_and_in_again_is_not_served),
        cmocka_unit_test(test_an_absolute_link_is_not_served_even_to_what_is_within),
        cmocka_unit_test(test_a_loop_of_links_is_not_served),
        cmocka_unit_test(test_a_link_to_nothing_is_not_found),
        cmocka_unit_test(test_a_magic_link_is_not_served),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
