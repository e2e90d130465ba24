/* What lies beside a file: its name and a suffix. It is opened as the file itself would be, and has
 * the file's media type. */
#include "tests/support/site.h"

#include <grp.h>
#include <sys/wait.h>

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("outside/secret.gz", "outside");
    site_file("root/app.js", "the script");
    site_file("root/app.js.gz", "the script, shorter");
    site_file("root/app.js.br", "the script, shortest");
    site_file("root/about.html", "about");
    site_file("root/about.html.gz", "about, shorter");
    site_file("root/about.gz", "another file");
    site_file("root/index.html", "index");
    site_file("root/index.html.gz", "index, shorter");
    site_directory("root/dir");
    site_file("root/dir/index.html", "index of dir");
    site_file("root/dir/index.html.gz", "index of dir, shorter");
    site_file("root/plain", "plain");
    site_file("root/plain.gz", "plain, shorter");
    site_file("root/plain.html", "plain in HTML");
    site_file("root/plain.html.gz", "plain in HTML, shorter");
    site_file("root/alone.txt", "alone");
    site_file("root/alone.txt.gz.html", "html is not added again");
    site_file("root/odd", "odd");
    site_directory("root/odd.gz");
    site_link("root/odd.br", "../outside/secret.gz");
    site_link("root/odd.zst", "app.js.gz");
    site_file("root/other", "other");
    site_link("root/other.gz", "nothing");
    site_file("root/locked", "locked");
    site_file("root/locked.gz", "locked, shorter");
    return mkfifoat(site.directory, "root/other.br", 0644) |
        fchmodat(site.directory, "root/locked.gz", 0, 0);
}

/* Opens the file and what lies beside it; neither is left open. Where there is nothing, the struct
 * is as it was. */
static enum fs_status open_beside(const char *path, enum file_form form, struct file *beside)
{
    struct file file;
    struct file before;
    assert_int_equal(open_path(&site.root, path, &file), FS_FOUND);
    memset(beside, 0xa5, sizeof *beside);
    memcpy(&before, beside, sizeof before);
    size_t descriptors = count_descriptors();
    const char *guarded = guard_end(0, path, strlen(path) + 1);
    alarm(10);
    enum fs_status status = document_root_open_beside(&site.root, guarded, &file, form, beside);
    alarm(0);
    assert_int_equal(count_descriptors(), descriptors + (status == FS_FOUND));
    if (status != FS_FOUND) assert_memory_equal(beside, &before, sizeof before);
    close(file.descriptor);
    return status;
}

static void assert_beside(const char *path, enum file_form form, const char *content)
{
    struct file beside;
    char octets[256] = "";
    assert_int_equal(open_beside(path, form, &beside), FS_FOUND);
    assert_true(read(beside.descriptor, octets, sizeof octets - 1) >= 0);
    assert_int_equal(close(beside.descriptor), 0);
    assert_string_equal(octets, content);
    assert_int_equal(beside.size, strlen(content));
}

static void assert_nothing_beside(const char *path, enum file_form form, enum fs_status expected)
{
    struct file beside;
    assert_int_equal(open_beside(path, form, &beside), expected);
}

static void test_the_suffix_is_added_to_the_name(void **state)
{
    (void)state;
    assert_beside("/app.js", FILE_GZ, "the script, shorter");
    assert_beside("/app.js", FILE_BR, "the script, shortest");
    assert_nothing_beside("/app.js", FILE_ZST, FS_NOT_FOUND);
    assert_nothing_beside("/alone.txt", FILE_GZ, FS_NOT_FOUND);
}

/* The file is what the path was completed to: about.html, not about. */
static void test_the_suffix_comes_behind_what_the_path_was_completed_with(void **state)
{
    (void)state;
    assert_beside("/about", FILE_GZ, "about, shorter");
    assert_beside("/about.html", FILE_GZ, "about, shorter");
    assert_beside("/", FILE_GZ, "index, shorter");
    assert_beside("/dir/", FILE_GZ, "index of dir, shorter");
    assert_beside("/plain", FILE_GZ, "plain, shorter");
}

static void test_the_media_type_is_that_of_the_name(void **state)
{
    struct file beside;
    (void)state;
    assert_int_equal(open_beside("/app.js", FILE_GZ, &beside), FS_FOUND);
    assert_string_equal(beside.media_type, "text/javascript; charset=utf-8");
    close(beside.descriptor);
    assert_int_equal(open_beside("/", FILE_GZ, &beside), FS_FOUND);
    assert_string_equal(beside.media_type, "text/html; charset=utf-8");
    close(beside.descriptor);
    assert_int_equal(open_beside("/plain", FILE_GZ, &beside), FS_FOUND);
    assert_string_equal(beside.media_type, "application/octet-stream");
    close(beside.descriptor);
}

