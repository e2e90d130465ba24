/* What becomes of errors that a test cannot bring about: openat2(2) and fstat(2) fail on demand. */
#include "tests/support/look_ups.h"
#include "tests/support/site.h"

static int fstat_error; /* 0: none */

int __real_fstat(int descriptor, struct stat *status);
int __wrap_fstat(int descriptor, struct stat *status);

int __wrap_fstat(int descriptor, struct stat *status)
{
    if (fstat_error == 0) return __real_fstat(descriptor, status);
    errno = fstat_error;
    return -1;
}

static enum fs_status open_failing(const char *path, int with, int times)
{
    struct file file;
    look_ups = (struct look_ups){.error = with, .passes = look_ups.passes, .failures = times};
    enum fs_status status = open_path(&site.root, path, &file);
    look_ups.failures = 0;
    if (status == FS_FOUND) close(file.descriptor);
    return status;
}

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/file", "file");
    site_file("root/file.html", "file in HTML");
    site_file("root/page.html", "page");
    return 0;
}

static void test_an_interrupted_look_up_is_tried_again(void **state)
{
    (void)state;
    assert_int_equal(open_failing("/file", EINTR, 3), FS_FOUND);
    assert_int_equal(look_ups.calls, 4);
}

/* openat2(2): EAGAIN where something was renamed while it was looked up. */
static void test_a_look_up_during_a_rename_is_tried_again(void **state)
{
    (void)state;
    assert_int_equal(open_failing("/file", EAGAIN, 3), FS_FOUND);
    assert_int_equal(look_ups.calls, 4);
}

static void test_a_look_up_is_not_tried_again_for_ever(void **state)
{
    (void)state;
    assert_int_equal(open_failing("/file", EAGAIN, 100000), FS_EXHAUSTED);
    assert_true(look_ups.calls > 1);
    assert_true(look_ups.calls <= 100);
}

struct failure {
    int error;
    enum fs_status expected;
};

static const struct failure errors[] = {
    {EMFILE, FS_EXHAUSTED},
    {ENFILE, FS_EXHAUSTED},
    {ENOMEM, FS_EXHAUSTED},
    {EIO, FS_FAILED},
    {EINVAL, FS_FAILED},
    {E2BIG, FS_FAILED},
    {EBADF, FS_FAILED},
    {EOVERFLOW, FS_FAILED},
    {EACCES, FS_FORBIDDEN},
    {EXDEV, FS_NOT_SERVED},
    {ELOOP, FS_NOT_SERVED},
    {ENXIO, FS_NOT_SERVED},
    {ENODEV, FS_NOT_SERVED},
    {ENOSYS, FS_FAILED},
};

/* Only where nothing has the name is name.html tried. */
static void test_each_error_has_its_outcome(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        enum fs_status status = open_failing("/file", errors[i].error, 1);
        if (status != errors[i].expected)
            fail_msg("%s: %d instead of %d", strerror(errors[i].error), (int)status,
                (int)errors[i].expected);
    }
}

static void test_where_the_name_is_not_there_html_is_the_second_call(void **state)
{
    static const int not_there[] = {ENOENT, ENOTDIR, ENAMETOOLONG};
    (void)state;
    for (size_t i = 0; i < COUNT(not_there); i++) {
        assert_int_equal(open_failing("/file", not_there[i], 1), FS_FOUND);
        assert_int_equal(look_ups.calls, 2);
        assert_int_equal(open_failing("/file", not_there[i], 2), FS_NOT_FOUND);
        assert_int_equal(look_ups.calls, 2);
    }
}

static void test_an_error_of_the_second_call_has_its_outcome_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        look_ups.passes = 1;
        assert_int_equal(open_failing("/page", errors[i].error, 1), errors[i].expected);
    }
}

static void test_an_error_of_index_html_has_its_outcome_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++)
        assert_int_equal(open_failing("/", errors[i].error, 1), errors[i].expected);
    assert_int_equal(open_failing("/", ENOENT, 1), FS_NOT_FOUND);
    assert_int_equal(look_ups.calls, 1);
}

static void test_a_file_that_cannot_be_examined_is_closed(void **state)
{
    (void)state;
    fstat_error = EIO;
    assert_int_equal(open_failing("/file", 0, 0), FS_FAILED);
    assert_int_equal(look_ups.calls, 1);
    fstat_error = 0;
}

static enum fs_status open_root_failing(int with)
{
    struct document_root root;
    size_t descriptors = count_descriptors();
    look_ups = (struct look_ups){.error = with, .failures = 1};
    enum fs_status status = document_root_open(&root, site.path);
    look_ups.failures = 0;
    assert_int_equal(count_descriptors(), descriptors + (status == FS_FOUND));
    if (status == FS_FOUND) document_root_close(&root);
    return status;
}

/* Linux before 5.6; and containers that do not know the call. */
static void test_a_kernel_without_openat2_is_unsupported(void **state)
{
    (void)state;
    assert_int_equal(open_root_failing(ENOSYS), FS_UNSUPPORTED);
    assert_int_equal(open_root_failing(EPERM), FS_UNSUPPORTED);
}

static void test_other_errors_at_start_are_no_lack_of_support(void **state)
{
    (void)state;
    assert_int_equal(open_root_failing(EINTR), FS_FOUND);
    assert_int_equal(open_root_failing(EACCES), FS_FORBIDDEN);
    assert_int_equal(open_root_failing(ENOMEM), FS_EXHAUSTED);
    assert_int_equal(open_root_failing(EIO), FS_FAILED);
}

static void test_a_closed_root_holds_no_descriptor(void **state)
{
    struct document_root root;
    (void)state;
    assert_int_equal(document_root_open(&root, site.path), FS_FOUND);
    document_root_close(&root);
    assert_int_equal(root.directory, -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_interrupted_look_up_is_tried_again),
        cmocka_unit_test(test_a_look_up_during_a_rename_is_tried_again),
        cmocka_unit_test(test_a_look_up_is_not_tried_again_for_ever),
        cmocka_unit_test(test_each_error_has_its_outcome),
        cmocka_unit_test(test_where_the_name_is_not_there_html_is_the_second_call),
        cmocka_unit_test(test_an_error_of_the_second_call_has_its_outcome_too),
        cmocka_unit_test(test_an_error_of_index_html_has_its_outcome_too),
        cmocka_unit_test(test_a_file_that_cannot_be_examined_is_closed),
        cmocka_unit_test(test_a_kernel_without_openat2_is_unsupported),
        cmocka_unit_test(test_other_errors_at_start_are_no_lack_of_support),
        cmocka_unit_test(test_a_closed_root_holds_no_descriptor),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
