/* Names that would be markup, attributes or schemes if a listing let them (--list): a page of them
 * has the markup of a page of plain names, and not one character more (RFC 9110 §17.4). */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *const hostile[] = {"<script>alert(1)<", "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>", "' onmouseover='alert(1)", "\" autofocus onfocus=\"alert(1)",
    "javascript:alert(1)", "data:text|html,<script>", "vbscript:x", "&lt;script&gt;",
    "&#60;script&#62;", "&#x3c;b&#x3e;", "&quot;", "&amp;", "<!--", "-->", "<![CDATA[", "]]>",
    "<?php", "{{7*7}}", "${7*7}", "`id`", "%3Cscript%3E", "%22", "\\", "\\\"", "\xff<script>",
    "\xc0\xbc"
    "b>",
    "\xe2\x80\xae"
    "gpj.exe",
    "\xe2<b>", "\xf0\x9f<", "\xc2\"", "+ADw-script+AD4-", "<base href=x>", "<meta charset=x",
    "<style>*{", "<plaintext>", "<title><", "a=b c=d", ">", "<", "\"", "'", "&", "=", "`"};

/* Characters that make markup of a text. */
static const char marks[] = "<>\"'";

struct marks {
    size_t counts[sizeof marks], links;
};

static struct marks read_marks(const char *target)
{
    struct marks found = {0};
    struct response page;
    get_once(world.port, target, &page, 200);
    response_expect_field(&page, "Content-Type", "text/html; charset=utf-8");
    response_expect_field(&page, "X-Content-Type-Options", "nosniff");
    for (size_t i = 0; i < page.content_length; i++) {
        const char *at = page.content + i;
        const char *mark = strchr(marks, *at);
        if (*at == '\0') failed("the page of %s has a NUL", target);
        if (mark != NULL) found.counts[mark - marks]++;
        if (strncmp(at, "href=\"./", 8) == 0) found.links++;
        if (*at == '&' && (at[1] != '#' || at[2 + strspn(at + 2, "0123456789")] != ';'))
            failed("an ampersand is not escaped: %.20s", at);
    }
    response_release(&page);
    return found;
}

static void expect_same_marks(const char *target, const char *plain, size_t links)
{
    struct marks found = read_marks(target);
    struct marks wanted = read_marks(plain);
    for (size_t i = 0; marks[i] != '\0'; i++)
        if (found.counts[i] != wanted.counts[i])
            failed(
                "%zu times %c, with plain names %zu", found.counts[i], marks[i], wanted.counts[i]);
    assert_int_equal(found.links, links);
    assert_int_equal(wanted.links, links);
}

static void test_no_name_adds_markup_to_a_listing(void **state)
{
    (void)state;
    expect_same_marks("/hostile/", "/plain/", COUNT(hostile));
}

static void test_no_octet_of_a_name_adds_markup_to_a_listing(void **state)
{
    (void)state;
    expect_same_marks("/octets/", "/numbers/", 256 - 0x20 - 2);
}

/* The directory's own name stands in the title and the heading. */
static void test_no_name_of_a_directory_adds_markup_to_its_listing(void **state)
{
    (void)state;
    expect_same_marks("/%3C/title%3E%3Cscript%3E&%22'/", "/p/q/", 1);
}

static void add(const char *directory, const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    site_add(&world.site, path, "");
}

static void add_octets(void)
{
    for (int octet = 0x20; octet <= 0xff; octet++) {
        char name[16];
        if (octet == '/' || octet == 0x7f) continue;
        snprintf(name, sizeof name, "x%cy", octet);
        add("octets", name);
        snprintf(name, sizeof name, "%d", octet);
        add("numbers", name);
    }
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    for (size_t i = 0; i < COUNT(hostile); i++) {
        char number[20];
        snprintf(number, sizeof number, "%zu", i);
        add("hostile", hostile[i]);
        add("plain", number);
    }
    add_octets();
    add("</title><script>&\"'", "x");
    add("p/q", "x");
    world_begin(ARGUMENTS("--list"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_name_adds_markup_to_a_listing),
        TEST(test_no_octet_of_a_name_adds_markup_to_a_listing),
        TEST(test_no_name_of_a_directory_adds_markup_to_its_listing),
    };
    return cases_run("hostile names", NO_CASES, TESTS(tests), setup);
}
