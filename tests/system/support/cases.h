/* cases.h — tables of requests and the responses they must get; each row is a test named by its
 * sentence.
 *
 * A row is delivered three ways: whole on a fresh connection; whole on one connection that lasts
 * over the rows as long as the answers leave it open; and one octet at a time, each its own send.
 * Whether the connection closes is seen, not believed: it must end after an announced close, and
 * serve another request otherwise.
 *
 *     static const struct http_case cases[] = {
 *         {"HTTP/1.1 is served (RFC 9112 §2.3)", REQUEST("GET / HTTP/1.1\r\n…"), 200, STAYS},
 *         {"…", REQUEST("…"), 400, CLOSES, .has = "RFC 9112 §2.2"},
 *     };
 *     return cases_run("request line", CASES(cases), NO_TESTS, setup);
 */
#ifndef STRATA_TESTS_SYSTEM_CASES_H
#define STRATA_TESTS_SYSTEM_CASES_H

#include "tests/system/support/server.h"
#include "tests/system/support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum after {
    EITHER, /* left open by the rules: only the announcement must be true */
    STAYS,
    CLOSES
};

struct http_case {
    const char *name;
    const char *request;
    size_t length;
    int status;
    enum after after;
    const char *has, *has_too; /* texts the response must contain after its status line */
    const char *lacks;         /* text it must not contain */
    const char *content;       /* the content, exactly */
    bool to_head;              /* the method is HEAD */
    int or_status;             /* another status the rules allow */
    bool only_whole;           /* the row holds for a request that arrives in one piece */
    char *made;                /* the request, where cases_put() made it */
};

#define REQUEST(text) .request = (text), .length = sizeof(text) - 1
#define GET(target)   REQUEST("GET " target " HTTP/1.1\r\nHost: a\r\n\r\n")
#define CASES(table)  (table), sizeof(table) / sizeof(table)[0]

/* The site and the server of a group of tests. world_begin() adds probe.txt to the site, which
 * tells whether a connection still serves, and starts the server; a group whose tests start servers
 * of their own begins with world_begin_site(). */
struct world {
    struct site site;
    struct server server;
    int port;
};
extern struct world world;

void world_begin_site(void);
void world_begin(const char *const *arguments);

/* A server on the world's site, for one test. */
void start_server(struct server *server, const char *const *arguments);

/* A group teardown. */
int world_end(void **state);

/* Setup and teardown of one test: forget the steps; end the servers the test left running. */
int test_begin(void **state);
int test_end(void **state);

/* Delivers one row in the three ways, for requests that are made rather than written down. */
void case_deliver(const struct http_case *row);

/* The value of a field of the response that the world's server gives to the request, to be freed;
 * NULL: it has no such field. */
char *fetch_field(const char *request, const char *name);

/* In a group's setup: puts the text in the place of every mark, such as "{tag}", in the requests of
 * the rows, which hold no NUL. */
void cases_put(struct http_case *cases, size_t count, const char *mark, const char *text);

/* Sends a request for probe.txt and fails unless it is answered. */
struct client;
void expect_open(struct client *client);

/* Asks the world's server with these lines, and conditions and ranges after them, by HEAD and by
 * GET; fails unless what that opens is closed again. */
void expect_descriptors_closed(const char *target, const char *lines);

/* Runs the rows as tests of one group, the ordinary tests after them, and last a test that stops
 * the world's server and looks at what it leaves. */
int cases_run(const char *group, const struct http_case *cases, size_t count,
    const struct CMUnitTest *tests, size_t test_count, CMFixtureFunction setup);

#define TEST(function)                                                                             \
    {                                                                                              \
#function, function, test_begin, test_end, NULL                                            \
    }
#define TESTS(table) (table), sizeof(table) / sizeof(table)[0]
#define NO_CASES     NULL, 0
#define NO_TESTS     NULL, 0

#endif
