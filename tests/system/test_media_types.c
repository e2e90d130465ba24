/* Content-Type from a name's suffix (RFC 9110 §8.3), with the charset of text (§8.3.2). */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *media_type;
} files[] = {
    {"a.html", "text/html; charset=utf-8"},
    {"a.htm", "text/html; charset=utf-8"},
    {"a.css", "text/css; charset=utf-8"},
    {"a.js", "text/javascript; charset=utf-8"},  /* RFC 9239 §6 */
    {"a.mjs", "text/javascript; charset=utf-8"}, /* RFC 9239 §6 */
    {"a.txt", "text/plain; charset=utf-8"},
    {"a.csv", "text/csv; charset=utf-8"},
    {"a.md", "text/markdown; charset=utf-8"}, /* RFC 7763 §2 */
    {"a.svg", "image/svg+xml"},
    {"a.png", "image/png"},
    {"a.jpg", "image/jpeg"},
    {"a.jpeg", "image/jpeg"},
    {"a.gif", "image/gif"},
    {"a.webp", "image/webp"},
    {"a.avif", "image/avif"},
    {"a.json", "application/json"},
    {"a.pdf", "application/pdf"},
    {"a.wasm", "application/wasm"},
    {"a.zip", "application/zip"},
    {"a.gz", "application/gzip"},
    {"a.woff2", "font/woff2"}, /* RFC 8081 §4.4.6 */
    {"a.woff", "font/woff"},
    {"a.ttf", "font/ttf"},
    {"a.mp3", "audio/mpeg"},
    {"a.mp4", "video/mp4"},
    {"a.webm", "video/webm"},
    {"UPPER.HTML", "text/html; charset=utf-8"},
    {"two.txt.png", "image/png"},
    {"two.png.txt", "text/plain; charset=utf-8"},
    {"unknown.suffixnobodyuses", "application/octet-stream"},
    {"nosuffix", "application/octet-stream"},
    {"dot.", "application/octet-stream"},
    {"html", "application/octet-stream"},
    {"ahtml", "application/octet-stream"},
    {"a.htmlx", "application/octet-stream"},
    {"dir.html/nosuffix", "application/octet-stream"},
};

/* RFC 9110 §8.3: text types carry their charset, others do not (image/svg+xml may). */
static void test_the_suffix_says_the_media_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char target[64];
        struct response response;
        snprintf(target, sizeof target, "/%s", files[i].name);
        get_once(world.port, target, &response, 200);
        const char *found = response_field(&response, "Content-Type");
        if (found == NULL || strncmp(found, files[i].media_type, strlen(files[i].media_type)) != 0)
            failed("%s is %s, expected %s", files[i].name, found == NULL ? "nothing" : found,
                files[i].media_type);
        if (strncmp(found, "text/", 5) != 0 && strncmp(found, "image/svg", 9) != 0 &&
            strchr(found, ';') != NULL)
            failed("%s is %s: a charset where there is no text", files[i].name, found);
        response_release(&response);
    }
}

/* RFC 9110 §8.3: the name of the file decides, not the query. */
static void test_a_query_does_not_say_the_media_type(void **state)
{
    (void)state;
    struct response response;
    get_once(world.port, "/a.png?x.html", &response, 200);
    response_expect_field(&response, "Content-Type", "image/png");
    response_release(&response);
}

/* RFC 9110 §8.3: an index is what its own name says. */
static void test_an_index_has_the_media_type_of_its_name(void **state)
{
    (void)state;
    struct response response;
    get_once(world.port, "/index.png/", &response, 200);
    response_expect_field(&response, "Content-Type", "text/html; charset=utf-8");
    response_release(&response);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        site_add(&world.site, files[i].name, "x");
    site_add(&world.site, "index.png/index.html", "index");
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_suffix_says_the_media_type),
        TEST(test_a_query_does_not_say_the_media_type),
        TEST(test_an_index_has_the_media_type_of_its_name),
    };
    return cases_run("media types", NO_CASES, TESTS(tests), setup);
}
