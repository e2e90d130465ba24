/* A decoded path, percent-encoded for a Location. RFC 3986 §2.1, §3.3. */
#include "http/target.h"
#include "tests/support/http_request.h"

/* RFC 3986 §3.3: unreserved, sub-delims, ":", "@" and the slash stand for themselves. */
static void test_a_path_is_encoded_but_for_what_may_stand_in_one(void **state)
{
    static const char plain[] = "-._~!$&'()*+,;=:@/0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    (void)state;
    for (int octet = 1; octet < 256; octet++) {
        char path[] = "/?";
        char expected[8];
        char *written = guard_space(0, 3 * strlen(path));
        path[1] = (char)octet;
        snprintf(expected, sizeof expected, strchr(plain, octet) != NULL ? "/%c" : "/%%%02X",
            (unsigned)octet);
        size_t length = http_encode_path(guard_end(1, path, sizeof path), written);
        assert_text((struct text){written, length}, expected);
    }
}

static size_t decode(const char *octets, size_t length, char *decoded)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        char digits[3] = "";
        if (octets[i] == '%') {
            memcpy(digits, octets + i + 1, 2);
            i += 2;
            decoded[count++] = (char)strtoul(digits, NULL, 16);
        } else {
            decoded[count++] = octets[i];
        }
    }
    return count;
}

static void test_an_encoded_path_decodes_to_what_it_was(void **state)
{
    char path[257] = "/";
    char decoded[3 * 256];
    (void)state;
    for (int octet = 1; octet < 256; octet++) path[octet] = (char)octet;
    char *written = guard_space(0, 3 * 256);
    size_t length = http_encode_path(path, written);
    assert_int_equal(decode(written, length, decoded), 256);
    assert_memory_equal(decoded, path, 256);
    for (size_t i = 0; i < length; i++) assert_true(written[i] > 0x20 && written[i] < 0x7f);
}

static void test_an_encoded_path_is_at_most_three_times_as_long(void **state)
{
    char path[HTTP_REQUEST_LINE_MAX + 1];
    (void)state;
    memset(path, '\xe9', sizeof path);
    path[0] = '/';
    path[HTTP_REQUEST_LINE_MAX] = '\0';
    size_t longest = 3 * (HTTP_REQUEST_LINE_MAX - 1) + 1;
    char *written = guard_space(0, longest);
    assert_int_equal(http_encode_path(path, written), longest);
    assert_int_equal(http_encode_path("", written), 0);
}

static enum http_status parse_path(struct text target, struct http_target *parsed)
{
    struct http_problem problem = unfilled_problem();
    struct http_request request = hand_made_request("GET", target, 1, "Host: h\r\n");
    memset(parsed, 0xa5, sizeof *parsed);
    if (http_parse_target(&request, parsed, &problem)) return HTTP_OK;
    assert_explained(&problem);
    return problem.status;
}

/* What was parsed, encoded and parsed again is the same path. */
static void test_an_encoded_path_parses_to_what_it_was(void **state)
{
    static struct http_target parsed;
    static struct http_target again;
    static const struct text target = OCTETS("/a%20b/%25/%c3%a9%3f%23%22%3c/;:@&=+$,!~*'()/");
    char written[3 * 64];
    (void)state;
    assert_int_equal(parse_path(target, &parsed), HTTP_OK);
    size_t length = http_encode_path(parsed.path, written);
    assert_int_equal(parse_path((struct text){written, length}, &again), HTTP_OK);
    assert_string_equal(again.path, parsed.path);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_path_is_encoded_but_for_what_may_stand_in_one),
        cmocka_unit_test(test_an_encoded_path_decodes_to_what_it_was),
        cmocka_unit_test(test_an_encoded_path_is_at_most_three_times_as_long),
        cmocka_unit_test(test_an_encoded_path_parses_to_what_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
