/* kept.h: questions to a site whose files are kept, at times that the test sets.
 *
 *     KEEPING(test)        a test with a cache of its own; all descriptors are back after it
 *     wait_for()           so much time has passed
 *     ask_kept()           the answer, made without a look at the disk
 *     assert_same_kept()   the answer is the same without a cache, into it, and from it
 *
 * The link option is that of look_ups.h.
 */
#ifndef STRATA_TESTS_SERVER_KEPT_H
#define STRATA_TESTS_SERVER_KEPT_H

#include "tests/server/ask.h"
#include "tests/support/look_ups.h"

/* Long after all that a test makes now. */
enum { KEPT_NOW = 2000000000, KEPT_OPEN = 4 };

#define KEPT_SECOND   CACHE_BELIEVED
#define KEEPING(test) cmocka_unit_test_setup_teardown(test, kept_start, kept_stop)

static size_t kept_descriptors; /* open before */

/* What the response to a question is. */
struct answer {
    enum http_status status;
    size_t fields_length, length;
    char fields[HTTP_RESPONSE_FIELDS_MAX];
    char content[64 * 1024];
};

static inline void keep(bool keeps)
{
    file_cache_close(&asked_site.files);
    file_cache_open(&asked_site.files, &site.root, KEPT_OPEN, keeps);
}

static inline int kept_start(void **state)
{
    (void)state;
    kept_descriptors = count_descriptors();
    look_ups = (struct look_ups){0};
    asked_has_cache = true;
    asked_now = (struct timespec){KEPT_NOW, 0};
    asked_clock = 1000 * KEPT_SECOND;
    asked_site.lists = false;
    asked_site.fallback[0] = '\0';
    file_cache_open(&asked_site.files, &site.root, KEPT_OPEN, true);
    return 0;
}

static inline int kept_stop(void **state)
{
    (void)state;
    look_ups = (struct look_ups){0};
    if (asked != NULL && asked->file.descriptor >= 0) close(asked->file.descriptor);
    if (asked != NULL) asked->file.descriptor = -1;
    file_cache_close(&asked_site.files);
    asked_has_cache = false;
    asked_now.tv_sec = 0;
    return count_descriptors() == kept_descriptors ? 0 : -1;
}

static inline void wait_for(int64_t nanoseconds)
{
    int64_t passed = asked_now.tv_nsec + nanoseconds;
    asked_clock += nanoseconds;
    asked_now.tv_sec += (time_t)(passed / KEPT_SECOND);
    asked_now.tv_nsec = (long)(passed % KEPT_SECOND);
}

static inline const struct exchange *ask_kept(
    const char *method, const char *target, const char *lines)
{
    int calls = look_ups.calls;
    const struct exchange *exchange = ask_for(method, target, lines);
    if (look_ups.calls != calls) fail_msg("%s was looked up on the disk", target);
    return exchange;
}

static inline void take_answer(const struct exchange *exchange, struct answer *answer)
{
    const struct http_response *response = &exchange->response;
    const char *content = exchange->file.descriptor < 0 ? exchange->octets.start : NULL;
    assert_false(response->broken);
    memset(answer, 0, sizeof *answer);
    answer->status = response->status;
    answer->fields_length = response->fields_length;
    memcpy(answer->fields, response->fields, response->fields_length);
    answer->length = content != NULL ? exchange->octets.length : exchange->range.length;
    if (content == NULL) content = answered_range(exchange);
    assert_true(answer->length < sizeof answer->content);
    memcpy(answer->content, content, answer->length);
}

static inline void assert_same_answer(const struct answer *answer, const struct answer *expected)
{
    if (answer->status != expected->status)
        fail_msg("%d instead of %d", (int)answer->status, (int)expected->status);
    if (strcmp(answer->fields, expected->fields) != 0)
        fail_msg("%sinstead of\n%s", answer->fields, expected->fields);
    assert_int_equal(answer->length, expected->length);
    assert_memory_equal(answer->content, expected->content, expected->length);
}

/* The answers of the last assert_same_kept(). */
static struct answer without, anew, from_cache;

static inline const struct exchange *assert_same_kept(
    const char *method, const char *target, const char *lines, enum http_status expected)
{
    keep(false);
    take_answer(ask_for(method, target, lines), &without);
    if (without.status != expected)
        fail_msg("%s %s %s: %d instead of %d", method, target, lines, (int)without.status,
            (int)expected);
    keep(true);
    take_answer(ask_for(method, target, lines), &anew);
    const struct exchange *exchange = ask_kept(method, target, lines);
    take_answer(exchange, &from_cache);
    assert_same_answer(&anew, &without);
    assert_same_answer(&from_cache, &without);
    return exchange;
}

/* What was a file is another one. */
static inline void replace_file(const char *name, const char *content, int64_t modified)
{
    site_file("fresh", content);
    site_time("fresh", modified, 0);
    assert_int_equal(renameat(site.directory, "fresh", site.directory, name), 0);
}

/* Other content in the same file. */
static inline void overwrite_file(const char *name, const char *content, int64_t modified)
{
    int file = openat(site.directory, name, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(write(file, content, strlen(content)), strlen(content));
    assert_int_equal(close(file), 0);
    site_time(name, modified, 0);
}

#endif
