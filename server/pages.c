#include "server/pages.h"

#include <stdio.h>

static const char style[] =
    "body{max-width:38rem;margin:15vh auto;padding:0 1.5rem;font:1.05rem/1.6 system-ui,sans-serif;"
    "color:#1d2733;background:#fbfaf7}"
    "h1{font-size:1.6rem;line-height:1.2}"
    "a{color:#0b5c8a}"
    "@media(prefers-color-scheme:dark){body{color:#dfe5ea;background:#14191f}a{color:#7cc4ee}}";

const char *page_media_type(bool html)
{
    return html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
}

/* "RFC 9110 §15.5.5", linked to that section. */
static void format_section(const char *section, char *link, size_t size)
{
    unsigned number;
    char part[16];
    if (sscanf(section, "RFC %u §%15s", &number, part) == 2)
        snprintf(link, size,
                 "<a href=\"https://www.rfc-editor.org/rfc/rfc%u.html#section-%s\">%s</a>", number,
                 part, section);
    else
        snprintf(link, size, "%s", section);
}

static int format_html(const struct http_problem *problem, char page[PAGE_SIZE])
{
    const char *phrase = http_reason_phrase(problem->status);
    char link[128];
    format_section(problem->section, link, sizeof link);
    return snprintf(page, PAGE_SIZE,
                    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width\">\n"
                    "<title>%d %s</title>\n<style>%s</style>\n"
                    "<h1>%d %s</h1>\n<p>%s (%s).%s%s</p>\n</html>\n",
                    (int)problem->status, phrase, style, (int)problem->status, phrase,
                    problem->sentence, link, problem->hint == NULL ? "" : " ",
                    problem->hint == NULL ? "" : problem->hint);
}

static int format_plain(const struct http_problem *problem, char page[PAGE_SIZE])
{
    return snprintf(page, PAGE_SIZE, "%d %s. %s (%s).%s%s\n", (int)problem->status,
                    http_reason_phrase(problem->status), problem->sentence, problem->section,
                    problem->hint == NULL ? "" : " ", problem->hint == NULL ? "" : problem->hint);
}

struct text page_format(const struct http_problem *problem, bool html, char page[PAGE_SIZE])
{
    int length = html ? format_html(problem, page) : format_plain(problem, page);
    return (struct text){page, length < PAGE_SIZE ? (size_t)length : PAGE_SIZE - 1};
}
