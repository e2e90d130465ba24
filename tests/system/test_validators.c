/* Validators (RFC 9110 §8.8): what they are made of, and that they are weak while the file is so
 * young that it may change again under the same time. Times are set, not waited for. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OLD = 1600000000 };

static void ask(const char *target, const char *lines, int status, struct response *response)
{
    char request[600];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n", target, lines);
    request_once(world.port, request, response, status);
}

static void expect_answer(const char *target, const char *lines, int status)
{
    struct response response;
    ask(target, lines, status, &response);
    response_release(&response);
}

/* The tag of a target, to be freed; NULL: none. */
static char *tag_of(const char *target)
{
    char request[200];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    return fetch_field(request, "ETag");
}

static void add_with_time(const char *name, const char *text, struct timespec modified)
{
    site_add(&world.site, name, text);
    site_set_time(&world.site, name, modified);
}

/* The time of this moment and some seconds, by the clock that stamps files. */
static struct timespec from_now(time_t seconds)
{
    struct timespec time;
    clock_gettime(CLOCK_REALTIME_COARSE, &time);
    time.tv_sec += seconds;
    return time;
}

static void expect_weak(const char *tag)
{
    if (tag == NULL || strncmp(tag, "W/\"", 3) != 0)
        failed("the tag is %s, expected a weak one", tag == NULL ? "missing" : tag);
}

static void expect_strong(const char *tag)
{
    if (tag == NULL || tag[0] != '"')
        failed("the tag is %s, expected a strong one", tag == NULL ? "missing" : tag);
}

/* RFC 9110 §8.8.1: it may change again under the same time. Again where the machine was so busy
 * that the file was no longer young. */
static void test_the_tag_of_a_file_of_one_second_is_weak(void **state)
{
    (void)state;
    char *tag = NULL;
    double since;
    do {
        free(tag);
        since = seconds_now();
        add_with_time("young.txt", "young", from_now(-1));
        tag = tag_of("/young.txt");
    } while (seconds_now() - since > 0.9);
    expect_weak(tag);
    free(tag);
}

/* RFC 9110 §8.8.1 */
static void test_the_tag_of_a_file_of_two_seconds_is_strong(void **state)
{
    (void)state;
    add_with_time("two.txt", "settled", from_now(-2));
    char *tag = tag_of("/two.txt");
    expect_strong(tag);
    free(tag);
}

/* RFC 9110 §8.8.2.1: never a Last-Modified after the Date. */
static void test_a_file_from_the_future_was_modified_at_the_date(void **state)
{
    (void)state;
    struct response response;
    add_with_time("future.txt", "ahead", from_now(1000));
    ask("/future.txt", "", 200, &response);
    expect_weak(response_field(&response, "ETag"));
    response_expect_field(&response, "Last-Modified", response_field(&response, "Date"));
    response_release(&response);
}

/* RFC 9110 §13.1.1, §13.1.2, §13.1.5: If-None-Match compares weakly, the others strongly. */
static void test_a_weak_tag_matches_if_none_match_alone(void **state)
{
    (void)state;
    char lines[300];
    add_with_time("weak.txt", "weak", from_now(1000));
    char *tag = tag_of("/weak.txt");
    expect_weak(tag);
    snprintf(lines, sizeof lines, "If-None-Match: %s\r\n", tag);
    expect_answer("/weak.txt", lines, 304);
    snprintf(lines, sizeof lines, "If-None-Match: %s\r\n", tag + strlen("W/"));
    expect_answer("/weak.txt", lines, 304);
    snprintf(lines, sizeof lines, "If-Match: %s\r\n", tag);
    expect_answer("/weak.txt", lines, 412);
    snprintf(lines, sizeof lines, "If-Match: %s\r\n", tag + strlen("W/"));
    expect_answer("/weak.txt", lines, 412);
    snprintf(lines, sizeof lines, "Range: bytes=0-0\r\nIf-Range: %s\r\n", tag);
    expect_answer("/weak.txt", lines, 200);
    expect_answer("/weak.txt", "If-Match: *\r\n", 200);
    free(tag);
}

/* RFC 9110 §8.8.2.2, §13.1.5: a weak date does not tell two states of a file apart. */
static void test_the_date_of_a_young_file_allows_no_range(void **state)
{
    (void)state;
    struct response response;
    char lines[200];
    add_with_time("date.txt", "date", from_now(1000));
    ask("/date.txt", "", 200, &response);
    snprintf(lines, sizeof lines, "Range: bytes=0-0\r\nIf-Range: %s\r\n",
        response_field(&response, "Last-Modified"));
    response_release(&response);
    expect_answer("/date.txt", lines, 200);
}

/* Reproducible builds stamp every file alike: a time that says nothing. */
static void test_a_file_of_no_real_time_has_no_validators(void **state)
{
    (void)state;
    static const time_t times[] = {0, 1, -1, -100000};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct response response;
        char name[32];
        char target[40];
        snprintf(name, sizeof name, "epoch%zu.txt", i);
        snprintf(target, sizeof target, "/%s", name);
        add_with_time(name, "epoch", (struct timespec){times[i], 999999999});
        ask(target, "", 200, &response);
        response_expect_field(&response, "ETag", NULL);
        response_expect_field(&response, "Last-Modified", NULL);
        response_release(&response);
    }
}

