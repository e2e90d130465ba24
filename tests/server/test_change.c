/* What handlers that write stand on: the place, the state it is in, and what became of it. */
#include "server/story.h"
#include "server/worker.h"
#include "tests/server/ask.h"
#include "tests/support/captured.h"

#include <errno.h>

enum { TIME = 784111777 };

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_directory("root/dir");
    site_file("root/file", "before");
    site_time("root/file", TIME, 0);
    site_file("root/dir/index.html", "index");
    /* A test that failed may have kept it locked. */
    pthread_mutex_init(&asked_site.changes, NULL);
    return mkfifoat(site.directory, "root/fifo", 0644);
}

static int close_site(void **state)
{
    if (asked_has_cache) file_cache_close(&asked_site.files);
    asked_has_cache = false;
    return ask_close(state);
}

#define WITH_SITE(test) cmocka_unit_test_setup_teardown(test, make_site, close_site)

/* A method of the table is wanted; which one does not matter here, but to preconditions. */
static bool open_with(const char *path, const char *lines)
{
    static char head[1000];
    if (asked == NULL) assert_non_null(asked = calloc(1, sizeof *asked));
    snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n", path, lines);
    prepare_exchange(asked, head);
    asked->parent.directory = -1;
    return exchange_open_parent(asked, HTTP_FAULT_NO_PARENT);
}

static bool is_locked(void)
{
    bool locked = pthread_mutex_trylock(&asked_site.changes) == EBUSY;
    if (!locked) pthread_mutex_unlock(&asked_site.changes);
    return locked;
}

static void assert_refused(const char *path, enum http_status expected)
{
    size_t descriptors = count_descriptors();
    assert_false(open_with(path, ""));
    if (asked->response.status != expected)
        fail_msg("%s: %d instead of %d", path, (int)asked->response.status, (int)expected);
    exchange_end_change(asked);
    assert_false(is_locked());
    assert_int_equal(count_descriptors(), descriptors);
}

static void test_what_cannot_be_changed_is_refused(void **state)
{
    (void)state;
    assert_refused("/dir", HTTP_CONFLICT);
    assert_refused("/dir/", HTTP_CONFLICT);
    assert_refused("/", HTTP_CONFLICT);
    assert_refused("/nothing/file", HTTP_CONFLICT);
    assert_refused("/fifo", HTTP_NOT_FOUND);
    assert_refused("/.hidden", HTTP_NOT_FOUND);
}

/* RFC 9110 §13.2.1: the state is looked at and changed without another change between. */
static void test_nobody_else_changes_a_file_meanwhile(void **state)
{
    (void)state;
    assert_true(open_with("/file", ""));
    assert_true(is_locked());
    size_t descriptors = count_descriptors();
    exchange_end_change(asked);
    assert_false(is_locked());
    assert_int_equal(count_descriptors(), descriptors - 1);
    exchange_end_change(asked);
    assert_false(is_locked());
}

static void test_a_file_is_present_under_its_own_name_only(void **state)
{
    static const struct {
        const char *path;
        bool is_present;
    } paths[] = {
        {"/file", true}, {"/new", false}, {"/dir/index", false}, {"/dir/index.html", true}};
    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) {
        assert_true(open_with(paths[i].path, ""));
        assert_int_equal(asked->is_present, paths[i].is_present);
        exchange_end_change(asked);
    }
}

static bool passes(const char *path, const char *lines)
{
    assert_true(open_with(path, lines));
    bool done = exchange_meets_preconditions(asked);
    if (!done) assert_int_equal(asked->response.status, HTTP_PRECONDITION_FAILED);
    exchange_end_change(asked);
    return done;
}

