/* Weights in the Accept fields: RFC 9110 §12.4.2, §12.5.1; parameters, §5.6.6. */
#include "http/negotiation.h"
#include "tests/support/http_request.h"

/* The weight that field lines give to a name in Accept. */
static int weight_in_lines(const char *lines, const char *name)
{
    struct http_request request = request_with(1, lines);
    return http_weight_of(&request, "Accept", name);
}

static int weight_of(const char *value, const char *name)
{
    char line[128];
    snprintf(line, sizeof line, "Accept: %s\r\n", value);
    return weight_in_lines(line, name);
}

struct weight {
    const char *value, *name;
    int expected;
};

static void assert_weights(const struct weight *weights, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int weight = weight_of(weights[i].value, weights[i].name);
        if (weight != weights[i].expected)
            fail_msg("%s in \"%s\": %d instead of %d", weights[i].name, weights[i].value, weight,
                weights[i].expected);
    }
}

/* §12.5.1 */
static void test_the_examples_of_the_rfc_have_their_weights(void **state)
{
    static const char some[] = "text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c";
    static const char mixed[] =
        "text/*;q=0.3, text/plain;q=0.7, text/plain;format=fixed;q=0.4, */*;q=0.5";
    static const struct weight weights[] = {
        {"audio/*; q=0.2, audio/basic", "audio/*", 200},
        {"audio/*; q=0.2, audio/basic", "audio/basic", 1000},
        {some, "text/plain", 500},
        {some, "text/html", 1000},
        {some, "text/x-dvi", 800},
        {some, "text/x-c", 1000},
        {mixed, "text/*", 300},
        {mixed, "text/plain", 700},
        {mixed, "*/*", 500},
    };
    (void)state;
    assert_weights(weights, COUNT(weights));
}

static void test_what_is_not_named_has_no_weight(void **state)
{
    static const struct weight weights[] = {
        {"", "a", -1},
        {",", "a", -1},
        {"b", "a", -1},
        {"ab", "a", -1},
        {"a", "ab", -1},
        {"b;a", "a", -1},
        {"b;a=1", "a", -1},
        {"a b", "a", -1},
        {"b a", "a", -1},
        {"a=1", "a", -1},
        {"\"a\"", "a", -1},
        {"text/*", "text/html", -1},
        {"*/*", "text/html", -1},
        {"*", "a", -1},
        {"text/html", "text/*", -1},
        {";q=0.5", "a", -1},
        {";a", "a", -1},
        {"a\x80", "a", -1},
    };
    (void)state;
    assert_weights(weights, COUNT(weights));
}

static void test_without_the_field_nothing_is_named(void **state)
{
    (void)state;
    assert_int_equal(weight_in_lines("", "a"), -1);
    assert_int_equal(weight_in_lines("Accept-Encoding: a\r\nAccep: a\r\nX: a\r\n", "a"), -1);
}

static void test_a_wildcard_is_a_name_like_any_other(void **state)
{
    static const struct weight weights[] = {
        {"a, *;q=0.3", "*", 300}, {"*", "*", 1000}, {"text/*;q=0", "text/*", 0}};
    (void)state;
    assert_weights(weights, COUNT(weights));
}

static void test_names_have_no_case(void **state)
{
    static const struct weight weights[] = {
        {"TEXT/Html;q=0.5", "text/html", 500}, {"text/html;q=0.5", "Text/HTML", 500}};
    (void)state;
    assert_weights(weights, COUNT(weights));
    assert_int_equal(weight_in_lines("aCCEPT: a;q=0.5\r\n", "a"), 500);
}

static void test_without_a_weight_it_is_1(void **state)
{
    static const struct weight weights[] = {{"a", "a", 1000}, {"a;", "a", 1000},
        {"a ; ", "a", 1000}, {"a;;", "a", 1000}, {"a;b=c", "a", 1000}, {"a;b", "a", 1000},
        {"a;qq=0", "a", 1000}, {"a;xq=0", "a", 1000}, {"a;r=0", "a", 1000}, {"a;b=q=0", "a", 1000},
        {"a;b q=0", "a", 1000}, {"a;=q=0", "a", 1000}};
    (void)state;
    assert_weights(weights, COUNT(weights));
}

