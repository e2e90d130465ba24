/* What comes back of a target in Location: it never ends its line, never leads to another host, and
 * leads to the directory that was asked for (RFC 9110 §10.2.2). */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct client client; /* lasts over the requests of a test */

static void ask(const char *target, struct response *response)
{
    char request[300];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    client_send_text(&client, request);
    response_read(&client, response, TO_ANY);
}

/* Octets that stand for themselves in a path, RFC 3986 §3.3. */
static bool is_path_octet(char octet)
{
    return isalnum((unsigned char)octet) != 0 || strchr("-._~!$&'()*+,;=:@/", octet) != NULL;
}

/* Fails unless the location is the path of this name and a slash, then the query. */
static void expect_location(const char *location, const char *name, const char *query)
{
    char decoded[300];
    char expected[300];
    size_t length = 0;
    size_t path = strcspn(location, "?");
    for (size_t i = 0; i < path; i++) {
        char hex[3] = {0};
        if (location[i] == '%')
            memcpy(hex, location + i + 1, 2);
        else if (!is_path_octet(location[i]))
            failed("%s is no path", location);
        decoded[length++] = location[i] == '%' ? (char)strtol(hex, NULL, 16) : location[i];
        if (location[i] == '%') i += 2;
    }
    decoded[length] = '\0';
    snprintf(expected, sizeof expected, "/%s/", name);
    if (strcmp(decoded, expected) != 0) failed("%s does not lead to %s", location, expected);
    if (strcmp(location + path, query) != 0) failed("the query of %s is not %s", location, query);
}

static void expect_redirection(const char *target, const char *name, const char *query)
{
    struct response response;
    ask(target, &response);
    const char *location = response_field(&response, "Location");
    if (response.status != 301 || location == NULL)
        failed("%s is answered with %d", target, response.status);
    expect_location(location, name, query);
    response_release(&response);
}

static bool is_control(int octet)
{
    return octet < 0x20 || octet == 0x7f;
}

/* The directories are called x, an octet, y. */
static void name_of(int octet, char name[4])
{
    sprintf(name, "x%cy", octet);
}

static void test_whatever_octet_a_name_holds_location_leads_to_it(void **state)
{
    char name[4];
    char target[20];
    (void)state;
    client_connect(&client, world.port);
    for (int octet = 0x20; octet <= 0xff; octet++) {
        if (octet == '/' || is_control(octet)) continue;
        name_of(octet, name);
        snprintf(target, sizeof target, "/x%%%02xy", (unsigned)octet);
        expect_redirection(target, name, "");
        snprintf(target, sizeof target, "/%s", name);
        if (octet > 0x20 && octet < 0x7f && strchr("%?#", octet) == NULL)
            expect_redirection(target, name, "");
    }
    client_close(&client);
}

/* RFC 9110 §5.5: an encoded control never becomes one of a field line. */
static void test_an_encoded_control_is_never_answered_with_a_location(void **state)
{
    char target[20];
    (void)state;
    client_connect(&client, world.port);
    for (int octet = 0; octet <= 0x7f; octet++) {
        struct response response;
        if (!is_control(octet)) continue;
        snprintf(target, sizeof target, "/dir%%%02x", (unsigned)octet);
        ask(target, &response);
        response_expect_field(&response, "Location", NULL);
        if (response.status != 400) failed("%s is answered with %d", target, response.status);
        response_release(&response);
    }
    client_close(&client);
}

/* The query is copied as it came: what is encoded stays so. */
static void test_whatever_a_query_holds_stays_in_its_line(void **state)
{
    char target[60];
    (void)state;
    client_connect(&client, world.port);
    for (int octet = 0; octet <= 0xff; octet++) {
        snprintf(target, sizeof target, "/dir?a=%%%02xSet-Cookie:%%20b=c", (unsigned)octet);
        expect_redirection(target, "dir", strchr(target, '?'));
        snprintf(target, sizeof target, "/dir?//%c%c", octet, octet);
        if (octet > 0x20 && octet < 0x7f && octet != '#')
            expect_redirection(target, "dir", strchr(target, '?'));
    }
    client_close(&client);
}

static size_t redirected;

static void expect_no_other_host(const char *target)
{
    struct response response;
    ask(target, &response);
    const char *location = response_field(&response, "Location");
    if (location != NULL && (location[0] != '/' || strchr("/\\", location[1]) != NULL))
        failed("%s is redirected to %s", target, location);
    if (location != NULL && strstr(location, "//") != NULL) failed("two slashes: %s", location);
    redirected += location != NULL;
    response_release(&response);
}

/* RFC 3986 §4.2: what starts with two slashes names a host, and browsers take \ for a slash. */
static void test_no_spelling_of_slashes_leads_to_another_host(void **state)
{
    static const char *const pieces[] = {
        "", "/", "\\", "%5c", "%2f", ".", "%2e", "..", "@", ";", "http:", "/dir/../", "%09"};
    static const char *const starts[] = {"/", "http://a/"};
    char target[100];
    (void)state;
    redirected = 0;
    client_connect(&client, world.port);
    for (size_t i = 0; i < COUNT(pieces) * COUNT(pieces) * COUNT(pieces) * COUNT(starts); i++) {
        size_t rest = i / COUNT(starts);
        snprintf(target, sizeof target, "%s%s%s%sevil.example", starts[i % COUNT(starts)],
            pieces[rest % COUNT(pieces)], pieces[rest / COUNT(pieces) % COUNT(pieces)],
            pieces[rest / COUNT(pieces) / COUNT(pieces)]);
        expect_no_other_host(target);
    }
    client_close(&client);
    if (redirected < 100) failed("%zu targets were redirected", redirected);
}

static int setup(void **state)
{
    static const char *const directories[] = {"dir", "evil.example", "@evil.example",
        ";evil.example", "\\evil.example", "\\\\evil.example", "http:evil.example",
        "http:/evil.example", "@/evil.example"};
    (void)state;
    world_begin_site();
    for (size_t i = 0; i < COUNT(directories); i++) {
        char name[60];
        snprintf(name, sizeof name, "%s/file.txt", directories[i]);
        site_add(&world.site, name, "file");
    }
    for (int octet = 0x20; octet <= 0xff; octet++) {
        char name[4];
        name_of(octet, name);
        if (octet != '/' && !is_control(octet)) site_add_directory(&world.site, name);
    }
    world_begin(NULL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_whatever_octet_a_name_holds_location_leads_to_it),
        TEST(test_an_encoded_control_is_never_answered_with_a_location),
        TEST(test_whatever_a_query_holds_stays_in_its_line),
        TEST(test_no_spelling_of_slashes_leads_to_another_host),
    };
    return cases_run("location", NO_CASES, TESTS(tests), setup);
}
