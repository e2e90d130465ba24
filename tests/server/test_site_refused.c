/* What a site is not opened with: lines that would break a head or contradict the server, and
 * directories and fallbacks that are not there. Exit statuses are those of sysexits.h. */
#include "tests/server/opened_site.h"
#include "tests/support/look_ups.h"

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("outside/file", "outside");
    site_file("root/app.html", "app");
    site_file("root/.hidden", "hidden");
    site_directory("root/sub");
    site_link("root/out", "../outside/file");
    return mkfifoat(site.directory, "root/fifo", 0644);
}

static void assert_line_refused(const char *line, const char *named)
{
    struct options options = site_options();
    options.headers = (struct strings){3, {"X-A: first", line, "X-C: last"}};
    assert_site_refused(&options, EX_USAGE, named);
}

/* RFC 9110 §5.1, §5.6.2; RFC 9112 §5.1, §5.2 */
static void test_what_is_no_field_line_is_refused(void **state)
{
    static const char *const lines[] = {"", " ", ":", ": b", "X-A", "X-A b", "X-A : b", "X-A\t: b",
        " X-A: b", "\tX-A: b", "X A: b", "X(A): b", "X@A: b", "X/A: b", "\"X-A\": b",
        "X\xc3\xa9: b", "X-A\x80: b", "=X-A: b"};
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) assert_line_refused(lines[i], lines[i]);
}

/* RFC 9110 §5.5: with CR or LF in it, one line would be two. */
static void test_a_line_with_a_control_character_is_refused(void **state)
{
    (void)state;
    for (int octet = 1; octet < 0x80; octet++) {
        char in_value[] = "X-A: b?c";
        char at_end[] = "X-A: b?";
        char in_name[] = "X?A: b";
        if (octet >= 0x20 && octet != 0x7f) continue;
        in_value[6] = at_end[6] = in_name[1] = (char)octet;
        assert_line_refused(in_name, "X");
        if (octet == '\t') continue;
        assert_line_refused(in_value, "X-A");
        assert_line_refused(at_end, "X-A");
    }
    assert_line_refused("X-A: b\r\nX-B: c", "X-A");
    assert_line_refused("X-A: b\r\n", "X-A");
    assert_line_refused("X-A: b\r\n\r\n<p>", "X-A");
}

/* Every field that behaviour.md has the server send: a second one would contradict it. */
static void test_a_field_that_the_server_decides_is_refused_in_any_letters(void **state)
{
    static const char *const names[] = {"Content-Type", "Content-Length", "Content-Encoding",
        "Content-Range", "Last-Modified", "ETag", "Accept-Ranges", "Cache-Control", "Date",
        "Server", "X-Content-Type-Options", "Location", "Allow", "Retry-After", "Connection",
        "Keep-Alive", "Transfer-Encoding", "Trailer", "Upgrade"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char line[64];
        char other[64];
        snprintf(line, sizeof line, "%s: x", names[i]);
        assert_line_refused(line, names[i]);
        for (size_t at = 0; at <= strlen(line); at++)
            other[at] = (char)(line[at] >= 'a' && line[at] <= 'z' ? line[at] - 32 : line[at]);
        assert_line_refused(other, names[i]);
        for (size_t at = 0; at <= strlen(line); at++)
            other[at] = (char)(line[at] >= 'A' && line[at] <= 'Z' ? line[at] + 32 : line[at]);
        assert_line_refused(other, names[i]);
        snprintf(line, sizeof line, "%s:", names[i]);
        assert_line_refused(line, names[i]);
        snprintf(line, sizeof line, "%s : x", names[i]);
        assert_line_refused(line, names[i]);
    }
}

static void test_a_cache_control_that_breaks_the_head_is_refused(void **state)
{
    struct options options = site_options();
    (void)state;
    options.cache_control = "no-cache\r\nX-Forged: 1";
    assert_site_refused(&options, EX_USAGE, "Cache-Control");
    options.cache_control = "no-cache\n";
    assert_site_refused(&options, EX_USAGE, "Cache-Control");
    options.cache_control = "\x1b[2J";
    assert_site_refused(&options, EX_USAGE, "Cache-Control");
}