static void test_every_thousandth_is_told_from_the_next(void **state)
{
    (void)state;
    for (int thousandths = 0; thousandths <= 1000; thousandths++) {
        char value[64];
        snprintf(value, sizeof value, "a;q=%d.%03d", thousandths / 1000, thousandths % 1000);
        assert_int_equal(weight_of(value, "a"), thousandths);
    }
}

/* §12.4.2: ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ) */
static void test_a_weight_has_up_to_three_digits_after_a_dot(void **state)
{
    static const struct weight weights[] = {{"a;q=0", "a", 0}, {"a;q=0.", "a", 0},
        {"a;q=0.0", "a", 0}, {"a;q=0.00", "a", 0}, {"a;q=0.000", "a", 0}, {"a;q=0.1", "a", 100},
        {"a;q=0.12", "a", 120}, {"a;q=0.123", "a", 123}, {"a;q=0.01", "a", 10},
        {"a;q=0.001", "a", 1}, {"a;q=0.9", "a", 900}, {"a;q=0.999", "a", 999}, {"a;q=1", "a", 1000},
        {"a;q=1.", "a", 1000}, {"a;q=1.0", "a", 1000}, {"a;q=1.00", "a", 1000},
        {"a;q=1.000", "a", 1000}};
    (void)state;
    assert_weights(weights, COUNT(weights));
}

static const char *const no_weights[] = {"q", "q=", "q=.", "q=.5", "q=00", "q=01", "q=10", "q=2",
    "q=9", "q=1.1", "q=1.01", "q=1.001", "q=2.0", "q=9.999", "q=0.0000", "q=0.1234", "q=1.0000",
    "q=00.5", "q=-0", "q=+1", "q=-1", "q=0.-1", "q=0.+1", "q=0x1", "q=1e0", "q=0.5a", "q=0..5",
    "q=0.5.", "q=a", "q=\"0.5\"", "q=\"1\"", "q =0.5", "q= 0.5", "q = 0.5", "q=0 .5", "q=0. 5",
    "q=0.5 0", "q==1", "q:1", "q 0.5", "q\t=1", "q=0/5", "q=:", "q=/", "q=0.:", "q=0./"};

/* What is malformed says neither yes nor no. */
static void test_what_has_a_malformed_weight_is_not_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(no_weights); i++) {
        char value[64];
        snprintf(value, sizeof value, "b, a;%s", no_weights[i]);
        if (weight_of(value, "a") != -1) fail_msg("%s is taken", no_weights[i]);
    }
}

static void test_in_a_weight_every_octet_counts(void **state)
{
    (void)state;
    for (size_t at = 4; at < strlen("a;q=0.000"); at++) {
        for (int octet = 1; octet < 256; octet++) {
            static const int units[] = {1000, 0, 100, 10, 1};
            char value[] = "a;q=0.000";
            bool digit = octet >= '0' && octet <= '9';
            bool valid = at == 4 ? octet == '0' || octet == '1' : at == 5 ? octet == '.' : digit;
            if (strchr("\t\r ,;", octet) != NULL) continue; /* what ends it */
            value[at] = (char)octet;
            assert_int_equal(weight_of(value, "a"), valid ? (octet - '0') * units[at - 4] : -1);
        }
    }
}

static void test_the_q_has_no_case(void **state)
{
    static const struct weight weights[] = {
        {"a;Q=0.5", "a", 500}, {"a; Q=0", "a", 0}, {"a;Q=x", "a", -1}};
    (void)state;
    assert_weights(weights, COUNT(weights));
}

static void test_white_space_may_surround_a_semicolon(void **state)
{
    static const struct weight weights[] = {{"a ;q=0.5", "a", 500}, {"a; q=0.5", "a", 500},
        {"a\t;\tq=0.5", "a", 500}, {"a \t ; \t q=0.5 \t , b", "a", 500},
        {"a ; b=c ; q=0.5 ; d=e", "a", 500}};
    (void)state;
    assert_weights(weights, COUNT(weights));
}

