/* Lists of entity tags: RFC 9110 §8.8.3, §13.1.1 and §13.1.2. */
#include "http/conditional.h"
#include "tests/support/http_request.h"

/* One field line, or two where there is a second value. */
static enum http_status evaluate(
    const char *name, const char *tag, bool strong, const char *first, const char *second)
{
    char lines[512];
    struct http_validators validators = {"", 784111777, strong};
    int length = snprintf(lines, sizeof lines, "%s: %s\r\n", name, first);
    if (second != NULL)
        snprintf(lines + length, sizeof lines - (size_t)length, "%s: %s\r\n", name, second);
    snprintf(validators.entity_tag, sizeof validators.entity_tag, "%s", tag);
    struct http_request request = request_with(1, lines);
    return http_evaluate_preconditions(&request, &validators, 0);
}

/* Does a value match strongly, in If-Match, and weakly, in If-None-Match? */
static void assert_matches(
    const char *tag, const char *first, const char *second, bool strongly, bool weakly)
{
    bool strong = tag[0] == '"';
    enum http_status match = evaluate("If-Match", tag, strong, first, second);
    enum http_status none_match = evaluate("If-None-Match", tag, strong, first, second);
    if (match == (strongly ? HTTP_OK : HTTP_PRECONDITION_FAILED) &&
        none_match == (weakly ? HTTP_NOT_MODIFIED : HTTP_OK))
        return;
    show_octets(text_of(tag));
    show_octets(text_of(first));
    if (second != NULL) show_octets(text_of(second));
    fail_msg("If-Match: %d, If-None-Match: %d", (int)match, (int)none_match);
}

struct comparison {
    const char *tag, *value;
    bool strongly, weakly;
};

static const struct comparison comparisons[] = {
    /* table 3 of §8.8.3.2, both ways */
    {"W/\"1\"", "W/\"1\"", false, true},
    {"W/\"1\"", "W/\"2\"", false, false},
    {"W/\"2\"", "W/\"1\"", false, false},
    {"W/\"1\"", "\"1\"", false, true},
    {"\"1\"", "W/\"1\"", false, true},
    {"\"1\"", "\"1\"", true, true},
    {"\"1\"", "\"2\"", false, false},
    {"W/\"1\"", "\"2\"", false, false},
    /* character by character */
    {"\"abc\"", "\"ABC\"", false, false},
    {"\"abc\"", "\"ab\"", false, false},
    {"\"abc\"", "\"bc\"", false, false},
    {"\"abc\"", "\"abcd\"", false, false},
    {"\"abc\"", "\"xabc\"", false, false},
    {"\"abc\"", "\"\"", false, false},
    {"\"\"", "\"\"", true, true},
    {"\"\"", "W/\"\"", false, true},
    {"W/\"\"", "\"\"", false, true},
    {"\"\"", "\"a\"", false, false},
    {"\"W/abc\"", "\"W/abc\"", true, true},
    {"\"W/abc\"", "\"abc\"", false, false},
    {"\"W/\"", "W/\"W/\"", false, true},
    {"\"*\"", "\"*\"", true, true},
    {"\"abc\"", "\"*\"", false, false},
    {"\"%61\"", "\"a\"", false, false},
    {"\"a\"", "\"%61\"", false, false},
    {"\"\xc3\xa9\"", "\"\xc3\xa9\"", true, true},
    {"\"\xc3\xa9\"", "\"\xc3\xa8\"", false, false},
};

static void test_tags_are_compared_strongly_by_if_match_and_weakly_by_if_none_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(comparisons); i++)
        assert_matches(comparisons[i].tag, comparisons[i].value, NULL, comparisons[i].strongly,
            comparisons[i].weakly);
}

struct list {
    const char *tag, *first, *second;
    bool matches;
};

