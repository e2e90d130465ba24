/* variants.h: a site with files in other codings beside files, and what it answers. */
#ifndef STRATA_TESTS_SERVER_VARIANTS_H
#define STRATA_TESTS_SERVER_VARIANTS_H

#include "tests/server/ask.h"

enum { VARIANTS_TIME = 784111777 };

static const char script[] = "the script, as it is, which is the longest of all of them";
static const char script_gz[] = "the script, in gzip, not so long";
static const char script_br[] = "the script, in br";
static const char script_zst[] = "the script, in zstd";

static inline void make_old_file(const char *name, const char *content)
{
    site_file(name, content);
    site_time(name, VARIANTS_TIME, 0);
}

static inline int make_variants(void **state)
{
    if (site_make(state) != 0) return -1;
    make_old_file("root/app.js", script);
    make_old_file("root/app.js.gz", script_gz);
    make_old_file("root/app.js.br", script_br);
    make_old_file("root/app.js.zst", script_zst);
    make_old_file("root/index.html", "index");
    make_old_file("root/index.html.gz", "index in gzip");
    make_old_file("root/about.html", "about");
    make_old_file("root/about.html.gz", "about in gzip");
    make_old_file("root/about.gz", "no variant of about.html");
    make_old_file("root/alone.txt", "alone");
    make_old_file("root/same.txt", "123456");
    make_old_file("root/same.txt.gz", "654321");
    make_old_file("root/odd.txt", "odd");
    site_directory("root/odd.txt.gz");
    site_link("root/odd.txt.br", "../outside/secret");
    site_file("outside/secret", "outside");
    make_old_file("root/locked.txt", "locked");
    make_old_file("root/locked.txt.gz", "locked in gzip");
    make_old_file("root/only.txt.gz", "nothing is beside it");
    site_file_of("root/large.js", ASK_LARGE);
    site_file_of("root/large.js.gz", ASK_LARGE + 1);
    site_file_of("root/large.js.br", ASK_LARGE + 2);
    site_file_of("root/large.js.zst", ASK_LARGE + 3);
    site_directory("root/dir");
    site_file("root/dir.gz", "a directory has no variants");
    return mkfifoat(site.directory, "root/odd.txt.zst", 0644) |
        fchmodat(site.directory, "root/locked.txt.gz", 0, 0);
}

static inline const struct exchange *ask_accepting(const char *target, const char *codings)
{
    char line[200];
    snprintf(line, sizeof line, "Accept-Encoding: %s\r\n", codings);
    return ask_for("GET", target, line);
}

/* The file in this coding, NULL being none; it has variants. */
static inline void assert_variant(
    const struct exchange *exchange, const char *coding, const char *type, const char *content)
{
    assert_int_equal(exchange->response.status, HTTP_OK);
    assert_false(exchange->response.broken);
    assert_string_equal(answered_range(exchange), content);
    assert_length_is_right(exchange);
    assert_field(&exchange->response, "Content-Type", type);
    assert_field(&exchange->response, "Vary", "Accept-Encoding");
    if (coding == NULL)
        assert_no_field(&exchange->response, "Content-Encoding");
    else
        assert_field(&exchange->response, "Content-Encoding", coding);
}

static inline void assert_script(const char *codings, const char *coding, const char *content)
{
    assert_variant(
        ask_accepting("/app.js", codings), coding, "text/javascript; charset=utf-8", content);
}

#endif
