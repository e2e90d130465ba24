/* Was an exchange as it had to be? And if not, what was it like? */
#include "tests/faults/support/conversation.h"

#include "tests/system/support/response.h"
#include "tests/system/support/steps.h"

#include <stdlib.h>
#include <string.h>

const char *outcome_phrase(unsigned outcome)
{
    static const char *const phrases[] = {
#define OUTCOME(name, phrase) phrase,
#include "tests/faults/outcomes.def"
    };
    for (int bit = 0; bit < OUTCOME_BITS; bit++)
        if (outcome == 1u << bit) return phrases[bit];
    return "no outcome";
}

void hide_dates(char *octets, size_t length)
{
    static const char field[] = "\r\nDate: ";
    for (char *at = octets; at != NULL;) {
        at = memmem(at, length - (size_t)(at - octets), field, strlen(field));
        if (at != NULL) memcpy(at + strlen(field), "Sun, 13 Sep 2020", 16);
        if (at != NULL) memcpy(at + strlen(field) + 17, "12:26:40", 8), at++;
    }
}

static void check_answer(const struct answer *wanted, const struct response *response)
{
    if (response->status != wanted->status)
        failed("status %d, expected %d", response->status, wanted->status);
    if (wanted->text != NULL) response_expect_content(response, wanted->text);
    if (wanted->octets > 0) response_expect_octets(response, wanted->octets);
}

/* A reader who never reads gets the beginning, and a reset. */
void exchange_record(struct exchange *exchange)
{
    struct client all = exchange->client; /* all of it is there: nothing more is received */
    bool stalled = exchange->manner == STALLED;
    step("%s: what was answered", exchange->name);
    if (exchange->end != (stalled ? WAS_RESET : ENDED))
        failed(stalled ? "it was not cut off" : "it did not end in order");
    for (size_t i = 0; exchange->answers[i].status != 0 && !stalled; i++) {
        struct response response;
        const struct answer *wanted = &exchange->answers[i];
        response_read(&all, &response, wanted->to_head ? TO_HEAD : TO_ANY);
        check_answer(wanted, &response);
        exchange->lengths[i] = response.length;
        response_release(&response);
    }
    if (!stalled && client_pending(&all) > 0) failed("there is more than was asked for");
    free(exchange->expected);
    exchange->expected = malloc(all.end + 1);
    if (exchange->expected == NULL) failed("no memory");
    memcpy(exchange->expected, all.input, all.end);
    exchange->expected[all.end] = '\0';
    hide_dates(exchange->expected, all.end);
}

/* The length of the answer at the front if it is whole, else 0. */
static size_t length_of(const char *octets, size_t length, bool to_head)
{
    const char *end = memmem(octets, length, "\r\n\r\n", 4);
    if (end == NULL) return 0;
    size_t head = (size_t)(end - octets) + 4;
    const char *field = memmem(octets, head, "\r\nContent-Length: ", 18);
    size_t content = field == NULL || to_head ? 0 : strtoul(field + 18, NULL, 10);
    return head + content <= length ? head + content : 0;
}

static bool starts_with(const char *octets, size_t length, const char *text)
{
    return length >= strlen(text) && memcmp(octets, text, strlen(text)) == 0;
}

/* A whole answer, and not the one that was to come. */
static unsigned judge_other(
    const struct exchange *exchange, const char *octets, size_t length, size_t left)
{
    const char *less = exchange->less;
    size_t end = less == NULL ? 0 : strlen(less);
    bool closes = memmem(octets, length, "\r\nConnection: close\r\n", 21) != NULL;
    bool again = memmem(octets, length, "\r\nRetry-After: 1\r\n", 18) != NULL;
    if (starts_with(octets, length, "HTTP/1.1 503 ") && again && closes && left == length)
        return SAYS_503;
    if (starts_with(octets, length, "HTTP/1.1 500 ")) return SAYS_500;
    if (starts_with(octets, length, "HTTP/1.1 200 ") && less != NULL && length > end &&
        memcmp(octets + length - end, less, end) == 0 && memmem(octets, length, "gzip", 4) == NULL)
        return LESS;
    step_octets("received", octets, length);
    failed("an answer that is none of those it can be");
}

static unsigned judge_stalled(const struct exchange *exchange)
{
    size_t length = exchange->client.end;
    const char *octets = exchange->client.input;
    size_t known = strlen(exchange->expected) < length ? strlen(exchange->expected) : length;
    if (length == 0) return ENDS;
    if (exchange->cut && starts_with(octets, length, "HTTP/1.1 200 ")) return ENDS;
    if (memcmp(octets, exchange->expected, known) == 0) return SERVED;
    return judge_other(exchange, octets, length_of(octets, length, false), length);
}

unsigned exchange_judge(const struct exchange *exchange)
{
    const char *at = exchange->client.input;
    const char *expected = exchange->expected;
    size_t left = exchange->client.end;
    unsigned outcome = SERVED;
    if (exchange->manner == STALLED) return judge_stalled(exchange);
    for (size_t i = 0; exchange->answers[i].status != 0; i++) {
        size_t wanted = exchange->lengths[i];
        bool as_ever = left >= wanted && memcmp(at, expected, wanted) == 0;
        if (left < wanted && (left == 0 || memcmp(at, expected, left) == 0))
            return outcome == SERVED ? ENDS : outcome;
        size_t length = as_ever ? wanted : length_of(at, left, exchange->answers[i].to_head);
        if (!as_ever) outcome = judge_other(exchange, at, length, left);
        if (outcome == SAYS_503) return outcome;
        at += length;
        left -= length;
        expected += wanted;
    }
    if (left > 0) failed("%s: there is more than was asked for", exchange->name);
    return outcome == SERVED && exchange->end != ENDED ? (unsigned)ENDS : outcome;
}
