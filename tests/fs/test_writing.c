/* Files made, replaced, appended to and removed; and what is refused. */
#include "fs/writing.h"
#include "tests/support/site.h"

enum { LARGE = 300 * 1000 };

static struct parent parent;

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_directory("root/dir");
    site_directory("root/.hidden");
    site_directory("root/.well-known");
    site_file("outside/secret", "secret");
    site_file("root/file", "before");
    site_link("root/link", "file");
    site_link("root/link_out", "../outside/secret");
    site_link("root/dir_out", "../outside");
    site_link("root/dir_in", "dir");
    return mkfifoat(site.directory, "root/fifo", 0644);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, site_remove)

static void assert_parent(const char *path, enum fs_status expected)
{
    size_t descriptors = count_descriptors();
    const char *guarded = guard_end(0, path, strlen(path) + 1);
    enum fs_status status = fs_open_parent(&site.root, guarded, &parent);
    if (status != expected) fail_msg("%.80s: %d instead of %d", path, (int)status, (int)expected);
    assert_int_equal(count_descriptors(), descriptors + (status == FS_FOUND));
    if (status == FS_FOUND) fs_close_parent(&parent);
}

static enum fs_status replace(const char *path, const char *content)
{
    assert_int_equal(fs_open_parent(&site.root, path, &parent), FS_FOUND);
    enum fs_status status = fs_replace(&parent, content, strlen(content));
    fs_close_parent(&parent);
    return status;
}

static enum fs_status append(const char *path, const char *content)
{
    assert_int_equal(fs_open_parent(&site.root, path, &parent), FS_FOUND);
    enum fs_status status = fs_append(&parent, content, strlen(content));
    fs_close_parent(&parent);
    return status;
}

static enum fs_status remove_path(const char *path)
{
    assert_int_equal(fs_open_parent(&site.root, path, &parent), FS_FOUND);
    enum fs_status status = fs_remove(&parent);
    fs_close_parent(&parent);
    return status;
}

static enum fs_status look_at(const char *path, struct file *file)
{
    assert_int_equal(fs_open_parent(&site.root, path, &parent), FS_FOUND);
    enum fs_status status = fs_look(&parent, file);
    fs_close_parent(&parent);
    return status;
}

/* What the name leads to, a symlink followed or not. */
static mode_t kind_of(const char *name, int flags)
{
    struct stat status;
    return fstatat(site.directory, name, &status, flags) == 0 ? status.st_mode & S_IFMT : 0;
}

