/* What is said of a file that is kept: what was prepared once, as long as it holds. */
#include "http/date.h"
#include "tests/server/kept.h"

/* RFC 9110 §5.6.7 has this date as its example. */
#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
enum { TIME = 784111777 };

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/file.txt", "some octets");
    site_time("root/file.txt", TIME, 123456789);
    site_file("root/young.txt", "young");
    site_file("root/future.txt", "from the future");
    site_time("root/future.txt", KEPT_NOW + 3600, 0);
    site_file("root/built.txt", "reproducible");
    site_file("root/changed.txt", "");
    site_file_of("root/large.txt", ASK_LARGE);
    return 0;
}

static void test_the_second_answer_is_the_first_again(void **state)
{
    (void)state;
    const struct exchange *exchange = assert_same_kept("GET", "/file.txt", "", HTTP_OK);
    assert_string_equal(answered_range(exchange), "some octets");
    assert_field(&exchange->response, "Last-Modified", DATE);
    assert_field(&exchange->response, "Content-Length", "11");
    assert_length_is_right(exchange);
}

/* What is kept beside the file is what is said of it, with whatever octets. */
static void test_a_description_is_prepared_once(void **state)
{
    (void)state;
    assert_int_equal(ask_for("GET", "/file.txt", "")->loan.note_length, 0);
    char *type = memmem(asked->description.lines, asked->description.length, "text/plain", 10);
    assert_non_null(type);
    memcpy(type, "text/prose", 10);
    file_cache_annotate(&asked_site.files, &asked->loan, &asked->description,
        offsetof(struct description, lines) + asked->description.length);
    assert_field(
        &ask_kept("GET", "/file.txt", "")->response, "Content-Type", "text/prose; charset=utf-8");
    assert_field(
        &ask_kept("HEAD", "/file.txt", "")->response, "Content-Type", "text/prose; charset=utf-8");
}

static void test_it_is_prepared_once_for_a_file_that_stays_open(void **state)
{
    (void)state;
    assert_int_equal(ask_for("GET", "/large.txt", "")->loan.note_length, 0);
    assert_true(ask_kept("GET", "/large.txt", "")->loan.note_length > 0);
    assert_same_kept("GET", "/large.txt", "", HTTP_OK);
}

/* What fits a note; of the longest time stamps and lengths. */
static void test_a_description_fits_what_is_kept(void **state)
{
    (void)state;
    assert_in_range(sizeof(struct description), 1, FILE_NOTE_MAX);
}

/* RFC 9110 §8.8.1: it may change again under the same time stamp. */
static void test_a_young_file_has_a_weak_tag_though_it_is_kept(void **state)
{
    (void)state;
    site_time("root/young.txt", KEPT_NOW - 2, 500000000);
    assert_int_equal(strncmp(tag_of("/young.txt"), "W/\"", 3), 0);
    wait_for(KEPT_SECOND / 2 - 1);
    ask_kept("GET", "/young.txt", "");
    assert_int_equal(strncmp(tag_of("/young.txt"), "W/\"", 3), 0);
}

static void test_it_is_strong_as_soon_as_the_file_is_two_seconds_old(void **state)
{
    char weak[100];
    (void)state;
    site_time("root/young.txt", KEPT_NOW - 2, 500000000);
    snprintf(weak, sizeof weak, "%s", tag_of("/young.txt"));
    wait_for(KEPT_SECOND / 2);
    assert_field(&ask_kept("GET", "/young.txt", "")->response, "ETag", weak + 2);
    assert_field(&ask_kept("GET", "/young.txt", "")->response, "ETag", weak + 2);
    assert_true(asked->loan.note_length > 0);
}

/* RFC 9110 §13.1.5: If-Range by the tag, once it is strong. */
static void test_a_kept_file_has_ranges_by_its_tag_once_that_is_strong(void **state)
{
    char lines[200];
    (void)state;
    site_time("root/young.txt", KEPT_NOW - 2, 500000000);
    snprintf(lines, sizeof lines, "Range: bytes=1-2\r\nIf-Range: %s\r\n", tag_of("/young.txt") + 2);
    assert_int_equal(ask_kept("GET", "/young.txt", lines)->response.status, HTTP_OK);
    wait_for(KEPT_SECOND / 2);
    const struct exchange *exchange = ask_kept("GET", "/young.txt", lines);
    assert_int_equal(exchange->response.status, HTTP_PARTIAL_CONTENT);
    assert_string_equal(answered_range(exchange), "ou");
}

/* RFC 9110 §8.8.2.1: no Last-Modified after the Date. */
static void test_the_time_of_a_file_from_the_future_is_now_each_time(void **state)
{
    char date[HTTP_DATE_SIZE];
    (void)state;
    asked_now.tv_nsec = 900000000;
    http_format_date(KEPT_NOW, date);
    assert_field(&ask_for("GET", "/future.txt", "")->response, "Last-Modified", date);
    assert_field(&ask_kept("GET", "/future.txt", "")->response, "Last-Modified", date);
    wait_for(KEPT_SECOND / 2);
    http_format_date(KEPT_NOW + 1, date);
    assert_field(&ask_kept("GET", "/future.txt", "")->response, "Last-Modified", date);
    assert_int_equal(strncmp(tag_of("/future.txt"), "W/\"", 3), 0);
}

