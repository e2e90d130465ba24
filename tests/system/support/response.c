#include "tests/system/support/response.h"

#include "tests/system/support/patience.h"
#include "tests/system/support/response_rules.h"
#include "tests/system/support/site.h"
#include "tests/system/support/steps.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *response_field(const struct response *response, const char *name)
{
    for (size_t i = 0; i < response->field_count; i++)
        if (strcasecmp(response->fields[i].name, name) == 0) return response->fields[i].value;
    return NULL;
}

bool response_contains(const struct response *response, const char *text)
{
    const char *fields = strstr(response->octets, "\r\n");
    size_t length = response->length - (size_t)(fields - response->octets);
    return memmem(fields, length, text, strlen(text)) != NULL;
}

static void receive_more(struct client *client, const char *wanted)
{
    enum arrival arrival = client_receive(client, PATIENCE);
    if (arrival == ARRIVED) return;
    if (client_pending(client) > 0)
        step_octets("received", client->input + client->start, client_pending(client));
    failed("%s where %s was expected",
        arrival == SILENCE     ? "silence"
            : arrival == ENDED ? "the end of the stream"
                               : "a reset",
        wanted);
}

/* The length of the head with its empty line, once it is there. */
static size_t await_head(struct client *client)
{
    for (;;) {
        const char *start = client->input + client->start;
        size_t pending = client_pending(client);
        const char *end = pending < 4 ? NULL : memmem(start, pending, "\r\n\r\n", 4);
        if (end != NULL) return (size_t)(end - start) + 4;
        receive_more(client, "a response");
    }
}

static void await_content(struct client *client, size_t length)
{
    while (client_pending(client) < length) receive_more(client, "the rest of the content");
}

static void *copy(const void *octets, size_t length)
{
    char *copied = malloc(length + 1);
    if (copied == NULL) failed("no memory for %zu octets", length);
    memcpy(copied, octets, length);
    copied[length] = '\0';
    return copied;
}

static void check(struct response *response, const char *problem)
{
    if (problem == NULL) return;
    step_octets("received", response->octets, response->length);
    failed("%s", problem);
}

void response_read(struct client *client, struct response *response, enum request_method method)
{
    size_t head_length = await_head(client);
    const char *start = client->input + client->start;
    *response = (struct response){.head_length = head_length, .length = head_length};
    response->octets = copy(start, head_length);
    response->lines = copy(start, head_length);
    check(response, response_parse_head(response));
    check(response, response_check_fields(response));

    bool without_content = method == TO_HEAD || response->status < 200 || response->status == 204 ||
        response->status == 304;
    const char *announced = response_field(response, "Content-Length");
    if (!without_content) response->content_length = strtoull(announced, NULL, 10);
    response->length = head_length + response->content_length;
    await_content(client, response->length);

    free(response->octets);
    response->octets = copy(client->input + client->start, response->length);
    response->content = response->octets + head_length;
    client->start += response->length;
    step_octets("received", response->octets, response->length);
}

void response_release(struct response *response)
{
    free(response->octets);
    free(response->lines);
    *response = (struct response){0};
}

void response_expect(struct client *client, struct response *response, int status)
{
    response_read(client, response, TO_ANY);
    if (response->status != status) failed("status %d, expected %d", response->status, status);
}

void expect_status(struct client *client, int status)
{
    struct response response;
    response_expect(client, &response, status);
    response_release(&response);
}

void response_expect_field(const struct response *response, const char *name, const char *value)
{
    const char *found = response_field(response, name);
    if (value == NULL && found != NULL)
        failed("%s: %s, where no such field is expected", name, found);
    if (value != NULL && found == NULL) failed("no %s, expected %s", name, value);
    if (value != NULL && strcmp(found, value) != 0)
        failed("%s: %s, expected %s", name, found, value);
}

void response_expect_octets(const struct response *response, size_t size)
{
    if (response->content_length != size)
        failed("content of %zu octets, expected %zu", response->content_length, size);
    const unsigned char *expected = site_octets(size);
    const unsigned char *content = (const unsigned char *)response->content;
    for (size_t i = 0; memcmp(content, expected, size) != 0 && i < size; i++)
        if (content[i] != expected[i])
            failed("octet %zu of the content is %02x, expected %02x", i, content[i], expected[i]);
}

void response_expect_content(const struct response *response, const char *text)
{
    if (response->content_length != strlen(text) ||
        memcmp(response->content, text, strlen(text)) != 0)
        failed("the content is not \"%s\"", text);
}

void request_once(int port, const char *request, struct response *response, int status)
{
    struct client client;
    client_connect(&client, port);
    client_send_text(&client, request);
    response_expect(&client, response, status);
    client_close(&client);
}

/* Without looking at the status. */
static void get(int port, const char *target, struct response *response)
{
    char request[9000];
    snprintf(
        request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", target);
    struct client client;
    client_connect(&client, port);
    client_send_text(&client, request);
    response_read(&client, response, TO_ANY);
    client_expect_end(&client);
    client_close(&client);
}

void get_once(int port, const char *target, struct response *response, int status)
{
    get(port, target, response);
    if (response->status != status) failed("status %d, expected %d", response->status, status);
}

void get_until(
    int port, const char *target, struct response *response, int status, const char *text)
{
    struct patience patience = patience_for(PATIENCE);
    for (;;) {
        get(port, target, response);
        if (response->status == status &&
            (text == NULL ||
                (response->content_length == strlen(text) &&
                    memcmp(response->content, text, strlen(text)) == 0)))
            return;
        response_release(response);
        if (!patience_left(&patience)) failed("%s never came to a %d", target, status);
    }
}
