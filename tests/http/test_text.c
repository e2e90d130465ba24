/* A borrowed run of characters. RFC 9110 §5.6. */
#include "http/text.h"
#include "tests/support/http.h"

static struct text at_guard(const char *string)
{
    return guarded((struct text){string, strlen(string)});
}

static void test_the_text_of_a_string_ends_before_its_nul(void **state)
{
    static const char string[] = "abc";
    (void)state;
    assert_ptr_equal(text_of(string).start, string);
    assert_int_equal(text_of(string).length, 3);
    assert_int_equal(text_of("").length, 0);
}

static void test_a_text_is_cut_at_an_offset(void **state)
{
    struct text text = at_guard("abcde");
    (void)state;
    for (size_t offset = 0; offset <= text.length; offset++) {
        assert_int_equal(text_until(text, offset).length, offset);
        assert_ptr_equal(text_until(text, offset).start, text.start);
        assert_int_equal(text_from(text, offset).length, text.length - offset);
        assert_ptr_equal(text_from(text, offset).start, text.start + offset);
    }
}

static void test_texts_are_equal_when_every_octet_is(void **state)
{
    (void)state;
    assert_true(text_equals(at_guard("abc"), "abc"));
    assert_true(text_equals(at_guard(""), ""));
    assert_false(text_equals(at_guard("abc"), "ab"));
    assert_false(text_equals(at_guard("ab"), "abc"));
    assert_false(text_equals(at_guard("abc"), "abd"));
    assert_false(text_equals(at_guard("abc"), "Abc"));
    assert_false(text_equals(at_guard("abc"), ""));
    assert_false(text_equals(at_guard(""), "a"));
}

static void test_ignoring_case_letters_are_equal_and_nothing_else(void **state)
{
    (void)state;
    assert_true(text_equals_ignoring_case(at_guard("aBc-9"), "AbC-9"));
    assert_true(text_equals_ignoring_case(at_guard(""), ""));
    assert_false(text_equals_ignoring_case(at_guard("abc"), "ab"));
    assert_false(text_equals_ignoring_case(at_guard("ab"), "abc"));
    assert_false(text_equals_ignoring_case(at_guard("a"), "\xe1"));
    for (int one = 1; one < 128; one++) {
        for (int other = 1; other < 128; other++) {
            bool letters = (one | 32) == (other | 32) && (one | 32) >= 'a' && (one | 32) <= 'z';
            char first[] = {(char)one, '\0'};
            char second[] = {(char)other, '\0'};
            assert_int_equal(
                text_equals_ignoring_case(text_of(first), second), one == other || letters);
        }
    }
}

static void test_nul_is_an_octet_like_others(void **state)
{
    static const struct text text = OCTETS("a\0b");
    (void)state;
    assert_false(text_equals(text, "a"));
    assert_false(text_equals_ignoring_case(text, "a"));
    assert_int_equal(text_find(guarded(text), 'b'), 2);
    assert_int_equal(text_find(guarded(text), '\0'), 1);
}

static void test_the_first_of_a_character_is_found_or_the_end(void **state)
{
    (void)state;
    assert_int_equal(text_find(at_guard("a,b,c"), ','), 1);
    assert_int_equal(text_find(at_guard(",a"), ','), 0);
    assert_int_equal(text_find(at_guard("a,"), ','), 1);
    assert_int_equal(text_find(at_guard("abc"), ','), 3);
    assert_int_equal(text_find(at_guard(""), ','), 0);
    assert_int_equal(text_find(at_guard("a\xe9"), '\xe9'), 1);
}

/* RFC 9110 §5.6.3 */
static void test_spaces_and_tabs_at_both_ends_are_trimmed(void **state)
{
    (void)state;
    assert_text(text_trim(at_guard(" \t a \t b\t ")), "a \t b");
    assert_text(text_trim(at_guard("a")), "a");
    assert_text(text_trim(at_guard("\ta")), "a");
    assert_text(text_trim(at_guard("a ")), "a");
    assert_text(text_trim(at_guard(" \t \t")), "");
    assert_text(text_trim(at_guard("")), "");
    assert_text(text_trim(at_guard("\r\na\v\f\xa0")), "\r\na\v\f\xa0");
}

static const struct {
    const char *text, *rest;
    uint64_t number;
} numbers[] = {
    {"0", "", 0},
    {"7 ", " ", 7},
    {"206a9", "a9", 206},
    {"0000000000000000000000000000000000000010", "", 10},
    {"18446744073709551614", "", UINT64_MAX - 1},
    {"18446744073709551615", "", UINT64_MAX},
};

static void test_a_number_is_taken_as_far_as_there_are_digits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct text rest = at_guard(numbers[i].text);
        uint64_t number = 1;
        assert_true(text_take_number(&rest, &number));
        assert_int_equal(number, numbers[i].number);
        assert_text(rest, numbers[i].rest);
    }
}

/* It must never become a small one: a length would end too early. */
static void test_a_number_that_is_too_large_is_the_largest(void **state)
{
    static const char *const large[] = {
        "18446744073709551616",
        "18446744073709551620",
        "28446744073709551616",
        "99999999999999999999",
        "184467440737095516150",
        "18446744073709551616000000000000000000000",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(large); i++) {
        struct text rest = at_guard(large[i]);
        uint64_t number = 1;
        assert_true(text_take_number(&rest, &number));
        assert_true(number == UINT64_MAX);
        assert_int_equal(rest.length, 0);
    }
}

