#include "server/pages.h"

#include <stdio.h>

const char page_start[] = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                          "<meta name=\"viewport\" content=\"width=device-width\">\n";

const char page_style[] =
    "body{max-width:38rem;margin:15vh auto;padding:0 1.5rem;font:1.05rem/1.6 system-ui,sans-serif;"
    "color:#1d2733;background:#fbfaf7}"
    "h1{font-size:1.6rem;line-height:1.2}"
    "a{color:#0b5c8a}"
    "@media(prefers-color-scheme:dark){body{color:#dfe5ea;background:#14191f}a{color:#7cc4ee}}";

struct text page_format(const struct http_problem *problem, bool html, char page[PAGE_SIZE])
{
    static const char plain_form[] = "%d %s. %s (%s).%s%s\n";
    static const char html_form[] =
        "%s<title>%d %s</title>\n<style>%s</style>\n<h1>%d %s</h1>\n<p>%s (<a "
        "href=\"https://www.rfc-editor.org/rfc/rfc%s.html#section-%s\">%s</a>).%s%s</p>\n</html>\n";
    const int status = (int)problem->status;
    const char *phrase = http_reason_phrase(problem->status);
    const char *space = problem->hint == NULL ? "" : " ";
    const char *hint = problem->hint == NULL ? "" : problem->hint;
    char number[8] = "";
    char section[16] = "";
    if (html) sscanf(problem->section, "RFC %7s §%15s", number, section);
    int length = html
        ? snprintf(page, PAGE_SIZE, html_form, page_start, status, phrase, page_style, status,
              phrase, problem->sentence, number, section, problem->section, space, hint)
        : snprintf(page, PAGE_SIZE, plain_form, status, phrase, problem->sentence, problem->section,
              space, hint);
    return (struct text){page, length < PAGE_SIZE ? (size_t)length : PAGE_SIZE - 1};
}
