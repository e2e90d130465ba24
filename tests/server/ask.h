/* ask.h: a request for a handler, and what the handler made of it, without a socket. */
#ifndef STRATA_TESTS_SERVER_ASK_H
#define STRATA_TESTS_SERVER_ASK_H

#include "server/exchange.h"
#include "tests/server/response_fields.h"
#include "tests/support/site.h"
#include "tests/support/test.h"

#include <string.h>

enum { ASK_LARGE = FILE_SMALL_MAX + 1 }; /* octets of a file that stays open to be sent */

/* The exchange of a test: shared with its children. NULL until the first question. */
static struct exchange *asked;

/* What it is asked of: what site.h made, with the default options. */
static struct site asked_site;

/* A test may open a cache of its own in asked_site.files, and set when it asks (0: now). */
static bool asked_has_cache;
static struct timespec asked_now;
static int64_t asked_clock;

/* What every response says, as the default options have it. */
static const char common_fields[] =
    "Server: strata\r\nCache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n";

static inline int ask_close(void **state)
{
    if (asked != NULL && asked->file.descriptor >= 0) close(asked->file.descriptor);
    if (asked != NULL) asked->file.descriptor = -1;
    return site_remove(state);
}

/* An exchange as a handler finds it. The head is a constant: the request points into it. */
static inline void prepare_exchange(struct exchange *exchange, const char *head)
{
    struct http_problem problem;
    memset(exchange, 0xa5, sizeof *exchange);
    asked_site.root = site.root;
    if (!asked_has_cache) file_cache_open(&asked_site.files, &asked_site.root, 0, false);
    asked_site.fields_length = (size_t)sprintf(asked_site.fields, "%s", common_fields);
    asked_site.listings_left = 1;
    exchange->site = &asked_site;
    exchange->story = NULL;
    exchange->clock = asked_clock;
    exchange->now = asked_now;
    if (asked_now.tv_sec == 0) clock_gettime(CLOCK_REALTIME, &exchange->now);
    exchange->has_variants = false;
    exchange->description.validators.entity_tag[0] = '\0';
    exchange->description.length = exchange->description.part_length = 0;
    exchange->content = exchange->octets = text_of("");
    exchange->file = (struct file){.descriptor = -1};
    http_response_start(&exchange->response, HTTP_REFUSED);
    exchange->response.broken = true;
    assert_int_equal(
        http_parse_request_head(text_of(head), &exchange->request, &problem), HTTP_COMPLETE);
    assert_true(http_parse_target(&exchange->request, &exchange->target, &problem));
    exchange->method = method_find(exchange->request.method);
    assert_non_null(exchange->method);
}

/* Lets the method of the table answer, as often as a test likes. */
static inline struct exchange *ask(const char *head)
{
    if (asked == NULL) {
        asked =
            mmap(NULL, sizeof *asked, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert_true(asked != MAP_FAILED);
    } else if (asked->file.descriptor >= 0) {
        close(asked->file.descriptor);
    }
    prepare_exchange(asked, head);
    asked->method->handler(asked);
    return asked;
}

/* The same, for a head that is put together: the lines each with CR LF. */
static inline struct exchange *ask_for(const char *method, const char *target, const char *lines)
{
    static char head[16 * 1024];
    int length = snprintf(
        head, sizeof head, "%s %s HTTP/1.1\r\nHost: a.example\r\n%s\r\n", method, target, lines);
    assert_true(length < (int)sizeof head);
    return ask(head);
}

/* The entity tag in the answer to GET with these lines; dead at the second call after it. */
static inline const char *tag_with(const char *target, const char *lines)
{
    static char tags[2][100];
    static int calls;
    struct text tag = {"", 0};
    char *copy = tags[calls++ % 2];
    const struct exchange *exchange = ask_for("GET", target, lines);
    assert_int_equal(exchange->response.status, HTTP_OK);
    assert_int_equal(find_response_field(&exchange->response, "ETag", &tag), 1);
    snprintf(copy, sizeof tags[0], "%.*s", (int)tag.length, tag.start);
    return copy;
}

static inline const char *tag_of(const char *target)
{
    return tag_with(target, "");
}

/* Is a file the content, and not what was made for the response? */
static inline bool holds_file(const struct exchange *exchange)
{
    return exchange->file.descriptor >= 0 || exchange->file.content != NULL;
}

/* The content of the response: octets, or what is in the file. Dead at the next call. */
static inline const char *answered_content(const struct exchange *exchange)
{
    static char content[64 * 1024];
    if (exchange->file.descriptor < 0) {
        assert_true(exchange->octets.length < sizeof content);
        memcpy(content, exchange->octets.start, exchange->octets.length);
        content[exchange->octets.length] = '\0';
        return content;
    }
    assert_int_equal(exchange->octets.length, 0);
    ssize_t length = pread(exchange->file.descriptor, content, sizeof content - 1, 0);
    assert_true(length >= 0);
    content[length] = '\0';
    return content;
}

/* What is sent of the file; a string, dead at the next call. */
static inline const char *answered_range(const struct exchange *exchange)
{
    static char octets[64 * 1024];
    assert_true(exchange->range.length < sizeof octets);
    if (exchange->file.content != NULL) return answered_content(exchange);
    assert_true(exchange->file.descriptor >= 0);
    ssize_t length = pread(exchange->file.descriptor, octets, exchange->range.length,
        (off_t)exchange->range.first_pos);
    assert_int_equal(length, exchange->range.length);
    octets[length] = '\0';
    return octets;
}

/* Content-Length is that of the content, whichever it is. */
static inline void assert_length_is_right(const struct exchange *exchange)
{
    char length[24];
    snprintf(length, sizeof length, "%zu", strlen(answered_content(exchange)));
    assert_field(&exchange->response, "Content-Length", length);
}

#endif
