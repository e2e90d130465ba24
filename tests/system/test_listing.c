/* Listings of directories (--list): what they hold, and that every link in them works however
 * strange the name is that it stands for. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GET_LISTING(target) "GET " target " HTTP/1.1\r\nHost: a\r\n\r\n"

static const struct http_case cases[] = {
    {"a directory without an index is listed (RFC 9110 §15.3.1)", GET("/plain/"), 200, STAYS,
        .has = "\r\nContent-Type: text/html; charset=utf-8\r\n", .has_too = "file.txt"},
    {"a listing has the Cache-Control of the site (RFC 9111 §5.2)", GET("/plain/"), 200, STAYS,
        .has = "\r\nCache-Control: no-cache\r\n"},
    {"a listing, made just now, has no tag (RFC 9110 §8.8)", GET("/plain/"), 200, STAYS,
        .lacks = "ETag:"},
    {"a listing has no date of its own (RFC 9110 §8.8)", GET("/plain/"), 200, STAYS,
        .lacks = "Last-Modified:"},
    {"the root is listed (RFC 9110 §15.3.1)", GET("/"), 200, STAYS, .has = "plain/"},
    {"the root has nothing above it (RFC 3986 §5.2.4)", GET("/"), 200, STAYS, .lacks = "\"../"},
    {"a directory links to the one above it (RFC 3986 §5.2.4)", GET("/plain/"), 200, STAYS,
        .has = "href=\"../\""},
    {"a directory with an index shows its index (RFC 9110 §15.3.1)", GET("/index/"), 200, STAYS,
        .content = "index"},
    {"a directory without its slash is redirected (RFC 9110 §15.4.2)", GET("/plain?a=b"), 301,
        STAYS, .has = "\r\nLocation: /plain/?a=b\r\n"},
    {"a query does not change a listing (RFC 3986 §3.4)", GET("/plain/?C=M;O=A"), 200, STAYS,
        .has = "file.txt"},
    {"an empty directory is listed (RFC 9110 §15.3.1)", GET("/empty/"), 200, STAYS,
        .has = "href=\"../\"", .lacks = "href=\"./"},
    {"a file with a slash is no directory (RFC 9110 §15.5.5)", GET("/plain/file.txt/"), 404, STAYS},
    {"what is not there is not listed (RFC 9110 §15.5.5)", GET("/missing/"), 404, STAYS},
    {"a directory whose name starts with a dot is not listed (RFC 9110 §15.5.5)", GET("/.hidden/"),
        404, STAYS},
    {"names that start with a dot are left out (RFC 9110 §15.5.5)", GET("/"), 200, STAYS,
        .lacks = ".hidden"},
    {"links that lead out are not listed (RFC 9110 §15.5.5)", GET("/odd/"), 200, STAYS,
        .has = "inside", .lacks = "outside"},
    {"what is neither file nor directory is left out (RFC 9110 §15.5.5)", GET("/odd/"), 200, STAYS,
        .lacks = "fifo"},
    {"what no target can name is left out (RFC 3986 §7.3)", GET("/odd/"), 200, STAYS,
        .lacks = "control"},
    {"a link to a directory is listed as one (RFC 9110 §15.5.5)", GET("/odd/"), 200, STAYS,
        .has = "href=\"./beside/\""},
    {"a directory beneath a link is listed (RFC 9110 §15.3.1)", GET("/odd/beside/"), 200, STAYS,
        .has = "file.txt"},
    {"a directory that leads out is not listed (RFC 9110 §15.5.5)", GET("/odd/outside/"), 404,
        STAYS},
    {"markup in the name of a directory stays text (RFC 9110 §17.4)", GET("/%3Cb%3E&%22'/"), 200,
        STAYS, .has = "file.txt", .lacks = "<b>"},
};

/* Undoes the references in a run of HTML: &#NN; and the five that have names. */
static void unescape(char *text)
{
    static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    char *out = text;
    while (*text != '\0') {
        char octet = *text;
        size_t length = 1;
        for (size_t i = 0; i < 5; i++)
            if (strncmp(text, names[i], strlen(names[i])) == 0) {
                octet = "&<>\"'"[i];
                length = strlen(names[i]);
            }
        if (strncmp(text, "&#", 2) == 0) {
            octet = (char)atoi(text + 2);
            length = strcspn(text, ";") + 1;
        }
        *out++ = octet;
        text += length;
    }
    *out = '\0';
}