static void test_a_kept_reproducible_build_has_no_validators(void **state)
{
    static const char *const conditions[] = {
        "", "If-Modified-Since: " DATE "\r\n", "If-None-Match: \"a\"\r\n"};
    (void)state;
    for (int64_t time = 0; time <= 1; time++) {
        site_time("root/built.txt", time, 0);
        for (size_t i = 0; i < COUNT(conditions); i++) {
            const struct exchange *exchange =
                assert_same_kept("GET", "/built.txt", conditions[i], HTTP_OK);
            assert_no_field(&exchange->response, "ETag");
            assert_no_field(&exchange->response, "Last-Modified");
            assert_field(&exchange->response, "Accept-Ranges", "bytes");
            assert_true(exchange->loan.note_length > 0);
        }
    }
    site_time("root/built.txt", 2, 0);
    assert_field(&assert_same_kept("GET", "/built.txt", "", HTTP_OK)->response, "Last-Modified",
        "Thu, 01 Jan 1970 00:00:02 GMT");
}

/* All of the old state: content, length and tag belong together. */
static void test_for_a_second_a_replaced_file_is_what_it_was(void **state)
{
    (void)state;
    replace_file("root/changed.txt", "as it was", TIME);
    take_answer(ask_for("GET", "/changed.txt", ""), &anew);
    replace_file("root/changed.txt", "as it is now", TIME + 1);
    wait_for(KEPT_SECOND - 1);
    take_answer(ask_kept("GET", "/changed.txt", ""), &from_cache);
    assert_same_answer(&from_cache, &anew);
    assert_string_equal(from_cache.content, "as it was");
}

static void test_after_a_second_it_is_what_it_is_now(void **state)
{
    char tag[100];
    (void)state;
    replace_file("root/changed.txt", "as it was", TIME);
    snprintf(tag, sizeof tag, "%s", tag_of("/changed.txt"));
    ask_kept("GET", "/changed.txt", "");
    replace_file("root/changed.txt", "as it is now", TIME + 1);
    wait_for(KEPT_SECOND);
    const struct exchange *exchange = ask_for("GET", "/changed.txt", "");
    assert_string_equal(answered_range(exchange), "as it is now");
    assert_field(&exchange->response, "Content-Length", "12");
    assert_field(&exchange->response, "Last-Modified", "Sun, 06 Nov 1994 08:49:38 GMT");
    assert_string_not_equal(tag_of("/changed.txt"), tag);
}

static void test_a_file_that_was_written_into_is_believed_as_long(void **state)
{
    (void)state;
    overwrite_file("root/changed.txt", "as it was", TIME);
    take_answer(ask_for("GET", "/changed.txt", ""), &anew);
    overwrite_file("root/changed.txt", "shorter", TIME + 1);
    take_answer(ask_kept("GET", "/changed.txt", ""), &from_cache);
    assert_same_answer(&from_cache, &anew);
    wait_for(KEPT_SECOND);
    assert_string_equal(answered_range(ask_for("GET", "/changed.txt", "")), "shorter");
    assert_field(&asked->response, "Content-Length", "7");
    assert_field(&asked->response, "Last-Modified", "Sun, 06 Nov 1994 08:49:38 GMT");
}

/* It is sent from the file, which has other octets now: its length and its tag go with these. */
static void test_a_large_file_that_was_written_into_is_described_anew_at_once(void **state)
{
    char tag[100];
    (void)state;
    snprintf(tag, sizeof tag, "%s", tag_of("/large.txt"));
    ask_kept("GET", "/large.txt", "");
    overwrite_file("root/large.txt", "not large any more", TIME);
    const struct exchange *exchange = ask_for("GET", "/large.txt", "");
    assert_string_equal(answered_range(exchange), "not large any more");
    assert_field(&exchange->response, "Content-Length", "18");
    assert_field(&exchange->response, "Last-Modified", DATE);
    assert_string_not_equal(tag_of("/large.txt"), tag);
}

/* Whoever opens a file and then says nothing has not answered, kept or not. */
static void test_to_open_a_file_is_not_to_respond(void **state)
{
    (void)state;
    ask_for("GET", "/nothing", "");
    for (int i = 0; i < 2; i++) {
        prepare_exchange(asked, "GET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_true(exchange_open_file(asked));
        assert_true(asked->response.broken);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEEPING(test_the_second_answer_is_the_first_again),
        KEEPING(test_a_description_is_prepared_once),
        KEEPING(test_it_is_prepared_once_for_a_file_that_stays_open),
        KEEPING(test_a_description_fits_what_is_kept),
        KEEPING(test_a_young_file_has_a_weak_tag_though_it_is_kept),
        KEEPING(test_it_is_strong_as_soon_as_the_file_is_two_seconds_old),
        KEEPING(test_a_kept_file_has_ranges_by_its_tag_once_that_is_strong),
        KEEPING(test_the_time_of_a_file_from_the_future_is_now_each_time),
        KEEPING(test_a_kept_reproducible_build_has_no_validators),
        KEEPING(test_for_a_second_a_replaced_file_is_what_it_was),
        KEEPING(test_after_a_second_it_is_what_it_is_now),
        KEEPING(test_a_file_that_was_written_into_is_believed_as_long),
        KEEPING(test_a_large_file_that_was_written_into_is_described_anew_at_once),
        KEEPING(test_to_open_a_file_is_not_to_respond),
    };
    return cmocka_run_group_tests(tests, make_site, ask_close);
}
