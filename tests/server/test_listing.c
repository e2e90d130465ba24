/* The page of a directory: links that lead to the files, and names that stay text. */
#include "tests/server/listed_page.h"

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_directory("root/empty");
    site_directory("root/one");
    site_file("root/one/file", "");
    site_directory("root/names");
    site_directory("root/mixed");
    site_directory("root/mixed/dir");
    site_file("root/mixed/Zebra.txt", "12345");
    site_file("root/mixed/apple.txt", "");
    site_directory("root/<i>&\"x\" 'y'");
    site_file("root/<i>&\"x\" 'y'/file", "");
    return 0;
}

/* The page of a directory with one file of that name in it. */
static const char *page_of_name(const char *name)
{
    char path[NAME_MAX + 32];
    snprintf(path, sizeof path, "root/names/%s", name);
    site_file(path, "");
    const char *page = listed_page("/names/");
    assert_int_equal(unlinkat(site.directory, path, 0), 0);
    return page;
}

/* The link has this target, as it stands in the page, and this text. */
static void assert_link(const char *name, const char *target, const char *text)
{
    char link[8 * NAME_MAX];
    snprintf(link, sizeof link, "<a href=\"%s\">%s</a>", target, text);
    const char *page = page_of_name(name);
    assert_in_page(page, link);
    assert_int_equal(times_in(page, "<a "), 2);
}

static void test_a_page_is_a_document_of_its_own(void **state)
{
    const char *page = listed_page("/mixed/");
    (void)state;
    assert_int_equal(strncmp(page, "<!doctype html>\n", 16), 0);
    assert_in_page(page, "<html lang=\"en\">");
    assert_in_page(page, "<meta charset=\"utf-8\">");
    assert_in_page(page, "<title>/mixed/</title>");
    assert_in_page(page, "<h1>/mixed/</h1>");
    assert_string_equal(page + strlen(page) - 8, "</html>\n");
    assert_not_in_page(page, "<script");
    assert_not_in_page(page, "src=");
    assert_not_in_page(page, "http");
}

static void test_directories_stand_first_and_end_in_a_slash(void **state)
{
    const char *page = listed_page("/mixed/");
    (void)state;
    const char *directory = strstr(page, "<a href=\"./dir/\">dir/</a>");
    const char *capital = strstr(page, "<a href=\"./Zebra.txt\">Zebra.txt</a>");
    const char *small = strstr(page, "<a href=\"./apple.txt\">apple.txt</a>");
    assert_true(directory != NULL && capital != NULL && small != NULL);
    assert_true(directory < capital && capital < small);
}

static void test_there_is_a_way_up_but_not_from_the_root(void **state)
{
    (void)state;
    const char *page = listed_page("/mixed/");
    assert_int_equal(times_in(page, "<a href=\"../\">../</a>"), 1);
    assert_true(strstr(page, "../") < strstr(page, "./dir/"));
    assert_int_equal(times_in(listed_page("/empty/"), "href=\"../\""), 1);
    assert_not_in_page(listed_page("/"), "../");
}

/* Text, and the value of an attribute in double quotes: none of < > & " ' stands for itself. */
static void test_names_are_escaped_in_text_and_link(void **state)
{
    (void)state;
    assert_link("<b>", "./%3Cb%3E", "&#60;b&#62;");
    assert_link("a&lt;", "./a&#38;lt;", "a&#38;lt;");
    assert_link("\"'", "./%22&#39;", "&#34;&#39;");
    assert_link("' onclick='x", "./&#39;%20onclick=&#39;x", "&#39; onclick=&#39;x");
    assert_link("<script>", "./%3Cscript%3E", "&#60;script&#62;");
}

static void test_the_path_is_escaped_too(void **state)
{
    const char *page = listed_page("/<i>&\"x\" 'y'/");
    (void)state;
    assert_in_page(page, "<title>/&#60;i&#62;&#38;&#34;x&#34; &#39;y&#39;/</title>");
    assert_in_page(page, "<h1>/&#60;i&#62;&#38;&#34;x&#34; &#39;y&#39;/</h1>");
    assert_not_in_page(page, "<i>");
    assert_in_page(listed_page("/"),
        "<a href=\"./%3Ci%3E&#38;%22x%22%20&#39;y&#39;/\">&#60;i&#62;&#38;&#34;x&#34; "
        "&#39;y&#39;/</a>");
}