/* What stands between the quotes is not a quoted-string: a backslash quotes nothing. */
static const struct list lists[] = {
    {"\"b\"", "\"a\", \"b\", \"c\"", NULL, true},
    {"\"a\"", "\"a\", \"b\", \"c\"", NULL, true},
    {"\"c\"", "\"a\", \"b\", \"c\"", NULL, true},
    {"\"d\"", "\"a\", \"b\", \"c\"", NULL, false},
    {"\"b\"", "\"a\",\"b\",\"c\"", NULL, true},
    {"\"b\"", "\"a\" ,\t\"b\" \t , \"c\"", NULL, true},
    {"\"b\"", "W/\"a\", \"b\", W/\"c\"", NULL, true},
    {"\"b\"", "W/\"b\", \"b\"", NULL, true},
    {"\"b\"", "\"b\", W/\"b\"", NULL, true},
    {"\"b\"", "\"b\", \"b\"", NULL, true},
    /* empty elements, §5.6.1.2 */
    {"\"b\"", ",\"b\"", NULL, true},
    {"\"b\"", "\"b\",", NULL, true},
    {"\"b\"", " , ,\t, \"b\" ,,", NULL, true},
    {"\"b\"", "\"a\",,\"b\"", NULL, true},
    {"\"b\"", "", NULL, false},
    {"\"b\"", ",", NULL, false},
    {"\"b\"", ", ,\t,", NULL, false},
    {"\"\"", "", NULL, false},
    {"\"\"", ",", NULL, false},
    {"\"\"", ",\"\",", NULL, true},
    /* several field lines, §5.3 */
    {"\"b\"", "\"a\"", "\"b\"", true},
    {"\"a\"", "\"a\"", "\"b\"", true},
    {"\"c\"", "\"a\"", "\"b\"", false},
    {"\"b\"", "\"a\",", ",\"b\"", true},
    {"\"b\"", "", "\"b\"", true},
    {"\"b\"", "\"b\"", "", true},
    {"\"b\"", "", "", false},
    {"\"a, b\"", "\"a", "b\"", false},
    {"\"a,b\"", "\"a", "b\"", false},
    /* commas inside */
    {"\"a,b\"", "\"a,b\"", NULL, true},
    {"\"a,b\"", "\"x\", \"a,b\"", NULL, true},
    {"\"b\"", "\"a,b\"", NULL, false},
    {"\"a\"", "\"a,b\"", NULL, false},
    {"\"a,b\"", "\"a\",\"b\"", NULL, false},
    {"\",\"", "\",\"", NULL, true},
    {"\",\"", "\"a\",\"b\"", NULL, false},
    {"\",\"", ",\",\",", NULL, true},
    {"\"b\"", "\",\",\"b\"", NULL, true},
    /* backslashes inside */
    {"\"a\\\"", "\"a\\\"", NULL, true},
    {"\"a\\\"", "\"a\\\", \"b\"", NULL, true},
    {"\"b\"", "\"a\\\", \"b\"", NULL, true},
    {"\"b\"", "\"\\\",\"b\"", NULL, true},
    {"\"a\\b\"", "\"a\\b\"", NULL, true},
    {"\"ab\"", "\"a\\b\"", NULL, false},
    {"\"a\\b\"", "\"ab\"", NULL, false},
    {"\"a\\\\b\"", "\"a\\b\"", NULL, false},
    {"\"a\"", "\"a\\\"", NULL, false},
    {"\"a\\\"b\"", "\"a\\\"b\"", NULL, false}, /* a tag and then b" */
    /* an asterisk is a value, not an element: nothing may stand beside it */
    {"\"a\"", "*", NULL, true},
    {"W/\"a\"", "*", NULL, true},
    {"", "*", NULL, true},
    {"\"a\"", "*, *", NULL, false},
    {"\"a\"", "*,", NULL, false},
    {"\"a\"", ",*", NULL, false},
    {"\"a\"", "**", NULL, false},
    {"\"a\"", "*", "*", false},
    {"\"a\"", "*", "", false},
    {"\"a\"", "", "*", false},
    {"\"a\"", "*", "\"a\"", false},
    {"\"a\"", "\"a\"", "*", false},
    {"\"*\"", "\"a\", *", NULL, false},
};

static void test_a_list_matches_when_one_of_its_tags_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++)
        assert_matches(
            lists[i].tag, lists[i].first, lists[i].second, lists[i].matches, lists[i].matches);
}

/* etagc = %x21 / %x23-7E / obs-text. CR and NUL are in no value that was parsed. */
static void test_a_tag_holds_any_visible_octet_but_a_quote(void **state)
{
    (void)state;
    for (int octet = 1; octet < 256; octet++) {
        bool is_etagc = octet == 0x21 || (octet >= 0x23 && octet <= 0x7e) || octet >= 0x80;
        char tag[] = {'"', 'a', (char)octet, 'b', '"', '\0'};
        char alone[] = {'"', (char)octet, '"', '\0'};
        if (octet == '\r') continue;
        assert_matches(tag, tag, NULL, is_etagc, is_etagc);
        assert_matches(alone, alone, NULL, is_etagc, is_etagc);
    }
}