static void test_without_a_digit_there_is_no_number(void **state)
{
    static const char *const texts[] = {"", "a", " 1", "-1", "+1", "\xb2"};
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct text rest = at_guard(texts[i]);
        uint64_t number = 1;
        assert_false(text_take_number(&rest, &number));
        assert_text(rest, texts[i]);
    }
}

struct list {
    const char *list;
    const char *elements[5];
};

/* RFC 9110 §5.6.1, §5.6.4 */
static const struct list lists[] = {
    {"", {NULL}},
    {",", {NULL}},
    {" , \t,,", {NULL}},
    {"a", {"a"}},
    {" a\t", {"a"}},
    {"a,b", {"a", "b"}},
    {"a , b\t,c", {"a", "b", "c"}},
    {",a,,b, ,", {"a", "b"}},
    {"a b, c", {"a b", "c"}},
    {"\"a,b\",c", {"\"a,b\"", "c"}},
    {"\"a\\\",b\",c", {"\"a\\\",b\"", "c"}},
    {"\"a\\\\\",b", {"\"a\\\\\"", "b"}},
    {"a\"b,c\"d,e", {"a\"b,c\"d", "e"}},
    {"\"\",\"\"", {"\"\"", "\"\""}},
    {"a\\,b", {"a\\", "b"}},
    {"\"a,b", {"\"a,b"}},
    {"\"a\\", {"\"a\\"}},
    {"a,\"", {"a", "\""}},
};

static void test_a_list_is_taken_apart_at_commas_outside_quotes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct text list = at_guard(lists[i].list);
        struct text element;
        for (size_t j = 0; lists[i].elements[j] != NULL; j++) {
            assert_true(text_next_element(&list, &element));
            assert_text(element, lists[i].elements[j]);
        }
        assert_false(text_next_element(&list, &element));
        assert_int_equal(list.length, 0);
    }
}

/* RFC 9110 §5.6.2 */
static void test_a_tchar_is_one_of_77(void **state)
{
    static const char tchars[] = "!#$%&'*+-.^_`|~0123456789"
                                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    (void)state;
    assert_int_equal(strlen(tchars), 77);
    for (int octet = 0; octet < 256; octet++)
        assert_int_equal(text_is_tchar((char)octet), octet != 0 && strchr(tchars, octet) != NULL);
}

static void test_a_token_is_taken_as_far_as_there_are_tchars(void **state)
{
    static const char *const texts[][3] = {
        {"a", "a", ""},
        {"keep-alive", "keep-alive", ""},
        {"", "", ""},
        {"ab c", "ab", " c"},
        {" a", "", " a"},
        {"abc,", "abc", ","},
        {"\"a\"", "", "\"a\""},
        {"a\xe9z", "a", "\xe9z"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct text rest = at_guard(texts[i][0]);
        assert_text(text_take(&rest, text_is_tchar), texts[i][1]);
        assert_text(rest, texts[i][2]);
    }
}

static void test_letters_and_digits_are_those_of_ascii(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        bool expected = (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'Z') ||
            (octet >= 'a' && octet <= 'z');
        assert_int_equal(text_is_alphanumeric((char)octet), expected);
        assert_int_equal(text_is_space((char)octet), octet == ' ' || octet == '\t');
    }
}

static void test_of_all_octets_22_are_hexadecimal_digits(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        int expected = -1;
        if (octet >= '0' && octet <= '9')
            expected = octet - '0';
        else if (octet >= 'a' && octet <= 'f')
            expected = octet - 'a' + 10;
        else if (octet >= 'A' && octet <= 'F')
            expected = octet - 'A' + 10;
        assert_int_equal(text_hex_digit((char)octet), expected);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_text_of_a_string_ends_before_its_nul),
        cmocka_unit_test(test_a_text_is_cut_at_an_offset),
        cmocka_unit_test(test_texts_are_equal_when_every_octet_is),
        cmocka_unit_test(test_ignoring_case_letters_are_equal_and_nothing_else),
        cmocka_unit_test(test_nul_is_an_octet_like_others),
        cmocka_unit_test(test_the_first_of_a_character_is_found_or_the_end),
        cmocka_unit_test(test_spaces_and_tabs_at_both_ends_are_trimmed),
        cmocka_unit_test(test_a_number_is_taken_as_far_as_there_are_digits),
        cmocka_unit_test(test_a_number_that_is_too_large_is_the_largest),
        cmocka_unit_test(test_without_a_digit_there_is_no_number),
        cmocka_unit_test(test_a_list_is_taken_apart_at_commas_outside_quotes),
        cmocka_unit_test(test_a_tchar_is_one_of_77),
        cmocka_unit_test(test_a_token_is_taken_as_far_as_there_are_tchars),
        cmocka_unit_test(test_letters_and_digits_are_those_of_ascii),
        cmocka_unit_test(test_of_all_octets_22_are_hexadecimal_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