/* §12.5.1: recipients SHOULD process any parameter named "q" as weight. */
static void test_parameters_may_stand_on_either_side_of_the_weight(void **state)
{
    static const struct weight weights[] = {{"a;b=c;q=0.5", "a", 500}, {"a;q=0.5;b=c", "a", 500},
        {"a;b=c;d=e;q=0.5;f", "a", 500}, {"a;;q=0.5", "a", 500}, {"a;q=0.5;", "a", 500},
        {"a;b=c;q=x;d=e", "a", -1}};
    (void)state;
    assert_weights(weights, COUNT(weights));
}

/* §5.6.4 */
static void test_what_is_in_quotes_is_no_weight(void **state)
{
    static const struct weight weights[] = {
        {"a;b=\";q=0\"", "a", 1000},
        {"a;b=\";q=0\";q=0.5", "a", 500},
        {"a;b=\"c,a;q=0\";q=0.5", "a", 500},
        {"a;b=\"\\\";q=0\";q=0.5", "a", 500},
        {"a;b=\"\\\\\";q=0.5", "a", 500},
        {"a;b=\";\";c=\";q=0\";q=0.5", "a", 500},
        {"a;b=\\;q=0.5", "a", 500},
        {"a;b=\\\";q=0;c=\";q=0.5", "a", 500},
        {"a;b=\"c;q=0", "a", 1000},
        {"a;b=\"c\\", "a", 1000},
        {"a;b=\"c;q=0\\", "a", 1000},
        {"\"a;q=0.5\", a;q=0.2", "a", 200},
    };
    (void)state;
    assert_weights(weights, COUNT(weights));
}

static void test_the_first_element_that_names_it_counts(void **state)
{
    static const struct weight weights[] = {
        {"b, a;q=0.5, a;q=0.7", "a", 500},
        {"a, a;q=0", "a", 1000},
        {"a;q=0, a", "a", 0},
        {"a;b=c;q=0.2, a", "a", 200},
        {"a;q=x, a;q=0.3, a;q=0.4", "a", 300},
        {"a;q=x, a;q=2", "a", -1},
        {",, ,a;q=0.5", "a", 500},
        {"b;q=0.1,a;q=0.2,c;q=0.3", "a", 200},
    };
    (void)state;
    assert_weights(weights, COUNT(weights));
}

/* §5.3 */
static void test_a_list_may_be_split_over_several_lines(void **state)
{
    static const char lines[] = "Accept: a;q=0.1, b;q=0.2\r\nX: c;q=0.3\r\naccept: c;q=0.4, b\r\n";
    (void)state;
    assert_int_equal(weight_in_lines(lines, "a"), 100);
    assert_int_equal(weight_in_lines(lines, "b"), 200);
    assert_int_equal(weight_in_lines(lines, "c"), 400);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_examples_of_the_rfc_have_their_weights),
        cmocka_unit_test(test_what_is_not_named_has_no_weight),
        cmocka_unit_test(test_without_the_field_nothing_is_named),
        cmocka_unit_test(test_a_wildcard_is_a_name_like_any_other),
        cmocka_unit_test(test_names_have_no_case),
        cmocka_unit_test(test_without_a_weight_it_is_1),
        cmocka_unit_test(test_every_thousandth_is_told_from_the_next),
        cmocka_unit_test(test_a_weight_has_up_to_three_digits_after_a_dot),
        cmocka_unit_test(test_what_has_a_malformed_weight_is_not_named),
        cmocka_unit_test(test_in_a_weight_every_octet_counts),
        cmocka_unit_test(test_the_q_has_no_case),
        cmocka_unit_test(test_white_space_may_surround_a_semicolon),
        cmocka_unit_test(test_parameters_may_stand_on_either_side_of_the_weight),
        cmocka_unit_test(test_what_is_in_quotes_is_no_weight),
        cmocka_unit_test(test_the_first_element_that_names_it_counts),
        cmocka_unit_test(test_a_list_may_be_split_over_several_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
