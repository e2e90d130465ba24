/* The path of a target: decoded once, then cleaned. RFC 3986 §2.1, §5.2.4. */
#include "http/target.h"
#include "tests/support/http_request.h"

struct path {
    struct text target;
    const char *path; /* NULL: refused */
    enum http_status expected;
};

static enum http_status parse_path(struct text target, struct http_target *parsed)
{
    struct http_problem problem = unfilled_problem();
    struct http_request request = hand_made_request("GET", target, 1, "Host: h\r\n");
    memset(parsed, 0xa5, sizeof *parsed);
    if (http_parse_target(&request, parsed, &problem)) return HTTP_OK;
    assert_explained(&problem);
    return problem.status;
}

static void assert_paths(const struct path paths[], size_t count)
{
    static struct http_target parsed;
    for (size_t i = 0; i < count; i++) {
        enum http_status expected = paths[i].path != NULL ? HTTP_OK : paths[i].expected;
        enum http_status status = parse_path(paths[i].target, &parsed);
        if (status != expected) {
            show_octets(paths[i].target);
            fail_msg("status %d instead of %d", (int)status, (int)expected);
        }
        if (paths[i].path != NULL) {
            assert_string_equal(parsed.path, paths[i].path);
            assert_int_equal(parsed.path_length, strlen(paths[i].path));
        }
    }
}

/* RFC 3986 §2.1, §6.2.2.1: hexadecimal digits of either case; decoded once. */
static const struct path encoded[] = {
    {OCTETS("/%61"), "/a", 0},
    {OCTETS("/%41%7A"), "/Az", 0},
    {OCTETS("/a%20b"), "/a b", 0},
    {OCTETS("/%C3%A9%c3%a9"), "/\xc3\xa9\xc3\xa9", 0},
    {OCTETS("/%ff%80%FE"), "/\xff\x80\xfe", 0},
    {OCTETS("/%25"), "/%", 0},
    {OCTETS("/%2541"), "/%41", 0},
    {OCTETS("/%252f"), "/%2f", 0},
    {OCTETS("/%252e%252e/a"), "/%2e%2e/a", 0},
    {OCTETS("/%252e"), "/%2e", 0},
    {OCTETS("/%2525"), "/%25", 0},
    {OCTETS("/%3F%23"), "/?#", 0},
    {OCTETS("/a%3fb?c%3f"), "/a?b", 0},
    {OCTETS("/%5c..%5c"), "/\\..\\", 0},
    {OCTETS("/+"), "/+", 0},
    {OCTETS("/%7e%2b"), "/~+", 0},
};

static void test_a_path_is_decoded_once(void **state)
{
    (void)state;
    assert_paths(encoded, COUNT(encoded));
}

static const struct path badly_encoded[] = {
    {OCTETS("/%"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%4"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/a%"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%g1"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%1g"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%%41"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%4%31"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%0x41"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%+1"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%-1"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/% 1"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%u0041"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%/41"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%4/"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%?41"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%4?1"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/a%/b"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%:1"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%1@"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%G0"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%0`"), NULL, HTTP_BAD_REQUEST},
};

static void test_a_percent_sign_without_two_hexadecimal_digits_is_refused(void **state)
{
    (void)state;
    assert_paths(badly_encoded, COUNT(badly_encoded));
}

/* Every octet, encoded: controls are refused, a slash is in no file name, all others are taken. */
static void test_of_all_encoded_octets_controls_get_400_and_the_slash_404(void **state)
{
    static struct http_target parsed;
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        char target[16];
        char path[] = "/a?b";
        enum http_status expected = HTTP_OK;
        if (octet < 0x20 || octet == 0x7f)
            expected = HTTP_BAD_REQUEST;
        else if (octet == '/')
            expected = HTTP_NOT_FOUND;
        snprintf(target, sizeof target, "/a%%%02xb", (unsigned)octet);
        path[2] = (char)octet;
        assert_int_equal(parse_path((struct text){target, strlen(target)}, &parsed), expected);
        if (expected == HTTP_OK) assert_string_equal(parsed.path, path);
    }
}

static const struct path encoded_slashes[] = {
    {OCTETS("/%2f"), NULL, HTTP_NOT_FOUND},
    {OCTETS("/%2F"), NULL, HTTP_NOT_FOUND},
    {OCTETS("/a%2Fb"), NULL, HTTP_NOT_FOUND},
    {OCTETS("/a/%2f/b"), NULL, HTTP_NOT_FOUND},
    {OCTETS("/a/%2f/../b"), NULL, HTTP_NOT_FOUND},
    {OCTETS("/a/..%2f..%2fb"), NULL, HTTP_NOT_FOUND},
    {OCTETS("/..%2fetc/passwd"), NULL, HTTP_NOT_FOUND},
    {OCTETS("/%2fetc/passwd"), NULL, HTTP_NOT_FOUND},
    {OCTETS("/%2f%"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%2f%00"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/a?%2f"), "/a", 0},
};

static void test_an_encoded_slash_gets_404(void **state)
{
    (void)state;
    assert_paths(encoded_slashes, COUNT(encoded_slashes));
}

