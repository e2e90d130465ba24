#include "tests/system/support/changes.h"

#include "tests/system/support/cases.h"
#include "tests/system/support/steps.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void move(const char *from, const char *to)
{
    if (rename(site_path(&world.site, from).text, site_path(&world.site, to).text) != 0)
        failed("rename %s: %s", from, strerror(errno));
}

static void take_away(const char *name)
{
    if (unlink(site_path(&world.site, name).text) != 0)
        failed("unlink %s: %s", name, strerror(errno));
}

void change_replace(const char *name, const char *text)
{
    site_add(&world.site, "../fresh", text);
    move("../fresh", name);
}

static void replace(void)
{
    change_replace("replaced.txt", "new");
}

static void overwrite(void)
{
    site_add(&world.site, "overwritten.txt", "new and longer");
}

static void take_removed(void)
{
    take_away("removed.txt");
}

static void add_appeared(void)
{
    site_add(&world.site, "appeared.txt", "new");
}

static void make_directory(void)
{
    take_away("turned.txt");
    site_add_directory(&world.site, "turned.txt");
}

static void make_file(void)
{
    move("was", "../moved");
    site_add(&world.site, "was", "new");
}

static void add_index(void)
{
    site_add(&world.site, "dir/index.html", "new");
}

static void add_html(void)
{
    site_add(&world.site, "page.html", "new");
}

static void add_variant(void)
{
    site_add(&world.site, "plain.txt.gz", "new");
}

static void take_variant(void)
{
    take_away("coded.txt.gz");
}

static void replace_variant(void)
{
    change_replace("both.txt.gz", "new");
}

static void turn_link(void)
{
    site_add_link(&world.site, "fresh-link", "two.txt");
    move("fresh-link", "link.txt");
}

static void move_directory(void)
{
    move("moving", "moved");
}

const struct change changes[] = {
    {"a file that was replaced", replace, "/replaced.txt", "", 200, 200, "old", "new"},
    {"a file that was written into", overwrite, "/overwritten.txt", "", 200, 200, "old",
        "new and longer"},
    {"a file that was removed", take_removed, "/removed.txt", "", 200, 404, "old", NULL},
    {"a file that appeared", add_appeared, "/appeared.txt", "", 404, 200, NULL, "new"},
    {"a file that became a directory", make_directory, "/turned.txt", "", 200, 301, "old", NULL},
    {"a directory that became a file", make_file, "/was", "", 301, 200, NULL, "new"},
    {"an index that appeared", add_index, "/dir/", "", 404, 200, NULL, "new"},
    {"a page that appeared", add_html, "/page", "", 404, 200, NULL, "new"},
    {"a variant that appeared", add_variant, "/plain.txt", "gzip", 200, 200, "old", "new"},
    {"a variant that was removed", take_variant, "/coded.txt", "gzip", 200, 200, "old", "new"},
    {"a variant that was replaced", replace_variant, "/both.txt", "gzip", 200, 200, "old", "new"},
    {"a link that leads elsewhere", turn_link, "/link.txt", "", 200, 200, "old", "new"},
    {"a directory that was moved away", move_directory, "/moving/a.txt", "", 200, 404, "old", NULL},
};
const unsigned change_count = sizeof changes / sizeof changes[0];

void changes_begin(void)
{
    site_add(&world.site, "replaced.txt", "old");
    site_add(&world.site, "overwritten.txt", "old");
    site_add(&world.site, "removed.txt", "old");
    site_add(&world.site, "turned.txt", "old");
    site_add_directory(&world.site, "was");
    site_add_directory(&world.site, "dir");
    site_add(&world.site, "plain.txt", "old");
    site_add(&world.site, "coded.txt", "new");
    site_add(&world.site, "coded.txt.gz", "old");
    site_add(&world.site, "both.txt", "both");
    site_add(&world.site, "both.txt.gz", "old");
    site_add(&world.site, "two.txt", "new");
    site_add(&world.site, "one.txt", "old");
    site_add_link(&world.site, "link.txt", "one.txt");
    site_add(&world.site, "moving/a.txt", "old");
}
