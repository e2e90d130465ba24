/* What somebody else has sent, written so that it can be read and ends no line or quotation. */
#include "server/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char written[64];

/* Writes at most so many octets of these; returns how many of them had no room. */
static size_t write_octets(const char *octets, size_t length, size_t most)
{
    struct text rest = {octets, length};
    memset(written, 0, sizeof written);
    report_octets(written, most, &rest);
    return rest.length;
}

static void test_visible_characters_stand_for_themselves(void **state)
{
    (void)state;
    assert_int_equal(write_octets("GET /~a?b=1 !", 13, sizeof written - 1), 0);
    assert_string_equal(written, "GET /~a?b=1 !");
}

static void test_a_quotation_mark_and_a_backslash_get_a_backslash(void **state)
{
    (void)state;
    assert_int_equal(write_octets("\"\\", 2, sizeof written - 1), 0);
    assert_string_equal(written, "\\\"\\\\");
}

static void test_the_end_of_a_line_has_its_letters(void **state)
{
    (void)state;
    assert_int_equal(write_octets("\r\n", 2, sizeof written - 1), 0);
    assert_string_equal(written, "\\r\\n");
}

static void test_other_octets_are_hexadecimal(void **state)
{
    (void)state;
    assert_int_equal(write_octets("\0\t\x1b\x7f\xe9", 5, sizeof written - 1), 0);
    assert_string_equal(written, "\\x00\\x09\\x1B\\x7F\\xE9");
}

static void test_no_escape_is_cut_and_the_rest_is_told(void **state)
{
    (void)state;
    for (size_t most = 8; most < 12; most++) {
        assert_int_equal(write_octets("\1\2\3", 3, most), 1);
        assert_string_equal(written, "\\x01\\x02");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_visible_characters_stand_for_themselves),
        cmocka_unit_test(test_a_quotation_mark_and_a_backslash_get_a_backslash),
        cmocka_unit_test(test_the_end_of_a_line_has_its_letters),
        cmocka_unit_test(test_other_octets_are_hexadecimal),
        cmocka_unit_test(test_no_escape_is_cut_and_the_rest_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
