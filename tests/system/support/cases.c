#include "tests/system/support/cases.h"

#include "tests/system/support/client.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdlib.h>
#include <string.h>

enum {
    SHORT_REQUEST = 2500, /* a longer one is not sent octet by octet, but in pieces of a size */
    ODD_PIECE = 97,       /* that divides nothing */
};

static struct client lasting = {.socket = -1}; /* the connection that lasts over the rows */

static void check_response(const struct http_case *row, const struct response *response)
{
    if (response->status != row->status &&
        (row->or_status == 0 || response->status != row->or_status))
        failed("status %d, expected %d", response->status, row->status);
    if (row->has != NULL && !response_contains(response, row->has))
        failed("the response does not contain \"%s\"", row->has);
    if (row->has_too != NULL && !response_contains(response, row->has_too))
        failed("the response does not contain \"%s\"", row->has_too);
    if (row->lacks != NULL && response_contains(response, row->lacks))
        failed("the response contains \"%s\"", row->lacks);
    if (row->content != NULL) response_expect_content(response, row->content);
    if (row->after == STAYS && response->closes)
        failed("the response announces a close where the connection stays open");
    if (row->after == CLOSES && !response->closes)
        failed("the response does not announce the close");
}

/* Returns whether the connection is open still. */
static bool read_answer(const struct http_case *row, struct client *client)
{
    struct response response;
    response_read(client, &response, row->to_head ? TO_HEAD : TO_ANY);
    check_response(row, &response);
    bool closes = response.closes;
    response_release(&response);
    if (closes) client_expect_end(client);
    return !closes;
}

static void deliver_whole(const struct http_case *row)
{
    struct client client;
    step("delivery: whole, on a fresh connection");
    client_connect(&client, world.port);
    client_send(&client, row->request, row->length);
    if (read_answer(row, &client)) expect_open(&client);
    client_close(&client);
}

static void deliver_on_the_lasting_connection(const struct http_case *row)
{
    step(
        "delivery: whole, on a connection %s", lasting.socket < 0 ? "to be reused" : "used before");
    struct client client = lasting;
    lasting.socket = -1; /* a failure leaves it behind */
    if (client.socket < 0) client_connect(&client, world.port);
    client_send(&client, row->request, row->length);
    if (read_answer(row, &client))
        lasting = client;
    else
        client_close(&client);
}

static void deliver_in_pieces(const struct http_case *row)
{
    struct client client;
    step("delivery: in pieces");
    client_connect(&client, world.port);
    client_send_in_pieces(
        &client, row->request, row->length, row->length > SHORT_REQUEST ? ODD_PIECE : 1);
    if (read_answer(row, &client)) expect_open(&client);
    client_close(&client);
}

void case_deliver(const struct http_case *row)
{
    deliver_whole(row);
    deliver_on_the_lasting_connection(row);
    if (!row->only_whole) deliver_in_pieces(row);
}

char *fetch_field(const char *request, const char *name)
{
    struct client client;
    struct response response;
    client_connect(&client, world.port);
    client_send_text(&client, request);
    response_read(&client, &response, TO_ANY);
    const char *value = response_field(&response, name);
    char *copy = value == NULL ? NULL : strdup(value);
    response_release(&response);
    client_close(&client);
    return copy;
}

static void put_once(struct http_case *row, const char *mark, const char *text)
{
    const char *place = strstr(row->request, mark);
    char *request = malloc(row->length + strlen(text) + 1);
    if (request == NULL) failed("no memory for a request");
    row->length = (size_t)sprintf(
        request, "%.*s%s%s", (int)(place - row->request), row->request, text, place + strlen(mark));
    free(row->made);
    row->request = row->made = request;
}

void cases_put(struct http_case *cases, size_t count, const char *mark, const char *text)
{
    if (text == NULL || strstr(text, mark) != NULL) failed("nothing to put in place of %s", mark);
    for (size_t i = 0; i < count; i++)
        while (strstr(cases[i].request, mark) != NULL) put_once(&cases[i], mark, text);
}

static void test_case(void **state)
{
    case_deliver(*state);
}

static void test_the_server_stops_in_order_and_no_sanitizer_reports(void **state)
{
    (void)state;
    if (lasting.socket >= 0) client_close(&lasting);
    server_stop(&world.server);
}

int cases_run(const char *group, const struct http_case *cases, size_t count,
    const struct CMUnitTest *tests, size_t test_count, CMFixtureFunction setup)
{
    const struct CMUnitTest last = TEST(test_the_server_stops_in_order_and_no_sanitizer_reports);
    struct CMUnitTest *all = calloc(count + test_count + 1, sizeof *all);
    if (all == NULL) return EXIT_FAILURE;
    for (size_t i = 0; i < count; i++)
        all[i] = (struct CMUnitTest){
            cases[i].name, test_case, test_begin, test_end, (void *)(uintptr_t)&cases[i]};
    if (test_count > 0) memcpy(all + count, tests, test_count * sizeof *all);
    all[count + test_count] = last;
    int failures = _cmocka_run_group_tests(group, all, count + test_count + 1, setup, world_end);
    free(all);
    return failures;
}
