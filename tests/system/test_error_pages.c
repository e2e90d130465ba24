/* Every error response explains itself (RFC 9110 §15.5): status, a sentence, the section, in text
 * or HTML. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST                    "Host: a\r\n\r\n"
#define WANTING(accept, target) REQUEST("GET " target " HTTP/1.1\r\nAccept: " accept "\r\n" HOST)
#define TEXT                    "Content-Type: text/plain; charset=utf-8\r\n"
#define HTML                    "Content-Type: text/html; charset=utf-8\r\n"

static const struct http_case cases[] = {
    {"without Accept an error is text (RFC 9110 §12.5.1)", GET("/missing/"), 404, STAYS,
        .has = TEXT, .lacks = "<"},
    {"an Accept that takes anything gets text (RFC 9110 §12.5.1)", WANTING("*/*", "/missing/"), 404,
        STAYS, .has = TEXT},
    {"an Accept that takes any text gets text (RFC 9110 §12.5.1)", WANTING("text/*", "/missing/"),
        404, STAYS, .has = TEXT},
    {"an Accept that names text/html gets HTML (RFC 9110 §12.5.1)", WANTING("text/html", "/%zz"),
        400, STAYS, .has = HTML, .has_too = "\r\nVary: Accept\r\n"},
    {"text/html among others gets HTML (RFC 9110 §12.5.1)",
        WANTING("application/xhtml+xml,text/html;q=0.9,*/*;q=0.8", "/%zz"), 400, STAYS,
        .has = HTML},
    {"text/html is compared without case (RFC 9110 §8.3.1)", WANTING("TEXT/HTML", "/%zz"), 400,
        STAYS, .has = HTML},
    {"text/html in a second Accept line gets HTML (RFC 9110 §5.3)",
        REQUEST("GET /%zz HTTP/1.1\r\nAccept: image/png\r\nAccept: text/html\r\n" HOST), 400, STAYS,
        .has = HTML},
    {"text/html with weight 0 is not wanted (RFC 9110 §12.4.2)", WANTING("text/html;q=0", "/%zz"),
        400, STAYS, .has = TEXT},
    {"text/html with weight 0.000 is not wanted (RFC 9110 §12.4.2)",
        WANTING("text/html; q=0.000", "/%zz"), 400, STAYS, .has = TEXT},
    {"a type that starts with text/html is another (RFC 9110 §8.3.1)",
        WANTING("text/html5", "/%zz"), 400, STAYS, .has = TEXT},

    {"the root's 404.html is used where HTML is wanted (RFC 9110 §15.5.5)",
        WANTING("text/html", "/missing"), 404, STAYS, .has = HTML,
        .has_too = "\r\nVary: Accept\r\n", .content = "<p>own page</p>"},
    {"the root's 404.html is not used where text is wanted (RFC 9110 §15.5.5)", GET("/missing"),
        404, STAYS, .has = TEXT, .lacks = "own page"},
    {"the root's 404.html is used below directories, too (RFC 9110 §15.5.5)",
        WANTING("text/html", "/dir/missing"), 404, STAYS, .content = "<p>own page</p>"},
    {"404.html asked for by name is a file like any other (RFC 9110 §15.3.1)", GET("/404.html"),
        200, STAYS, .content = "<p>own page</p>"},

    {"markup in a target is not echoed in HTML (RFC 9110 §17)",
        WANTING("text/html", "/%zz<script>alert(1)</script>"), 400, STAYS, .has = HTML,
        .lacks = "<script>alert"},
    {"markup in a target is not echoed in text (RFC 9110 §17)", GET("/<script>alert(1)</script>"),
        404, STAYS, .lacks = "<script>"},
    {"markup in a method is not echoed (RFC 9110 §17)",
        REQUEST("<script>alert(1)</script> / HTTP/1.1\r\n" HOST), 400, EITHER, .lacks = "<script>"},
    {"markup in a Host is not echoed (RFC 9110 §17)",
        REQUEST("GET / HTTP/1.1\r\nAccept: text/html\r\nHost: <script>\r\n\r\n"), 400, STAYS,
        .lacks = "<script>"},
    {"markup in a version is not echoed (RFC 9110 §17)", REQUEST("GET / HTTP/<script>\r\n" HOST),
        400, EITHER, .lacks = "<script>"},
    {"markup in a field name is not echoed (RFC 9110 §17)",
        REQUEST("GET / HTTP/1.1\r\n<script>: x\r\n" HOST), 400, CLOSES, .lacks = "<script>"},

    {"an error to HEAD has no content (RFC 9110 §9.3.2)",
        REQUEST("HEAD /missing HTTP/1.1\r\n" HOST), 404, STAYS, .to_head = true},
    {"an error of the target to HEAD has no content (RFC 9110 §9.3.2)",
        REQUEST("HEAD /%zz HTTP/1.1\r\n" HOST), 400, STAYS, .to_head = true},
    {"an error of Host to HEAD has no content (RFC 9110 §9.3.2)",
        REQUEST("HEAD / HTTP/1.1\r\n\r\n"), 400, STAYS, .to_head = true},
    {"an error of framing to HEAD has no content (RFC 9110 §9.3.2)",
        REQUEST("HEAD / HTTP/1.1\r\nContent-Length: x\r\n" HOST), 400, CLOSES, .to_head = true},
    {"an error of a field line to HEAD has no content (RFC 9110 §9.3.2)",
        REQUEST("HEAD / HTTP/1.1\r\nX : y\r\n" HOST), 400, CLOSES, .to_head = true},
    {"content too large in HEAD is refused without content (RFC 9110 §9.3.2)",
        REQUEST("HEAD / HTTP/1.1\r\nContent-Length: 9000000\r\n" HOST), 413, CLOSES,
        .to_head = true},
    {"an expectation of HEAD fails without content (RFC 9110 §9.3.2)",
        REQUEST("HEAD / HTTP/1.1\r\nExpect: tea\r\n" HOST), 417, STAYS, .to_head = true},
    {"an own 404 page to HEAD has no content (RFC 9110 §9.3.2)",
        REQUEST("HEAD /missing HTTP/1.1\r\nAccept: text/html\r\n" HOST), 404, STAYS, .has = HTML,
        .to_head = true},
};

