/* From path to file, in a tree of plain files and directories. */
#include "tests/support/site.h"

#include <inttypes.h>

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/index.html", "index of the root");
    site_file("root/about.html", "about");
    site_file("root/plain", "plain");
    site_file("root/plain.html", "plain in HTML");
    site_file("root/file.txt", "file");
    site_file("root/empty.txt", "");
    site_directory("root/dir");
    site_file("root/dir/index.html", "index of dir");
    site_file("root/dir/page.html", "page of dir");
    site_file("root/dir.html", "beside dir");
    site_directory("root/bare");
    site_directory("root/bare/deep");
    site_file("root/bare/deep/file.css", "deep");
    site_directory("root/page.html");
    site_file("root/page.html/file", "in page.html");
    site_directory("root/odd");
    site_directory("root/odd/index.html");
    site_file("outside/secret", "outside");
    return 0;
}

static void test_a_path_names_a_file(void **state)
{
    (void)state;
    assert_found("/file.txt", "file");
    assert_found("/about.html", "about");
    assert_found("/empty.txt", "");
    assert_found("/bare/deep/file.css", "deep");
    assert_found("/page.html/file", "in page.html");
}

static void test_a_path_that_ends_in_a_slash_names_index_html(void **state)
{
    (void)state;
    assert_found("/", "index of the root");
    assert_found("/dir/", "index of dir");
}

static void test_a_directory_without_index_html_is_not_found(void **state)
{
    (void)state;
    assert_outcome("/bare/", FS_NOT_FOUND);
    assert_outcome("/bare/deep/", FS_NOT_FOUND);
}

static void test_a_directory_without_its_slash_is_a_directory(void **state)
{
    (void)state;
    assert_outcome("/dir", FS_DIRECTORY);
    assert_outcome("/bare", FS_DIRECTORY);
    assert_outcome("/bare/deep", FS_DIRECTORY);
    assert_outcome("/page.html", FS_DIRECTORY);
    assert_outcome("/odd/index.html", FS_DIRECTORY);
}

static void test_where_nothing_has_the_name_html_is_tried(void **state)
{
    (void)state;
    assert_found("/about", "about");
    assert_found("/index", "index of the root");
    assert_found("/dir/page", "page of dir");
    assert_outcome("/abou", FS_NOT_FOUND);
    assert_outcome("/file", FS_NOT_FOUND);
}

static void test_what_has_the_name_goes_before_html(void **state)
{
    (void)state;
    assert_found("/plain", "plain");
    assert_found("/plain.html", "plain in HTML");
    assert_found("/dir.html", "beside dir");
    assert_outcome("/dir", FS_DIRECTORY);
}

static void test_a_directory_that_is_called_like_a_page_is_no_page(void **state)
{
    (void)state;
    assert_outcome("/page", FS_NOT_FOUND);
    assert_outcome("/odd/", FS_NOT_FOUND);
    assert_outcome("/odd/index", FS_NOT_FOUND);
}

static void test_a_file_is_no_directory(void **state)
{
    (void)state;
    assert_outcome("/about.html/", FS_NOT_FOUND);
    assert_outcome("/about.html/x", FS_NOT_FOUND);
    assert_outcome("/about.html/index.html", FS_NOT_FOUND);
    assert_outcome("/about/", FS_NOT_FOUND);
    assert_outcome("/plain/", FS_NOT_FOUND);
    assert_outcome("/plain/plain", FS_NOT_FOUND);
    assert_outcome("/file.txt/", FS_NOT_FOUND);
}

static void test_what_is_not_there_is_not_found(void **state)
{
    (void)state;
    assert_outcome("/nothing", FS_NOT_FOUND);
    assert_outcome("/nothing/", FS_NOT_FOUND);
    assert_outcome("/nothing/at/all", FS_NOT_FOUND);
    assert_outcome("/FILE.TXT", FS_NOT_FOUND);
    assert_outcome("/file.txt ", FS_NOT_FOUND);
    assert_outcome("/file.tx", FS_NOT_FOUND);
    assert_outcome("/html", FS_NOT_FOUND);
}

static void test_a_second_slash_leads_nowhere(void **state)
{
    char path[300];
    (void)state;
    snprintf(path, sizeof path, "/%s/outside/secret", site.path);
    struct file file;
    assert_true(open_path(&site.root, path, &file) != FS_FOUND);
    assert_true(open_path(&site.root, "//etc/passwd", &file) != FS_FOUND);
}

static void test_a_path_that_is_not_absolute_is_refused(void **state)
{
    (void)state;
    assert_outcome("", FS_REFUSED);
    assert_outcome("file.txt", FS_REFUSED);
    assert_outcome("dir/", FS_REFUSED);
}

