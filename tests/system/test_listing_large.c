/* Listings of large directories (--list): a page has 10,000 entries at most and says where there
 * are more, and those who do not ask for one are served meanwhile. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum { MOST = 10000 };

/* Without strstr(3), which under a sanitizer looks for the end of the text first, every time. */
static size_t count(const char *text, const char *wanted)
{
    const size_t length = strlen(wanted);
    size_t found = 0;
    for (; *text != '\0'; text++)
        if (*text == *wanted && strncmp(text, wanted, length) == 0) found++;
    return found;
}

static void expect_listing(const char *target, bool says_more)
{
    struct response listing;
    get_once(world.port, target, &listing, 200);
    size_t links = count(listing.content, "<a href=\"./");
    if (links != MOST) failed("%zu links, expected %d", links, MOST);
    if ((strstr(listing.content, "there are more") != NULL) != says_more)
        failed(says_more ? "it does not say that there are more" : "it says that there are more");
    response_release(&listing);
}

/* RFC 9110 §15.6.4: where a file may not grow, a page cannot be made; the kernel's SIGXFSZ must not
 * end the server. */
static void test_without_space_for_the_page_the_answer_is_503(void **state)
{
    (void)state;
    const struct rlimit none = {0, RLIM_INFINITY};
    const struct rlimit any = {RLIM_INFINITY, RLIM_INFINITY};
    struct response listing;
    assert_int_equal(prlimit(world.server.pid, RLIMIT_FSIZE, &none, NULL), 0);
    get_once(world.port, "/full/", &listing, 503);
    response_expect_field(&listing, "Retry-After", "1");
    response_release(&listing);
    assert_int_equal(prlimit(world.server.pid, RLIMIT_FSIZE, &any, NULL), 0);
    expect_listing("/full/", false);
}

/* RFC 9110 §15.3.1 */
static void test_10000_entries_are_listed(void **state)
{
    (void)state;
    struct response listing;
    expect_listing("/full/", false);
    get_once(world.port, "/full/", &listing, 200);
    for (size_t i = 0; i < MOST; i++) {
        char link[40];
        snprintf(link, sizeof link, "\"./%zu.txt\"", i);
        if (i % 97 == 0 && count(listing.content, link) != 1) failed("%s is not there once", link);
    }
    response_release(&listing);
}

/* RFC 9110 §15.3.1: what is not the whole says so. */
static void test_of_10001_entries_10000_are_listed_and_there_are_more(void **state)
{
    (void)state;
    expect_listing("/more/", true);
}

/* What is left out does not count. */
static void test_hidden_entries_are_not_more(void **state)
{
    (void)state;
    site_add(&world.site, "full/.hidden", "hidden");
    expect_listing("/full/", false);
}

/* Asks for the long listing; the answer is read later, through a small window. */
static void ask(struct client *client)
{
    client_connect_narrow(client, world.port, 4096);
    client_send_text(client, "GET /full/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
}

/* The listing, or that others are being made: RFC 9110 §15.6.4. */
static void expect_listing_or_refusal(struct client *client)
{
    struct response response;
    response_read(client, &response, TO_ANY);
    if (response.status == 503) response_expect_field(&response, "Retry-After", "1");
    if (response.status != 503 && count(response.content, "<a href=\"./") != MOST)
        failed("status %d, expected a listing or 503", response.status);
    response_release(&response);
    client_expect_end(client);
    client_close(client);
}

/* What is no directory needs no listing to be found missing. */
static void expect_not_found(struct client *client)
{
    client_send_text(client, "GET /full/missing HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_status(client, 404);
}

/* Whoever asks for listings, and does not read them, keeps no others from what they ask for. */
static void test_others_are_served_while_long_listings_are_made(void **state)
{
    (void)state;
    struct client askers[2];
    struct client others[8];
    for (size_t i = 0; i < 8; i++) client_connect(&others[i], world.port);
    for (size_t round = 0; round < 5; round++) {
        for (size_t i = 0; i < 2; i++) ask(&askers[i]);
        for (size_t i = 0; i < 40; i++) expect_open(&others[i % 8]);
        for (size_t i = 0; i < 40; i++) expect_not_found(&others[i % 8]);
        for (size_t i = 0; i < 2; i++) expect_listing_or_refusal(&askers[i]);
    }
    for (size_t i = 0; i < 8; i++) client_close(&others[i]);
}

/* What is not made, or not wanted after all, does not count as being made. */
static void test_listings_are_made_again_and_again(void **state)
{
    (void)state;
    static const char *const targets[] = {"/missing/", "/full/", "/.hidden/", "/full/1.txt/"};
    for (size_t i = 0; i < 24; i++) {
        char request[200];
        snprintf(request, sizeof request, "HEAD %s HTTP/1.1\r\nHost: a\r\n%s\r\n", targets[i % 4],
            i % 3 == 0 ? "If-None-Match: *\r\n" : "");
        struct client client;
        struct response response;
        client_connect(&client, world.port);
        client_send_text(&client, request);
        response_read(&client, &response, TO_HEAD);
        if (response.status == 503) failed("503 where no listing is being made");
        response_release(&response);
        client_close(&client);
    }
    expect_listing("/full/", false);
}

static int setup(void **state)
{
    (void)state;
    world_begin_site();
    for (size_t i = 0; i <= MOST; i++) {
        char name[40];
        snprintf(name, sizeof name, "more/%zu.txt", i);
        site_add(&world.site, name, "x");
        snprintf(name, sizeof name, "full/%zu.txt", i);
        if (i < MOST) site_add(&world.site, name, "x");
    }
    world_begin(ARGUMENTS("--list", "--threads", "2"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_without_space_for_the_page_the_answer_is_503),
        TEST(test_10000_entries_are_listed),
        TEST(test_of_10001_entries_10000_are_listed_and_there_are_more),
        TEST(test_hidden_entries_are_not_more),
        TEST(test_others_are_served_while_long_listings_are_made),
        TEST(test_listings_are_made_again_and_again),
    };
    return cases_run("large listings", NO_CASES, TESTS(tests), setup);
}
