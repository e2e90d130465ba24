/* What a directory holds: which names are listed, in which order, and what is said of each. */
#include "tests/support/listed.h"

#include <sys/socket.h>
#include <sys/un.h>

static int make_socket(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%.60s/%s", site.path, name);
    int result = bind(listener, (struct sockaddr *)&address, sizeof address);
    close(listener);
    return result;
}

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/file", "file");
    site_directory("root/empty");
    site_directory("root/order");
    site_file("root/order/b", "");
    site_file("root/order/B", "");
    site_file("root/order/a b", "");
    site_file("root/order/a", "");
    site_file("root/order/a.txt", "");
    site_file("root/order/a-txt", "");
    site_file("root/order/10", "");
    site_file("root/order/9", "");
    site_file("root/order/\xc3\xa9", "");
    site_file("root/order/\xff", "");
    site_file("root/order/~", "");
    site_directory("root/order/z");
    site_directory("root/order/Z");
    site_directory("root/order/\xc3\xa4");
    site_directory("root/hidden");
    site_file("root/hidden/.htaccess", "");
    site_directory("root/hidden/.git");
    site_file("root/hidden/...", "");
    site_file("root/hidden/seen.", "");
    site_directory("root/.well-known");
    site_file("root/.well-known/security.txt", "");
    site_directory("root/.secret");
    site_file("root/.secret/file", "");
    site_directory("root/controls");
    site_directory("root/kinds");
    site_file("root/kinds/file", "");
    site_directory("root/kinds/directory");
    return mkfifoat(site.directory, "root/kinds/fifo", 0644) | make_socket("root/kinds/socket");
}

static void test_directories_go_first_and_then_octets_decide(void **state)
{
    (void)state;
    assert_listed("/order/", "Z/|z/|\xc3\xa4/|10|9|B|a|a b|a-txt|a.txt|b|~|\xc3\xa9|\xff|");
}

static void test_an_empty_directory_is_found_and_has_no_entries(void **state)
{
    (void)state;
    assert_listed("/empty/", "");
}

static void test_the_root_is_a_directory_like_any_other(void **state)
{
    (void)state;
    assert_listed("/", "controls/|empty/|hidden/|kinds/|order/|file|");
}

static void test_names_that_start_with_a_dot_are_left_out(void **state)
{
    (void)state;
    assert_listed("/hidden/", "seen.|");
}

static void test_a_hidden_directory_is_not_served(void **state)
{
    (void)state;
    assert_not_listed("/.secret/", FS_NOT_SERVED);
    assert_not_listed("/hidden/.git/", FS_NOT_SERVED);
    assert_not_listed("/./", FS_NOT_SERVED);
    assert_not_listed("/hidden/../", FS_NOT_SERVED);
    assert_not_listed("/../", FS_NOT_SERVED);
}

/* RFC 8615 */
static void test_well_known_is_not_hidden(void **state)
{
    (void)state;
    assert_listed("/.well-known/", "security.txt|");
}

/* No target can name them, encoded or not. */
static void test_names_with_a_control_character_are_left_out(void **state)
{
    (void)state;
    for (int octet = 1; octet < 256; octet++) {
        const bool control = octet < 0x20 || octet == 0x7f;
        char name[] = "root/controls/n?";
        if (octet == '/') continue;
        name[strlen(name) - 1] = (char)octet;
        site_file(name, "");
        assert_int_equal(list_path("/controls/"), FS_FOUND);
        if (listed.count != !control) fail_msg("0x%02x: %zu entries", octet, listed.count);
        assert_int_equal(unlinkat(site.directory, name, 0), 0);
    }
    site_file("root/controls/\x1b[2J", "");
    site_directory("root/controls/line\nfeed");
    assert_listed("/controls/", "");
}

static void test_fifos_and_sockets_are_left_out(void **state)
{
    (void)state;
    alarm(10);
    assert_listed("/kinds/", "directory/|file|");
    alarm(0);
}

static void test_devices_are_left_out(void **state)
{
    const struct document_root root = site.root;
    (void)state;
    assert_int_equal(document_root_open(&site.root, "/dev"), FS_FOUND);
    alarm(10);
    assert_int_equal(list_path("/"), FS_FOUND);
    alarm(0);
    document_root_close(&site.root);
    site.root = root;
    for (size_t i = 0; i < listed.count; i++) {
        assert_string_not_equal(listed.entries[i].name, "null");
        assert_string_not_equal(listed.entries[i].name, "zero");
    }
}

static void test_size_and_time_are_those_of_the_file(void **state)
{
    const struct timespec times[2] = {{0, UTIME_OMIT}, {1234567890, 999999999}};
    (void)state;
    site_directory("root/said");
    site_file("root/said/seven", "1234567");
    site_file("root/said/none", "");
    assert_int_equal(utimensat(site.directory, "root/said/seven", times, 0), 0);
    assert_listed("/said/", "none|seven|");
    assert_int_equal(listed_entry("seven")->size, 7);
    assert_int_equal(listed_entry("seven")->modified, 1234567890);
    assert_int_equal(listed_entry("none")->size, 0);
}