/* A file name is octets, but for NUL and the slash. */
static void test_names_are_any_octets(void **state)
{
    static const char *const names[] = {
        "caf\xc3\xa9",
        "\xe6\x97\xa5\xe6\x9c\xac.txt",
        "\xff\xfe",
        "a b",
        " ",
        "%2e",
        "%",
        "a\\b",
        "?",
        "#",
        "a:b",
        "~",
        "*",
        "a\nb",
        "-",
        "<b>",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char name[64];
        snprintf(name, sizeof name, "root/%s", names[i]);
        site_file(name, names[i]);
        assert_found(name + strlen("root"), names[i]);
    }
    site_file("root/\xc3\xbc.html", "umlaut");
    assert_found("/\xc3\xbc", "umlaut");
    assert_outcome("/u\xcc\x88", FS_NOT_FOUND);
}

static void test_size_and_time_are_those_of_the_file(void **state)
{
    static const struct timespec times[] = {{1, 2}, {784111777, 123456789}};
    struct file file;
    (void)state;
    site_file("root/dated.txt", "dated");
    assert_int_equal(utimensat(site.directory, "root/dated.txt", times, 0), 0);
    assert_int_equal(open_path(&site.root, "/dated.txt", &file), FS_FOUND);
    close(file.descriptor);
    assert_int_equal(file.size, 5);
    assert_int_equal(file.modified.tv_sec, 784111777);
    assert_int_equal(file.modified.tv_nsec, 123456789);
}

static void test_a_file_may_be_larger_than_32_bits_can_say(void **state)
{
    struct file file;
    (void)state;
    site_file("root/large", "");
    int large = openat(site.directory, "root/large", O_WRONLY | O_CLOEXEC);
    assert_int_equal(ftruncate(large, 5000000001), 0);
    close(large);
    assert_int_equal(open_path(&site.root, "/large", &file), FS_FOUND);
    close(file.descriptor);
    assert_int_equal(file.size, 5000000001);
    assert_int_equal(unlinkat(site.directory, "root/large", 0), 0);
}

/* Of the file that was found: index.html, name, or name.html. */
static void test_the_media_type_is_that_of_the_file_found(void **state)
{
    static const char *const paths[] = {"/", "/dir/", "/about", "/about.html", "/dir/page"};
    struct file file;
    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) {
        assert_int_equal(open_path(&site.root, paths[i], &file), FS_FOUND);
        close(file.descriptor);
        assert_string_equal(file.media_type, "text/html; charset=utf-8");
    }
    assert_int_equal(open_path(&site.root, "/bare/deep/file.css", &file), FS_FOUND);
    close(file.descriptor);
    assert_string_equal(file.media_type, "text/css; charset=utf-8");
    assert_int_equal(open_path(&site.root, "/page.html/file", &file), FS_FOUND);
    close(file.descriptor);
    assert_string_equal(file.media_type, "application/octet-stream");
}

static void test_a_file_is_open_for_reading_only_and_not_for_children(void **state)
{
    struct file file;
    (void)state;
    assert_int_equal(open_path(&site.root, "/file.txt", &file), FS_FOUND);
    assert_int_equal(fcntl(file.descriptor, F_GETFL) & O_ACCMODE, O_RDONLY);
    assert_true((fcntl(file.descriptor, F_GETFD) & FD_CLOEXEC) != 0);
    close(file.descriptor);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_path_names_a_file),
        cmocka_unit_test(test_a_path_that_ends_in_a_slash_names_index_html),
        cmocka_unit_test(test_a_directory_without_index_html_is_not_found),
        cmocka_unit_test(test_a_directory_without_its_slash_is_a_directory),
        cmocka_unit_test(test_where_nothing_has_the_name_html_is_tried),
        cmocka_unit_test(test_what_has_the_name_goes_before_html),
        cmocka_unit_test(test_a_directory_that_is_called_like_a_page_is_no_page),
        cmocka_unit_test(test_a_file_is_no_directory),
        cmocka_unit_test(test_what_is_not_there_is_not_found),
        cmocka_unit_test(test_a_second_slash_leads_nowhere),
        cmocka_unit_test(test_a_path_that_is_not_absolute_is_refused),
        cmocka_unit_test(test_names_are_any_octets),
        cmocka_unit_test(test_size_and_time_are_those_of_the_file),
        cmocka_unit_test(test_a_file_may_be_larger_than_32_bits_can_say),
        cmocka_unit_test(test_the_media_type_is_that_of_the_file_found),
        cmocka_unit_test(test_a_file_is_open_for_reading_only_and_not_for_children),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
