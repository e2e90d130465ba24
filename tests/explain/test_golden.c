/* What --explain tells, one kind of answer after another: the events of each conversation are those
 * in golden/NAME.jsonl, and golden/NAME.txt where it is told as text as well, after the published
 * filter. They are read before they are committed: record.sh says how they are made.
 *
 * Nothing is left to luck. The server stands still (SIGSTOP) until the first part of what the
 * client sends is all there; a later part is sent when the server waits for it. */
#include "tests/explain/conversation.h"

#include <dirent.h>

#define HOST             "Host: localhost:8080\r\n"
#define ASK(line, lines) line " HTTP/1.1\r\n" HOST lines "\r\n"
#define PLAIN            ASK("GET /about.html", "")

static const struct conversation conversations[] = {
    /* Answers with what was asked for. */
    {"200", .parts = {OCTETS(ASK("GET /about.html", "Accept: text/html\r\nUser-Agent: me/1\r\n"))},
        .text = true},
    {"200-index", .parts = {OCTETS(ASK("GET /", ""))}},
    {"200-clean", .parts = {OCTETS(ASK("GET /about?from=here", ""))}, .text = true},
    {"200-coded", .parts = {OCTETS(ASK("GET /style.css", "Accept-Encoding: gzip, br;q=0.5\r\n"))}},
    {"200-identity", .parts = {OCTETS(ASK("GET /style.css", "Accept-Encoding: br\r\n"))}},
    {"200-listing", .parts = {OCTETS(ASK("GET /files/", ""))}, .options = {"--list"}},
    {"200-fallback", .parts = {OCTETS(ASK("GET /no/such/page", ""))},
        .options = {"--fallback=about.html"}},
    {"200-head", .parts = {OCTETS(ASK("HEAD /about.html", ""))}},
    {"200-absolute", .parts = {OCTETS(ASK("GET http://b.example/about.html", ""))}},
    {"200-empty-lines", .parts = {OCTETS("\r\n\r\n" PLAIN)}},
    {"206", .parts = {OCTETS(ASK("GET /about.html", "Range: bytes=5-9\r\n"))}},
    {"206-if-range-old",
        .parts = {OCTETS(ASK("GET /about.html", "Range: bytes=5-9\r\nIf-Range: \"old\"\r\n"))}},
    {"200-range-ignored", .parts = {OCTETS(ASK("GET /about.html", "Range: lines=1-2\r\n"))}},
    {"200-range-empty", .parts = {OCTETS(ASK("GET /empty.txt", "Range: bytes=0-9\r\n"))}},
    {"301", .parts = {OCTETS(ASK("GET /files?a=b", ""))}},
    {"304", .parts = {OCTETS(ASK("GET /about.html", "If-None-Match: *\r\n"))}, .text = true},
    {"304-date",
        .parts = {OCTETS(
            ASK("GET /about.html", "If-Modified-Since: Sun, 13 Sep 2020 12:26:40 GMT\r\n"))}},
    {"412", .parts = {OCTETS(ASK("GET /about.html", "If-Match: \"old\"\r\n"))}},

    /* Requests that are refused for their syntax. */
    {"400-lf-alone", .parts = {OCTETS("GET /about.html HTTP/1.1\nHost: localhost:8080\n\n")},
        .text = true},
    {"400-lf-in-field", .parts = {OCTETS("GET / HTTP/1.1\r\nHost: localhost:8080\n\n")}},
    {"400-cr-alone", .parts = {OCTETS("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n")}},
    {"400-control", .parts = {OCTETS("GET /a\0b HTTP/1.1\r\n" HOST "\r\n")}},
    {"400-control-in-field", .parts = {OCTETS(ASK("GET /", "X-Name: a\x7f\r\n"))}},
    {"400-empty-lines", .parts = {OCTETS("\r\n\r\n\r\n" PLAIN)}},
    {"400-tls", .parts = {OCTETS("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")}},
    {"400-two-spaces", .parts = {OCTETS(ASK("GET  /", ""))}},
    {"400-target-octet", .parts = {OCTETS(ASK("GET /caf\xc3\xa9", ""))}},
    {"400-no-version", .parts = {OCTETS("GET /\r\n\r\n")}},
    {"400-version-syntax", .parts = {OCTETS("GET / HTTP/1.10\r\n" HOST "\r\n")}},
    {"400-no-colon", .parts = {OCTETS(ASK("GET /", "X-Name\r\n"))}},
    {"400-space-before-colon", .parts = {OCTETS(ASK("GET /", "X-Name : a\r\n"))}},
    {"400-folded-line", .parts = {OCTETS(ASK("GET /", "X-Name: a\r\n b\r\n"))}},
    {"400-field-name", .parts = {OCTETS(ASK("GET /", "X-N\xc3\xa4me: a\r\n"))}},
    {"400-no-host", .parts = {OCTETS("GET / HTTP/1.1\r\n\r\n")}},
    {"400-two-hosts", .parts = {OCTETS(ASK("GET /", "Host: b\r\n"))}},
    {"400-bad-host", .parts = {OCTETS("GET / HTTP/1.1\r\nHost: a b\r\n\r\n")}},
    {"400-percent", .parts = {OCTETS(ASK("GET /100%", ""))}},
    {"400-encoded-control", .parts = {OCTETS(ASK("GET /a%00b", ""))}},
    {"400-above-root", .parts = {OCTETS(ASK("GET /files/%2e%2e/../secret", ""))}, .text = true},
    {"400-content-length", .parts = {OCTETS(ASK("GET /", "Content-Length: +5\r\n"))}},
    {"400-coding-and-length",
        .parts = {OCTETS(ASK("GET /", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"))}},
    {"400-chunk-size",
        .parts = {OCTETS(ASK("GET /", "Transfer-Encoding: chunked\r\n") "0x5\r\nhello\r\n")},
        .in_content = true},
    {"400-chunk-end",
        .parts = {OCTETS(ASK("GET /", "Transfer-Encoding: chunked\r\n") "5\r\nhello!\r\n")},
        .in_content = true},

    /* Requests that are understood, and refused. */
    {"403", .parts = {OCTETS(ASK("GET /secret.txt", ""))}, .as_nobody = true},
    {"404", .parts = {OCTETS(ASK("GET /no/such/page", ""))}, .text = true},
    {"404-page", .parts = {OCTETS(ASK("GET /no/such/page", "Accept: text/html\r\n"))}},
    {"404-hidden", .parts = {OCTETS(ASK("GET /.git/config", ""))}},
    {"404-outside", .parts = {OCTETS(ASK("GET /outside.txt", ""))}},
    {"404-encoded-slash", .parts = {OCTETS(ASK("GET /files%2Fa.txt", ""))}},
    {"405", .parts = {OCTETS(ASK("ECHO /about.html", ""))}, .echo = true},
    {"408-head", .parts = {OCTETS("GET /about.html HTTP/1.1\r\nHost: loc")},
        .options = {"--head-timeout=0.2"}, .late = true},
    {"408-content", .parts = {OCTETS(ASK("GET /about.html", "Content-Length: 10\r\n") "hello")},
        .options = {"--content-timeout=0.2"}, .late = true},
    {"413", .parts = {OCTETS(ASK("GET /about.html", "Content-Length: 1048577\r\n"))}},
    {"414", .parts = {MADE("GET /", 9000)}},
    {"416", .parts = {OCTETS(ASK("GET /about.html", "Range: bytes=9000-\r\n"))}},
    {"417", .parts = {OCTETS(ASK("GET /about.html", "Expect: the-unexpected\r\n"))}},
    {"421", .parts = {OCTETS(ASK("GET https://localhost/", ""))}},
    {"431", .parts = {MADE("GET / HTTP/1.1\r\n" HOST "X-Name: ", 33000)}},
    {"501-method", .parts = {OCTETS(ASK("BREW /pot", ""))}, .text = true},
    {"501-long-method", .parts = {MADE("", 9000)}},
    {"501-coding", .parts = {OCTETS(ASK("GET /", "Transfer-Encoding: gzip, chunked\r\n"))}},
    {"505", .parts = {OCTETS("GET / HTTP/2.0\r\n" HOST "\r\n")}},
    {"505-preface", .parts = {OCTETS("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")}},

    /* Connections, and messages that come in parts. */
    {"keep-alive", .parts = {OCTETS(PLAIN), OCTETS(ASK("GET /style.css", ""))}, .text = true},
    {"keep-alive-after-404", .parts = {OCTETS(ASK("GET /no", "")), OCTETS(PLAIN)}},
    {"pipelined", .parts = {OCTETS(PLAIN ASK("GET /no", "") ASK("HEAD /", ""))}, .text = true},
    {"pipelined-bad", .parts = {OCTETS(PLAIN "GET /\r\n\r\n")}},
    {"half-a-head", .parts = {OCTETS("GET /about.html HT"), OCTETS("TP/1.1\r\n" HOST "\r\n")},
        .text = true},
    {"half-the-content",
        .parts = {OCTETS(ASK("GET /about.html", "Content-Length: 10\r\n") "hello"),
            OCTETS("world")}},
    {"half-a-chunk",
        .parts = {OCTETS(ASK("GET /about.html", "Transfer-Encoding: chunked\r\n") "5\r\nhel"),
            OCTETS("lo\r\n0\r\n\r\n")}},
    {"expect-continue",
        .parts = {OCTETS(ASK("GET /about.html", "Expect: 100-continue\r\nContent-Length: 5\r\n")),
            OCTETS("hello")}},
    {"content-then-request",
        .parts = {OCTETS(ASK("GET /about.html", "Content-Length: 5\r\n") "hello" PLAIN)},
        .in_content = true},
    {"cut-head", .parts = {OCTETS("GET /about.html HT")}},
    {"http-1.0", .parts = {OCTETS("GET /about.html HTTP/1.0\r\n\r\n")}, .closes = true},
    {"http-1.0-keep-alive",
        .parts = {OCTETS("GET /about.html HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")}},
    {"close", .parts = {OCTETS(ASK("GET /about.html", "Connection: close\r\n"))}, .closes = true},
    {"slow-reader", .parts = {OCTETS(ASK("GET /large.bin", ""))}, .slow = true, .text = true},

    /* What must not be told, and what would spoil a terminal. */
    {"secrets",
        .parts = {OCTETS(ASK("GET /about.html",
            "Authorization: Basic c2VjcmV0\r\ncookie: id=c2VjcmV0\r\n"
            "Proxy-Authorization: c2VjcmV0\r\n"))},
        .text = true},
    {"secrets-folded",
        .parts = {OCTETS(ASK("GET /about.html", "Authorization: Basic\r\n c2VjcmV0\r\nX: y\r\n"))}},
    {"secrets-control", .parts = {OCTETS(ASK("GET /", "Cookie: c2VjcmV0\x01 c2VjcmV0\r\n"))}},
    {"secrets-split",
        .parts = {OCTETS("GET /about.html HTTP/1.1\r\nCookie: c2Vj"),
            OCTETS("cmV0\r\n" HOST "\r\n")}},
    {"hostile", .parts = {OCTETS(ASK("GET /%1b%5B31m\"\\<>{}|^`%E2%82%AC", ""))}},
    {"hostile-path",
        .parts = {OCTETS(ASK("GET /%22%5C%C2%9B%FF%E2%80%AE<b>", "X\x27: \"\\\xc2\x9b\xff\r\n"))},
        .text = true},
};

enum { CONVERSATIONS = sizeof conversations / sizeof conversations[0] };

static void test_is_told_as_it_was(void **state)
{
    conversation_compare(*state);
}

static void test_is_told_the_same_octet_by_octet(void **state)
{
    conversation_compare_octet_by_octet(*state);
}

/* A file that no conversation makes would never be compared. */
static void test_no_golden_file_is_left_over(void **state)
{
    char path[600], name[300];
    struct dirent *entry;
    (void)state;
    snprintf(path, sizeof path, "%s/tests/explain/golden", getenv("STRATA_SOURCE_DIR"));
    DIR *directory = opendir(path);
    if (directory == NULL) failed("there is no %s", path);
    while ((entry = readdir(directory)) != NULL) {
        bool known = entry->d_name[0] == '.' || strcmp(entry->d_name, "record.sh") == 0;
        for (size_t i = 0; i < CONVERSATIONS && !known; i++) {
            snprintf(name, sizeof name, "%s.jsonl", conversations[i].name);
            known = strcmp(name, entry->d_name) == 0;
            snprintf(name, sizeof name, "%s.txt", conversations[i].name);
            known = known || (conversations[i].text && strcmp(name, entry->d_name) == 0);
        }
        if (!known) failed("no conversation makes %s", entry->d_name);
    }
    closedir(directory);
}

static void make_site(void)
{
    world_begin_site();
    site_add(&world.site, "index.html", "<!doctype html>\n<title>The index</title>\n");
    site_add(&world.site, "about.html", "<!doctype html>\n<title>About</title>\n");
    site_add(&world.site, "404.html", "<!doctype html>\n<title>Not here</title>\n");
    site_add(&world.site, "style.css", "body { margin: auto }\n");
    site_add(&world.site, "style.css.gz", "a stand-in for gzip");
    site_add(&world.site, "empty.txt", "");
    site_add(&world.site, "files/a.txt", "a\n");
    site_add(&world.site, "../outside.txt", "outside\n");
    site_add_link(&world.site, "outside.txt", "../outside.txt");
    site_add(&world.site, "secret.txt", "secret\n");
    chmod(site_path(&world.site, "secret.txt").text, 0);
    site_add_octets(&world.site, "large.bin", 16 << 20);
}

static int setup(void **state)
{
    (void)state;
    make_site();
    return 0;
}

int main(void)
{
    static struct CMUnitTest tests[2 * CONVERSATIONS + 1];
    static char names[CONVERSATIONS][80];
    size_t count = 0;
    for (size_t i = 0; i < CONVERSATIONS; i++) {
        const struct conversation *one = &conversations[i];
        void *row = (void *)(uintptr_t)one;
        tests[count++] =
            (struct CMUnitTest){one->name, test_is_told_as_it_was, test_begin, test_end, row};
        if (!conversation_is_one_part(one)) continue;
        snprintf(names[i], sizeof names[i], "%s, octet by octet", one->name);
        tests[count++] = (struct CMUnitTest){
            names[i], test_is_told_the_same_octet_by_octet, test_begin, test_end, row};
    }
    tests[count++] = (struct CMUnitTest)TEST(test_no_golden_file_is_left_over);
    return _cmocka_run_group_tests("golden", tests, count, setup, world_end);
}
