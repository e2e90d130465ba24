/* What a site says in every response, and what it serves, as the options have it. */
#include "tests/server/opened_site.h"

static const char nosniff[] = "X-Content-Type-Options: nosniff\r\n";
static const char defaults[] =
    "Server: strata\r\nCache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n";

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/index.html", "index");
    site_file("root/app.html", "app");
    site_directory("root/sub");
    site_file("root/sub/app.txt", "app of sub");
    return 0;
}

/* Opens the site and closes it again: what it then holds is all but the root. */
static const struct site *opened(const struct options *options)
{
    static struct site last;
    const char *said;
    int status = open_site(&last, options, &said);
    if (status != EX_OK) fail_msg("%d: %s", status, said);
    site_close(&last);
    return &last;
}

static void test_without_options_every_response_has_three_fields(void **state)
{
    const struct options options = site_options();
    (void)state;
    assert_site_fields(&options, defaults);
}

static void test_the_server_field_can_be_left_out(void **state)
{
    struct options options = site_options();
    (void)state;
    options.no_server_field = true;
    assert_site_fields(&options, "Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n");
}

static void test_cache_control_is_what_the_option_says(void **state)
{
    struct options options = site_options();
    char expected[200];
    (void)state;
    options.cache_control = "public, max-age=31536000, immutable";
    snprintf(expected, sizeof expected, "Server: strata\r\nCache-Control: %s\r\n%s",
        options.cache_control, nosniff);
    assert_site_fields(&options, expected);
}

static void test_lines_are_added_in_their_order_behind_the_others(void **state)
{
    struct options options = site_options();
    char expected[500];
    (void)state;
    options.headers = (struct strings){3, {"X-B: 1", "X-A: 2", "X-B: 3"}};
    snprintf(expected, sizeof expected, "%sX-B: 1\r\nX-A: 2\r\nX-B: 3\r\n", defaults);
    assert_site_fields(&options, expected);
}

static void test_as_many_lines_as_there_may_be_are_all_added(void **state)
{
    struct options options = site_options();
    char expected[1000];
    char lines[OPTIONS_REPEATS_MAX][16];
    size_t length = (size_t)sprintf(expected, "%s", defaults);
    (void)state;
    for (size_t i = 0; i < OPTIONS_REPEATS_MAX; i++) {
        snprintf(lines[i], sizeof lines[i], "X-%zu: %zu", i, 7 * i);
        length += (size_t)sprintf(expected + length, "%s\r\n", lines[i]);
        options.headers.values[options.headers.count++] = lines[i];
    }
    assert_site_fields(&options, expected);
}

/* RFC 9110 §5.5, §5.6.2: what a line may be. */
static void test_whatever_is_a_field_line_is_taken_as_it_is(void **state)
{
    static const char *const lines[] = {"X-A: b", "X-A:b", "X-A:  b", "X-A:", "X-A: ", "x: b: c",
        "X-A: a\tb", "X-A: \"a, b\"; c=d", "X-A: \xc3\xa9\xff\x80", "1: 2",
        "!#$%&'*+-.^_`|~09azAZ: v", "Content-Security-Policy: default-src 'self'",
        "Access-Control-Allow-Origin: *", "Set-Cookie: a=b", "Link: </a.css>; rel=preload",
        "Content-Language: de", "Serve: r", "Servers: many", "X-Server: other", "ETags: many"};
    char expected[500];
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct options options = site_options();
        options.headers = (struct strings){1, {lines[i]}};
        snprintf(expected, sizeof expected, "%s%s\r\n", defaults, lines[i]);
        assert_site_fields(&options, expected);
    }
}

/* All lines together, with their CR LF. */
static void test_lines_that_fit_exactly_are_taken_whole(void **state)
{
    static char line[SITE_FIELDS_MAX];
    static char expected[2 * SITE_FIELDS_MAX];
    (void)state;
    for (size_t total = SITE_FIELDS_MAX - 2; total <= SITE_FIELDS_MAX; total++) {
        const size_t length = total - strlen(defaults) - strlen("\r\n");
        struct options options = site_options();
        for (size_t i = 0; i < length; i++) line[i] = (char)('a' + i % 26);
        memcpy(line, "X-Long: ", 8);
        line[length] = '\0';
        options.headers = (struct strings){1, {line}};
        snprintf(expected, sizeof expected, "%s%s\r\n", defaults, line);
        assert_site_fields(&options, expected);
    }
}

static void test_directories_are_listed_only_if_asked_for(void **state)
{
    struct options options = site_options();
    (void)state;
    assert_false(opened(&options)->lists);
    options.list = true;
    assert_true(opened(&options)->lists);
}

static void test_there_is_no_fallback_unless_asked_for(void **state)
{
    const struct options options = site_options();
    (void)state;
    assert_string_equal(opened(&options)->fallback, "");
}

static void test_a_fallback_is_a_path_with_its_slash_or_without(void **state)
{
    struct options options = site_options();
    (void)state;
    options.fallback = "app.html";
    assert_string_equal(opened(&options)->fallback, "/app.html");
    options.fallback = "/app.html";
    assert_string_equal(opened(&options)->fallback, "/app.html");
    options.fallback = "sub/app.txt";
    assert_string_equal(opened(&options)->fallback, "/sub/app.txt");
}

/* What a shell completes, and what find(1) prints. */
static void test_a_fallback_may_start_at_the_current_directory(void **state)
{
    struct options options = site_options();
    static struct site last;
    struct file file;
    const char *said;
    (void)state;
    options.fallback = "./app.html";
    assert_int_equal(open_site(&last, &options, &said), EX_OK);
    assert_int_equal(document_root_open_file(&last.root, last.fallback, &file), FS_FOUND);
    close(file.descriptor);
    site_close(&last);
}

static void test_what_is_served_is_beneath_the_directory(void **state)
{
    const struct options options = site_options();
    static struct site last;
    struct file file;
    const char *said;
    (void)state;
    assert_int_equal(open_site(&last, &options, &said), EX_OK);
    assert_int_equal(document_root_open_file(&last.root, "/sub/app.txt", &file), FS_FOUND);
    close(file.descriptor);
    site_close(&last);
    assert_int_equal(last.root.directory, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_options_every_response_has_three_fields),
        cmocka_unit_test(test_the_server_field_can_be_left_out),
        cmocka_unit_test(test_cache_control_is_what_the_option_says),
        cmocka_unit_test(test_lines_are_added_in_their_order_behind_the_others),
        cmocka_unit_test(test_as_many_lines_as_there_may_be_are_all_added),
        cmocka_unit_test(test_whatever_is_a_field_line_is_taken_as_it_is),
        cmocka_unit_test(test_lines_that_fit_exactly_are_taken_whole),
        cmocka_unit_test(test_directories_are_listed_only_if_asked_for),
        cmocka_unit_test(test_there_is_no_fallback_unless_asked_for),
        cmocka_unit_test(test_a_fallback_is_a_path_with_its_slash_or_without),
        cmocka_unit_test(test_a_fallback_may_start_at_the_current_directory),
        cmocka_unit_test(test_what_is_served_is_beneath_the_directory),
    };
    return cmocka_run_group_tests(tests, make_site, site_remove);
}
