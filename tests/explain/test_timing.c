/* Server-Timing, while --explain tells: each layer's share of an answer, in milliseconds
 * (https://www.w3.org/TR/server-timing/), in every answer and in no other run. */
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdlib.h>
#include <string.h>

#define GET_WITH(target, lines) "GET " target " HTTP/1.1\r\nHost: a\r\n" lines "\r\n"

static const struct {
    const char *name, *request;
    int status;
    enum request_method method;
} asked[] = {
    {"a file", GET_WITH("/file.txt", ""), 200, TO_ANY},
    {"HEAD", "HEAD /file.txt HTTP/1.1\r\nHost: a\r\n\r\n", 200, TO_HEAD},
    {"a range", GET_WITH("/file.txt", "Range: bytes=0-1\r\n"), 206, TO_ANY},
    {"a directory", GET_WITH("/dir", ""), 301, TO_ANY},
    {"not modified", GET_WITH("/file.txt", "If-None-Match: *\r\n"), 304, TO_ANY},
    {"a bad head", "GET /file.txt HTTP/1.1\n", 400, TO_ANY},
    {"no file", GET_WITH("/none", ""), 404, TO_ANY},
    {"a range that is not there", GET_WITH("/file.txt", "Range: bytes=99-\r\n"), 416, TO_ANY},
    {"no such method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501, TO_ANY},
    {"half a head", "GET /file.txt HTTP/1.1\r\nHo", 408, TO_ANY},
    {"half the content", GET_WITH("/file.txt", "Content-Length: 9\r\n") "half", 408, TO_ANY},
};

/* Takes "name;dur=1.234" off: a token, and a decimal with three places. */
static double take_metric(const char **value, const char *name)
{
    char *end;
    size_t length = strlen(name);
    if (strncmp(*value, name, length) != 0 || strncmp(*value + length, ";dur=", 5) != 0)
        failed("\"%s\" does not go on with %s;dur=", *value, name);
    const char *number = *value + length + 5;
    double duration = strtod(number, &end);
    size_t whole = strspn(number, "0123456789");
    if (whole == 0 || number[whole] != '.' || strspn(number + whole + 1, "0123456789") != 3 ||
        end != number + whole + 4)
        failed("\"%s\" is no duration with three places", number);
    *value = end;
    return duration;
}

/* All four layers in their order, and no more time than there was. */
static void expect_timing(const struct response *response, double milliseconds)
{
    static const char *const layers[] = {"transport", "http", "fs", "server"};
    const char *value = response_field(response, "Server-Timing");
    double sum = 0;
    if (value == NULL) failed("there is no Server-Timing");
    for (int i = 0; i < 4; i++) {
        if (i > 0 && strncmp(value, ", ", 2) != 0) failed("\"%s\" is no list", value);
        if (i > 0) value += 2;
        sum += take_metric(&value, layers[i]);
    }
    if (*value != '\0') failed("\"%s\" is too much", value);
    if (sum > milliseconds) failed("%.3f ms of %.3f ms", sum, milliseconds);
}

static void ask(const struct server *server, size_t i, bool expected)
{
    struct client client;
    struct response response;
    step("asks for %s", asked[i].name);
    double begin = seconds_now();
    client_connect(&client, server->port);
    client_send_text(&client, asked[i].request);
    response_read(&client, &response, asked[i].method);
    if (response.status != asked[i].status) failed("status %d", response.status);
    if (expected) expect_timing(&response, (seconds_now() - begin) * 1000);
    if (!expected) response_expect_field(&response, "Server-Timing", NULL);
    response_release(&response);
    client_close(&client);
}

static void ask_for_all(const char *const *arguments, bool expected)
{
    struct server server;
    start_server(&server, arguments);
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) ask(&server, i, expected);
    server_stop(&server);
}

#define SOON "--head-timeout", "0.2", "--content-timeout", "0.2"

static void test_every_answer_says_what_each_layer_took_while_explaining(void **state)
{
    (void)state;
    ask_for_all(ARGUMENTS(SOON, "--explain"), true);
    ask_for_all(ARGUMENTS(SOON, "--explain", "--explain-format=json", "--threads=1"), true);
}

/* What is told decides about lines, not about what is measured. */
static void test_it_says_so_of_all_layers_whichever_are_told(void **state)
{
    (void)state;
    ask_for_all(ARGUMENTS(SOON, "--explain=fs"), true);
}

static void test_no_answer_says_so_without_explain(void **state)
{
    (void)state;
    ask_for_all(ARGUMENTS(SOON), false);
    ask_for_all(ARGUMENTS(SOON, "--explain-format=json"), false);
}

static void test_without_explain_nothing_is_told(void **state)
{
    struct server server;
    (void)state;
    start_server(&server, ARGUMENTS(SOON, "--explain-format", "json"));
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) ask(&server, i, false);
    char *told = server_errors(&server);
    server_stop(&server);
    for (const char *line = told; *line != '\0'; line += strcspn(line, "\n") + 1)
        if (strncmp(line, "strata: ", 8) != 0) failed("it was not asked for: %s", line);
    free(told);
}

static void test_only_the_layers_that_are_named_are_told(void **state)
{
    struct server server;
    (void)state;
    start_server(&server, ARGUMENTS(SOON, "--explain=fs,server", "--explain-format", "json"));
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) ask(&server, i, true);
    server_await_error(&server, "408 Request Timeout");
    char *told = server_errors(&server);
    server_stop(&server);
    if (strstr(told, "\"layer\":\"fs\"") == NULL || strstr(told, "\"layer\":\"server\"") == NULL ||
        strstr(told, "\"layer\":\"http\"") != NULL ||
        strstr(told, "\"layer\":\"transport\"") != NULL)
        failed("other layers are told: %s", told);
    free(told);
}

static int setup(void **state)
{
    (void)state;
    world_begin(NULL);
    site_add(&world.site, "file.txt", "a file");
    site_add_directory(&world.site, "dir");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_answer_says_what_each_layer_took_while_explaining),
        TEST(test_it_says_so_of_all_layers_whichever_are_told),
        TEST(test_no_answer_says_so_without_explain),
        TEST(test_without_explain_nothing_is_told),
        TEST(test_only_the_layers_that_are_named_are_told),
    };
    return cases_run("Server-Timing", NO_CASES, TESTS(tests), setup);
}
