/* From path to file: directories, indexes, pages without suffix, hidden names, odd names. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"

#include <stdio.h>
#include <string.h>

static const struct http_case cases[] = {
    {"a file is served (RFC 9110 §9.3.1)", GET("/file.txt"), 200, STAYS, .content = "file"},
    {"a file in a directory is served (RFC 9110 §9.3.1)", GET("/dir/other.txt"), 200, STAYS,
        .content = "other"},
    {"nothing there is 404 (RFC 9110 §15.5.5)", GET("/missing.txt"), 404, STAYS},
    {"nothing there in a directory is 404 (RFC 9110 §15.5.5)", GET("/dir/missing.txt"), 404, STAYS},
    {"nothing there in no directory is 404 (RFC 9110 §15.5.5)", GET("/no/such/dir/file.txt"), 404,
        STAYS},
    {"names are compared with case (RFC 9110 §4.2.3)", GET("/FILE.txt"), 404, STAYS},
    {"the start of a name is another name (RFC 9110 §15.5.5)", GET("/file.tx"), 404, STAYS},

    {"a directory's index is served (RFC 9110 §9.3.1)", GET("/dir/"), 200, STAYS,
        .content = "index"},
    {"a directory's index is served under its name, too (RFC 9110 §9.3.1)", GET("/dir/index.html"),
        200, STAYS, .content = "index"},
    {"a directory's index is served with a query (RFC 9110 §9.3.1)", GET("/dir/?a"), 200, STAYS,
        .content = "index"},
    {"a directory without an index is 404 (RFC 9110 §15.5.5)", GET("/empty/"), 404, STAYS},
    {"a directory whose index is a directory is 404 (RFC 9110 §15.5.5)", GET("/odd/"), 404, STAYS},
    {"a directory that is not there is 404 (RFC 9110 §15.5.5)", GET("/missing/"), 404, STAYS},

    {"a page is found without its suffix (RFC 9110 §9.3.1)", GET("/about"), 200, STAYS,
        .content = "about", .has = "Content-Type: text/html; charset=utf-8\r\n"},
    {"a page without its suffix keeps its query (RFC 9110 §9.3.1)", GET("/about?x=y"), 200, STAYS,
        .content = "about"},
    {"a page in a directory is found without its suffix (RFC 9110 §9.3.1)", GET("/dir/page"), 200,
        STAYS, .content = "page"},
    {"a file wins over a page of its name (RFC 9110 §9.3.1)", GET("/both"), 200, STAYS,
        .content = "file both"},
    {"a page without its suffix and a slash is 404 (RFC 9110 §15.5.5)", GET("/about/"), 404, STAYS},
    {"only .html is added (RFC 9110 §15.5.5)", GET("/file"), 404, STAYS},
    {"a page whose name is its suffix is hidden (RFC 9110 §15.5.5)", GET("/dir/.html"), 404, STAYS},

    {"a file and a slash is 404 (RFC 9110 §15.5.5)", GET("/about.html/"), 404, STAYS},
    {"a file and a name below it is 404 (RFC 9110 §15.5.5)", GET("/about.html/x"), 404, STAYS},
    {"a file and slashes is 404 (RFC 9110 §15.5.5)", GET("/file.txt//"), 404, STAYS},
    {"a file and a dot is 404 (RFC 3986 §5.2.4)", GET("/file.txt/."), 404, STAYS},

    {"a hidden file is 404 (RFC 9110 §15.5.5)", GET("/.hidden"), 404, STAYS},
    {"a hidden file in a directory is 404 (RFC 9110 §15.5.5)", GET("/dir/.hidden"), 404, STAYS},
    {"a file in a hidden directory is 404 (RFC 9110 §15.5.5)", GET("/.git/config"), 404, STAYS},
    {"an encoded dot hides as well (RFC 3986 §2.3)", GET("/%2ehidden"), 404, STAYS},
    {"a name of three dots is hidden (RFC 9110 §15.5.5)", GET("/.../file.txt"), 404, STAYS},
    {"a hidden directory is not redirected to (RFC 9110 §15.5.5)", GET("/.git"), 404, STAYS},
    {".well-known is not hidden (RFC 8615 §3)", GET("/.well-known/security.txt"), 200, STAYS,
        .content = "security"},
    {"a hidden file in .well-known is 404 (RFC 9110 §15.5.5)", GET("/.well-known/.hidden"), 404,
        STAYS},
    {"a name that starts with .well-known is hidden (RFC 9110 §15.5.5)", GET("/.well-knowns"), 404,
        STAYS},
    {"a .well-known further down is not hidden either (RFC 8615 §3)", GET("/dir/.well-known/x"),
        200, STAYS, .content = "x"},

    {"a name in UTF-8 is served (RFC 3986 §2.5)", GET("/gr%C3%BC%C3%9Fe.txt"), 200, STAYS,
        .content = "greetings"},
    {"a name that is no UTF-8 is served (RFC 3986 §2.5)", GET("/%FF%FE.txt"), 200, STAYS,
        .content = "octets"},
    {"a name with a backslash is served (RFC 3986 §2.5)", GET("/a%5Cb.txt"), 200, STAYS,
        .content = "backslash"},
    {"a backslash is no separator (RFC 3986 §2.2)", GET("/dir\\other.txt"), 404, STAYS},
    {"a name with quotes and brackets is served (RFC 3986 §2.1)", GET("/%22%3Cb%3E%22.txt"), 200,
        STAYS, .content = "markup"},
    {"a name with a tilde is served (RFC 3986 §2.3)", GET("/~user/x.txt"), 200, STAYS,
        .content = "tilde"},
    {"a name that starts with a dash is served (RFC 3986 §2.3)", GET("/-rf"), 200, STAYS,
        .content = "dash"},

    {"Cache-Control says to ask again (RFC 9111 §5.2.2.4)", GET("/file.txt"), 200, STAYS,
        .has = "\r\nCache-Control: no-cache\r\n"},
    {"the length of a file is announced (RFC 9110 §8.6)", GET("/file.txt"), 200, STAYS,
        .has = "\r\nContent-Length: 4\r\n", .has_too = "\r\nX-Content-Type-Options: nosniff\r\n"},
};

/* A target of so many segments, then this name; what is there has the content "deep". */
static void expect_deep(size_t depth, const char *segment, const char *name, int status)
{
    char target[8000] = "/";
    for (size_t i = 0; i < depth; i++) strcat(strcat(target, segment), "/");
    strcat(target, name);
    struct response response;
    get_once(world.port, target, &response, status);
    if (status == 200) response_expect_content(&response, "deep");
    response_release(&response);
}

