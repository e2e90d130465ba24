/* While it stops, a call that fails takes no more than one connection along. */
#include "tests/faults/support/rows.h"
#include "tests/system/support/patience.h"
#include "tests/system/support/steps.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Connections in every wait, and then the signal: each is answered, the idle one closed, and at
 * last all is done. */
static void hold(struct server *server, const struct fault_row *row, int uses, int error)
{
    faulty_start(server, ARGUMENTS(NULL));
    conversation_open(server);
    faulty_arm(row->call, uses, error);
    server_signal(server, SIGTERM);
    faulty_tick(server); /* the listener is closed now */
    conversation_resume(server);
    server_wait(server, 0);
}

static void record(const struct fault_row *row)
{
    struct server server;
    hold(&server, row, 0, 0);
    for (size_t i = 0; i < conversation_length; i++) {
        if (conversation[i].manner == AT_ONCE) continue;
        exchange_record(&conversation[i]);
        exchange_forget(&conversation[i]);
    }
    server_forget(&server);
}

static unsigned judge(struct server *server)
{
    unsigned outcome = SERVED;
    for (size_t i = 0; i < conversation_length; i++) {
        if (conversation[i].manner == AT_ONCE) continue;
        hide_dates(conversation[i].client.input, conversation[i].client.end);
        unsigned this_one = exchange_judge(&conversation[i]);
        if (this_one != SERVED && outcome != SERVED) failed("more than one exchange suffered");
        if (this_one != SERVED) outcome = this_one;
        exchange_forget(&conversation[i]);
    }
    char *told = faulty_told(server);
    const char *lost = strstr(told, "the access log lost ");
    bool others = strstr(told, "cannot ") != NULL;
    free(told);
    server_forget(server);
    if (outcome != SERVED) return outcome;
    return lost != NULL ? LOSES_LINES : others ? TOLD : SERVED;
}

static void test_a_call_fails_while_stopping(void **state)
{
    const struct fault_row *row = *state;
    unsigned seen = 0;
    record(row);
    for (const int *error = row->errors; *error != 0; error++) {
        bool reached = true;
        for (int uses = 1; reached; uses++) {
            struct server server;
            steps_begin();
            step("%s fails at use %d (%s)", row->name, uses, strerror(*error));
            hold(&server, row, uses, *error);
            unsigned how = judge(&server);
            reached = faulty_disarm();
            if (!reached && how != SERVED) failed("no fault, and %s", outcome_phrase(how));
            if (reached && (how & row->outcomes) == 0)
                failed("\"%s\" is not in the table", outcome_phrase(how));
            if (reached) seen |= how;
        }
    }
    row_expect(row, seen);
}

int main(void)
{
    return FAULT_ROWS(test_a_call_fails_while_stopping, GROUP_STOP);
}
