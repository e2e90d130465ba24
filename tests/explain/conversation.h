/* conversation.h: what one client says, and what --explain tells of it.
 *
 *     conversation_compare()                 the events are those in golden/NAME.jsonl (and .txt)
 *     conversation_compare_octet_by_octet()  what the layers above transport tell is the same
 *
 * With STRATA_RECORD in the environment the golden files are written instead (record.sh).
 */
#pragma once

#include "tests/explain/golden.h"
#include "tests/system/support/cases.h"
#include "tests/system/support/client.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { CONVERSATION_PARTS = 3, CONVERSATION_OPTIONS = 2 };

struct conversation {
    const char *name;
    struct part {
        const char *octets;
        size_t length;
        size_t made; /* then the letter a, until there are so many octets */
    } parts[CONVERSATION_PARTS];
    const char *options[CONVERSATION_OPTIONS]; /* of the server */
    bool text;                                 /* it is told as text as well */
    bool late;                                 /* the server waits for more until it has enough */
    bool slow;                                 /* the client reads when the server waits for that */
    bool in_content; /* where what is wrong is, of which only what is left is counted */
    bool closes;     /* by itself, at once where the answer is acknowledged already */
    bool echo;       /* the server has the method ECHO */
    bool as_nobody;  /* the server is not root */
};

#define OCTETS(literal)                                                                            \
    {                                                                                              \
        literal, sizeof(literal) - 1, 0                                                            \
    }
#define MADE(first, octets)                                                                        \
    {                                                                                              \
        first, sizeof(first) - 1, octets                                                           \
    }

static inline bool conversation_is_one_part(const struct conversation *conversation)
{
    return conversation->parts[1].length == 0 && conversation->parts[0].made == 0 &&
        !conversation->late && !conversation->slow;
}

static inline void conversation_start(
    const struct conversation *conversation, struct server *server, const char *format)
{
    const char *arguments[8 + CONVERSATION_OPTIONS + 1] = {"--threads", "1", "--no-sandbox",
        "--access-log", "none", "--explain", "--explain-format", format};
    for (size_t i = 0; i < CONVERSATION_OPTIONS; i++) arguments[8 + i] = conversation->options[i];
    server_start(server,
        &(struct launch){.arguments = arguments,
            .directory = world.site.root,
            .as_nobody = conversation->as_nobody,
            .program = conversation->echo ? getenv("STRATA_ECHO_PROGRAM") : NULL});
}

static inline void conversation_send(struct client *client, const struct part *part)
{
    char octets[64 * 1024];
    size_t length = part->length > part->made ? part->length : part->made;
    memset(octets, 'a', sizeof octets);
    memcpy(octets, part->octets, part->length);
    client_send(client, octets, length);
}

/* Waits until this was told so often, and reads what is answered meanwhile. */
static inline void conversation_await(
    const struct server *server, struct client *client, const char *told, size_t times)
{
    struct patience patience = patience_for(PATIENCE);
    for (size_t seen = 0; seen < times;) {
        char *text = server_errors(server);
        seen = golden_count(text, told);
        free(text);
        if (seen < times && client != NULL) client_receive(client, 0.001);
        if (!patience_left(&patience)) failed("%zu times told, not %zu: %s", seen, times, told);
    }
}

/* The first part is all there when the server, which stood still, accepts. */
static inline void conversation_begin(
    const struct conversation *conversation, struct server *server, struct client *client)
{
    int status;
    server_signal(server, SIGSTOP);
    if (waitpid(server->pid, &status, WUNTRACED) != server->pid || !WIFSTOPPED(status))
        failed("the server does not stand still");
    if (conversation->slow)
        client_connect_narrow(client, server->port, 4096);
    else
        client_connect(client, server->port);
    conversation_send(client, &conversation->parts[0]);
    server_signal(server, SIGCONT);
}

/* What was told of the whole conversation; to be freed. */
static inline char *conversation_play(const struct conversation *conversation, const char *format)
{
    struct server server;
    struct client client;
    size_t waits = 1;
    conversation_start(conversation, &server, format);
    conversation_begin(conversation, &server, &client);
    conversation_await(&server, conversation->slow ? NULL : &client, GOLDEN_WAITS, waits);
    if (conversation->slow) conversation_await(&server, &client, "until the peer reads", 1);
    for (size_t i = 1; i < CONVERSATION_PARTS && conversation->parts[i].length > 0; i++) {
        conversation_send(&client, &conversation->parts[i]);
        conversation_await(&server, &client, GOLDEN_WAITS, ++waits);
    }
    if (conversation->late) conversation_await(&server, &client, GOLDEN_WAITS, ++waits);
    if (conversation->slow) expect_status(&client, 200);
    if (conversation->slow) conversation_await(&server, NULL, "for the next request", 1);
    client_half_close(&client);
    client_drain(&client, PATIENCE);
    conversation_await(&server, NULL, GOLDEN_CLOSED, 1);
    client_close(&client);
    char *told = server_errors(&server);
    server_stop(&server);
    return told;
}

static inline void conversation_compare_as(
    const struct conversation *conversation, const char *format, const char *suffix)
{
    char *told = conversation_play(conversation, format);
    char *events = golden_filter(told);
    if (conversation->closes) golden_drop(events, "until the peer closes");
    if (conversation->slow) golden_collapse(events);
    golden_compare(conversation->name, suffix, events);
    free(events);
    free(told);
}

static inline void conversation_compare(const struct conversation *conversation)
{
    conversation_compare_as(conversation, "json", "jsonl");
    if (conversation->text) conversation_compare_as(conversation, "text", "txt");
}

/* Each octet is a delivery of its own: the next is sent when the server has seen it. */
static inline void conversation_compare_octet_by_octet(const struct conversation *conversation)
{
    struct server server;
    struct client client;
    const struct part *part = &conversation->parts[0];
    if (golden_records()) return;
    conversation_start(conversation, &server, "json");
    client_connect(&client, server.port);
    step_octets("one at a time", part->octets, part->length);
    for (size_t i = 0; i < part->length; i++) {
        if (!client_try_send(&client, part->octets + i, 1)) failed("octet %zu is not taken", i);
        conversation_await(&server, &client, GOLDEN_WAITS, i + 1);
    }
    client_half_close(&client);
    client_drain(&client, PATIENCE);
    conversation_await(&server, NULL, GOLDEN_CLOSED, 1);
    client_close(&client);
    char *told = server_errors(&server);
    server_stop(&server);
    char *events = golden_filter(told);
    golden_compare_above_transport(conversation->name, events, conversation->in_content);
    free(events);
    free(told);
}