/* RFC 3986 §5.2.4 */
static const struct path dot_segments[] = {
    {OCTETS("/."), "/", 0},
    {OCTETS("/./"), "/", 0},
    {OCTETS("/./a"), "/a", 0},
    {OCTETS("/a/."), "/a/", 0},
    {OCTETS("/a/./"), "/a/", 0},
    {OCTETS("/a/./b"), "/a/b", 0},
    {OCTETS("/a/./././b"), "/a/b", 0},
    {OCTETS("/a/.."), "/", 0},
    {OCTETS("/a/../"), "/", 0},
    {OCTETS("/a/../b"), "/b", 0},
    {OCTETS("/a/b/.."), "/a/", 0},
    {OCTETS("/a/b/../"), "/a/", 0},
    {OCTETS("/a/b/../c"), "/a/c", 0},
    {OCTETS("/a/b/../../c"), "/c", 0},
    {OCTETS("/a/b/c/./../../g"), "/a/g", 0},
    {OCTETS("/long-name/b/../../c/"), "/c/", 0},
    {OCTETS("/a/../b/../c"), "/c", 0},
    {OCTETS("/a/./../b"), "/b", 0},
    {OCTETS("/.a"), "/.a", 0},
    {OCTETS("/a."), "/a.", 0},
    {OCTETS("/..a"), "/..a", 0},
    {OCTETS("/a.."), "/a..", 0},
    {OCTETS("/..."), "/...", 0},
    {OCTETS("/.../a"), "/.../a", 0},
    {OCTETS("/a/.b/..c/d../.../e"), "/a/.b/..c/d../.../e", 0},
    {OCTETS("/a/..?b/../c"), "/", 0},
};

static void test_dot_segments_are_removed(void **state)
{
    (void)state;
    assert_paths(dot_segments, COUNT(dot_segments));
}

static const struct path encoded_dot_segments[] = {
    {OCTETS("/%2e"), "/", 0},
    {OCTETS("/a/%2E/b"), "/a/b", 0},
    {OCTETS("/a/%2e%2e/b"), "/b", 0},
    {OCTETS("/a/.%2e/b"), "/b", 0},
    {OCTETS("/a/%2E./b"), "/b", 0},
    {OCTETS("/a/%2e%2E"), "/", 0},
    {OCTETS("/%2e%2e%2e"), "/...", 0},
    {OCTETS("/%2ea"), "/.a", 0},
};

static void test_encoded_dot_segments_are_removed_like_others(void **state)
{
    (void)state;
    assert_paths(encoded_dot_segments, COUNT(encoded_dot_segments));
}

/* RFC 3986 §5.2.4: two dots take the segment before them, be it empty; only then are slashes one.
 */
static const struct path empty_segments[] = {
    {OCTETS("/a//../b"), "/a/b", 0},
    {OCTETS("/a//.."), "/a/", 0},
    {OCTETS("//.."), "/", 0},
    {OCTETS("//../a"), "/a", 0},
    {OCTETS("/a//../../b"), "/b", 0},
    {OCTETS("//../.."), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/a//./b"), "/a/b", 0},
};

static void test_two_dots_take_an_empty_segment(void **state)
{
    (void)state;
    assert_paths(empty_segments, COUNT(empty_segments));
}

static const struct path above_the_root[] = {
    {OCTETS("/.."), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/../"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/../a"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/./.."), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/a/../.."), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/a/../../b"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/a/b/../../../c"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%2e%2e/etc/passwd"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/%2e./etc/passwd"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/../../../../../../etc/passwd"), NULL, HTTP_BAD_REQUEST},
    {OCTETS("/..?a"), NULL, HTTP_BAD_REQUEST},
};

static void test_dot_segments_above_the_root_get_400(void **state)
{
    (void)state;
    assert_paths(above_the_root, COUNT(above_the_root));
}

static const struct path slashes[] = {
    {OCTETS("//"), "/", 0},
    {OCTETS("///"), "/", 0},
    {OCTETS("//a"), "/a", 0},
    {OCTETS("//a.example/b"), "/a.example/b", 0},
    {OCTETS("/a//b"), "/a/b", 0},
    {OCTETS("/a///b//"), "/a/b/", 0},
    {OCTETS("/a/b///"), "/a/b/", 0},
    {OCTETS("/a?//b"), "/a", 0},
    {OCTETS("/a/.//b"), "/a/b", 0},
    {OCTETS("//./a"), "/a", 0},
    {OCTETS("/a/..//b"), "/b", 0},
};

static void test_repeated_slashes_are_one(void **state)
{
    (void)state;
    assert_paths(slashes, COUNT(slashes));
}

/* RFC 9112 §3: the longest target that a request line has room for, in its worst shapes. */
static void test_the_longest_target_has_room(void **state)
{
    static const char *const patterns[] = {"/", "a", "/a", "%41", "./", "a/../", "a/"};
    static struct http_target parsed;
    (void)state;
    for (size_t i = 0; i < COUNT(patterns); i++) {
        char target[HTTP_REQUEST_LINE_MAX] = "/";
        size_t length = 1;
        while (length + strlen(patterns[i]) <= HTTP_REQUEST_LINE_MAX) {
            memcpy(target + length, patterns[i], strlen(patterns[i]));
            length += strlen(patterns[i]);
        }
        assert_int_equal(parse_path((struct text){target, length}, &parsed), HTTP_OK);
        assert_int_equal(parsed.path_length, strlen(parsed.path));
        assert_true(parsed.path_length <= length);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_path_is_decoded_once),
        cmocka_unit_test(test_a_percent_sign_without_two_hexadecimal_digits_is_refused),
        cmocka_unit_test(test_of_all_encoded_octets_controls_get_400_and_the_slash_404),
        cmocka_unit_test(test_an_encoded_slash_gets_404),
        cmocka_unit_test(test_dot_segments_are_removed),
        cmocka_unit_test(test_encoded_dot_segments_are_removed_like_others),
        cmocka_unit_test(test_two_dots_take_an_empty_segment),
        cmocka_unit_test(test_dot_segments_above_the_root_get_400),
        cmocka_unit_test(test_repeated_slashes_are_one),
        cmocka_unit_test(test_the_longest_target_has_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
