/* actor.h: another thread of a test, which does one thing and may be stopped at one call.
 *
 *     struct actor *worker = actor_new(stage);
 *     actor_stops_at(worker, CALL_EPOLL_CTL, GATE_AFTER);      optional
 *     actor_start(worker, act_serve);
 *     actor_await_gate(worker);      it is there
 *     actor_open_gate(worker);
 *     actor_finish(worker);          it is done; what it saw may be read, then actor_free()
 *
 * All waits are bounded: what does not come makes the test fail.
 */
#pragma once

#include "tests/transport/stage.h"

struct actor {
    pthread_t thread;
    struct stage *stage;
    struct gate gate;
    void (*act)(struct actor *actor);
    sem_t done;

    /* For act_serve: what to wait for afterwards; and what the worker saw. */
    enum wait wait;
    bool served; /* false: told to stop */
    enum wait found;
    bool overdue;
    enum io_status received;
    uint32_t slot;
    int lent; /* for act_timekeep */

    struct seat seat;
};

static inline struct actor *actor_new(struct stage *stage)
{
    struct actor *actor = calloc(1, sizeof *actor);
    assert_non_null(actor);
    actor->stage = stage;
    actor->wait = WAIT_NEXT_REQUEST;
    sem_init(&actor->gate.reached, 0, 0);
    sem_init(&actor->gate.opened, 0, 0);
    sem_init(&actor->done, 0, 0);
    return actor;
}

static inline void actor_stops_at(struct actor *actor, enum call call, enum gate_side side)
{
    actor->gate.call = call;
    actor->gate.side = side;
}

/* One turn: receives once, drops what came, and waits for actor->wait. */
static inline void act_serve(struct actor *actor)
{
    struct transport *transport = &actor->stage->transport;
    struct connection *connection = transport_next_ready(transport, &actor->seat);
    if (connection == NULL) return;
    actor->served = true;
    actor->found = (enum wait)connection->wait;
    actor->overdue = connection->overdue;
    actor->slot = transport_slot(transport, connection);
    actor->received = connection_receive(connection);
    connection_consume(connection, connection_input(connection).length);
    transport_give_back(transport, connection, actor->wait);
}

static inline void act_timekeep(struct actor *actor)
{
    actor->lent = timekeep(&actor->stage->transport, &actor->seat);
}

static inline void act_drain(struct actor *actor)
{
    transport_drain(&actor->stage->transport);
}

static inline void *actor_main(void *argument)
{
    struct actor *actor = argument;
    own_gate = &actor->gate;
    actor->act(actor);
    sem_post(&actor->done);
    return NULL;
}

static inline void actor_start(struct actor *actor, void (*act)(struct actor *actor))
{
    actor->act = act;
    assert_int_equal(pthread_create(&actor->thread, NULL, actor_main, actor), 0);
}

static inline void actor_await_gate(struct actor *actor)
{
    if (!semaphore_wait(&actor->gate.reached, PATIENCE * 1000))
        fail_msg("a thread did not reach the call at which it was to be stopped");
}

static inline void actor_open_gate(struct actor *actor)
{
    sem_post(&actor->gate.opened);
}

/* Joins it. */
static inline void actor_finish(struct actor *actor)
{
    if (!semaphore_wait(&actor->done, PATIENCE * 1000))
        fail_msg("a thread did not finish what it was to do");
    pthread_join(actor->thread, NULL);
}

static inline void actor_free(struct actor *actor)
{
    sem_destroy(&actor->gate.reached);
    sem_destroy(&actor->gate.opened);
    sem_destroy(&actor->done);
    free(actor);
}

/* It has to wait for another: a while later it is still not done. */
static inline void actor_expect_waiting(struct actor *actor)
{
    if (semaphore_wait(&actor->done, 100)) {
        sem_post(&actor->done);
        fail_msg("a thread went on that should have waited");
    }
}