/* Takes the next link out of a page: what it refers to, and its text. NULL: there are no more. */
static const char *next_link(const char *page, char reference[2000], char text[2000])
{
    static const char start[] = "<a href=\"";
    const char *link = strstr(page, start);
    if (link == NULL) return NULL;
    const char *end = strchr(link + strlen(start), '"');
    if (end == NULL || end[1] != '>') failed("a link is not <a href=\"…\">");
    snprintf(
        reference, 2000, "%.*s", (int)(end - link - (long)strlen(start)), link + strlen(start));
    const char *text_end = strstr(end, "</a>");
    if (text_end == NULL) failed("a link does not end");
    snprintf(text, 2000, "%.*s", (int)(text_end - end - 2), end + 2);
    unescape(reference);
    unescape(text);
    return text_end;
}

/* RFC 3986 §5.2 for what a listing may hold: a relative path that does not leave the directory. */
static void resolve(const char *reference, const char *base, char target[3000])
{
    if (strncmp(reference, "./", 2) == 0)
        reference += 2;
    else if (strcspn(reference, ":") < strcspn(reference, "/"))
        failed("%s is not relative: its first segment has a colon (RFC 3986 §4.2)", reference);
    if (reference[0] == '/') failed("%s is not relative", reference);
    if (reference[strcspn(reference, " <>\"\\^`{|}?#[]")] != '\0')
        failed("%s holds what no path may (RFC 3986 §3.3)", reference);
    snprintf(target, 3000, "%s%s", base, reference);
}

enum { LONGEST = 255 }; /* octets of a name */
static char longest[LONGEST + 1], longest_encoded[LONGEST + 1];

static const char *const strange[] = {"plain", "two words", " spaces around ", "100%", "%41",
    "%2e%2e", "what?", "a#b", "a&b", "&lt;", "&#65;", "\"quoted\"", "it's", "<b>bold", "<!--",
    "javascript:alert(1)", "http:evil.example", ":colon", "a:b", "c+d", "e=f;g,h", "[x]", "{y}",
    "back\\slash", "`grave`", "^|~", "@at", "$!*()", "-rf", "\xc3\xbc\xe2\x82\xac",
    "\xf0\x9f\x98\x80", "\xff\xfe not UTF-8", "x\"onmouseover=\"alert(1)", "name.html",
    "name.txt.gz", "\xc2\xa0", longest, longest_encoded};
enum { STRANGE = sizeof strange / sizeof strange[0] };

/* Follows a link: the file says which name it has. Returns which one that is. */
static size_t follow(const char *reference, const char *text)
{
    struct response response;
    char target[3000];
    resolve(reference, "/strange/", target);
    get_once(world.port, target, &response, 200);
    size_t which = strtoul(response.content, NULL, 10);
    response_release(&response);
    if (which >= STRANGE || strcmp(text, strange[which]) != 0)
        failed("the link %s has the text \"%s\", but is another file", reference, text);
    return which;
}

/* RFC 3986 §4.2, §2.1: each reference, resolved as a browser does, leads to the file named. */
static void test_every_link_of_a_listing_leads_to_the_name_it_shows(void **state)
{
    (void)state;
    struct response listing;
    bool seen[STRANGE] = {false};
    char reference[2000];
    char text[2000];
    get_once(world.port, "/strange/", &listing, 200);
    for (const char *at = listing.content; (at = next_link(at, reference, text)) != NULL;)
        if (strcmp(reference, "../") != 0) seen[follow(reference, text)] = true;
    for (size_t i = 0; i < STRANGE; i++)
        if (!seen[i]) failed("\"%s\" is not listed", strange[i]);
    response_release(&listing);
}

/* RFC 9110 §15.3.1: and from a listing to the one beneath it, and back. */
static void test_links_lead_to_directories_and_back(void **state)
{
    (void)state;
    struct response response;
    char reference[2000];
    char text[2000];
    char target[3000];
    get_once(world.port, "/nested/", &response, 200);
    const char *at = next_link(response.content, reference, text);
    if (at == NULL || strcmp(reference, "../") != 0) failed("the first link is not the one up");
    if (next_link(at, reference, text) == NULL) failed("there is no second link");
    if (strcmp(text, "a? b/") != 0) failed("the text of the directory is \"%s\"", text);
    resolve(reference, "/nested/", target);
    response_release(&response);
    get_once(world.port, target, &response, 200);
    if (!response_contains(&response, "deep.txt")) failed("%s is another directory", target);
    response_release(&response);
}