static void test_preconditions_are_for_the_file_that_is_there(void **state)
{
    char lines[200];
    (void)state;
    snprintf(lines, sizeof lines, "If-Match: %s\r\n", tag_of("/file"));
    assert_true(passes("/file", lines));
    assert_true(passes("/file", "If-Match: *\r\n"));
    assert_false(passes("/file", "If-Match: \"other\"\r\n"));
    assert_false(passes("/file", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n"));
    assert_false(passes("/new", "If-Match: *\r\n"));
    assert_true(passes("/new", "If-None-Match: *\r\n"));
}

/* A second of belief is for readers. */
static void test_the_state_is_that_of_the_disk_and_not_what_the_cache_believes(void **state)
{
    char lines[200];
    (void)state;
    asked_has_cache = true;
    file_cache_open(&asked_site.files, &asked_site.root, 8, true);
    snprintf(lines, sizeof lines, "If-Match: %s\r\n", tag_of("/file"));
    assert_int_equal(unlinkat(site.directory, "root/file", 0), 0);
    assert_int_equal(ask_for("GET", "/file", "")->response.status, HTTP_OK);
    assert_false(passes("/file", lines));
}

static void test_a_change_is_seen_by_the_next_request(void **state)
{
    (void)state;
    asked_has_cache = true;
    asked_clock = 1;
    file_cache_open(&asked_site.files, &asked_site.root, 8, true);
    assert_string_equal(answered_content(ask_for("GET", "/file", "")), "before");
    assert_true(open_with("/file", ""));
    assert_true(exchange_changed(asked, fs_replace(&asked->parent, "after", 5)));
    exchange_end_change(asked);
    asked_clock = 2;
    assert_string_equal(answered_content(ask_for("GET", "/file", "")), "after");
    asked_clock = 0;
}

static void test_what_the_disk_says_is_what_the_response_says(void **state)
{
    static const struct {
        enum fs_status status;
        enum http_status expected;
    } rows[] = {
        {FS_NOT_FOUND, HTTP_NOT_FOUND},
        {FS_NOT_SERVED, HTTP_NOT_FOUND},
        {FS_DIRECTORY, HTTP_CONFLICT},
        {FS_FORBIDDEN, HTTP_FORBIDDEN},
        {FS_FULL, HTTP_SERVICE_UNAVAILABLE},
        {FS_EXHAUSTED, HTTP_SERVICE_UNAVAILABLE},
        {FS_FAILED, HTTP_INTERNAL_SERVER_ERROR},
        {FS_REFUSED, HTTP_INTERNAL_SERVER_ERROR},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(open_with("/file", ""));
        assert_false(exchange_changed(asked, rows[i].status));
        assert_int_equal(asked->response.status, rows[i].expected);
        assert_false(asked->response.broken);
        if (rows[i].expected == HTTP_SERVICE_UNAVAILABLE)
            assert_field(&asked->response, "Retry-After", "1");
        exchange_end_change(asked);
    }
}

static void test_a_change_is_told_and_so_is_why_there_was_none(void **state)
{
    struct explain explain = {.layers = (1u << LAYER_COUNT) - 1};
    struct session session = {.number = 1};
    struct story story = {.explain = &explain, .session = &session};
    (void)state;
    assert_true(open_with("/file", ""));
    asked->story = &story;
    capture_begin(STDERR_FILENO);
    exchange_changed(asked, FS_FOUND);
    assert_non_null(strstr(capture_end(), " fs        changed    /file\n"));
    capture_begin(STDERR_FILENO);
    exchange_changed(asked, FS_FULL);
    assert_non_null(strstr(capture_end(), " missed     /file: no room left on the disk\n"));
    exchange_end_change(asked);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WITH_SITE(test_what_cannot_be_changed_is_refused),
        WITH_SITE(test_nobody_else_changes_a_file_meanwhile),
        WITH_SITE(test_a_file_is_present_under_its_own_name_only),
        WITH_SITE(test_preconditions_are_for_the_file_that_is_there),
        WITH_SITE(test_the_state_is_that_of_the_disk_and_not_what_the_cache_believes),
        WITH_SITE(test_a_change_is_seen_by_the_next_request),
        WITH_SITE(test_a_change_is_told_and_so_is_why_there_was_none),
        WITH_SITE(test_what_the_disk_says_is_what_the_response_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