static const struct {
    const char *lines; /* without the empty line */
    const char *start; /* of the explanation */
    bool early;        /* seen before the field lines are read, Accept among them */
} errors[] = {
    {"GET / HTTP/1.1\n", "400 Bad Request", true},
    {"GET  / HTTP/1.1\r\nHost: a\r\n", "400 Bad Request", true},
    {"GET / HTTP/1.1\r\n", "400 Bad Request", false},
    {"GET / HTTP/1.1\r\nX : y\r\nHost: a\r\n", "400 Bad Request", true},
    {"GET / HTTP/1.1\r\nContent-Length: x\r\nHost: a\r\n", "400 Bad Request", false},
    {"GET / HTTP/1.1\r\nTransfer-Encoding: x\r\nHost: a\r\n", "400 Bad Request", false},
    {"GET /%00 HTTP/1.1\r\nHost: a\r\n", "400 Bad Request", false},
    {"GET /.. HTTP/1.1\r\nHost: a\r\n", "400 Bad Request", false},
    {"GET * HTTP/1.1\r\nHost: a\r\n", "400 Bad Request", false},
    {"GET / HTTP/1.1\r\nContent-Length: 9000000\r\nHost: a\r\n", "413 Content Too Large", false},
    {"GET / HTTP/1.1\r\nExpect: tea\r\nHost: a\r\n", "417 Expectation Failed", false},
    {"GET https://a/ HTTP/1.1\r\nHost: a\r\n", "421 Misdirected Request", false},
    {"BREW / HTTP/1.1\r\nHost: a\r\n", "501 Not Implemented", false},
    {"GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\nHost: a\r\n", "501 Not Implemented",
        false},
    {"GET / HTTP/2.0\r\nHost: a\r\n", "505 HTTP Version Not Supported", true},
    {"GET /%2F HTTP/1.1\r\nHost: a\r\n", "404 Not Found", true}, /* in HTML: the site's own page */
    {"GET /missing/ HTTP/1.1\r\nHost: a\r\n", "404 Not Found", true},
};

/* The explanation: the status as the status line has it, a sentence, and a section of an RFC. */
static void check_explanation(const struct response *response, const char *start)
{
    if (strncmp(response->octets + 9, start, strlen(start)) != 0)
        failed("the status line is not that of %s", start);
    const char *status = strstr(response->content, start);
    if (status == NULL) failed("the content does not say \"%s\"", start);
    const char *section = strstr(response->content, "RFC ");
    const char *sign = section == NULL ? NULL : strstr(section, "§");
    if (sign == NULL || sign - section > 12) failed("the content names no section of an RFC");
    if (section - status < (ptrdiff_t)strlen(start) + 15)
        failed("there is no sentence between the status and the section");
}

static void expect_explanation(size_t number, const char *accept, const char *media_type)
{
    char request[300];
    struct response response;
    const char *line_end = strpbrk(errors[number].lines, "\r\n");
    line_end += *line_end == '\r' ? 2 : 1;
    snprintf(request, sizeof request, "%.*s%s%s\r\n", (int)(line_end - errors[number].lines),
        errors[number].lines, accept, line_end);
    request_once(world.port, request, &response, atoi(errors[number].start));
    check_explanation(&response, errors[number].start);
    response_expect_field(&response, "Content-Type", media_type);
    if (response.content[response.content_length - 1] != '\n')
        failed("the content does not end its last line");
    response_release(&response);
}

/* RFC 9110 §15.5 */
static void test_every_error_says_status_sentence_and_section_in_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        expect_explanation(i, "", "text/plain; charset=utf-8");
}

/* RFC 9110 §15.5, §12.5.1 */
static void test_every_error_says_status_sentence_and_section_in_html(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        if (!errors[i].early)
            expect_explanation(i, "Accept: text/html\r\n", "text/html; charset=utf-8");
}

/* RFC 9110 §12.5.5: what was chosen by Accept says so, in either form. */
static void test_a_404_in_text_varies_by_accept(void **state)
{
    (void)state;
    struct response response;
    get_once(world.port, "/missing", &response, 404);
    response_expect_field(&response, "Vary", "Accept");
    response_release(&response);
}

/* RFC 9111 §4.2.2: a 404 may be cached by heuristics unless told otherwise. */
static void test_a_404_is_not_cached_without_asking(void **state)
{
    (void)state;
    struct response response;
    get_once(world.port, "/missing", &response, 404);
    response_expect_field(&response, "Cache-Control", "no-cache");
    response_release(&response);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add(&world.site, "404.html", "<p>own page</p>");
    site_add_directory(&world.site, "dir");
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_error_says_status_sentence_and_section_in_text),
        TEST(test_every_error_says_status_sentence_and_section_in_html),
        TEST(test_a_404_in_text_varies_by_accept),
        TEST(test_a_404_is_not_cached_without_asking),
    };
    return cases_run("error pages", CASES(cases), TESTS(tests), setup);
}
