/* Names and paths as long as they can be, and longer; and no descriptor left. */
#include "tests/support/site.h"

#include <limits.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum {
    SEGMENT = 200, /* octets of the name of each directory */
    DEPTH = 20,
    DEEPEST = DEPTH * (SEGMENT + 1), /* octets before the name of a file in the deepest one */
};

/* "/" and then so many octets that depend on where they stand. */
static void write_name(char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) name[i] = (char)('a' + i % 26);
    name[length] = '\0';
}

static void test_a_name_of_255_octets_is_found_and_a_longer_one_is_not(void **state)
{
    char path[300] = "root/";
    (void)state;
    write_name(path + 5, 255);
    site_file(path, "255");
    assert_found(path + 4, "255");
    write_name(path + 5, 256);
    assert_outcome(path + 4, FS_NOT_FOUND);
    write_name(path + 5, 254);
    assert_outcome(path + 4, FS_NOT_FOUND);
}

/* 250 octets and ".html" make 255; 251 are too many. */
static void test_a_name_that_has_no_room_for_html_is_not_found(void **state)
{
    char path[300] = "root/";
    (void)state;
    write_name(path + 5, 250);
    memcpy(path + 255, ".html", 6);
    site_file(path, "255");
    path[255] = '\0';
    assert_found(path + 4, "255");
    write_name(path + 5, 251);
    assert_outcome(path + 4, FS_NOT_FOUND);
}

/* The path of the deepest directory, with a slash at both ends. */
static void write_deepest(char *path)
{
    path[0] = '/';
    for (size_t i = 0; i < DEPTH; i++) {
        write_name(path + 1 + i * (SEGMENT + 1), SEGMENT);
        path[(i + 1) * (SEGMENT + 1)] = '/';
    }
    path[1 + DEEPEST] = '\0';
}