static void test_the_longest_name_is_listed_whole(void **state)
{
    char name[NAME_MAX + 1];
    char path[NAME_MAX + 32];
    (void)state;
    for (size_t i = 0; i < NAME_MAX; i++) name[i] = (char)('a' + i % 26);
    name[NAME_MAX] = '\0';
    site_directory("root/long");
    snprintf(path, sizeof path, "root/long/%s", name);
    site_file(path, "");
    assert_int_equal(list_path("/long/"), FS_FOUND);
    assert_int_equal(listed.count, 1);
    assert_string_equal(listed.entries[0].name, name);
}

static void test_what_is_no_directory_is_not_found(void **state)
{
    (void)state;
    assert_not_listed("/nothing/", FS_NOT_FOUND);
    assert_not_listed("/nothing/at/all/", FS_NOT_FOUND);
    assert_not_listed("/file/", FS_NOT_FOUND);
    assert_not_listed("/file/x/", FS_NOT_FOUND);
    alarm(10);
    assert_not_listed("/kinds/fifo/", FS_NOT_FOUND);
    assert_not_listed("/kinds/socket/", FS_NOT_FOUND);
    alarm(0);
}

static void test_a_path_without_its_slashes_is_not_found(void **state)
{
    (void)state;
    assert_not_listed("/order", FS_NOT_FOUND);
    assert_not_listed("order/", FS_NOT_FOUND);
    assert_not_listed("order", FS_NOT_FOUND);
    assert_not_listed("/file", FS_NOT_FOUND);
}

static void test_an_empty_path_is_not_found(void **state)
{
    (void)state;
    assert_not_listed("", FS_NOT_FOUND);
}

/* openat2(2) takes "//" for "/": a path with two slashes first must not become absolute. */
static void test_a_second_slash_does_not_lead_out(void **state)
{
    (void)state;
    assert_int_not_equal(list_path("//etc/"), FS_FOUND);
    assert_int_not_equal(list_path("///"), FS_FOUND);
    assert_int_not_equal(list_path("//"), FS_FOUND);
}

static void test_the_longest_path_is_not_found(void **state)
{
    static char path[64 * 1024];
    (void)state;
    for (size_t length = 4080; length < 4110; length++) {
        memset(path, 'x', length);
        for (size_t i = 0; i < length; i += 100) path[i] = '/';
        path[length - 1] = '/';
        path[length] = '\0';
        assert_not_listed(path, FS_NOT_FOUND);
    }
    memset(path, 'x', sizeof path - 1);
    path[0] = path[sizeof path - 2] = '/';
    assert_not_listed(path, FS_NOT_FOUND);
}

/* A path that the kernel takes, and a link in it whose name makes it a longer one. */
static void test_in_the_deepest_directory_a_link_is_followed_or_left_out(void **state)
{
    char path[PATH_MAX + 1] = "/";
    int directory = dup(site.root.directory);
    (void)state;
    while (strlen(path) + 201 < PATH_MAX) {
        site_descend(&directory, path, 'd');
        strcat(path, "/");
    }
    char name[NAME_MAX + 1];
    memset(name, 'l', NAME_MAX);
    name[NAME_MAX] = '\0';
    assert_int_equal(symlinkat("f", directory, name), 0);
    assert_int_equal(symlinkat("f", directory, "link"), 0);
    close(openat(directory, "f", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    close(directory);
    assert_listed(path, "f|link|");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_root_is_a_directory_like_any_other),
        cmocka_unit_test(test_directories_go_first_and_then_octets_decide),
        cmocka_unit_test(test_an_empty_directory_is_found_and_has_no_entries),
        cmocka_unit_test(test_names_that_start_with_a_dot_are_left_out),
        cmocka_unit_test(test_a_hidden_directory_is_not_served),
        cmocka_unit_test(test_well_known_is_not_hidden),
        cmocka_unit_test(test_names_with_a_control_character_are_left_out),
        cmocka_unit_test(test_fifos_and_sockets_are_left_out),
        cmocka_unit_test(test_devices_are_left_out),
        cmocka_unit_test(test_size_and_time_are_those_of_the_file),
        cmocka_unit_test(test_the_longest_name_is_listed_whole),
        cmocka_unit_test(test_what_is_no_directory_is_not_found),
        cmocka_unit_test(test_a_path_without_its_slashes_is_not_found),
        cmocka_unit_test(test_an_empty_path_is_not_found),
        cmocka_unit_test(test_a_second_slash_does_not_lead_out),
        cmocka_unit_test(test_the_longest_path_is_not_found),
        cmocka_unit_test(test_in_the_deepest_directory_a_link_is_followed_or_left_out),
    };
    return cmocka_run_group_tests(tests, make_tree, listed_close);
}
