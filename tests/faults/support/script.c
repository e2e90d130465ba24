/* The clients of the conversation. */
#include "tests/faults/support/conversation.h"

#define HOST      " HTTP/1.1\r\nHost: a\r\n"
#define CLOSE     "Connection: close\r\n"
#define EXPECT    "Expect: 100-continue\r\n"
#define SMALL_GET "GET /small.txt" HOST
#define OLD       "Sun, 13 Sep 2020 12:26:40 GMT" /* the time stamp of the files */

enum { NARROW = 4096, LARGE = 100000, SLOW = 60000 };

#define SMALL "The quick brown fox jumps over the lazy dog."

/* Each names a file of its own: what one of them brings into the cache is nothing to the others. */
struct exchange conversation[] = {
    {"a slow reader", .first = "GET /slow.bin" HOST CLOSE "\r\n", .manner = RESUMED,
        .receive_buffer = NARROW, .answers = {{200, .octets = SLOW}}},
    {"half a head, then the other half", .first = "GET /half.txt" HOST "X: ",
        .rest = "y\r\n" CLOSE "\r\n", .manner = RESUMED, .answers = {{200, "half"}}},
    {"content in halves",
        .first = "ECHO /echo" HOST CLOSE EXPECT "Transfer-Encoding: chunked\r\n\r\n",
        .rest = "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nA: b\r\n\r\n", .manner = RESUMED,
        .answers = {{100}, {200, "hello world"}}},
    {"half a head, and no more", .first = "GET /late.txt" HOST, .manner = LATE, .answers = {{408}}},
    {"half the content, and no more", .first = "ECHO /echo" HOST "Content-Length: 10\r\n\r\nhello",
        .manner = LATE, .answers = {{408}}},
    {"an answer, and no next request", .first = "GET /idle.txt" HOST "\r\n", .manner = LATE,
        .answers = {{200, "idle"}}},
    {"a reader who never reads", .first = "GET /stalled.bin" HOST CLOSE "\r\n", .manner = STALLED,
        .receive_buffer = NARROW, .answers = {{200, .octets = SLOW}}},
    {"content that is too much", .first = SMALL_GET "Content-Length: 9999999\r\n\r\nhello",
        .answers = {{413}}, .lingers = true},
    {"a mistake in a chunk",
        .first = "ECHO /echo" HOST "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0x5\r\n",
        .answers = {{400}}, .lingers = true},
    {"small requests in a pipeline",
        .first =
            SMALL_GET "\r\n" SMALL_GET "\r\nHEAD /small.txt" HOST "\r\n" SMALL_GET
                      "If-Modified-Since: " OLD "\r\n\r\n" SMALL_GET
                      "Range: bytes=4-8\r\n\r\n" SMALL_GET "Range: bytes=99-\r\n\r\nGET /page" HOST
                      "\r\nGET /dir" HOST "\r\nGET /none" HOST "Accept: text/html\r\n" CLOSE "\r\n",
        .answers = {{200, SMALL}, {200, SMALL}, {200, .to_head = true}, {304}, {206, "quick"},
            {416}, {200, "page"}, {301}, {404}}},
    {"a variant in another coding",
        .first = "GET /coded.txt" HOST CLOSE "Accept-Encoding: gzip\r\n\r\n",
        .answers = {{200, "coded.gz"}}, .less = "\r\n\r\ncoded"},
    {"a large file, twice", .first = "GET /large.bin" HOST "\r\nGET /large.bin" HOST CLOSE "\r\n",
        .answers = {{200, .octets = LARGE}, {200, .octets = LARGE}}},
    {"a listing", .first = "GET /list/" HOST CLOSE "\r\n", .answers = {{200}}, .less = "</html>\n"},
};
const size_t conversation_length = sizeof conversation / sizeof conversation[0];

void conversation_begin(void)
{
    faulty_begin();
    site_add_octets(&world.site, "slow.bin", SLOW);
    site_add_octets(&world.site, "stalled.bin", SLOW);
    site_add_octets(&world.site, "large.bin", LARGE);
    site_add(&world.site, "half.txt", "half");
    site_add(&world.site, "idle.txt", "idle");
    site_add(&world.site, "small.txt", SMALL);
    site_add(&world.site, "page.html", "page");
    site_add(&world.site, "dir/a", "a");
    site_add(&world.site, "coded.txt", "coded");
    site_add(&world.site, "coded.txt.gz", "coded.gz");
    site_add(&world.site, "list/a.txt", "a");
    site_add(&world.site, "list/b/c", "c");
    site_add_link(&world.site, "list/link", "a.txt");
    site_add_link(&world.site, "list/nowhere", "../../outside");
    site_set_time(&world.site, "list/b", (struct timespec){1600000000, 0});
}
