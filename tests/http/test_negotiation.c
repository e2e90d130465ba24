/* Which content coding: RFC 9110 §12.5.3, §12.4.3, §8.4.1. */
#include "http/negotiation.h"
#include "tests/support/http_request.h"

static const char *const codings[] = {"identity", "br", "zstd", "gzip"};
enum { BR = 2, ZSTD = 4, GZIP = 8, ALL = BR | ZSTD | GZIP }; /* which are available */
enum { COUNT_OF_CODINGS = COUNT(codings) };

static const char *choose(const char *lines, unsigned available)
{
    struct http_request request = request_with(1, lines);
    size_t chosen = http_choose_coding(&request, codings, COUNT_OF_CODINGS, available);
    assert_true(chosen < COUNT_OF_CODINGS);
    return codings[chosen];
}

struct choice {
    const char *value; /* of Accept-Encoding */
    unsigned available;
    const char *expected;
};

static void assert_choices(const struct choice *choices, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char line[128];
        snprintf(line, sizeof line, "Accept-Encoding: %s\r\n", choices[i].value);
        const char *chosen = choose(line, choices[i].available);
        if (strcmp(chosen, choices[i].expected) != 0)
            fail_msg("\"%s\", available %u: %s instead of %s", choices[i].value,
                choices[i].available, chosen, choices[i].expected);
    }
}

