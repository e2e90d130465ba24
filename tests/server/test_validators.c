/* What a response says of the state of a file: RFC 9110 §8.8. */
#include "http/date.h"
#include "tests/server/ask.h"

/* RFC 9110 §5.6.7 has this date as its example. */
#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
enum { TIME = 784111777 };

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/file.txt", "some octets");
    site_time("root/file.txt", TIME, 123456789);
    site_file("root/built.txt", "reproducible");
    return 0;
}

static void test_a_file_has_both_validators(void **state)
{
    const struct exchange *exchange = ask_for("GET", "/file.txt", "");
    (void)state;
    assert_int_equal(exchange->response.status, HTTP_OK);
    assert_field(&exchange->response, "Last-Modified", DATE);
    assert_field(&exchange->response, "Accept-Ranges", "bytes");
    assert_no_field(&exchange->response, "Vary");
    assert_no_field(&exchange->response, "Content-Encoding");
    assert_no_field(&exchange->response, "Content-Range");
}

/* RFC 9110 §8.8.3: DQUOTE *etagc DQUOTE */
static void test_an_old_file_has_a_strong_tag(void **state)
{
    const char *tag = tag_of("/file.txt");
    (void)state;
    const size_t length = strlen(tag);
    assert_true(length > 2);
    assert_int_equal(tag[0], '"');
    assert_int_equal(tag[length - 1], '"');
    for (size_t i = 1; i < length - 1; i++)
        assert_true(tag[i] > 0x20 && tag[i] < 0x7f && tag[i] != '"');
}

/* Another file of the same size and time, as another instance would have it: another inode. */
static void test_the_tag_is_made_of_size_and_time_to_the_nanosecond(void **state)
{
    char tag[100];
    (void)state;
    snprintf(tag, sizeof tag, "%s", tag_of("/file.txt"));
    site_directory("root/copy");
    site_file("root/copy/other.txt", "same length");
    site_time("root/copy/other.txt", TIME, 123456789);
    assert_string_equal(tag_of("/copy/other.txt"), tag);
    site_time("root/copy/other.txt", TIME, 123456788);
    assert_string_not_equal(tag_of("/copy/other.txt"), tag);
    site_time("root/copy/other.txt", TIME + 1, 123456789);
    assert_string_not_equal(tag_of("/copy/other.txt"), tag);
    site_file("root/copy/longer.txt", "same length?");
    site_time("root/copy/longer.txt", TIME, 123456789);
    assert_string_not_equal(tag_of("/copy/longer.txt"), tag);
}

/* It may change again under the same time stamp. */
static void test_a_file_that_was_changed_just_now_has_a_weak_tag(void **state)
{
    struct timespec now;
    (void)state;
    clock_gettime(CLOCK_REALTIME, &now);
    site_file("root/new.txt", "new");
    site_time("root/new.txt", now.tv_sec + 1, now.tv_nsec);
    assert_int_equal(strncmp(tag_of("/new.txt"), "W/\"", 3), 0);
    site_time("root/new.txt", now.tv_sec - 2, now.tv_nsec);
    assert_int_equal(tag_of("/new.txt")[0], '"');
}

/* RFC 9110 §8.8.2.1: no Last-Modified after the Date. */
static void test_a_time_in_the_future_is_sent_as_now(void **state)
{
    char date[HTTP_DATE_SIZE];
    (void)state;
    site_file("root/future.txt", "from the future");
    site_time("root/future.txt", time(NULL) + 86400, 0);
    const struct exchange *exchange = ask_for("GET", "/future.txt", "");
    http_format_date(exchange->now.tv_sec, date);
    assert_field(&exchange->response, "Last-Modified", date);
    assert_int_equal(strncmp(tag_of("/future.txt"), "W/\"", 3), 0);
}

static void test_a_reproducible_build_has_no_validators(void **state)
{
    (void)state;
    for (int64_t time = 0; time <= 1; time++) {
        site_time("root/built.txt", time, 0);
        const struct exchange *exchange =
            ask_for("GET", "/built.txt", "If-Modified-Since: " DATE "\r\n");
        assert_int_equal(exchange->response.status, HTTP_OK);
        assert_no_field(&exchange->response, "ETag");
        assert_no_field(&exchange->response, "Last-Modified");
        assert_field(&exchange->response, "Accept-Ranges", "bytes");
    }
}

/* A handler may open a file and answer with something else. */
static void test_octets_instead_of_the_file_have_nothing_of_its_fields(void **state)
{
    (void)state;
    ask_for("GET", "/nothing", "");
    prepare_exchange(asked, "GET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(exchange_open_file(asked));
    exchange_respond_octets(asked, HTTP_OK, "text/plain", text_of("others"));
    assert_no_field(&asked->response, "ETag");
    assert_no_field(&asked->response, "Last-Modified");
    assert_no_field(&asked->response, "Accept-Ranges");
    assert_field(&asked->response, "Content-Length", "6");
    assert_int_equal(asked->file.descriptor, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_has_both_validators),
        cmocka_unit_test(test_an_old_file_has_a_strong_tag),
        cmocka_unit_test(test_the_tag_is_made_of_size_and_time_to_the_nanosecond),
        cmocka_unit_test(test_a_file_that_was_changed_just_now_has_a_weak_tag),
        cmocka_unit_test(test_a_time_in_the_future_is_sent_as_now),
        cmocka_unit_test(test_a_reproducible_build_has_no_validators),
        cmocka_unit_test(test_octets_instead_of_the_file_have_nothing_of_its_fields),
    };
    return cmocka_run_group_tests(tests, make_site, ask_close);
}
