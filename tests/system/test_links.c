/* What lies in the root and must not be served: links that lead out, what is no regular file, what
 * may not be read. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct http_case cases[] = {
    {"a link to a file beside it is followed (RFC 9110 §3.1)", GET("/beside.txt"), 200, STAYS,
        .content = "file"},
    {"a link into a directory is followed (RFC 9110 §3.1)", GET("/into.txt"), 200, STAYS,
        .content = "inner"},
    {"a link up to a file within the root is followed (RFC 9110 §3.1)", GET("/dir/up.txt"), 200,
        STAYS, .content = "file"},
    {"a link to a directory is followed (RFC 9110 §3.1)", GET("/linked/inner.txt"), 200, STAYS,
        .content = "inner"},
    {"a link to a directory is redirected like one (RFC 9110 §15.4.2)", GET("/linked"), 301, STAYS,
        .has = "\r\nLocation: /linked/\r\n"},
    {"a link to a link is followed (RFC 9110 §3.1)", GET("/twice.txt"), 200, STAYS,
        .content = "file"},

    {"a link out of the root is 404 (RFC 9110 §17.3)", GET("/out.txt"), 404, STAYS,
        .lacks = "outside"},
    {"a link out of the root further down is 404 (RFC 9110 §17.3)", GET("/dir/out.txt"), 404, STAYS,
        .lacks = "outside"},
    {"a link out of the root and in again is 404 (RFC 9110 §17.3)", GET("/round.txt"), 404, STAYS},
    {"a link to the directory above the root is 404 (RFC 9110 §17.3)", GET("/above/outside.txt"),
        404, STAYS, .lacks = "outside\n"},
    {"a link to the directory above the root is not redirected to (RFC 9110 §17.3)", GET("/above"),
        404, STAYS},
    {"an absolute link is 404 (RFC 9110 §17.3)", GET("/passwd"), 404, STAYS, .lacks = "root:"},
    {"an absolute link to the root directory is 404 (RFC 9110 §17.3)", GET("/slash/etc/passwd"),
        404, STAYS, .lacks = "root:"},
    {"an absolute link into the site itself is 404 (RFC 9110 §17.3)", GET("/absolute.txt"), 404,
        STAYS},
    {"a link to a page without suffix leads nowhere outside (RFC 9110 §17.3)", GET("/outpage"), 404,
        STAYS, .lacks = "outside"},
    {"a link to nothing is 404 (RFC 9110 §15.5.5)", GET("/dangling.txt"), 404, STAYS},
    {"a link to itself is 404 (RFC 9110 §15.5.5)", GET("/loop.txt"), 404, STAYS},
    {"a link to the process's own descriptors is 404 (RFC 9110 §17.3)", GET("/descriptors/0"), 404,
        STAYS},

    {"a FIFO is 404 (RFC 9110 §15.5.5)", GET("/fifo"), 404, STAYS},
    {"a FIFO with a known suffix is 404 (RFC 9110 §15.5.5)", GET("/fifo.txt"), 404, STAYS},
    {"a FIFO as a page is 404 (RFC 9110 §15.5.5)", GET("/fifopage"), 404, STAYS},
    {"a FIFO as an index is 404 (RFC 9110 §15.5.5)", GET("/fifodir/"), 404, STAYS},
    {"a link to a FIFO is 404 (RFC 9110 §15.5.5)", GET("/fifolink"), 404, STAYS},
    {"a socket is 404 (RFC 9110 §15.5.5)", GET("/socket"), 404, STAYS},
    {"a FIFO and a slash is 404 (RFC 9110 §15.5.5)", GET("/fifo/"), 404, STAYS},

    {"a file that may not be read is 403 (RFC 9110 §15.5.4)", GET("/secret.txt"), 403, STAYS,
        .lacks = "secret\n"},
    {"a page that may not be read is 403 (RFC 9110 §15.5.4)", GET("/secretpage"), 403, STAYS},
    {"a link to a file that may not be read is 403 (RFC 9110 §15.5.4)", GET("/secretlink.txt"), 403,
        STAYS},
    {"an error of permission explains itself (RFC 9110 §15.5.4)", GET("/secret.txt"), 403, STAYS,
        .has = "403 Forbidden", .has_too = "RFC 9110 §15.5.4"},
};

/* RFC 9110 §17.3: a device is no file to be sent. */
static void test_a_device_is_not_found(void **state)
{
    (void)state;
    static const char *const targets[] = {"/null", "/zero", "/random"};
    struct server server;
    server_start(&server, &(struct launch){.directory = "/dev"});
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct response response;
        get_once(server.port, targets[i], &response, 404);
        response_release(&response);
    }
    server_stop(&server);
}