static int make_deepest(void)
{
    char name[SEGMENT + 1];
    int directory = openat(site.directory, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
    write_name(name, SEGMENT);
    for (size_t i = 0; i < DEPTH; i++) {
        if (mkdirat(directory, name, 0755) != 0) assert_int_equal(errno, EEXIST);
        int next = openat(directory, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
        assert_true(next >= 0);
        close(directory);
        directory = next;
    }
    return directory;
}

static void make_file(int directory, const char *name)
{
    int file = openat(directory, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_int_equal(write(file, "deep", 4), 4);
    close(file);
}

/* PATH_MAX counts the NUL, and the kernel is asked relative to the root, without the slash. */
static void test_the_longest_path_that_the_kernel_takes_is_found(void **state)
{
    char path[2 * PATH_MAX];
    int deepest = make_deepest();
    (void)state;
    write_deepest(path);
    for (size_t length = PATH_MAX - 20; length <= PATH_MAX - 1; length++) {
        write_name(path + 1 + DEEPEST, length - DEEPEST);
        make_file(deepest, path + 1 + DEEPEST);
        assert_int_equal(strlen(path), 1 + length);
        assert_found(path, "deep");
    }
    close(deepest);
}

static void test_the_longest_path_that_has_room_for_html_is_found(void **state)
{
    char path[2 * PATH_MAX];
    int deepest = make_deepest();
    size_t length = PATH_MAX - 1 - strlen(".html");
    (void)state;
    write_deepest(path);
    write_name(path + 1 + DEEPEST, length - DEEPEST);
    path[1 + DEEPEST] = 'H';
    memcpy(path + 1 + length, ".html", 6);
    make_file(deepest, path + 1 + DEEPEST);
    path[1 + length] = '\0';
    assert_found(path, "deep");
    close(deepest);
}

static void test_a_path_that_is_too_long_for_the_kernel_is_not_found(void **state)
{
    char path[2 * PATH_MAX];
    (void)state;
    close(make_deepest());
    for (size_t length = PATH_MAX - 20; length <= PATH_MAX + 20; length++) {
        write_deepest(path);
        write_name(path + 1 + DEEPEST, length - DEEPEST);
        path[1 + DEEPEST] = 'N';
        assert_outcome(path, FS_NOT_FOUND);
        path[length] = '/';
        assert_outcome(path, FS_NOT_FOUND);
    }
    write_name(path + 1, 2 * PATH_MAX - 2);
    assert_outcome(path, FS_NOT_FOUND);
}

static void test_a_path_of_slashes_of_any_length_is_not_found(void **state)
{
    char path[2 * PATH_MAX];
    struct file file;
    (void)state;
    memset(path, '/', sizeof path);
    for (size_t length = PATH_MAX - 20; length <= PATH_MAX + 20; length++) {
        path[length] = '\0';
        assert_true(open_path(&site.root, path, &file) != FS_FOUND);
        path[length] = '/';
    }
}

/* Runs in a child, where there is room for so many descriptors more. */
static int in_child_with_free_descriptors(int count, int (*run)(void))
{
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {64, 64};
        int last = -1;
        int descriptor;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) _exit(100);
        while ((descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0) last = descriptor;
        for (int i = 0; i < count; i++) close(last - i);
        _exit(run());
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int open_file(void)
{
    struct file file;
    return (int)document_root_open_file(&site.root, "/file", &file);
}

static int open_page(void)
{
    struct file file;
    return (int)document_root_open_file(&site.root, "/page", &file);
}

static int open_root(void)
{
    struct document_root root;
    char path[300];
    snprintf(path, sizeof path, "%s/root", site.path);
    return (int)document_root_open(&root, path);
}

/* A file that is not found needs its descriptor only for a moment. */
static int open_directory_then_file(void)
{
    struct file file;
    for (int i = 0; i < 100; i++)
        if (document_root_open_file(&site.root, "/dir", &file) != FS_DIRECTORY ||
            document_root_open_file(&site.root, "/fifo", &file) != FS_NOT_SERVED ||
            document_root_open_file(&site.root, "/nothing", &file) != FS_NOT_FOUND)
            return (int)FS_REFUSED;
    return open_file();
}

static void test_out_of_descriptors_is_exhausted(void **state)
{
    (void)state;
    site_file("root/file", "file");
    site_file("root/page.html", "page");
    assert_int_equal(in_child_with_free_descriptors(1, open_file), FS_FOUND);
    assert_int_equal(in_child_with_free_descriptors(1, open_page), FS_FOUND);
    assert_int_equal(in_child_with_free_descriptors(0, open_file), FS_EXHAUSTED);
    assert_int_equal(in_child_with_free_descriptors(0, open_page), FS_EXHAUSTED);
}

static void test_one_free_descriptor_is_enough_for_any_number_of_look_ups(void **state)
{
    (void)state;
    site_directory("root/dir");
    assert_int_equal(mkfifoat(site.directory, "root/fifo", 0644), 0);
    assert_int_equal(in_child_with_free_descriptors(1, open_directory_then_file), FS_FOUND);
}

static void test_out_of_descriptors_at_start_is_exhausted(void **state)
{
    (void)state;
    assert_int_equal(in_child_with_free_descriptors(2, open_root), FS_FOUND);
    assert_int_equal(in_child_with_free_descriptors(1, open_root), FS_EXHAUSTED);
    assert_int_equal(in_child_with_free_descriptors(0, open_root), FS_EXHAUSTED);
}

static int open_with_descriptor_0(void)
{
    struct file file;
    struct document_root root;
    char path[300];
    snprintf(path, sizeof path, "%s/root", site.path);
    close(STDIN_FILENO);
    if (document_root_open(&root, path) != FS_FOUND || root.directory != 0) return 1;
    document_root_close(&root);
    if (document_root_open_file(&site.root, "/file", &file) != FS_FOUND) return 2;
    return file.descriptor == 0 ? 0 : 3;
}

static void test_descriptor_0_is_one_like_any_other(void **state)
{
    (void)state;
    assert_int_equal(in_child_with_free_descriptors(1, open_with_descriptor_0), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_name_of_255_octets_is_found_and_a_longer_one_is_not),
        cmocka_unit_test(test_a_name_that_has_no_room_for_html_is_not_found),
        cmocka_unit_test(test_the_longest_path_that_the_kernel_takes_is_found),
        cmocka_unit_test(test_the_longest_path_that_has_room_for_html_is_found),
        cmocka_unit_test(test_a_path_that_is_too_long_for_the_kernel_is_not_found),
        cmocka_unit_test(test_a_path_of_slashes_of_any_length_is_not_found),
        cmocka_unit_test(test_out_of_descriptors_is_exhausted),
        cmocka_unit_test(test_one_free_descriptor_is_enough_for_any_number_of_look_ups),
        cmocka_unit_test(test_out_of_descriptors_at_start_is_exhausted),
        cmocka_unit_test(test_descriptor_0_is_one_like_any_other),
    };
    return cmocka_run_group_tests(tests, site_make, site_remove);
}
