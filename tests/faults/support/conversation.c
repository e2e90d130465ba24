#include "tests/faults/support/conversation.h"

#include "tests/system/support/patience.h"
#include "tests/system/support/steps.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int conversation_send_buffer;

void exchange_begin(struct exchange *exchange, const struct server *server)
{
    step("%s", exchange->name);
    int accepted = atomic_load(&faults->accepted);
    bool as_set = conversation_send_buffer > 0 && exchange->manner != LATE;
    atomic_store(
        &faults->send_buffer, as_set ? conversation_send_buffer : exchange->receive_buffer);
    client_connect_narrow(&exchange->client, server->port, exchange->receive_buffer);
    if (exchange->manner != AT_ONCE) faulty_await(server, &faults->accepted, accepted);
    int turns = atomic_load(&faults->turns);
    client_try_send(&exchange->client, exchange->first, strlen(exchange->first));
    if (exchange->manner != AT_ONCE) faulty_await(server, &faults->turns, turns);
}

/* Reads until the server closes. While it is silent its timekeeper is given a turn, as it would
 * have of itself some time later. */
static void read_to_the_end(struct exchange *exchange, const struct server *server)
{
    struct patience patience = patience_for(PATIENCE);
    enum arrival arrival = ARRIVED;
    while (arrival == ARRIVED || arrival == SILENCE) {
        arrival = client_receive(&exchange->client, 0.005);
        if (arrival != SILENCE) continue;
        if (exchange->manner == LATE || exchange->manner == STALLED) faulty_pass_time(61);
        faulty_tick(server);
        if (seconds_now() > patience.until) failed("%s: neither served nor closed", exchange->name);
    }
    exchange->end = arrival;
}

void exchange_finish(struct exchange *exchange, const struct server *server)
{
    const char *rest = exchange->rest;
    if (rest != NULL) client_try_send(&exchange->client, rest, strlen(rest));
    read_to_the_end(exchange, server);
    if (!exchange->lingers || exchange->end != ENDED) return;
    int turns = atomic_load(&faults->turns);
    shutdown(exchange->client.socket, SHUT_WR);
    faulty_await(server, &faults->turns, turns);
}

void exchange_forget(struct exchange *exchange)
{
    client_close(&exchange->client);
}

void conversation_open(const struct server *server)
{
    for (size_t i = 0; i < conversation_length; i++) {
        struct exchange *exchange = &conversation[i];
        if (exchange->manner != AT_ONCE) exchange_begin(exchange, server);
    }
}

static void finish(enum manner manner, const struct server *server)
{
    for (size_t i = 0; i < conversation_length; i++) {
        struct exchange *exchange = &conversation[i];
        if (exchange->manner != manner) continue;
        if (manner == AT_ONCE) exchange_begin(exchange, server);
        exchange_finish(exchange, server);
    }
}

/* Was it given up before its time? */
static bool is_over(const struct client *client)
{
    struct pollfd end = {.fd = client->socket, .events = POLLRDHUP};
    return poll(&end, 1, 0) == 1;
}

/* How many of those who never read are connected still? */
static int count_stalled(void)
{
    int count = 0;
    for (size_t i = 0; i < conversation_length; i++)
        count += conversation[i].manner == STALLED && !is_over(&conversation[i].client);
    return count;
}

/* Time passes at the end: for who resumed it would be over, too. At least twice, for at first it is
 * seen how far a reader has come; and again where the kernel has pressed a few octets more into the
 * window of who reads nothing, as it does some 200 ms after it has run full. A fault may be why
 * somebody is never cut off: then that is not waited for long. */
void conversation_resume(const struct server *server)
{
    enum { LEAST = 2 };
    const double moment = 0.1;
    finish(RESUMED, server);
    for (size_t i = 0; i < conversation_length; i++)
        conversation[i].cut = conversation[i].manner == STALLED && is_over(&conversation[i].client);
    double since = seconds_now();
    for (int i = 0; i < LEAST || count_stalled() > 0; i++) {
        faulty_pass_time(61);
        faulty_tick(server);
        if (i >= LEAST && seconds_now() - since > (faulty_has_failed() ? moment : PATIENCE)) break;
    }
    finish(LATE, server);
    finish(STALLED, server);
}

static void hold(const struct server *server)
{
    faulty_pass_time(2); /* what is kept of files is not believed any more */
    conversation_open(server);
    finish(AT_ONCE, server);
    conversation_resume(server);
}

void conversation_record(struct server *server)
{
    hold(server);
    for (size_t i = 0; i < conversation_length; i++) {
        exchange_record(&conversation[i]);
        exchange_forget(&conversation[i]);
    }
}

unsigned conversation_hold(const struct server *server)
{
    unsigned outcome = SERVED;
    hold(server);
    for (size_t i = 0; i < conversation_length; i++) {
        hide_dates(conversation[i].client.input, conversation[i].client.end);
        unsigned this_one = exchange_judge(&conversation[i]);
        if (this_one != SERVED) step("%s: %s", conversation[i].name, outcome_phrase(this_one));
        if (this_one != SERVED && outcome != SERVED) failed("more than one exchange suffered");
        if (this_one != SERVED) outcome = this_one;
        exchange_forget(&conversation[i]);
    }
    return outcome;
}
