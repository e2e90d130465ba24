/* File name to media type: as registered with IANA; text says its charset (RFC 9110 §8.3). */
#include "fs/media_type.h"
#include "tests/support/guard_page.h"
#include "tests/support/test.h"

struct name {
    const char *name;
    const char *expected;
};

static const char *type_of(const char *name)
{
    return media_type_of(guard_end(0, name, strlen(name) + 1));
}

static void assert_types(const struct name names[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(type_of(names[i].name), names[i].expected) != 0)
            fail_msg(
                "%s: %s instead of %s", names[i].name, type_of(names[i].name), names[i].expected);
}

static const struct name texts[] = {
    {"a.html", "text/html; charset=utf-8"},
    {"a.htm", "text/html; charset=utf-8"},
    {"a.css", "text/css; charset=utf-8"},
    {"a.js", "text/javascript; charset=utf-8"},
    {"a.mjs", "text/javascript; charset=utf-8"},
    {"a.txt", "text/plain; charset=utf-8"},
    {"a.md", "text/markdown; charset=utf-8"},
    {"a.csv", "text/csv; charset=utf-8"},
    {"a.c", "text/plain; charset=utf-8"},
    {"a.h", "text/plain; charset=utf-8"},
    {"a.xml", "text/xml; charset=utf-8"},
};

static void test_text_has_a_charset(void **state)
{
    (void)state;
    assert_types(texts, COUNT(texts));
}

/* RFC 8259 §11: JSON has no charset parameter. */
static const struct name others[] = {
    {"a.json", "application/json"},
    {"a.map", "application/json"},
    {"a.webmanifest", "application/manifest+json"},
    {"a.xhtml", "application/xhtml+xml"},
    {"a.atom", "application/atom+xml"},
    {"a.rss", "application/rss+xml"},
    {"a.svg", "image/svg+xml"},
    {"a.png", "image/png"},
    {"a.jpg", "image/jpeg"},
    {"a.jpeg", "image/jpeg"},
    {"a.gif", "image/gif"},
    {"a.webp", "image/webp"},
    {"a.avif", "image/avif"},
    {"a.ico", "image/vnd.microsoft.icon"},
    {"a.bmp", "image/bmp"},
    {"a.woff", "font/woff"},
    {"a.woff2", "font/woff2"},
    {"a.ttf", "font/ttf"},
    {"a.otf", "font/otf"},
    {"a.mp3", "audio/mpeg"},
    {"a.ogg", "audio/ogg"},
    {"a.opus", "audio/ogg"},
    {"a.flac", "audio/flac"},
    {"a.m4a", "audio/mp4"},
    {"a.mp4", "video/mp4"},
    {"a.webm", "video/webm"},
    {"a.mov", "video/quicktime"},
    {"a.pdf", "application/pdf"},
    {"a.wasm", "application/wasm"},
    {"a.zip", "application/zip"},
    {"a.gz", "application/gzip"},
    {"a.zst", "application/zstd"},
};

static void test_other_types_have_none(void **state)
{
    (void)state;
    assert_types(others, COUNT(others));
}

static const struct name suffixes[] = {
    {"INDEX.HTML", "text/html; charset=utf-8"},
    {"a.HtMl", "text/html; charset=utf-8"},
    {"dir/a.PNG", "image/png"},
    {"/a/b.c/d.json", "application/json"},
    {"a.tar.gz", "application/gzip"},
    {"a.html.txt", "text/plain; charset=utf-8"},
    {"a.b.c.css", "text/css; charset=utf-8"},
    {"a..css", "text/css; charset=utf-8"},
};

static void test_the_last_suffix_decides_in_any_case(void **state)
{
    (void)state;
    assert_types(suffixes, COUNT(suffixes));
}

static const struct name unknown[] = {
    {"", "application/octet-stream"},
    {"a", "application/octet-stream"},
    {"html", "application/octet-stream"},
    {"a.", "application/octet-stream"},
    {".", "application/octet-stream"},
    {"a.unknown", "application/octet-stream"},
    {"a.htmlx", "application/octet-stream"},
    {"a.ht", "application/octet-stream"},
    {"a.xhtm", "application/octet-stream"},
    {"a.html ", "application/octet-stream"},
    {"a.html/", "application/octet-stream"},
    {"a.html/b", "application/octet-stream"},
    {"a.css/b", "application/octet-stream"},
    {"a.\xe9", "application/octet-stream"},
};

static void test_what_has_no_known_suffix_is_a_stream_of_octets(void **state)
{
    (void)state;
    assert_types(unknown, COUNT(unknown));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_has_a_charset),
        cmocka_unit_test(test_other_types_have_none),
        cmocka_unit_test(test_the_last_suffix_decides_in_any_case),
        cmocka_unit_test(test_what_has_no_known_suffix_is_a_stream_of_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
