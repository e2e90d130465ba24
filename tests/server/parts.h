/* parts.h: a file whose octets tell where they stand, and answers that are a part of it or all. */
#ifndef STRATA_TESTS_SERVER_PARTS_H
#define STRATA_TESTS_SERVER_PARTS_H

#include "tests/server/ask.h"

/* When the file was changed, the example of RFC 9110 §5.6.7. */
#define PARTS_DATE "Sun, 06 Nov 1994 08:49:37 GMT"
enum { PARTS_TIME = 784111777, PARTS_SIZE = 1000 };

static char content[PARTS_SIZE + 1]; /* of file.txt: octets that tell where they stand */

/* What the tests of parts ask of. */
static inline int make_parts(void **state)
{
    if (site_make(state) != 0) return -1;
    for (int i = 0; i < PARTS_SIZE; i++) content[i] = (char)('!' + (i + i / 91) % 93);
    site_file("root/file.txt", content);
    site_time("root/file.txt", PARTS_TIME, 500000000);
    site_file("root/new.txt", content);
    site_time("root/new.txt", time(NULL) + 1000, 0);
    site_file("root/built.txt", content);
    site_time("root/built.txt", 1, 0);
    site_file("root/empty.txt", "");
    site_file_of("root/large.txt", ASK_LARGE);
    site_file("root/404.html", "<p>the page of the site</p>");
    site_directory("root/dir");
    return 0;
}

/* Exactly these octets, and what all of them would have said. */
static inline void assert_part(
    const struct exchange *exchange, uint64_t first_pos, uint64_t last_pos)
{
    char value[80];
    const uint64_t length = last_pos - first_pos + 1;
    if (exchange->response.status != HTTP_PARTIAL_CONTENT)
        fail_msg("%d instead of 206", (int)exchange->response.status);
    snprintf(value, sizeof value, "bytes %ju-%ju/%d", (uintmax_t)first_pos, (uintmax_t)last_pos,
        PARTS_SIZE);
    assert_field(&exchange->response, "Content-Range", value);
    snprintf(value, sizeof value, "%ju", (uintmax_t)length);
    assert_field(&exchange->response, "Content-Length", value);
    assert_field(&exchange->response, "Content-Type", "text/plain; charset=utf-8");
    assert_int_equal(exchange->range.first_pos, first_pos);
    assert_int_equal(exchange->range.length, length);
    assert_true(holds_file(exchange));
    assert_memory_equal(answered_range(exchange), content + first_pos, length);
    assert_false(exchange->response.broken);
}

static inline void assert_whole(const struct exchange *exchange)
{
    if (exchange->response.status != HTTP_OK)
        fail_msg("%d instead of 200", (int)exchange->response.status);
    assert_no_field(&exchange->response, "Content-Range");
    assert_field(&exchange->response, "Content-Length", "1000");
    assert_int_equal(exchange->range.first_pos, 0);
    assert_true(holds_file(exchange));
    assert_string_equal(answered_range(exchange), content);
    assert_false(exchange->response.broken);
}

static inline const struct exchange *ask_range(
    const char *target, const char *range, const char *lines)
{
    char all[2000];
    snprintf(all, sizeof all, "Range: %s\r\n%s", range, lines);
    return ask_for("GET", target, all);
}

#endif