/* Directories first, each kind by the octets of its names. */
static void test_a_listing_is_sorted(void **state)
{
    (void)state;
    static const char *const sorted[] = {"../", "b/", "z/", "Z.txt", "a.txt", "c.txt"};
    struct response listing;
    char reference[2000];
    char text[2000];
    get_once(world.port, "/sorted/", &listing, 200);
    const char *at = listing.content;
    for (size_t i = 0; i < sizeof sorted / sizeof sorted[0]; i++) {
        at = next_link(at, reference, text);
        if (at == NULL || strcmp(text, sorted[i]) != 0)
            failed("link %zu is \"%s\", expected \"%s\"", i, at == NULL ? "" : text, sorted[i]);
    }
    response_release(&listing);
}

/* RFC 9110 §9.3.2 */
static void test_head_of_a_listing_has_the_length_of_get(void **state)
{
    (void)state;
    struct client client;
    struct response get;
    struct response head;
    client_connect(&client, world.port);
    client_send_text(&client, GET_LISTING("/strange/"));
    response_expect(&client, &get, 200);
    client_send_text(&client, "HEAD /strange/ HTTP/1.1\r\nHost: a\r\n\r\n");
    response_read(&client, &head, TO_HEAD);
    response_expect_field(&head, "Content-Length", response_field(&get, "Content-Length"));
    response_expect_field(&head, "Content-Type", "text/html; charset=utf-8");
    expect_open(&client);
    response_release(&get);
    response_release(&head);
    client_close(&client);
}

/* RFC 9110 §15.5.4 */
static void test_a_directory_that_may_not_be_read_is_forbidden(void **state)
{
    (void)state;
    struct server server;
    struct response response;
    server_start(&server,
        &(struct launch){
            .arguments = ARGUMENTS("--list"), .directory = world.site.root, .as_nobody = true});
    get_once(server.port, "/locked/", &response, 403);
    response_release(&response);
    server_stop(&server);
}

/* However a listing is asked for, nothing of it stays open. */
static void test_listings_leave_no_descriptor_behind(void **state)
{
    (void)state;
    expect_descriptors_closed("/strange/", "");
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    memset(longest, 'n', LONGEST);
    memset(longest_encoded, '%', LONGEST);
    for (size_t i = 0; i < STRANGE; i++) {
        char name[300];
        char number[20];
        snprintf(name, sizeof name, "strange/%s", strange[i]);
        snprintf(number, sizeof number, "%zu", i);
        site_add(&world.site, name, number);
    }
    static const char *const files[] = {"plain/file.txt", "index/index.html", ".hidden/file.txt",
        "odd/inside", "odd/\x01control", "../outside/file.txt", "<b>&\"'/file.txt",
        "nested/a? b/deep.txt", "sorted/a.txt", "sorted/Z.txt", "sorted/c.txt", "sorted/z/x",
        "sorted/b/x", "locked/x"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        site_add(&world.site, files[i], strcmp(files[i], "index/index.html") == 0 ? "index" : "x");
    site_add_directory(&world.site, "empty");
    site_add_fifo(&world.site, "odd/fifo");
    site_add_link(&world.site, "odd/beside", "../plain");
    site_add_link(&world.site, "odd/outside", "../../outside");
    chmod(site_path(&world.site, "locked").text, 0311);
    world_begin(ARGUMENTS("--list"));
    return 0;
}

/* Who is not root cannot remove what is in a directory that may not be read. */
static void test_the_locked_directory_can_be_removed(void **state)
{
    (void)state;
    assert_int_equal(chmod(site_path(&world.site, "locked").text, 0755), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_link_of_a_listing_leads_to_the_name_it_shows),
        TEST(test_links_lead_to_directories_and_back),
        TEST(test_a_listing_is_sorted),
        TEST(test_head_of_a_listing_has_the_length_of_get),
        TEST(test_a_directory_that_may_not_be_read_is_forbidden),
        TEST(test_listings_leave_no_descriptor_behind),
        TEST(test_the_locked_directory_can_be_removed),
    };
    return cases_run("listing", CASES(cases), TESTS(tests), setup);
}
