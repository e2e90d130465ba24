/* What is no regular file, and what may not be read. */
#include "tests/support/site.h"

#include <grp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

enum { NOBODY = 65534, CANNOT_DROP = 77, LEAKED = 78 };

static int make_tree(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (site_make(state) != 0) return -1;
    if (mkfifoat(site.directory, "root/fifo", 0644) != 0 ||
        mkfifoat(site.directory, "root/pipe.html", 0644) != 0)
        return -1;
    snprintf(address.sun_path, sizeof address.sun_path, "%.60s/root/socket", site.path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0) return -1;
    close(listener);
    site_file("root/file", "file");
    site_file("root/unreadable", "unreadable");
    site_file("root/unreadable.html", "readable");
    site_file("root/page.html", "unreadable");
    site_directory("root/dir");
    site_file("root/dir/index.html", "unreadable");
    site_directory("root/locked");
    site_file("root/locked/index.html", "locked");
    site_directory("root/search-only");
    site_file("root/search-only/index.html", "index");
    return fchmodat(site.directory, "root/unreadable", 0, 0) |
        fchmodat(site.directory, "root/page.html", 0, 0) |
        fchmodat(site.directory, "root/dir/index.html", 0, 0) |
        fchmodat(site.directory, "root/locked", 0, 0) |
        fchmodat(site.directory, "root/search-only", 0111, 0);
}

/* A blocked open would end the test. */
static void test_a_fifo_without_a_writer_is_not_served_and_does_not_block(void **state)
{
    (void)state;
    alarm(10);
    assert_outcome("/fifo", FS_NOT_SERVED);
    assert_outcome("/pipe", FS_NOT_SERVED);
    assert_outcome("/pipe.html", FS_NOT_SERVED);
    alarm(0);
}

static void test_a_fifo_with_a_writer_is_not_served(void **state)
{
    int fifo = openat(site.directory, "root/fifo", O_RDWR | O_CLOEXEC);
    (void)state;
    assert_true(fifo >= 0);
    assert_int_equal(write(fifo, "octets", 6), 6);
    assert_outcome("/fifo", FS_NOT_SERVED);
    close(fifo);
}

static void test_a_socket_is_not_served(void **state)
{
    (void)state;
    assert_outcome("/socket", FS_NOT_SERVED);
}

static void test_a_device_is_not_served(void **state)
{
    static const char *const paths[] = {"/null", "/zero", "/tty"};
    struct document_root root;
    struct file file;
    (void)state;
    assert_int_equal(document_root_open(&root, "/dev"), FS_FOUND);
    alarm(10);
    for (size_t i = 0; i < COUNT(paths); i++)
        assert_int_equal(open_path(&root, paths[i], &file), FS_NOT_SERVED);
    alarm(0);
    document_root_close(&root);
}

/* A process without a controlling terminal would get one by opening it. */
static void test_a_terminal_does_not_become_that_of_the_process(void **state)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    const char *name = terminal < 0 ? NULL : ptsname(terminal);
    int status = 0;
    (void)state;
    if (name == NULL || unlockpt(terminal) != 0 || strncmp(name, "/dev/pts/", 9) != 0) skip();
    pid_t child = fork();
    if (child == 0) {
        struct document_root root;
        struct file file;
        if (setsid() < 0 || document_root_open(&root, "/dev/pts") != FS_FOUND) _exit(2);
        enum fs_status outcome = document_root_open_file(&root, name + strlen("/dev/pts"), &file);
        _exit(outcome == FS_NOT_SERVED && open("/dev/tty", O_RDWR | O_CLOEXEC) < 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(terminal);
}

/* What is not a regular file is no directory either. */
static void test_beneath_a_fifo_there_is_nothing(void **state)
{
    (void)state;
    assert_outcome("/fifo/", FS_NOT_FOUND);
    assert_outcome("/fifo/x", FS_NOT_FOUND);
    assert_outcome("/socket/x", FS_NOT_FOUND);
}

/* What a process without privileges gets, in a child: to root every file is readable. */
static enum fs_status status_to_nobody(const char *path)
{
    pid_t child = fork();
    if (child == 0) {
        struct file file;
        bool root = geteuid() == 0;
        if (root && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
            _exit(CANNOT_DROP);
        close(STDIN_FILENO); /* 0 is a descriptor like any other */
        size_t descriptors = count_descriptors();
        enum fs_status status = document_root_open_file(&site.root, path, &file);
        _exit(count_descriptors() == descriptors + (status == FS_FOUND) ? (int)status : LEAKED);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == CANNOT_DROP) skip();
    return (enum fs_status)WEXITSTATUS(status);
}

static void test_a_file_without_read_permission_is_forbidden(void **state)
{
    (void)state;
    assert_int_equal(status_to_nobody("/file"), FS_FOUND);
    assert_int_equal(status_to_nobody("/unreadable"), FS_FORBIDDEN);
    assert_int_equal(status_to_nobody("/page"), FS_FORBIDDEN);
    assert_int_equal(status_to_nobody("/page.html"), FS_FORBIDDEN);
    assert_int_equal(status_to_nobody("/dir/"), FS_FORBIDDEN);
    assert_int_equal(status_to_nobody("/dir"), FS_DIRECTORY);
}

static void test_a_directory_without_search_permission_is_forbidden(void **state)
{
    (void)state;
    assert_int_equal(status_to_nobody("/locked/"), FS_FORBIDDEN);
    assert_int_equal(status_to_nobody("/locked/index.html"), FS_FORBIDDEN);
    assert_int_equal(status_to_nobody("/locked/nothing"), FS_FORBIDDEN);
}

/* Its index is served, so its name without a slash has to lead there. */
static void test_a_directory_that_can_only_be_searched_is_a_directory(void **state)
{
    (void)state;
    assert_int_equal(status_to_nobody("/search-only/"), FS_FOUND);
    assert_int_equal(status_to_nobody("/search-only"), FS_DIRECTORY);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_fifo_without_a_writer_is_not_served_and_does_not_block),
        cmocka_unit_test(test_a_fifo_with_a_writer_is_not_served),
        cmocka_unit_test(test_a_socket_is_not_served),
        cmocka_unit_test(test_a_device_is_not_served),
        cmocka_unit_test(test_a_terminal_does_not_become_that_of_the_process),
        cmocka_unit_test(test_beneath_a_fifo_there_is_nothing),
        cmocka_unit_test(test_a_file_without_read_permission_is_forbidden),
        cmocka_unit_test(test_a_directory_without_search_permission_is_forbidden),
        cmocka_unit_test(test_a_directory_that_can_only_be_searched_is_a_directory),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