static void test_its_time_is_its_own(void **state)
{
    const struct timespec times[2] = {{0, UTIME_OMIT}, {1234567890, 123456789}};
    struct file beside;
    (void)state;
    assert_int_equal(utimensat(site.directory, "root/app.js.gz", times, 0), 0);
    assert_int_equal(open_beside("/app.js", FILE_GZ, &beside), FS_FOUND);
    assert_int_equal(beside.modified.tv_sec, 1234567890);
    assert_int_equal(beside.modified.tv_nsec, 123456789);
    close(beside.descriptor);
}

static void test_what_is_no_regular_file_is_not_beside(void **state)
{
    (void)state;
    assert_nothing_beside("/odd", FILE_GZ, FS_DIRECTORY);
    assert_nothing_beside("/other", FILE_BR, FS_NOT_SERVED);
}

static void test_links_are_followed_only_within_the_root(void **state)
{
    (void)state;
    assert_beside("/odd", FILE_ZST, "the script, shorter");
    assert_nothing_beside("/odd", FILE_BR, FS_NOT_SERVED);
    assert_nothing_beside("/other", FILE_GZ, FS_NOT_FOUND);
}

static void test_what_may_not_be_read_is_forbidden(void **state)
{
    struct file file;
    int status = 0;
    (void)state;
    assert_int_equal(open_path(&site.root, "/locked", &file), FS_FOUND);
    pid_t child = fork();
    if (child == 0) {
        struct file beside;
        bool root = geteuid() == 0;
        if (root && (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0))
            _exit(77);
        _exit((int)document_root_open_beside(&site.root, "/locked", &file, FILE_GZ, &beside));
    }
    close(file.descriptor);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) skip();
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), FS_FORBIDDEN);
}

/* The name with its suffix has to fit where the name alone did. */
static void test_a_name_that_the_suffix_makes_too_long_is_not_found(void **state)
{
    (void)state;
    for (size_t length = NAME_MAX - 4; length <= NAME_MAX; length++) {
        char name[NAME_MAX + 1];
        char path[NAME_MAX + 16];
        for (size_t i = 0; i < length; i++) name[i] = (char)('a' + i % 26);
        name[length] = '\0';
        snprintf(path, sizeof path, "root/%s", name);
        site_file(path, "long");
        snprintf(path, sizeof path, "/%s", name);
        assert_nothing_beside(path, FILE_GZ, FS_NOT_FOUND);
    }
}

/* Up to the last octet that the kernel takes: "./././app.js" and its suffix, in PATH_MAX with its
 * NUL; beyond that there is no such name. */
static void test_a_path_that_the_suffix_makes_too_long_is_not_found(void **state)
{
    (void)state;
    for (size_t length = PATH_MAX - 8; length < PATH_MAX + 8; length++) {
        char path[PATH_MAX + 16];
        struct file file = {.ending = ""};
        struct file beside;
        memset(path, '/', length);
        for (size_t i = 1; i + 9 < length; i += 2) path[i] = '.';
        strcpy(path + length - 6, "app.js");
        const char *guarded = guard_end(0, path, length + 1);
        enum fs_status status =
            document_root_open_beside(&site.root, guarded, &file, FILE_GZ, &beside);
        bool fits = length - 1 + strlen(".gz") < PATH_MAX;
        assert_int_equal(status, fits ? FS_FOUND : FS_NOT_FOUND);
        if (status == FS_FOUND) close(beside.descriptor);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_suffix_is_added_to_the_name),
        cmocka_unit_test(test_the_suffix_comes_behind_what_the_path_was_completed_with),
        cmocka_unit_test(test_the_media_type_is_that_of_the_name),
        cmocka_unit_test(test_its_time_is_its_own),
        cmocka_unit_test(test_what_is_no_regular_file_is_not_beside),
        cmocka_unit_test(test_links_are_followed_only_within_the_root),
        cmocka_unit_test(test_what_may_not_be_read_is_forbidden),
        cmocka_unit_test(test_a_name_that_the_suffix_makes_too_long_is_not_found),
        cmocka_unit_test(test_a_path_that_the_suffix_makes_too_long_is_not_found),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
