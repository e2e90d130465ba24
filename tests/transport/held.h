/* held.h: a thread held at a call, in the midst of the hand-over of a connection. */
#pragma once

#include "tests/transport/actor.h"

#define NOON  (1000 * WAIT_SECOND)
#define LIMIT (10 * WAIT_SECOND)

static inline struct stage *stage_open_timed(uint32_t max_connections)
{
    struct transport_options options = stage_options(max_connections);
    for (int wait = 0; wait < WAIT_COUNT; wait++) options.limits[wait] = LIMIT;
    struct stage *stage = stage_open(&options);
    clock_set(NOON);
    return stage;
}

/* This is done until that call, after so many of its kind. */
static inline struct actor *held_later(struct stage *stage, void (*act)(struct actor *actor),
    enum wait wait, enum call call, enum gate_side side, int passes)
{
    struct actor *actor = actor_new(stage);
    actor->wait = wait;
    actor->gate.passes = passes;
    actor_stops_at(actor, call, side);
    actor_start(actor, act);
    actor_await_gate(actor);
    return actor;
}

static inline struct actor *held(struct stage *stage, void (*act)(struct actor *actor),
    enum wait wait, enum call call, enum gate_side side)
{
    return held_later(stage, act, wait, call, side, 0);
}

static inline struct actor *start(struct stage *stage, void (*act)(struct actor *actor))
{
    struct actor *actor = actor_new(stage);
    actor_start(actor, act);
    return actor;
}

static inline void let_go(struct actor *actor)
{
    actor_open_gate(actor);
    actor_finish(actor);
    actor_free(actor);
}

/* A connection that waits like this; its slot. */
static inline uint32_t waiting(struct stage *stage, int *client, enum wait wait)
{
    struct connection *connection = stage_lend(stage, client, "GET");
    uint32_t slot = transport_slot(&stage->transport, connection);
    if (wait == WAIT_NEXT_REQUEST) connection_consume(connection, 3);
    give_back(stage, connection, wait);
    return slot;
}

static inline bool is_locked(struct stage *stage, uint32_t slot)
{
    pthread_mutex_t *lock = &stage->transport.table[slot].lock;
    if (pthread_mutex_trylock(lock) != 0) return true;
    pthread_mutex_unlock(lock);
    return false;
}
