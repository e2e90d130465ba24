/* If-Range: a part only of what the client has the rest of. RFC 9110 §13.1.5. */
#include "tests/server/parts.h"

/* Asks for a part, if the file is still what this line, "%s" being its tag, says. */
static const struct exchange *ask_if(const char *target, const char *line)
{
    char filled[300];
    struct text tag = {"", 0};
    find_response_field(&ask_for("GET", target, "")->response, "ETag", &tag);
    const char *at = strstr(line, "%s");
    if (at == NULL)
        snprintf(filled, sizeof filled, "If-Range: %s\r\n", line);
    else
        snprintf(filled, sizeof filled, "If-Range: %.*s%.*s%s\r\n", (int)(at - line), line,
            (int)tag.length, tag.start, at + 2);
    return ask_range(target, "bytes=10-19", filled);
}

/* Strong comparison. */
static void test_if_range_with_the_strong_tag_allows_the_part(void **state)
{
    (void)state;
    assert_part(ask_if("/file.txt", "%s"), 10, 19);
    assert_whole(ask_if("/file.txt", "W/%s"));
    assert_whole(ask_if("/file.txt", "\"a\""));
    assert_whole(ask_if("/file.txt", "\"a\", %s"));
    assert_whole(ask_if("/file.txt", "*"));
    assert_whole(ask_if("/file.txt", ""));
}

static void test_if_range_with_the_exact_date_allows_the_part(void **state)
{
    (void)state;
    assert_part(ask_if("/file.txt", PARTS_DATE), 10, 19);
    assert_whole(ask_if("/file.txt", "Sun, 06 Nov 1994 08:49:36 GMT"));
    assert_whole(ask_if("/file.txt", "Sun, 06 Nov 1994 08:49:38 GMT"));
    assert_whole(ask_if("/file.txt", "yesterday"));
}

/* RFC 9110 §8.8.2.2: neither validator is strong yet, or there is none. */
static void test_if_range_never_allows_a_part_of_a_file_without_a_strong_validator(void **state)
{
    (void)state;
    assert_whole(ask_if("/new.txt", "%s"));
    assert_whole(ask_if("/built.txt", "%s"));
    assert_whole(ask_if("/built.txt", "Thu, 01 Jan 1970 00:00:01 GMT"));
    assert_part(ask_range("/built.txt", "bytes=10-19", ""), 10, 19);
}

static void test_an_if_range_that_fails_makes_a_416_the_whole_file(void **state)
{
    (void)state;
    assert_whole(ask_range("/file.txt", "bytes=1000-", "If-Range: \"a\"\r\n"));
}

static void test_if_range_alone_asks_for_no_part(void **state)
{
    (void)state;
    assert_whole(ask_for("GET", "/file.txt", "If-Range: " PARTS_DATE "\r\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_if_range_with_the_strong_tag_allows_the_part),
        cmocka_unit_test(test_if_range_with_the_exact_date_allows_the_part),
        cmocka_unit_test(test_if_range_never_allows_a_part_of_a_file_without_a_strong_validator),
        cmocka_unit_test(test_an_if_range_that_fails_makes_a_416_the_whole_file),
        cmocka_unit_test(test_if_range_alone_asks_for_no_part),
    };
    return cmocka_run_group_tests(tests, make_parts, ask_close);
}