/* RFC 3986 §2.1, §3.3 */
static void test_links_are_percent_encoded(void **state)
{
    (void)state;
    assert_link("a b", "./a%20b", "a b");
    assert_link("a?b#c", "./a%3Fb%23c", "a?b#c");
    assert_link("100%", "./100%25", "100%");
    assert_link("%2e%2e", "./%252e%252e", "%2e%2e");
    assert_link("back\\slash", "./back%5Cslash", "back\\slash");
    assert_link("[x]{y}|z^`", "./%5Bx%5D%7By%7D%7Cz%5E%60", "[x]{y}|z^`");
    assert_link("-._~!$()*+,;=@", "./-._~!$()*+,;=@", "-._~!$()*+,;=@");
}

/* RFC 3986 §4.2: a first segment with a colon would be taken for a scheme. */
static void test_a_colon_in_a_name_makes_no_scheme(void **state)
{
    (void)state;
    assert_link("javascript:alert(1)", "./javascript:alert(1)", "javascript:alert(1)");
    assert_link("12:30", "./12:30", "12:30");
    assert_link(":", "./:", ":");
}

static void test_names_in_utf_8_are_themselves(void **state)
{
    (void)state;
    assert_link("\xc3\xa9t\xc3\xa9", "./%C3%A9t%C3%A9", "\xc3\xa9t\xc3\xa9");
    assert_link("\xe6\x96\x87", "./%E6%96%87", "\xe6\x96\x87");
    assert_link("\xf0\x9f\x8d\x8e", "./%F0%9F%8D%8E", "\xf0\x9f\x8d\x8e");
}

/* A file name is any octets; what is no UTF-8 can still be followed. */
static void test_names_of_other_octets_are_linked(void **state)
{
    (void)state;
    assert_link("\xff\xfe", "./%FF%FE", "\xff\xfe");
}

static void test_every_octet_leads_back_to_its_name(void **state)
{
    static const char *const stand_for_themselves = "-._~!$()*+,;=:@";
    (void)state;
    for (int octet = 0x20; octet < 256; octet++) {
        char name[] = "n?";
        char target[32];
        char text[16];
        if (octet == '/' || octet == 0x7f) continue;
        name[1] = (char)octet;
        bool plain = (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'Z') ||
            (octet >= 'a' && octet <= 'z') || strchr(stand_for_themselves, octet) != NULL;
        bool escaped = strchr("&<>\"'", octet) != NULL;
        snprintf(text, sizeof text, escaped ? "n&#%d;" : "n%c", octet);
        if (octet == '&' || octet == '\'')
            snprintf(target, sizeof target, "./n&#%d;", octet);
        else
            snprintf(target, sizeof target, plain ? "./n%c" : "./n%%%02X", (unsigned)octet);
        assert_link(name, target, text);
    }
}

static void test_the_longest_names_are_written_whole(void **state)
{
    static const char *const octets[] = {"&", "'", "<", "\xff", "x"};
    static const char *const targets[] = {"&#38;", "&#39;", "%3C", "%FF", "x"};
    static const char *const texts[] = {"&#38;", "&#39;", "&#60;", "\xff", "x"};
    (void)state;
    for (size_t i = 0; i < COUNT(octets); i++) {
        char name[NAME_MAX + 1] = "";
        char link[16 * NAME_MAX] = "<a href=\"./";
        for (size_t at = 0; at < NAME_MAX; at++) strcat(name, octets[i]);
        for (size_t at = 0; at < NAME_MAX; at++) strcat(link, targets[i]);
        strcat(link, "\">");
        for (size_t at = 0; at < NAME_MAX; at++) strcat(link, texts[i]);
        strcat(link, "</a>");
        assert_in_page(page_of_name(name), link);
    }
}

static void test_the_entries_are_counted(void **state)
{
    (void)state;
    assert_in_page(listed_page("/empty/"), "<p>0 entries</p>");
    assert_in_page(listed_page("/one/"), "<p>1 entry</p>");
    assert_in_page(listed_page("/mixed/"), "<p>3 entries</p>");
    assert_not_in_page(listed_page("/mixed/"), "more");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_page_is_a_document_of_its_own),
        cmocka_unit_test(test_directories_stand_first_and_end_in_a_slash),
        cmocka_unit_test(test_there_is_a_way_up_but_not_from_the_root),
        cmocka_unit_test(test_names_are_escaped_in_text_and_link),
        cmocka_unit_test(test_the_path_is_escaped_too),
        cmocka_unit_test(test_links_are_percent_encoded),
        cmocka_unit_test(test_a_colon_in_a_name_makes_no_scheme),
        cmocka_unit_test(test_names_in_utf_8_are_themselves),
        cmocka_unit_test(test_names_of_other_octets_are_linked),
        cmocka_unit_test(test_every_octet_leads_back_to_its_name),
        cmocka_unit_test(test_the_longest_names_are_written_whole),
        cmocka_unit_test(test_the_entries_are_counted),
    };
    return cmocka_run_group_tests(tests, make_site, site_remove);
}
