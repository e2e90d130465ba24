/* guard_page.h: memory that lies flush against pages which can be neither read nor written.
 *
 * Who looks or writes a single octet beyond what it was given faults, and the test is red. Each
 * room has a guard page at both ends; what was placed in a room is dead when something else is
 * placed at the same end of it.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    GUARD_ROOMS = 6,
    GUARD_ROOM_SIZE = 128 * 1024, /* a multiple of every page size */
};

static inline char *guard_room(size_t room)
{
    static char *rooms[GUARD_ROOMS];
    if (rooms[room] == NULL) {
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        char *mapping =
            mmap(NULL, GUARD_ROOM_SIZE + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapping == MAP_FAILED ||
            mprotect(mapping + page, GUARD_ROOM_SIZE, PROT_READ | PROT_WRITE) != 0) {
            perror("no guard page");
            abort();
        }
        rooms[room] = mapping + page;
    }
    return rooms[room];
}

/* Room for length octets; the octet after the last one is out of bounds. */
static inline char *guard_space(size_t room, size_t length)
{
    return guard_room(room) + GUARD_ROOM_SIZE - length;
}

/* A copy of the octets; the octet after the last one is out of bounds. */
static inline const char *guard_end(size_t room, const char *octets, size_t length)
{
    char *copy = guard_space(room, length);
    return length == 0 ? copy : memmove(copy, octets, length);
}

/* A copy of the octets; the octet before the first one is out of bounds. */
static inline const char *guard_start(size_t room, const char *octets, size_t length)
{
    char *copy = guard_room(room);
    return length == 0 ? copy : memmove(copy, octets, length);
}
