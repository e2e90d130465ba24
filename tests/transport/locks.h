/* locks.h: more places at which a thread may be held: at one lock, and where the timekeeper is
 * woken. So it stops between any two steps of the hand-over. The link options are those of
 * test_race_turn.link.
 *
 *     locks_watch(&connection->lock);
 *     struct actor *worker = held(stage, act_serve, wait, CALL_UNLOCK, GATE_AFTER);
 */
#pragma once

#include "tests/transport/held.h"

#define CALL_LOCK    ((enum call)(CALL_COUNT + 1))
#define CALL_TRYLOCK ((enum call)(CALL_COUNT + 2))
#define CALL_UNLOCK  ((enum call)(CALL_COUNT + 3))
#define CALL_WAKE    ((enum call)(CALL_COUNT + 4)) /* whatever locks_watch() said */

static _Atomic(pthread_mutex_t *) lock_watched;

static inline void locks_watch(pthread_mutex_t *lock)
{
    atomic_store(&lock_watched, lock);
}

static inline void lock_gate(const pthread_mutex_t *lock, enum call call, enum gate_side side)
{
    if (lock == atomic_load(&lock_watched)) gate_stop(call, side);
}

int __real_pthread_mutex_lock(pthread_mutex_t *lock);
int __wrap_pthread_mutex_lock(pthread_mutex_t *lock);
int __wrap_pthread_mutex_lock(pthread_mutex_t *lock)
{
    lock_gate(lock, CALL_LOCK, GATE_BEFORE);
    return __real_pthread_mutex_lock(lock);
}

int __real_pthread_mutex_trylock(pthread_mutex_t *lock);
int __wrap_pthread_mutex_trylock(pthread_mutex_t *lock);
int __wrap_pthread_mutex_trylock(pthread_mutex_t *lock)
{
    lock_gate(lock, CALL_TRYLOCK, GATE_BEFORE);
    return __real_pthread_mutex_trylock(lock);
}

int __real_pthread_mutex_unlock(pthread_mutex_t *lock);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *lock);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *lock)
{
    int result = __real_pthread_mutex_unlock(lock);
    lock_gate(lock, CALL_UNLOCK, GATE_AFTER);
    return result;
}

int __real_eventfd_write(int descriptor, eventfd_t value);
int __wrap_eventfd_write(int descriptor, eventfd_t value);
int __wrap_eventfd_write(int descriptor, eventfd_t value)
{
    gate_stop(CALL_WAKE, GATE_BEFORE);
    return __real_eventfd_write(descriptor, value);
}

/* Who is held goes on, and is held again at that call. */
static inline void hold_next(struct actor *actor, enum call call, enum gate_side side)
{
    actor_stops_at(actor, call, side);
    actor_open_gate(actor);
    actor_await_gate(actor);
}

/* The timekeeper's turn, in a thread of its own: waits for nobody. How many it told. */
static inline int timekeep_beside(struct stage *stage)
{
    struct actor *timekeeper = start(stage, act_timekeep);
    actor_finish(timekeeper);
    int told = timekeeper->lent;
    actor_free(timekeeper);
    return told;
}

/* No thread holds what the connections and the table need. */
static inline bool is_free(pthread_mutex_t *lock)
{
    if (pthread_mutex_trylock(lock) != 0) return false;
    pthread_mutex_unlock(lock);
    return true;
}
