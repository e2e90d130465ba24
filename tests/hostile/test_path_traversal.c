/* Targets that try to leave the root, in every spelling: not one octet from outside is answered,
 * and no spelling is taken for another name of what lies inside. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { MOST_UP = 4 };

static const struct http_case cases[] = {
    {"dots in two octets too many are a name (RFC 3629 §3)", GET("/%c0%ae%c0%ae/outside.txt"), 404,
        STAYS},
    {"dots in three octets are a name (RFC 3629 §3)", GET("/%e0%80%ae%e0%80%ae/outside.txt"), 404,
        STAYS},
    {"a slash in two octets is part of a name (RFC 3629 §3)", GET("/..%c0%afoutside.txt"), 404,
        STAYS},
    {"dots before an encoded slash are no step up (RFC 3986 §2.2)", GET("/%2e%2e%2foutside.txt"),
        404, STAYS},
    {"a slash that is encoded twice is part of a name (RFC 3986 §2.4)", GET("/..%252foutside.txt"),
        404, STAYS},
    {"dots before a backslash are no step up (RFC 3986 §2.2)", GET("/..\\outside.txt"), 404, STAYS},
    {"dots before an encoded backslash are no step up (RFC 3986 §2.2)",
        GET("/dir/..%5c..%5coutside.txt"), 404, STAYS},
    {"dots with a parameter are no step up (RFC 3986 §3.3)", GET("/dir/..;/..;x=y/outside.txt"),
        404, STAYS},
    {"dots and a NUL are refused (RFC 3986 §7.3)", GET("/dir/..%00/outside.txt"), 400, STAYS},
    {"the code point of a dot is no encoding (RFC 3986 §2.1)", GET("/%u002e%u002e/outside.txt"),
        400, STAYS},
    {"encoded dots above the root in absolute-form are refused (RFC 3986 §7.3)",
        GET("http://a/%2e%2e/outside.txt"), 400, STAYS},
    {"two dots remove an empty segment, and no more (RFC 3986 §5.2.4)", GET("//..//../outside.txt"),
        404, STAYS},
    {"more dots than empty segments are refused (RFC 3986 §7.3)", GET("//../../outside.txt"), 400,
        STAYS},
    {"the name of the root's own directory is not there (RFC 3986 §7.3)",
        GET("/dir/../../root/file.txt"), 400, STAYS},
    {"the path of a file of the system is looked for in the root (RFC 9110 §17.3)",
        GET("//etc/passwd"), 404, STAYS, .lacks = "root:"},
    {"a drive is a name (RFC 9110 §17.3)", GET("/C:/outside.txt"), 404, STAYS},
    {"a file as target is refused (RFC 9112 §3.2.2)", GET("file:///etc/passwd"), 400, STAYS,
        .lacks = "root:"},
};

static const char *const starts[] = {"/", "//", "/./", "/dir/", "http://a/", "http://a/dir/"};
static const char *const ups[] = {"..", ".%2e", "%2E.", "%2e%2e", "%252e%252e", "%%32%65%%32%65",
    "..%00", "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae", "%f0%80%80%ae.", "%u002e%u002e", "..;", "...",
    "....", "..%20", "%20..", ".%0d.", "..%ff", ".", "", "dir"};
static const char *const separators[] = {"/", "//", "/./", "%2f", "%2F", "%252f", "\\", "\\\\",
    "%5c", "%255c", "%c0%af", "%e0%80%af", "%ef%bc%8f", "%u2215", ";/", "/%00/", "%3f/", "%23/"};

/* A connection that lasts, and how many targets were tried. */
static struct client client;
static size_t tried;

static void expect_nothing(const char *target)
{
    char request[600];
    struct response response;
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    client_send_text(&client, request);
    response_read(&client, &response, TO_ANY);
    tried++;
    if (response.status != 400 && response.status != 404)
        failed("status %d for %s", response.status, target);
    if (response_contains(&response, "secret")) failed("%s leads out of the root", target);
    if (response.closes) failed("%s closes the connection", target);
    response_release(&response);
}

static void expect_nothing_by(const char *up, const char *then, const char *separator)
{
    char target[500];
    for (size_t start = 0; start < COUNT(starts); start++) {
        size_t length = (size_t)sprintf(target, "%s", starts[start]);
        for (size_t i = 0; i < MOST_UP; i++) {
            length += (size_t)sprintf(target + length, "%s%s", i % 2 == 0 ? up : then, separator);
            strcpy(target + length, "outside.txt");
            expect_nothing(target);
        }
    }
}

/* RFC 9110 §17.3, RFC 3986 §7.3 */
static void test_no_spelling_of_a_step_up_leads_out(void **state)
{
    (void)state;
    tried = 0;
    client_connect(&client, world.port);
    for (size_t i = 0; i < COUNT(ups); i++)
        for (size_t j = 0; j < COUNT(separators); j++)
            expect_nothing_by(ups[i], ups[i], separators[j]);
    client_close(&client);
    assert_int_equal(tried, COUNT(starts) * COUNT(ups) * COUNT(separators) * MOST_UP);
}

/* RFC 3986 §7.3: a check that knows each spelling may miss where two meet. */
static void test_no_two_spellings_together_lead_out(void **state)
{
    static const char *const few[] = {"/", "%2f", "\\", "%5c", "//"};
    (void)state;
    client_connect(&client, world.port);
    for (size_t i = 0; i < COUNT(ups); i++)
        for (size_t j = 0; j < COUNT(few); j++)
            expect_nothing_by(ups[i], ups[(i * 7 + j + 1) % COUNT(ups)], few[j]);
    client_close(&client);
}

/* What the others look for is there, for whoever could step up. */
static void test_there_is_something_outside_to_find(void **state)
{
    (void)state;
    assert_int_equal(access(site_path(&world.site, "../outside.txt").text, R_OK), 0);
    assert_int_equal(access(site_path(&world.site, "dir/../../outside.txt").text, R_OK), 0);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    site_add(&world.site, "dir/file.txt", "file");
    site_add(&world.site, "../outside.txt", "secret");
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_spelling_of_a_step_up_leads_out),
        TEST(test_no_two_spellings_together_lead_out),
        TEST(test_there_is_something_outside_to_find),
    };
    return cases_run("traversal", CASES(cases), TESTS(tests), setup);
}