/* RFC 9110 §17.3: in /proc, links that are no links lead to whatever a process has open. */
static void test_magic_links_are_not_found(void **state)
{
    (void)state;
    static const char *const targets[] = {"/exe", "/root/etc/passwd", "/cwd/", "/root/", "/fd/0",
        "/fd/2", "/root", "/cwd", "/task/../exe", "/map_files/x"};
    struct server server;
    char directory[32];
    snprintf(directory, sizeof directory, "/proc/%d", (int)getpid());
    server_start(&server, /* Landlock forbids some before it is asked what they are: 403 */
        &(struct launch){.arguments = ARGUMENTS("--no-sandbox"), .directory = directory});
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct response response;
        get_once(server.port, targets[i], &response, 404);
        response_release(&response);
    }
    server_stop(&server);
}

/* RFC 9110 §17.3: the directory that is named is the root, also where it is named by a link. */
static void test_a_root_named_by_a_link_is_served(void **state)
{
    (void)state;
    struct server server;
    struct response response;
    char directory[128];
    snprintf(directory, sizeof directory, "%s/rootlink", world.site.base);
    if (symlink(world.site.root, directory) != 0) failed("symlink %s", directory);
    server_start(&server, &(struct launch){.directory = directory});
    get_once(server.port, "/file.txt", &response, 200);
    response_expect_content(&response, "file");
    response_release(&response);
    server_stop(&server);
}

static void add_links(const struct site *site)
{
    static const char *const links[][2] = {
        {"beside.txt", "file.txt"},
        {"into.txt", "dir/inner.txt"},
        {"dir/up.txt", "../file.txt"},
        {"linked", "dir"},
        {"twice.txt", "beside.txt"},
        {"out.txt", "../outside.txt"},
        {"dir/out.txt", "../../outside.txt"},
        {"round.txt", "../root/file.txt"},
        {"above", ".."},
        {"passwd", "/etc/passwd"},
        {"slash", "/"},
        {"outpage.html", "../outside.txt"},
        {"dangling.txt", "nowhere.txt"},
        {"loop.txt", "loop.txt"},
        {"descriptors", "/proc/self/fd"},
        {"fifolink", "fifo"},
        {"secretlink.txt", "secret.txt"},
    };
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        site_add_link(site, links[i][0], links[i][1]);
    site_add_link(site, "absolute.txt", site_path(site, "file.txt").text);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "file.txt", "file");
    site_add(&world.site, "dir/inner.txt", "inner");
    site_add(&world.site, "../outside.txt", "outside\n");
    site_add(&world.site, "secret.txt", "secret\n");
    site_add(&world.site, "secretpage.html", "secret\n");
    chmod(site_path(&world.site, "secret.txt").text, 0);
    chmod(site_path(&world.site, "secretpage.html").text, 0);
    add_links(&world.site);
    site_add_fifo(&world.site, "fifo");
    site_add_fifo(&world.site, "fifo.txt");
    site_add_fifo(&world.site, "fifopage.html");
    site_add_fifo(&world.site, "fifodir/index.html");
    site_add_socket(&world.site, "socket");
    server_start(&world.server, &(struct launch){.directory = world.site.root, .as_nobody = true});
    world.port = world.server.port;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_device_is_not_found),
        TEST(test_magic_links_are_not_found),
        TEST(test_a_root_named_by_a_link_is_served),
    };
    return cases_run("links", CASES(cases), TESTS(tests), setup);
}