/* The first time that is one. */
static void test_a_file_of_the_second_second_has_validators(void **state)
{
    (void)state;
    struct response response;
    add_with_time("second.txt", "second", (struct timespec){2, 0});
    ask("/second.txt", "", 200, &response);
    expect_strong(response_field(&response, "ETag"));
    response_expect_field(&response, "Last-Modified", "Thu, 01 Jan 1970 00:00:02 GMT");
    response_release(&response);
}

/* RFC 9110 §13.1: no date to compare with, no tag to match; but there is a file. */
static void test_conditions_on_a_file_without_validators(void **state)
{
    (void)state;
    static const char later[] = "Sun, 13 Sep 2020 12:26:41 GMT\r\n";
    static const struct {
        const char *field, *value;
        int status;
    } rows[] = {
        {"If-None-Match", "\"x\"\r\n", 200},
        {"If-None-Match", "\"\"\r\n", 200},
        {"If-None-Match", "*\r\n", 304},
        {"If-Match", "\"x\"\r\n", 412},
        {"If-Match", "*\r\n", 200},
        {"If-Modified-Since", later, 200},
        {"If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT\r\n", 200},
        {"Range: bytes=0-0\r\nIf-Range", later, 200},
        {"Range: bytes=0-0\r\nIf-Range", "Thu, 01 Jan 1970 00:00:00 GMT\r\n", 200},
        {"Range: bytes=0-0\r\nIf-Range", "\"\"\r\n", 200},
        {"Range: bytes=0-0\r\nX", "y\r\n", 206},
    };
    add_with_time("none.txt", "none", (struct timespec){0, 0});
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char lines[200];
        snprintf(lines, sizeof lines, "%s: %s", rows[i].field, rows[i].value);
        expect_answer("/none.txt", lines, rows[i].status);
    }
}

/* Whether the tags of two files are the same. */
static bool same_tag(const char *one, const char *other)
{
    char *first = tag_of(one);
    char *second = tag_of(other);
    if (first == NULL || second == NULL) failed("a file without a tag");
    bool same = strcmp(first, second) == 0;
    free(first);
    free(second);
    return same;
}

/* RFC 9110 §8.8.3.3: instances behind a balancer serve copies, and must agree. */
static void test_copies_of_a_file_have_the_same_tag(void **state)
{
    (void)state;
    add_with_time("one/copy.txt", "copy", (struct timespec){OLD, 123456789});
    add_with_time("two/copy.txt", "copy", (struct timespec){OLD, 123456789});
    if (!same_tag("/one/copy.txt", "/two/copy.txt")) failed("copies differ in their tags");
}

/* RFC 9110 §8.8.3 */
static void test_a_nanosecond_makes_another_tag(void **state)
{
    (void)state;
    add_with_time("nano1.txt", "nano", (struct timespec){OLD, 1});
    add_with_time("nano2.txt", "nano", (struct timespec){OLD, 2});
    if (same_tag("/nano1.txt", "/nano2.txt")) failed("a nanosecond does not show in the tag");
}

/* RFC 9110 §8.8.3 */
static void test_another_size_makes_another_tag(void **state)
{
    (void)state;
    site_add(&world.site, "size4.txt", "size");
    site_add(&world.site, "size5.txt", "sizes");
    if (same_tag("/size4.txt", "/size5.txt")) failed("the size does not show in the tag");
}

/* RFC 9110 §13.1.2: the copy that a client keeps is out of date once the file is another. */
static void test_a_file_replaced_is_no_longer_unmodified(void **state)
{
    (void)state;
    struct response response;
    char lines[300];
    site_add(&world.site, "changes.txt", "before");
    site_add(&world.site, "changed.txt", "later!");
    site_set_time(&world.site, "changed.txt", (struct timespec){OLD + 1, 0});
    char *tag = tag_of("/changes.txt");
    snprintf(lines, sizeof lines, "If-None-Match: %s\r\n", tag);
    expect_answer("/changes.txt", lines, 304);
    struct site_path old = site_path(&world.site, "changes.txt");
    struct site_path new = site_path(&world.site, "changed.txt");
    if (rename(new.text, old.text) != 0) failed("rename");
    struct patience patience = patience_for(PATIENCE);
    char *now = NULL;
    do { /* what is cached may be a second old */
        free(now);
        now = tag_of("/changes.txt");
    } while (strcmp(now, tag) == 0 && patience_left(&patience));
    free(now);
    ask("/changes.txt", lines, 200, &response);
    response_expect_content(&response, "later!");
    response_release(&response);
    free(tag);
}

static int setup(void **state)
{
    (void)state;
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_tag_of_a_file_of_one_second_is_weak),
        TEST(test_the_tag_of_a_file_of_two_seconds_is_strong),
        TEST(test_a_file_from_the_future_was_modified_at_the_date),
        TEST(test_a_weak_tag_matches_if_none_match_alone),
        TEST(test_the_date_of_a_young_file_allows_no_range),
        TEST(test_a_file_of_no_real_time_has_no_validators),
        TEST(test_a_file_of_the_second_second_has_validators),
        TEST(test_conditions_on_a_file_without_validators),
        TEST(test_copies_of_a_file_have_the_same_tag),
        TEST(test_a_nanosecond_makes_another_tag),
        TEST(test_another_size_makes_another_tag),
        TEST(test_a_file_replaced_is_no_longer_unmodified),
    };
    return cases_run("validators", NO_CASES, TESTS(tests), setup);
}
