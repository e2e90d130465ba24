/* --fallback: where nothing is found one file is the answer, with 200, as applications want it that
 * find their way in the browser. In the requests {tag} is its entity tag. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/program.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ASK(method, target, lines) method " " target " HTTP/1.1\r\nHost: a\r\n" lines "\r\n"
#define WITH(target, lines)        REQUEST(ASK("GET", target, lines))
#define FALLBACK                                                                                   \
    200, STAYS, .content = "application", .has = "\r\nContent-Type: text/html; charset=utf-8\r\n"

static struct http_case cases[] = {
    {"what is not there is the fallback (RFC 9110 §15.3.1)", GET("/missing"), FALLBACK},
    {"it has the media type of the fallback (RFC 9110 §8.3)", GET("/missing.png"), FALLBACK},
    {"deep paths are the fallback (RFC 9110 §15.3.1)", GET("/a/b/c?d=e"), FALLBACK},
    {"a directory that is not there is the fallback (RFC 9110 §15.3.1)", GET("/a/b/"), FALLBACK},
    {"a directory without an index is the fallback (RFC 9110 §15.3.1)", GET("/dir/"), FALLBACK},
    {"the root without an index is the fallback (RFC 9110 §15.3.1)", GET("/"), FALLBACK},
    {"a file with a slash is the fallback (RFC 9110 §15.3.1)", GET("/file.txt/"), FALLBACK},
    {"something beneath a file is the fallback (RFC 9110 §15.3.1)", GET("/file.txt/x"), FALLBACK},
    {"a name too long for any file is the fallback (RFC 9110 §15.3.1)",
        GET("/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
            "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
            "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
            "nnnnnnnnnnnnnnnnnnn"),
        FALLBACK},
    {"the fallback goes before 404.html (RFC 9110 §15.3.1)",
        WITH("/missing", "Accept: text/html\r\n"), FALLBACK},
    {"the fallback does not depend on Accept (RFC 9110 §12.5.5)",
        WITH("/missing", "Accept: text/html\r\n"), FALLBACK, .lacks = "Vary:"},
    {"HEAD is answered with the fallback's fields (RFC 9110 §9.3.2)",
        REQUEST(ASK("HEAD", "/missing", "")), 200, STAYS, .to_head = true,
        .has = "\r\nContent-Length: 11\r\n"},
    {"the fallback has conditions (RFC 9110 §13.1.2)", WITH("/missing", "If-None-Match: {tag}\r\n"),
        304, STAYS},
    {"the fallback fails conditions (RFC 9110 §13.1.1)", WITH("/missing", "If-Match: \"x\"\r\n"),
        412, STAYS},
    {"the fallback has ranges (RFC 9110 §14.2)", WITH("/missing", "Range: bytes=3-5\r\n"), 206,
        STAYS, .content = "lic", .has = "\r\nContent-Range: bytes 3-5/11\r\n"},

    {"what is there is itself (RFC 9110 §15.3.1)", GET("/file.txt"), 200, STAYS, .content = "file"},
    {"the fallback is a file like any other (RFC 9110 §15.3.1)", GET("/app.html"), FALLBACK},
    {"a directory is redirected still (RFC 9110 §15.4.2)", GET("/dir"), 301, STAYS,
        .has = "\r\nLocation: /dir/\r\n"},
    {"a name that starts with a dot is not found (RFC 9110 §15.5.5)", GET("/.env"), 404, STAYS},
    {"a link that leads out is not found (RFC 9110 §15.5.5)", GET("/outside.txt"), 404, STAYS},
    {"a bad target is refused still (RFC 3986 §2.1)", GET("/%zz"), 400, STAYS},
    {"a method that is not known is refused still (RFC 9110 §15.6.2)",
        REQUEST(ASK("BREW", "/missing", "")), 501, STAYS},
};

static void expect_content(int port, const char *target, const char *lines, const char *content)
{
    struct response response;
    char request[300];
    snprintf(request, sizeof request, ASK("GET", "%s", "%s"), target, lines);
    request_once(port, request, &response, 200);
    response_expect_content(&response, content);
    response_release(&response);
}

/* The name is found like a target: beneath the directory, with or without a slash. */
static void test_a_fallback_may_lie_in_a_directory(void **state)
{
    (void)state;
    static const char *const names[] = {"in/deep.html", "/in/deep.html"};
    for (size_t i = 0; i < 2; i++) {
        struct server server;
        start_server(&server, ARGUMENTS("--fallback", names[i]));
        expect_content(server.port, "/missing", "", "deep");
        server_stop(&server);
    }
}