static void assert_content(const char *name, const char *content)
{
    char octets[100] = "";
    int file = openat(site.directory, name, O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(read(file, octets, sizeof octets - 1), strlen(content));
    assert_string_equal(octets, content);
    close(file);
}

/* How many entries, hidden ones included, without "." and "..". */
static size_t count_entries(const char *name)
{
    size_t count = 0;
    DIR *stream = fdopendir(openat(site.directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    assert_non_null(stream);
    while (readdir(stream) != NULL) count++;
    closedir(stream);
    return count - 2;
}

static void test_the_parent_is_that_of_the_last_segment(void **state)
{
    struct stat opened, expected;
    (void)state;
    assert_int_equal(fs_open_parent(&site.root, "/dir/name.txt", &parent), FS_FOUND);
    assert_string_equal(parent.name, "name.txt");
    assert_int_equal(fstat(parent.directory, &opened), 0);
    assert_int_equal(fstatat(site.directory, "root/dir", &expected, 0), 0);
    assert_int_equal(opened.st_ino, expected.st_ino);
    fs_close_parent(&parent);
    assert_int_equal(parent.directory, -1);
    assert_parent("/name", FS_FOUND);
    assert_parent("//name", FS_FOUND);
    assert_parent("/dir_in/name", FS_FOUND);
    assert_parent("/.well-known/name", FS_FOUND);
}

static void test_a_parent_that_is_not_there_is_not_found(void **state)
{
    (void)state;
    assert_parent("/nothing/name", FS_NOT_FOUND);
    assert_parent("/nothing/", FS_NOT_FOUND);
    assert_parent("/file/name", FS_NOT_FOUND);
    assert_parent("/fifo/name", FS_NOT_FOUND);
}

static void test_a_path_that_ends_in_a_slash_names_a_directory(void **state)
{
    (void)state;
    assert_parent("/", FS_DIRECTORY);
    assert_parent("/dir/", FS_DIRECTORY);
}

static void test_what_is_hidden_has_no_parent(void **state)
{
    (void)state;
    assert_parent("/.hidden/name", FS_NOT_SERVED);
    assert_parent("/.name", FS_NOT_SERVED);
    assert_parent("/dir/.strata-0", FS_NOT_SERVED);
}

static void test_nothing_leads_out_of_the_root(void **state)
{
    (void)state;
    assert_parent("/../outside/name", FS_NOT_SERVED);
    assert_parent("/..", FS_NOT_SERVED);
    assert_parent("/.", FS_NOT_SERVED);
    assert_parent("/dir_out/name", FS_NOT_SERVED);
    assert_parent("/dir_out/", FS_NOT_SERVED);
    assert_parent("name", FS_REFUSED);
    assert_parent("", FS_REFUSED);
}

static void test_a_name_too_long_for_a_file_is_not_found(void **state)
{
    static char path[2 * PATH_MAX];
    (void)state;
    memset(path, 'a', NAME_MAX + 1);
    path[0] = '/';
    assert_parent(path, FS_FOUND);
    strcat(path, "a");
    assert_parent(path, FS_NOT_FOUND);
    for (size_t i = 0; i + 2 < sizeof path; i += 2) memcpy(path + i, "/a", 3);
    assert_parent(path, FS_NOT_FOUND);
}

static void test_a_file_is_made_where_there_is_none(void **state)
{
    (void)state;
    assert_int_equal(replace("/dir/new", "content"), FS_FOUND);
    assert_content("root/dir/new", "content");
    assert_int_equal(count_entries("root/dir"), 1);
    assert_int_equal(replace("/dir/empty", ""), FS_FOUND);
    assert_content("root/dir/empty", "");
}

/* Who has the old one open reads all of it, and nothing of the new. */
static void test_a_reader_has_the_old_content_or_the_new(void **state)
{
    static char old[LARGE + 1], new[LARGE + 1], seen[LARGE + 1];
    (void)state;
    for (size_t i = 0; i < LARGE; i++) old[i] = site_octet(i), new[i] = site_octet(i + 1);
    assert_int_equal(replace("/large", old), FS_FOUND);
    int reader = openat(site.directory, "root/large", O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(reader, seen, LARGE / 2), LARGE / 2);
    assert_int_equal(replace("/large", new), FS_FOUND);
    assert_int_equal(read(reader, seen + LARGE / 2, LARGE / 2 + 1), LARGE / 2);
    assert_string_equal(seen, old);
    close(reader);
    reader = openat(site.directory, "root/large", O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(reader, seen, sizeof seen), LARGE);
    assert_string_equal(seen, new);
    close(reader);
}

static void test_a_symlink_is_replaced_and_not_followed(void **state)
{
    (void)state;
    assert_int_equal(replace("/link_out", "new"), FS_FOUND);
    assert_int_equal(kind_of("root/link_out", AT_SYMLINK_NOFOLLOW), S_IFREG);
    assert_content("outside/secret", "secret");
    assert_int_equal(replace("/link", "new"), FS_FOUND);
    assert_content("root/file", "before");
}

static void test_a_directory_is_not_replaced(void **state)
{
    size_t entries = count_entries("root");
    (void)state;
    assert_int_equal(replace("/dir", "content"), FS_DIRECTORY);
    assert_int_equal(kind_of("root/dir", 0), S_IFDIR);
    assert_int_equal(count_entries("root"), entries);
}

/* A process that was killed while it wrote leaves its temporary file. */
static void test_temporary_files_of_others_stay(void **state)
{
    (void)state;
    site_file("root/.strata-0", "theirs");
    site_link("root/.strata-1", "../outside/secret");
    assert_int_equal(replace("/file", "after"), FS_FOUND);
    assert_content("root/file", "after");
    assert_content("root/.strata-0", "theirs");
    assert_content("outside/secret", "secret");
}

static void test_without_a_free_temporary_name_nothing_is_written(void **state)
{
    char name[40];
    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "root/.strata-%d", i);
        site_file(name, "theirs");
    }
    assert_int_equal(replace("/file", "after"), FS_FAILED);
    assert_content("root/file", "before");
}

static void test_octets_are_appended(void **state)
{
    (void)state;
    assert_int_equal(append("/book", "one\n"), FS_FOUND);
    assert_int_equal(append("/book", "two\n"), FS_FOUND);
    assert_content("root/book", "one\ntwo\n");
    assert_int_equal(append("/file", " and after"), FS_FOUND);
    assert_content("root/file", "before and after");
}

/* A blocked open would end the test. */
static void test_nothing_is_appended_to_what_is_no_file(void **state)
{
    (void)state;
    alarm(10);
    assert_int_equal(append("/fifo", "x"), FS_NOT_SERVED);
    int reader = openat(site.directory, "root/fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_int_equal(append("/fifo", "x"), FS_NOT_SERVED);
    char octet;
    assert_int_equal(read(reader, &octet, 1), 0);
    close(reader);
    alarm(0);
    assert_int_equal(append("/dir", "x"), FS_DIRECTORY);
    assert_int_equal(append("/link_out", "x"), FS_NOT_SERVED);
    assert_int_equal(append("/link", "x"), FS_NOT_SERVED);
    assert_content("outside/secret", "secret");
    assert_content("root/file", "before");
}

static void test_a_file_is_removed(void **state)
{
    (void)state;
    assert_int_equal(remove_path("/file"), FS_FOUND);
    assert_int_equal(kind_of("root/file", 0), 0);
    assert_int_equal(remove_path("/file"), FS_NOT_FOUND);
    assert_int_equal(remove_path("/link_out"), FS_FOUND);
    assert_content("outside/secret", "secret");
}

static void test_a_directory_is_not_removed(void **state)
{
    (void)state;
    assert_int_equal(remove_path("/dir"), FS_DIRECTORY);
    assert_int_equal(kind_of("root/dir", 0), S_IFDIR);
}

static void test_what_is_there_is_looked_at_without_following_it(void **state)
{
    struct file file;
    (void)state;
    site_time("root/file", 1000, 5);
    assert_int_equal(look_at("/file", &file), FS_FOUND);
    assert_int_equal(file.size, strlen("before"));
    assert_int_equal(file.modified.tv_sec, 1000);
    assert_int_equal(file.modified.tv_nsec, 5);
    assert_int_equal(look_at("/link_out", &file), FS_FOUND);
    assert_int_equal(file.size, strlen("../outside/secret"));
    assert_int_equal(look_at("/dir", &file), FS_DIRECTORY);
    assert_int_equal(look_at("/fifo", &file), FS_NOT_SERVED);
    assert_int_equal(look_at("/nothing", &file), FS_NOT_FOUND);
}

/* The directory that was opened is meant, wherever it is by now. */
static void test_a_directory_that_is_moved_takes_the_change_along(void **state)
{
    (void)state;
    assert_int_equal(fs_open_parent(&site.root, "/dir/new", &parent), FS_FOUND);
    assert_int_equal(renameat(site.directory, "root/dir", site.directory, "root/moved"), 0);
    site_link("root/dir", "../outside");
    assert_int_equal(fs_replace(&parent, "content", 7), FS_FOUND);
    fs_close_parent(&parent);
    assert_content("root/moved/new", "content");
    assert_int_equal(kind_of("outside/new", 0), 0);
}

static void test_a_directory_that_was_removed_takes_nothing(void **state)
{
    (void)state;
    assert_int_equal(fs_open_parent(&site.root, "/dir/new", &parent), FS_FOUND);
    assert_int_equal(unlinkat(site.directory, "root/dir", AT_REMOVEDIR), 0);
    assert_int_equal(fs_replace(&parent, "content", 7), FS_NOT_FOUND);
    assert_int_equal(fs_append(&parent, "content", 7), FS_NOT_FOUND);
    assert_int_equal(fs_remove(&parent), FS_NOT_FOUND);
    fs_close_parent(&parent);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        IN_TREE(test_the_parent_is_that_of_the_last_segment),
        IN_TREE(test_a_parent_that_is_not_there_is_not_found),
        IN_TREE(test_a_path_that_ends_in_a_slash_names_a_directory),
        IN_TREE(test_what_is_hidden_has_no_parent),
        IN_TREE(test_nothing_leads_out_of_the_root),
        IN_TREE(test_a_name_too_long_for_a_file_is_not_found),
        IN_TREE(test_a_file_is_made_where_there_is_none),
        IN_TREE(test_a_reader_has_the_old_content_or_the_new),
        IN_TREE(test_a_symlink_is_replaced_and_not_followed),
        IN_TREE(test_a_directory_is_not_replaced),
        IN_TREE(test_temporary_files_of_others_stay),
        IN_TREE(test_without_a_free_temporary_name_nothing_is_written),
        IN_TREE(test_octets_are_appended),
        IN_TREE(test_nothing_is_appended_to_what_is_no_file),
        IN_TREE(test_a_file_is_removed),
        IN_TREE(test_a_directory_is_not_removed),
        IN_TREE(test_what_is_there_is_looked_at_without_following_it),
        IN_TREE(test_a_directory_that_is_moved_takes_the_change_along),
        IN_TREE(test_a_directory_that_was_removed_takes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
