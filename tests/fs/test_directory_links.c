/* Symbolic links in a directory: each is listed as what a request for it would find. */
#include "tests/support/listed.h"

static int make_tree(void **state)
{
    char target[300];
    if (site_make(state) != 0) return -1;
    site_file("outside/secret", "outside");
    site_file("root/file.txt", "twelve octet");
    site_directory("root/dir");
    site_file("root/dir/inner", "inner");
    site_directory("root/in");
    site_link("root/in/file", "../file.txt");
    site_link("root/in/twice", "file");
    site_link("root/in/dir", "../dir");
    site_link("root/in/here", ".");
    site_link("root/in/root", "..");
    site_link("root/way", "in");
    site_directory("root/out");
    site_link("root/out/file", "../../outside/secret");
    site_link("root/out/dir", "../../outside");
    site_link("root/out/parent", "../..");
    site_link("root/out/and-in", "../../root/file.txt");
    snprintf(target, sizeof target, "%s/root/file.txt", site.path);
    site_link("root/out/absolute", target);
    site_link("root/out/slash", "/");
    site_link("root/out/etc", "/etc/passwd");
    site_link("root/out/proc", "/proc/self/root");
    site_directory("root/nowhere");
    site_link("root/nowhere/dangling", "nothing");
    site_link("root/nowhere/self", "self");
    site_link("root/nowhere/beneath-a-file", "../file.txt/x");
    site_link("root/nowhere/fifo", "../fifo");
    site_link("root/nowhere/null", "/dev/null");
    site_link("root/way-out", "../outside");
    return mkfifoat(site.directory, "root/fifo", 0644);
}

static void test_a_link_within_the_root_is_listed_as_what_it_leads_to(void **state)
{
    (void)state;
    assert_listed("/in/", "dir/|here/|root/|file|twice|");
    assert_int_equal(listed_entry("file")->size, 12);
    assert_int_equal(listed_entry("twice")->size, 12);
}

static void test_the_time_of_a_link_is_that_of_the_file(void **state)
{
    const struct timespec times[2] = {{0, UTIME_OMIT}, {1000000000, 0}};
    (void)state;
    assert_int_equal(utimensat(site.directory, "root/file.txt", times, 0), 0);
    assert_int_equal(list_path("/in/"), FS_FOUND);
    assert_int_equal(listed_entry("file")->modified, 1000000000);
}

/* From the root, wherever it stands: "../file.txt" is found from "/in/", not from "/". */
static void test_a_directory_that_is_a_link_is_read(void **state)
{
    (void)state;
    assert_listed("/way/", "dir/|here/|root/|file|twice|");
    assert_listed("/in/dir/", "inner|");
    assert_listed("/in/here/here/root/in/dir/", "inner|");
}

static void test_links_out_of_the_root_are_left_out(void **state)
{
    (void)state;
    assert_listed("/out/", "");
}

static void test_links_to_nothing_servable_are_left_out(void **state)
{
    (void)state;
    alarm(10);
    assert_listed("/nowhere/", "");
    alarm(0);
}

static void test_a_directory_outside_is_not_served(void **state)
{
    (void)state;
    assert_not_listed("/way-out/", FS_NOT_SERVED);
    assert_not_listed("/out/dir/", FS_NOT_SERVED);
    assert_not_listed("/out/parent/", FS_NOT_SERVED);
    assert_not_listed("/out/slash/", FS_NOT_SERVED);
    assert_not_listed("/out/slash/etc/", FS_NOT_SERVED);
    assert_not_listed("/out/proc/", FS_NOT_SERVED);
    assert_not_listed("/nowhere/self/", FS_NOT_SERVED);
    assert_not_listed("/nowhere/dangling/", FS_NOT_FOUND);
}

/* The links of /proc lead wherever the kernel likes, whatever their text says. */
static void test_magic_links_are_left_out(void **state)
{
    const struct document_root root = site.root;
    (void)state;
    assert_int_equal(document_root_open(&site.root, "/proc/self"), FS_FOUND);
    assert_int_equal(list_path("/"), FS_FOUND);
    for (size_t i = 0; i < listed.count; i++) {
        assert_string_not_equal(listed.entries[i].name, "exe");
        assert_string_not_equal(listed.entries[i].name, "cwd");
        assert_string_not_equal(listed.entries[i].name, "root");
    }
    assert_true(listed_entry("fd")->is_directory);
    assert_int_equal(list_path("/cwd/"), FS_NOT_SERVED);
    assert_listed("/fd/", "");
    document_root_close(&site.root);
    site.root = root;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_link_within_the_root_is_listed_as_what_it_leads_to),
        cmocka_unit_test(test_the_time_of_a_link_is_that_of_the_file),
        cmocka_unit_test(test_a_directory_that_is_a_link_is_read),
        cmocka_unit_test(test_links_out_of_the_root_are_left_out),
        cmocka_unit_test(test_links_to_nothing_servable_are_left_out),
        cmocka_unit_test(test_a_directory_outside_is_not_served),
        cmocka_unit_test(test_magic_links_are_left_out),
    };
    return cmocka_run_group_tests(tests, make_tree, listed_close);
}