/* RFC 9110 §12.5.3 */
static void test_a_fallback_has_its_variants(void **state)
{
    (void)state;
    struct server server;
    struct response response;
    start_server(&server, ARGUMENTS("--fallback", "coded.html"));
    expect_content(server.port, "/missing", "Accept-Encoding: gzip\r\n", "coded, gzip");
    request_once(server.port, ASK("GET", "/missing", ""), &response, 200);
    response_expect_content(&response, "coded");
    response_expect_field(&response, "Vary", "Accept-Encoding");
    response_release(&response);
    server_stop(&server);
}

/* A listing is something found. */
static void test_with_list_a_directory_is_listed_and_the_rest_falls_back(void **state)
{
    (void)state;
    struct server server;
    struct response response;
    start_server(&server, ARGUMENTS("--list", "--fallback", "app.html"));
    get_once(server.port, "/dir/", &response, 200);
    if (!response_contains(&response, "listed.txt")) failed("the directory is not listed");
    response_release(&response);
    expect_content(server.port, "/missing/", "", "application");
    server_stop(&server);
}

/* RFC 9110 §15.5.4: the file was found. */
static void test_a_file_that_may_not_be_read_is_forbidden_still(void **state)
{
    (void)state;
    struct server server;
    struct response response;
    site_add(&world.site, "locked.txt", "locked");
    chmod(site_path(&world.site, "locked.txt").text, 0);
    server_start(&server,
        &(struct launch){.arguments = ARGUMENTS("--fallback", "app.html"),
            .directory = world.site.root,
            .as_nobody = true});
    get_once(server.port, "/locked.txt", &response, 403);
    response_release(&response);
    server_stop(&server);
}

/* RFC 9110 §15.5.5 */
static void test_a_fallback_that_has_gone_is_not_found(void **state)
{
    (void)state;
    struct server server;
    struct response response;
    site_add(&world.site, "goes.html", "goes");
    start_server(&server, ARGUMENTS("--fallback", "goes.html"));
    if (unlink(site_path(&world.site, "goes.html").text) != 0) failed("unlink");
    get_once(server.port, "/missing", &response, 404);
    response_release(&response);
    server_stop(&server);
}

/* A mistake in the command line shows at start, not at the first request. */
static void test_a_fallback_that_cannot_be_served_is_refused_at_start(void **state)
{
    (void)state;
    static const char *const names[] = {
        "missing.html", "../outside.txt", ".env", "dir", "outside.txt", ""};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        expect_refused(ARGUMENTS("--port", "0", "--fallback", names[i]), world.site.root,
            EXIT_NO_DIRECTORY, names[i]);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "app.html", "application");
    site_add(&world.site, "404.html", "not found");
    site_add(&world.site, "file.txt", "file");
    site_add(&world.site, "dir/listed.txt", "listed");
    site_add(&world.site, "in/deep.html", "deep");
    site_add(&world.site, "coded.html", "coded");
    site_add(&world.site, "coded.html.gz", "coded, gzip");
    site_add(&world.site, ".env", "secret");
    site_add(&world.site, "../outside.txt", "outside");
    site_add_link(&world.site, "outside.txt", "../outside.txt");
    world_begin(ARGUMENTS("--fallback", "app.html"));
    char *tag = fetch_field(ASK("GET", "/app.html", ""), "ETag");
    cases_put(CASES(cases), "{tag}", tag);
    free(tag);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_fallback_may_lie_in_a_directory),
        TEST(test_a_fallback_has_its_variants),
        TEST(test_with_list_a_directory_is_listed_and_the_rest_falls_back),
        TEST(test_a_file_that_may_not_be_read_is_forbidden_still),
        TEST(test_a_fallback_that_has_gone_is_not_found),
        TEST(test_a_fallback_that_cannot_be_served_is_refused_at_start),
    };
    return cases_run("fallback", CASES(cases), TESTS(tests), setup);
}