/* RFC 9110 §9.3.1 */
static void test_a_file_fifty_directories_down_is_served(void **state)
{
    (void)state;
    char name[200] = "";
    for (size_t i = 0; i < 50; i++) strcat(name, "d/");
    strcat(name, "deep.txt");
    site_add(&world.site, name, "deep");
    expect_deep(50, "d", "deep.txt", 200);
    expect_deep(51, "d", "deep.txt", 404);
}

/* RFC 9110 §9.3.1: the longest name a Linux file system holds. */
static void test_a_name_of_255_octets_is_served(void **state)
{
    (void)state;
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    site_add(&world.site, name, "deep");
    expect_deep(0, "", name, 200);
}

/* RFC 9110 §15.5.5 */
static void test_a_name_too_long_for_any_file_is_not_found(void **state)
{
    (void)state;
    char name[400];
    memset(name, 'n', 399);
    name[399] = '\0';
    expect_deep(0, "", name, 404);
    name[256] = '\0';
    expect_deep(0, "", name, 404);
    name[253] = '\0'; /* too long with .html only */
    expect_deep(0, "", name, 404);
}

/* RFC 9110 §15.5.5 */
static void test_a_path_too_long_for_any_file_is_not_found(void **state)
{
    (void)state;
    expect_deep(2000, "d", "x", 404);
    expect_deep(3500, "d", "x", 404);
    expect_deep(30,
        "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
        "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",
        "x", 404);
}

static int setup(void **state)
{
    static const char *const files[][2] = {
        {"file.txt", "file"},
        {"dir/index.html", "index"},
        {"dir/other.txt", "other"},
        {"dir/page.html", "page"},
        {"dir/.hidden", "hidden"},
        {"dir/.html", "hidden"},
        {"dir/.well-known/x", "x"},
        {"odd/index.html/x.txt", "x"},
        {"about.html", "about"},
        {"both", "file both"},
        {"both.html", "page both"},
        {".hidden", "hidden"},
        {".git/config", "hidden"},
        {".../file.txt", "hidden"},
        {".well-known/security.txt", "security"},
        {".well-known/.hidden", "hidden"},
        {".well-knowns", "hidden"},
        {"gr\xc3\xbc\xc3\x9f"
         "e.txt",
            "greetings"},
        {"\xff\xfe.txt", "octets"},
        {"a\\b.txt", "backslash"},
        {"\"<b>\".txt", "markup"},
        {"~user/x.txt", "tilde"},
        {"-rf", "dash"},
    };
    (void)state;
    world_begin_site();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        site_add(&world.site, files[i][0], files[i][1]);
    site_add_directory(&world.site, "empty");
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_file_fifty_directories_down_is_served),
        TEST(test_a_name_of_255_octets_is_served),
        TEST(test_a_name_too_long_for_any_file_is_not_found),
        TEST(test_a_path_too_long_for_any_file_is_not_found),
    };
    return cases_run("paths", CASES(cases), TESTS(tests), setup);
}