static void test_the_examples_of_the_rfc_are_answered_as_it_says(void **state)
{
    static const struct choice choices[] = {
        {"compress, gzip", ALL, "gzip"},
        {"", ALL, "identity"},
        {"*", ALL, "br"},
        {"compress;q=0.5, gzip;q=1.0", ALL, "gzip"},
        {"gzip;q=1.0, identity; q=0.5, *;q=0", ALL, "gzip"},
        {"gzip;q=1.0, identity; q=0.5, *;q=0", BR | ZSTD, "identity"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

static void test_without_accept_encoding_it_is_identity(void **state)
{
    (void)state;
    assert_string_equal(choose("", ALL), "identity");
    assert_string_equal(choose("Accept: gzip, *\r\nTE: gzip\r\nEncoding: br\r\n", ALL), "identity");
}

static void test_an_empty_accept_encoding_wants_no_coding(void **state)
{
    static const struct choice choices[] = {{"", ALL, "identity"}, {",", ALL, "identity"}};
    (void)state;
    assert_choices(choices, COUNT(choices));
}

static void test_a_coding_that_is_not_available_is_not_chosen(void **state)
{
    static const struct choice choices[] = {
        {"br, zstd, gzip", 0, "identity"},
        {"br", ZSTD | GZIP, "identity"},
        {"br, zstd;q=0.2", ZSTD | GZIP, "zstd"},
        {"br, zstd, gzip;q=0.1", GZIP, "gzip"},
        {"*", 0, "identity"},
        {"*", GZIP, "gzip"},
        {"deflate, compress", ALL, "identity"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

static void test_the_coding_with_the_most_weight_is_chosen(void **state)
{
    static const struct choice choices[] = {
        {"br;q=0.1, zstd;q=0.2, gzip;q=0.3", ALL, "gzip"},
        {"br;q=0.3, zstd;q=0.2, gzip;q=0.1", ALL, "br"},
        {"br;q=0.2, zstd;q=0.3, gzip;q=0.1", ALL, "zstd"},
        {"br;q=0.2, zstd;q=0.1, gzip;q=0.3", BR | ZSTD, "br"},
        {"br;q=0.999, gzip", ALL, "gzip"},
        {"br;q=0.001, gzip;q=0.002", ALL, "gzip"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

/* Ours, not the order of the field. */
static void test_among_equals_the_first_name_is_chosen(void **state)
{
    static const struct choice choices[] = {
        {"gzip, zstd, br", ALL, "br"},
        {"gzip, zstd, br", ZSTD | GZIP, "zstd"},
        {"gzip;q=0.5, br;q=0.5, zstd;q=0.500", ALL, "br"},
        {"gzip;q=0.5, zstd;q=0.5, br;q=0.4", ALL, "zstd"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

static void test_a_weight_of_0_is_never_chosen(void **state)
{
    static const struct choice choices[] = {
        {"br;q=0, gzip;q=0.1", ALL, "gzip"},
        {"br;q=0", BR, "identity"},
        {"br;q=0.000, zstd;q=0, gzip;q=0.0", ALL, "identity"},
        {"br;q=0, identity;q=0", BR, "identity"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

static void test_a_coding_that_is_named_goes_before_identity_that_is_not(void **state)
{
    static const struct choice choices[] = {
        {"gzip", GZIP, "gzip"}, {"gzip;q=0.5", GZIP, "gzip"}, {"gzip;q=0.001", GZIP, "gzip"}};
    (void)state;
    assert_choices(choices, COUNT(choices));
}

static void test_identity_is_chosen_where_it_weighs_more(void **state)
{
    static const struct choice choices[] = {
        {"identity, gzip;q=0.5", ALL, "identity"},
        {"gzip;q=0.5, identity;q=0.501", ALL, "identity"},
        {"gzip;q=0.5, identity;q=0.4", ALL, "gzip"},
        {"gzip;q=0.001, identity;q=0.002", ALL, "identity"},
        {"identity", ALL, "identity"},
        {"br;q=0.3, gzip;q=0.5, identity;q=0.4", ALL, "gzip"},
        {"br;q=0.3, gzip;q=0.5, identity;q=0.4", BR, "identity"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

static void test_a_coding_goes_before_identity_of_the_same_weight(void **state)
{
    static const struct choice choices[] = {
        {"identity, gzip", ALL, "gzip"},
        {"identity;q=0.5, gzip;q=0.5", ALL, "gzip"},
        {"identity;q=0.001, gzip;q=0.001", ALL, "gzip"},
        {"*", ALL, "br"},
        {"*;q=0.5", GZIP, "gzip"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

static void test_the_asterisk_is_every_coding_that_is_not_named(void **state)
{
    static const struct choice choices[] = {
        {"*;q=0.5, br;q=0.2", ALL, "zstd"},
        {"br;q=0.2, *;q=0.5", BR | GZIP, "gzip"},
        {"br;q=0, *", ALL, "zstd"},
        {"br;q=0.5, *;q=0.2", ALL, "br"},
        {"gzip;q=0.5, *;q=0", ALL, "gzip"},
        {"deflate;q=0.9, *;q=0.1", ALL, "br"},
        {"*;q=0", ALL, "identity"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

static void test_the_asterisk_is_identity_too_where_that_is_not_named(void **state)
{
    static const struct choice choices[] = {
        {"gzip;q=0.2, *;q=0.5", GZIP, "identity"},
        {"gzip;q=0.5, *;q=0.2", GZIP, "gzip"},
        {"gzip;q=0.2, *;q=0.5, identity;q=0.1", GZIP, "gzip"},
        {"gzip;q=0.2, *;q=0.1, identity;q=0.5", GZIP, "identity"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

/* §12.5.3: specifically excluded by "identity;q=0", or "*;q=0" without an entry for identity. */
static void test_any_coding_goes_before_identity_that_is_excluded(void **state)
{
    static const struct choice choices[] = {
        {"identity;q=0, gzip;q=0.001", GZIP, "gzip"},
        {"gzip;q=0.001, *;q=0", GZIP, "gzip"},
        {"identity;q=0, *;q=0.1", ALL, "br"},
        {"*;q=0.1, identity;q=0, br;q=0", ALL, "zstd"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

/* §12.4.1: disregard the field */
static void test_where_nothing_is_acceptable_it_is_identity(void **state)
{
    static const struct choice choices[] = {
        {"identity;q=0", ALL, "identity"},
        {"*;q=0", ALL, "identity"},
        {"identity;q=0, gzip", BR, "identity"},
        {"identity;q=0, br;q=0, zstd;q=0, gzip;q=0", ALL, "identity"},
        {"gzip, *;q=0", BR | ZSTD, "identity"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

/* §8.4.1 */
static void test_names_of_codings_have_no_case(void **state)
{
    static const struct choice choices[] = {
        {"GZip", ALL, "gzip"},
        {"BR;Q=0.5", ALL, "br"},
        {"gzip, IDENTITY;q=0, *;q=0.1", GZIP, "gzip"},
        {"X-GZIP", ALL, "gzip"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

/* §8.4.1.3 */
static void test_x_gzip_is_gzip(void **state)
{
    static const struct choice choices[] = {
        {"x-gzip", ALL, "gzip"},
        {"x-gzip;q=0.5, br;q=0.4", ALL, "gzip"},
        {"x-gzip;q=0.3, br;q=0.4", ALL, "br"},
        {"x-gzip;q=0, *", GZIP, "identity"},
        {"x-gzip;q=0.5, *;q=0.1", ALL, "gzip"},
        {"gzip;q=0, x-gzip", GZIP, "identity"},
        {"x-gzip", BR | ZSTD, "identity"},
        {"x-br, x-zstd", ALL, "identity"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

/* §12.4.2 */
static void test_an_element_with_a_malformed_weight_is_as_if_it_were_not_there(void **state)
{
    static const struct choice choices[] = {
        {"gzip;q=x", ALL, "identity"},
        {"gzip;q=2, br;q=0.1", ALL, "br"},
        {"gzip;q=1.5, *;q=0.1", GZIP, "gzip"},
        {"identity;q=0.1234, gzip;q=0.1", ALL, "gzip"},
        {"*;q=0.1234", ALL, "identity"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

static void test_a_list_may_be_split_over_several_lines(void **state)
{
    (void)state;
    assert_string_equal(
        choose("Accept-Encoding: br;q=0.5\r\nHost: a\r\naccept-encoding: gzip\r\n", ALL), "gzip");
    assert_string_equal(
        choose("Accept-Encoding: br\r\nAccept-Encoding: \r\nAccept-Encoding: gzip\r\n", GZIP),
        "gzip");
    assert_string_equal(
        choose("Accept-Encoding: br;q=0\r\nAccept-Encoding: *\r\n", BR), "identity");
}

/* What browsers and curl send. */
static void test_usual_clients_get_the_best_there_is(void **state)
{
    static const struct choice choices[] = {
        {"gzip, deflate, br, zstd", ALL, "br"},
        {"gzip, deflate, br, zstd", ZSTD | GZIP, "zstd"},
        {"gzip, deflate, br", ZSTD | GZIP, "gzip"},
        {"gzip, deflate", ALL, "gzip"},
        {"identity;q=1, *;q=0", ALL, "identity"},
    };
    (void)state;
    assert_choices(choices, COUNT(choices));
}

static void test_of_32_codings_the_last_can_be_chosen(void **state)
{
    const char *names[32];
    struct http_request request = request_with(1, "Accept-Encoding: a;q=0.5, z\r\n");
    (void)state;
    for (size_t i = 0; i < 32; i++) names[i] = i == 31 ? "z" : "a";
    assert_int_equal(http_choose_coding(&request, names, 32, 0xffffffff), 31);
    assert_int_equal(http_choose_coding(&request, names, 32, 0x80000000), 31);
    assert_int_equal(http_choose_coding(&request, names, 32, 0x40000000), 30);
    assert_int_equal(http_choose_coding(&request, names, 32, 0), 0);
}

static void test_without_names_it_is_identity(void **state)
{
    struct http_request request = request_with(1, "Accept-Encoding: *\r\n");
    (void)state;
    assert_int_equal(http_choose_coding(&request, NULL, 0, 0), 0);
}

/* §12.5.3: the weight that was said, else the asterisk's; else a coding is not acceptable, and
 * identity is, but least of all. In halves of a thousandth; 0: not acceptable. */
static int merit(const int *said, int asterisk, bool identity)
{
    int weight = *said >= 0 ? *said : asterisk;
    return weight >= 0 ? 2 * weight : identity;
}

static void assert_best(const int said[4], unsigned available)
{
    static const char *const names[] = {"*", "identity", "br", "gzip"};
    char line[128];
    int length = snprintf(line, sizeof line, "Accept-Encoding: ");
    for (size_t i = 0; i < 4; i++)
        if (said[i] >= 0)
            length += snprintf(line + length, sizeof line - (size_t)length, "%s;q=%d.%03d,",
                names[i], said[i] / 1000, said[i] % 1000);
    snprintf(line + length, sizeof line - (size_t)length, "\r\n");
    int identity = merit(&said[1], said[0], true);
    int br = (available & BR) == 0 ? 0 : merit(&said[2], said[0], false);
    int gzip = (available & GZIP) == 0 ? 0 : merit(&said[3], said[0], false);
    const char *expected = "identity";
    if (br > 0 && br >= identity && br >= gzip) expected = "br";
    if (gzip > 0 && gzip >= identity && gzip > br) expected = "gzip";
    const char *chosen = choose(line, available);
    if (strcmp(chosen, expected) != 0)
        fail_msg("%.*s, available %u: %s instead of %s", length, line, available, chosen, expected);
}

static void test_whatever_is_said_the_best_there_is_is_chosen(void **state)
{
    static const int weights[] = {-1, 0, 1, 500, 1000}; /* -1: not named */
    (void)state;
    for (unsigned i = 0; i < 5 * 5 * 5 * 5 * 4; i++) {
        const int said[] = {
            weights[i % 5], weights[i / 5 % 5], weights[i / 25 % 5], weights[i / 125 % 5]};
        assert_best(said, (i / 625 & 1) * BR | (i / 1250) * GZIP);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_examples_of_the_rfc_are_answered_as_it_says),
        cmocka_unit_test(test_without_accept_encoding_it_is_identity),
        cmocka_unit_test(test_an_empty_accept_encoding_wants_no_coding),
        cmocka_unit_test(test_a_coding_that_is_not_available_is_not_chosen),
        cmocka_unit_test(test_the_coding_with_the_most_weight_is_chosen),
        cmocka_unit_test(test_among_equals_the_first_name_is_chosen),
        cmocka_unit_test(test_a_weight_of_0_is_never_chosen),
        cmocka_unit_test(test_a_coding_that_is_named_goes_before_identity_that_is_not),
        cmocka_unit_test(test_identity_is_chosen_where_it_weighs_more),
        cmocka_unit_test(test_a_coding_goes_before_identity_of_the_same_weight),
        cmocka_unit_test(test_the_asterisk_is_every_coding_that_is_not_named),
        cmocka_unit_test(test_the_asterisk_is_identity_too_where_that_is_not_named),
        cmocka_unit_test(test_any_coding_goes_before_identity_that_is_excluded),
        cmocka_unit_test(test_where_nothing_is_acceptable_it_is_identity),
        cmocka_unit_test(test_names_of_codings_have_no_case),
        cmocka_unit_test(test_x_gzip_is_gzip),
        cmocka_unit_test(test_an_element_with_a_malformed_weight_is_as_if_it_were_not_there),
        cmocka_unit_test(test_a_list_may_be_split_over_several_lines),
        cmocka_unit_test(test_usual_clients_get_the_best_there_is),
        cmocka_unit_test(test_of_32_codings_the_last_can_be_chosen),
        cmocka_unit_test(test_without_names_it_is_identity),
        cmocka_unit_test(test_whatever_is_said_the_best_there_is_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