static void test_lines_that_are_too_long_together_are_refused(void **state)
{
    static char line[2 * SITE_FIELDS_MAX];
    static char half[SITE_FIELDS_MAX / 2];
    struct options options = site_options();
    const size_t others = strlen("Server: strata\r\nCache-Control: no-cache\r\n"
                                 "X-Content-Type-Options: nosniff\r\n");
    const size_t just = SITE_FIELDS_MAX + 1 - others - strlen("\r\n");
    (void)state;
    for (size_t length = just; length < sizeof line; length += 1 + length / 8) {
        memset(line, 'v', length);
        memcpy(line, "X-Long: ", 8);
        line[length] = '\0';
        options.headers = (struct strings){1, {line}};
        assert_site_refused(&options, EX_USAGE, "longer");
    }
    memset(half, 'v', sizeof half - 1);
    memcpy(half, "X-Half: ", 8);
    options.headers = (struct strings){2, {half, half}};
    assert_site_refused(&options, EX_USAGE, "longer");
    options = site_options();
    options.cache_control = line;
    assert_site_refused(&options, EX_USAGE, "longer");
}

static void test_a_directory_that_is_not_there_is_66(void **state)
{
    char name[300];
    struct options options = site_options();
    (void)state;
    snprintf(name, sizeof name, "%s/nothing", site.path);
    options.directory = name;
    assert_site_refused(&options, EX_NOINPUT, name);
    snprintf(name, sizeof name, "%s/root/app.html", site.path);
    assert_site_refused(&options, EX_NOINPUT, name);
    snprintf(name, sizeof name, "%s/loop", site.path);
    site_link("loop", "loop");
    assert_site_refused(&options, EX_NOINPUT, name);
    options.directory = "";
    assert_site_refused(&options, EX_NOINPUT, "cannot serve");
}

static void test_wrong_usage_is_said_before_the_directory_is_looked_for(void **state)
{
    struct options options = site_options();
    (void)state;
    options.directory = "/nothing/here";
    options.headers = (struct strings){1, {"X"}};
    assert_site_refused(&options, EX_USAGE, "'X'");
}

static void test_a_kernel_without_openat2_is_71(void **state)
{
    const struct options options = site_options();
    (void)state;
    look_ups = (struct look_ups){.error = ENOSYS, .failures = 1};
    assert_site_refused(&options, EX_OSERR, "Linux 5.6");
}

/* behaviour.md: 66 is for a directory that is not there, 71 for a system that refuses. */
static void test_a_system_that_refuses_is_71(void **state)
{
    static const int errors[] = {EIO, EMFILE, ENFILE, ENOMEM};
    const struct options options = site_options();
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        look_ups = (struct look_ups){.error = errors[i], .failures = 1};
        static struct site opened;
        const char *said;
        int status = open_site(&opened, &options, &said);
        if (status != EX_OSERR) fail_msg("%s: %d, %s", strerror(errors[i]), status, said);
    }
}

static void test_a_fallback_that_is_not_there_is_66(void **state)
{
    static const char *const names[] = {"nothing", "/nothing.html", "app.html/", "app.html/x"};
    struct options options = site_options();
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        options.fallback = names[i];
        assert_site_refused(&options, EX_NOINPUT, names[i]);
    }
}

static void test_a_fallback_that_is_no_regular_file_is_66(void **state)
{
    static const char *const names[] = {"sub", "/sub", "sub/", "fifo", "/", ""};
    struct options options = site_options();
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        options.fallback = names[i];
        assert_site_refused(&options, EX_NOINPUT, names[i]);
    }
}

static void test_a_fallback_that_would_not_be_served_is_66(void **state)
{
    char absolute[300];
    const char *const names[] = {".hidden", "out", "../outside/file", "/etc/passwd", absolute};
    struct options options = site_options();
    (void)state;
    snprintf(absolute, sizeof absolute, "%s/root/app.html", site.path);
    for (size_t i = 0; i < COUNT(names); i++) {
        options.fallback = names[i];
        assert_site_refused(&options, EX_NOINPUT, names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_field_line_is_refused),
        cmocka_unit_test(test_a_line_with_a_control_character_is_refused),
        cmocka_unit_test(test_a_field_that_the_server_decides_is_refused_in_any_letters),
        cmocka_unit_test(test_a_cache_control_that_breaks_the_head_is_refused),
        cmocka_unit_test(test_lines_that_are_too_long_together_are_refused),
        cmocka_unit_test(test_a_directory_that_is_not_there_is_66),
        cmocka_unit_test(test_wrong_usage_is_said_before_the_directory_is_looked_for),
        cmocka_unit_test(test_a_kernel_without_openat2_is_71),
        cmocka_unit_test(test_a_system_that_refuses_is_71),
        cmocka_unit_test(test_a_fallback_that_is_not_there_is_66),
        cmocka_unit_test(test_a_fallback_that_is_no_regular_file_is_66),
        cmocka_unit_test(test_a_fallback_that_would_not_be_served_is_66),
    };
    return cmocka_run_group_tests(tests, make_site, site_remove);
}
