/* Out of descriptors: what is kept in memory needs none, and what is kept open gives one up. */
#include "tests/server/kept.h"

#include <sys/resource.h>

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/file.txt", "some octets");
    site_file("root/404.html", "<p>the page of the site</p>");
    site_file_of("root/one.bin", ASK_LARGE);
    site_file_of("root/two.bin", ASK_LARGE);
    return 0;
}

/* RFC 9110 §15.6.4 */
static void test_out_of_descriptors_it_is_a_503_and_then_the_file(void **state)
{
    (void)state;
    look_ups = (struct look_ups){.error = EMFILE, .failures = 1000};
    const struct exchange *exchange = ask_for("GET", "/file.txt", "");
    assert_int_equal(exchange->response.status, HTTP_SERVICE_UNAVAILABLE);
    assert_field(&exchange->response, "Retry-After", "1");
    assert_no_field(&exchange->response, "ETag");
    look_ups.failures = 0;
    assert_string_equal(answered_range(ask_for("GET", "/file.txt", "")), "some octets");
    assert_int_equal(asked->response.status, HTTP_OK);
    assert_no_field(&asked->response, "Retry-After");
}

static void test_what_is_in_memory_needs_no_descriptor(void **state)
{
    (void)state;
    ask_for("GET", "/file.txt", "");
    look_ups = (struct look_ups){.error = EMFILE, .failures = 1000};
    assert_string_equal(answered_range(ask_kept("GET", "/file.txt", "")), "some octets");
    assert_int_equal(asked->response.status, HTTP_OK);
}

/* Of two things that are missing the one that was asked for is told. */
static void test_without_a_descriptor_for_the_404_page_it_is_still_a_404(void **state)
{
    (void)state;
    ask_for("GET", "/nothing", "");
    look_ups = (struct look_ups){.error = EMFILE, .failures = 1000};
    const struct exchange *exchange = ask_for("GET", "/nothing", "Accept: text/html\r\n");
    assert_int_equal(exchange->response.status, HTTP_NOT_FOUND);
    assert_non_null(strstr(answered_content(exchange), "404"));
    look_ups.failures = 0;
    exchange = ask_for("GET", "/nothing", "Accept: text/html\r\n");
    assert_int_equal(exchange->response.status, HTTP_NOT_FOUND);
    assert_string_equal(answered_range(exchange), "<p>the page of the site</p>");
}

/* One that is kept goes to whom asks now. */
static void test_the_last_descriptors_are_those_that_are_kept(void **state)
{
    struct rlimit limit, low;
    int taken[256];
    int count = 0;
    (void)state;
    ask_for("GET", "/one.bin", "");
    ask_for("GET", "/two.bin", "");
    ask_for("GET", "/nothing", "");
    assert_int_equal(count_descriptors() - kept_descriptors, 2);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    low = limit;
    low.rlim_cur = COUNT(taken);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    while ((taken[count] = dup(site.directory)) >= 0) count++;
    take_answer(ask_for("GET", "/one.bin", ""), &from_cache);
    const struct exchange *exchange = ask_for("GET", "/file.txt", "");
    enum http_status status = exchange->response.status;
    while (count > 0) close(taken[--count]);
    setrlimit(RLIMIT_NOFILE, &limit);
    assert_int_equal(from_cache.status, HTTP_OK);
    assert_int_equal(from_cache.length, ASK_LARGE);
    assert_int_equal(status, HTTP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEEPING(test_out_of_descriptors_it_is_a_503_and_then_the_file),
        KEEPING(test_what_is_in_memory_needs_no_descriptor),
        KEEPING(test_without_a_descriptor_for_the_404_page_it_is_still_a_404),
        KEEPING(test_the_last_descriptors_are_those_that_are_kept),
    };
    return cmocka_run_group_tests(tests, make_site, ask_close);
}
