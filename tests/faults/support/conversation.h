/* conversation.h — what several clients say to the server at the same time, each on a connection of
 * its own, and what they must be told:
 *
 *     some are parked half-way, to be read or to read slowly, while others are served at once; then
 *     they go on; at last the clock jumps, and who is late is told so, or cut off
 *
 * conversation_record() holds it without faults, checks each answer, and keeps the octets; the date
 * apart they are always the same. conversation_hold() holds it again, and finds what is different.
 */
#ifndef STRATA_TESTS_FAULTS_CONVERSATION_H
#define STRATA_TESTS_FAULTS_CONVERSATION_H

#include "tests/faults/support/faulty.h"

#include "tests/system/support/client.h"

/* What became of a fault, or what may. */
enum outcome {
#define OUTCOME(name, phrase) OUTCOME_BIT_##name,
#include "tests/faults/outcomes.def"
    OUTCOME_BITS
};
enum {
#define OUTCOME(name, phrase) name = 1 << OUTCOME_BIT_##name,
#include "tests/faults/outcomes.def"
};

const char *outcome_phrase(unsigned outcome);

struct answer {
    int status;       /* 0: no more */
    const char *text; /* the content; NULL: any */
    size_t octets;    /* the content is so many of site_octets(); 0: it is not */
    bool to_head;
};

enum manner { AT_ONCE, RESUMED, LATE, STALLED };

struct exchange {
    const char *name, *first, *rest; /* NULL: no more */
    enum manner manner;
    int receive_buffer; /* 0: as the system has it */
    struct answer answers[12];
    const char *less; /* how an answer ends that does without something; NULL: none may */
    bool lingers;     /* until we end, too: then nobody notices whether it hears that */

    struct client client;
    enum arrival end;
    bool cut;           /* before its time */
    char *expected;     /* the octets, without dates */
    size_t lengths[12]; /* of the answers */
};

extern struct exchange conversation[];
extern const size_t conversation_length;

/* SO_SNDBUF of all but who is late, for 408 is said at once or not at all; 0: of slow readers only.
 */
extern int conversation_send_buffer;

/* Adds the files. */
void conversation_begin(void);
void conversation_record(struct server *server);

/* Which outcome it had; a different one for more than one exchange fails the test. */
unsigned conversation_hold(const struct server *server);

/* The same in parts: the first half of all that are parked; what is between; the rest of them. */
void conversation_open(const struct server *server);
void conversation_resume(const struct server *server);

/* How one exchange went: SERVED, ENDS … */
unsigned exchange_judge(const struct exchange *exchange);

/* The answers are whole and right; keeps their octets. */
void exchange_record(struct exchange *exchange);

void exchange_begin(struct exchange *exchange, const struct server *server);
void exchange_finish(struct exchange *exchange, const struct server *server);
void exchange_forget(struct exchange *exchange);

/* Overwrites what changes from one second to the next. */
void hide_dates(char *octets, size_t length);

#endif