static const char *const malformed[] = {
    "t",
    "\"",
    "\"t",
    "t\"",
    "'t'",
    "<\"t\">",
    "\"t\"\"t\"",
    "\"t\" \"t\"",
    "\"t\"\t\"t\"",
    "\"t\"; \"t\"",
    "\"t\";x=y",
    "\"t\"x",
    "x\"t\"",
    "\"t\" x",
    "\"t t\"",
    "\"t\tt\"",
    "\" t\"",
    "\"t \"",
    "\"t\x7f\"",
    "\"t\x01\"",
    "\"\"\"",
    "\"\"\"\"",
    "\"t\"\"",
    "\"\"t\"\"",
    "w/\"t\"",
    "W/ \"t\"",
    "W /\"t\"",
    "W\"t\"",
    "/\"t\"",
    "WW/\"t\"",
    "W/W/\"t\"",
    "W//\"t\"",
    "W\\\"t\"",
    "W/",
    "W",
    "W/t",
    "W/\"t",
    "W/\"",
    "W/'t'",
    "\"W/\"t\"\"",
    "*",
    "W/*",
    "*\"t\"",
    "\"t\"*",
    "\\\"t\\\"",
    "=\"t\"",
    "\xc2\xa0\"t\"",
    "\x0b\"t\"",
};

/* If-Match protects: what cannot be read as a whole is false. If-None-Match saves: it is true. */
static void test_a_list_with_a_malformed_element_matches_nothing(void **state)
{
    static const char *const forms[] = {
        "%s, \"t\"", "\"t\", %s", "\"t\",%s", "%s,\"t\"", "\"t\", %s, \"t\"", "%s,", ",%s"};
    (void)state;
    for (size_t i = 0; i < COUNT(malformed); i++) {
        for (size_t j = 0; j < COUNT(forms); j++) {
            char value[64];
            snprintf(value, sizeof value, forms[j], malformed[i]);
            assert_matches("\"t\"", value, NULL, false, false);
        }
        assert_matches("\"t\"", malformed[i], "\"t\"", false, false);
        assert_matches("\"t\"", "\"t\"", malformed[i], false, false);
        if (strcmp(malformed[i], "*") != 0)
            assert_matches("\"t\"", malformed[i], NULL, false, false);
    }
}

/* It stands next to what is out of bounds, at both ends. */
static void test_a_cut_tag_matches_nothing(void **state)
{
    static const char value[] = "W/\"tag\", W/\"tag\"";
    (void)state;
    for (size_t length = 0; length < sizeof value - 1; length++) {
        char cut[sizeof value] = "";
        bool whole = length == strlen("W/\"tag\"") || length == strlen("W/\"tag\",") ||
            length == strlen("W/\"tag\", ");
        memcpy(cut, value, length);
        assert_matches("\"tag\"", cut, NULL, false, whole);
    }
}

static void test_a_file_without_a_tag_matches_no_list(void **state)
{
    static const char *const values[] = {"", ",", ",,", "\"\"", "W/\"\"", "\"a\"", "W/", "W/,W/"};
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        assert_matches("", values[i], NULL, false, false);
        assert_matches("", values[i], values[i], false, false);
    }
}

/* Field lines of another name are no part of the list. */
static void test_each_list_is_made_of_its_own_field_lines(void **state)
{
    static const struct http_validators validators = {"\"a\"", 784111777, true};
    struct http_request request = request_with(
        1, "If-None-Match: \"x\"\r\nETag: \"a\"\r\nIf-Match: \"a\"\r\nIf-Range: \"a\r\n");
    (void)state;
    assert_int_equal(http_evaluate_preconditions(&request, &validators, 0), HTTP_OK);
    request =
        request_with(1, "X: *\r\nIf-Match: \"x\"\r\nIf-Matches: \"a\"\r\nIf-None-Match: \"y\"\r\n");
    assert_int_equal(
        http_evaluate_preconditions(&request, &validators, 0), HTTP_PRECONDITION_FAILED);
}

static void test_a_list_goes_on_after_other_field_lines(void **state)
{
    static const struct http_validators validators = {"\"a\"", 784111777, true};
    struct http_request request =
        request_with(1, "If-None-Match: \"x\"\r\nHost: \"\r\nX: y\r\nif-none-match: W/\"a\"\r\n");
    (void)state;
    assert_int_equal(http_evaluate_preconditions(&request, &validators, 0), HTTP_NOT_MODIFIED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tags_are_compared_strongly_by_if_match_and_weakly_by_if_none_match),
        cmocka_unit_test(test_a_list_matches_when_one_of_its_tags_does),
        cmocka_unit_test(test_a_tag_holds_any_visible_octet_but_a_quote),
        cmocka_unit_test(test_a_list_with_a_malformed_element_matches_nothing),
        cmocka_unit_test(test_a_cut_tag_matches_nothing),
        cmocka_unit_test(test_a_file_without_a_tag_matches_no_list),
        cmocka_unit_test(test_each_list_is_made_of_its_own_field_lines),
        cmocka_unit_test(test_a_list_goes_on_after_other_field_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
