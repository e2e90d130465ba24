/* Ranges (RFC 9110 §14) of large files, which are sent in several turns: octet for octet what was
 * asked for, wherever the turns and the client's buffer cut it. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TURN = 1 << 20, SIZE = 5 * TURN + 12345 };

#define LETTERS "abcdefghijklmnopqrstuvwxyz"

static size_t put_request(char *out, size_t first, size_t last)
{
    return (size_t)sprintf(
        out, "GET /large.bin HTTP/1.1\r\nHost: a\r\nRange: bytes=%zu-%zu\r\n\r\n", first, last);
}

static void expect_part(struct client *client, size_t first, size_t last)
{
    struct response response;
    char range[100];
    snprintf(range, sizeof range, "bytes %zu-%zu/%d", first, last, SIZE);
    response_expect(client, &response, 206);
    response_expect_field(&response, "Content-Range", range);
    const unsigned char *octets = site_octets(SIZE) + first;
    if (response.content_length != last - first + 1)
        failed("%zu octets, expected %zu", response.content_length, last - first + 1);
    if (memcmp(response.content, octets, response.content_length) != 0)
        failed("other octets than those of %s", range);
    response_release(&response);
}

static void ask_for(struct client *client, size_t first, size_t last)
{
    char request[200];
    client_send(client, request, put_request(request, first, last));
    expect_part(client, first, last);
}

/* The ends of ranges: around a page, the output buffer, the turns, the end of the file. */
static const size_t edges[] = {0, 4096, 65536, TURN, 2 * TURN, 4 * TURN, SIZE - 1};
enum { EDGES = sizeof edges / sizeof edges[0] };

/* RFC 9110 §14.1.2 */
static void test_ranges_around_the_ends_of_turns_are_exact(void **state)
{
    (void)state;
    struct client client;
    client_connect(&client, world.port);
    for (size_t i = 0; i < EDGES; i++)
        for (size_t j = i; j < EDGES; j++)
            for (size_t around = 0; around < 9; around++) {
                size_t first = edges[i] + around % 3;
                size_t last = edges[j] + around / 3;
                if (first < 1 || first - 1 > last - 1 || last - 1 >= SIZE) continue;
                ask_for(&client, first - 1, last - 1);
            }
    expect_open(&client);
    client_close(&client);
}

/* RFC 9110 §14.1.2 */
static void test_a_range_read_slowly_is_exact(void **state)
{
    (void)state;
    struct client client;
    client_connect_narrow(&client, world.port, 4096);
    ask_for(&client, 12345, SIZE - 54321);
    ask_for(&client, TURN - 1, 3 * TURN);
    expect_open(&client);
    client_close(&client);
}

/* RFC 9112 §9.3.2 */
static void test_ranges_in_a_pipeline_are_answered_in_order(void **state)
{
    (void)state;
    enum { COUNT = 200 };
    struct client client;
    char *requests = malloc(COUNT * 120);
    size_t used = 0;
    for (size_t i = 0; i < COUNT; i++)
        used += put_request(requests + used, i * 26001, i * 26001 + i * i % 30000);
    client_connect(&client, world.port);
    client_send(&client, requests, used);
    for (size_t i = 0; i < COUNT; i++) expect_part(&client, i * 26001, i * 26001 + i * i % 30000);
    expect_open(&client);
    client_close(&client);
    free(requests);
}

/* RFC 9112 §9.3.2: the parts of a file make the file. */
static void test_the_parts_of_a_file_make_it_whole(void **state)
{
    (void)state;
    enum { PIECE = 333333 };
    struct client client;
    client_connect(&client, world.port);
    for (size_t first = 0; first < SIZE; first += PIECE)
        ask_for(&client, first, first + PIECE < SIZE ? first + PIECE - 1 : SIZE - 1);
    client_close(&client);
}

static void ask_huge(const char *range, const char *content_range, const char *content)
{
    struct response response;
    char request[200];
    snprintf(
        request, sizeof request, "GET /huge.bin HTTP/1.1\r\nHost: a\r\nRange: %s\r\n\r\n", range);
    request_once(world.port, request, &response, content == NULL ? 416 : 206);
    response_expect_field(&response, "Content-Range", content_range);
    if (content != NULL) response_expect_content(&response, content);
    response_release(&response);
}

/* RFC 9110 §14.1.2: positions have 64 bits. The file is a hole of 4 GiB and five octets, and then
 * the letters. */
static void test_positions_beyond_32_bits_are_exact(void **state)
{
    (void)state;
    struct site_path path = site_path(&world.site, "huge.bin");
    int file = open(path.text, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0 || pwrite(file, LETTERS, 26, 4294967301) != 26) failed("no sparse file");
    close(file);
    ask_huge("bytes=-3", "bytes 4294967324-4294967326/4294967327", "xyz");
    ask_huge("bytes=4294967301-4294967305", "bytes 4294967301-4294967305/4294967327", "abcde");
    ask_huge("bytes=4294967326-", "bytes 4294967326-4294967326/4294967327", "z");
    ask_huge("bytes=4294967327-", "bytes */4294967327", NULL);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    site_add_octets(&world.site, "large.bin", SIZE);
    world_begin(ARGUMENTS("--threads", "2"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ranges_around_the_ends_of_turns_are_exact),
        TEST(test_a_range_read_slowly_is_exact),
        TEST(test_ranges_in_a_pipeline_are_answered_in_order),
        TEST(test_the_parts_of_a_file_make_it_whole),
        TEST(test_positions_beyond_32_bits_are_exact),
    };
    return cases_run("large ranges", NO_CASES, TESTS(tests), setup);
}
