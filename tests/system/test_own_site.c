/* The site that comes with the sources, www/, served by the program as a fresh build serves it. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char directory[512];

/* The connection is asked to close: this site has no file for the probe. */
#define PAGE(target)                                                                               \
    "GET " target " HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
#define HTML "Content-Type: text/html; charset=utf-8\r\n"

static const struct http_case cases[] = {
    {"the start page is served (RFC 9110 §15.3.1)", REQUEST(PAGE("/")), 200, CLOSES, .has = HTML,
        .has_too = "<html"},
    {"the page about is found without its suffix (RFC 9110 §15.3.1)", REQUEST(PAGE("/about")), 200,
        CLOSES, .has = HTML, .has_too = "<html"},
    {"the page for what is not found is used (RFC 9110 §15.5.5)", REQUEST(PAGE("/missing")), 404,
        CLOSES, .has = HTML, .has_too = "<html"},
};

/* RFC 9110 §15.3.1: octet by octet what is on the disk, and of a known media type. */
static void test_every_file_of_the_site_is_served_as_it_is(void **state)
{
    (void)state;
    DIR *files = opendir(directory);
    if (files == NULL) failed("no directory %s", directory);
    for (struct dirent *entry; (entry = readdir(files)) != NULL;) {
        char path[1024];
        char target[300];
        struct response response;
        if (entry->d_type != DT_REG || entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        snprintf(target, sizeof target, "/%s", entry->d_name);
        size_t length = 0;
        char *octets = file_text(path, &length);
        get_once(world.port, target, &response, 200);
        if (response.content_length != length || memcmp(response.content, octets, length) != 0)
            failed("%s does not come as it is", target);
        if (response_contains(&response, "Content-Type: application/octet-stream"))
            failed("the media type of %s is not known", target);
        response_release(&response);
        free(octets);
    }
    closedir(files);
}

static int setup(void **state)
{
    (void)state;
    const char *sources = getenv("STRATA_SOURCE_DIR");
    if (sources == NULL) failed("STRATA_SOURCE_DIR does not name the sources");
    snprintf(directory, sizeof directory, "%s/www", sources);
    server_start(&world.server, &(struct launch){.directory = directory});
    world.port = world.server.port;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_file_of_the_site_is_served_as_it_is),
    };
    return cases_run("own site", CASES(cases), TESTS(tests), setup);
}
