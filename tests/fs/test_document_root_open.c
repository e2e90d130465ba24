/* The directory that is served: which can be, and that it stays the one that was opened. */
#include "tests/support/site.h"

/* Opens a directory beneath the site; what fails leaves no descriptor. */
static enum fs_status open_root(struct document_root *root, const char *name)
{
    char path[300];
    size_t descriptors = count_descriptors();
    snprintf(path, sizeof path, "%s/%s", site.path, name);
    enum fs_status status = document_root_open(root, path);
    assert_int_equal(count_descriptors(), descriptors + (status == FS_FOUND));
    return status;
}

static void test_a_directory_is_opened_and_closed(void **state)
{
    struct document_root root;
    size_t descriptors = count_descriptors();
    (void)state;
    assert_int_equal(open_root(&root, "root"), FS_FOUND);
    assert_true((fcntl(root.directory, F_GETFD) & FD_CLOEXEC) != 0);
    document_root_close(&root);
    assert_int_equal(count_descriptors(), descriptors);
}

static void test_a_link_to_a_directory_will_do(void **state)
{
    struct document_root root;
    struct file file;
    (void)state;
    site_link("link", "root");
    site_file("root/file", "file");
    assert_int_equal(open_root(&root, "link"), FS_FOUND);
    assert_int_equal(open_path(&root, "/file", &file), FS_FOUND);
    close(file.descriptor);
    document_root_close(&root);
}

static void test_a_directory_that_is_not_there_cannot_be_served(void **state)
{
    struct document_root root;
    (void)state;
    assert_int_equal(open_root(&root, "nothing"), FS_NOT_FOUND);
    assert_int_equal(open_root(&root, "nothing/root"), FS_NOT_FOUND);
    assert_int_equal(document_root_open(&root, ""), FS_NOT_FOUND);
}

static void test_a_file_cannot_be_served_as_a_directory(void **state)
{
    struct document_root root;
    (void)state;
    site_file("plain", "plain");
    assert_int_equal(open_root(&root, "plain"), FS_NOT_FOUND);
    assert_int_equal(open_root(&root, "plain/"), FS_NOT_FOUND);
}

static void test_a_directory_that_is_renamed_is_still_served(void **state)
{
    struct document_root root;
    struct file file;
    (void)state;
    site_directory("before");
    site_file("before/file", "file");
    assert_int_equal(open_root(&root, "before"), FS_FOUND);
    assert_int_equal(renameat(site.directory, "before", site.directory, "after"), 0);
    site_directory("before");
    assert_int_equal(open_path(&root, "/file", &file), FS_FOUND);
    close(file.descriptor);
    document_root_close(&root);
}

static void test_a_relative_name_is_looked_up_once(void **state)
{
    struct document_root root;
    struct file file;
    int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    (void)state;
    site_directory("here");
    site_file("here/file", "file");
    assert_int_equal(fchdir(site.directory), 0);
    assert_int_equal(document_root_open(&root, "here"), FS_FOUND);
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(open_path(&root, "/file", &file), FS_FOUND);
    close(file.descriptor);
    document_root_close(&root);
    assert_int_equal(fchdir(before), 0);
    close(before);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_directory_is_opened_and_closed),
        cmocka_unit_test(test_a_link_to_a_directory_will_do),
        cmocka_unit_test(test_a_directory_that_is_not_there_cannot_be_served),
        cmocka_unit_test(test_a_file_cannot_be_served_as_a_directory),
        cmocka_unit_test(test_a_directory_that_is_renamed_is_still_served),
        cmocka_unit_test(test_a_relative_name_is_looked_up_once),
    };
    return cmocka_run_group_tests(tests, site_make, site_remove);
}
