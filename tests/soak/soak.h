/* soak.h: what the clients of a soak have in common.
 *
 * Each octet of a file under the root says where it stands, how long the file is and which file it
 * is: lines of 16 octets, "LINE-TOTALIDEN\n", hexadecimal. So whatever a good client reads tells
 * by itself whether it belongs there, and the length says which version of the file it is of.
 */
#pragma once

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINE = 16 };

#ifndef SMALL_FILES
#define SMALL_FILES 12000
#endif

/* What a file goes through is told by its number; its path is /DIRECTORY/NUMBER.txt. */
enum fate {
    STEADY,    /* nothing */
    REPLACED,  /* another version is renamed over it */
    VANISHING, /* removed, made anew, now and then a FIFO or a link that leads out of the root */
    CUT,       /* truncated where it stands, then grown again */
};
enum {
    LARGE_FIRST = 0x3000,
    LARGE_FILES = 64,
    REPLACED_FIRST = 0x4000,
    VANISHING_FIRST = 0x5000,
    CUT_FIRST = 0x6000,
    CHANGED_FILES = 128, /* of each fate */
};
enum fate file_fate(unsigned file);
void file_path(unsigned file, char path[32]); /* begins with a slash */
size_t file_lines(unsigned file);             /* of a STEADY or CUT one while whole */

/* Are these octets, from an offset on, those of this file in its version of so many lines? Where
 * one is CUT, zeros pass as well. */
bool file_holds(unsigned file, size_t lines, size_t offset, const char *octets, size_t length);

/* In the directory that is open: write all files; change one. They end the program where the disk
 * fails them. */
void site_open(const char *directory);
void site_make(void);
void site_change(unsigned *seed);

/* --- Clients ---------------------------------------------------------------------------------- */

enum { INPUT_MAX = 64 * 1024 };

struct client {
    unsigned seed;       /* of its choices */
    atomic_ulong *times; /* those of its habit */
    int descriptor;      /* -1: not connected */
    bool used;           /* has had an answer on this connection */
    size_t length;       /* octets received and not yet read */
    char octets[INPUT_MAX + 1];
};

extern in_port_t soak_port;
extern size_t soak_held; /* so many connections the idle flood keeps */
extern atomic_bool soak_over;
extern atomic_ulong soak_wrong; /* that must not have been, each told on standard error */

void wrong(const char *what, const char *detail);
unsigned pick(unsigned *seed, unsigned below);
void rest(unsigned milliseconds);
bool client_connect(struct client *, int receive_buffer); /* 0: as the system has it */
bool client_send(struct client *, const char *octets, size_t length);
void client_close(struct client *, bool reset);

/* A kind of client: so many threads, each of which has its conversation again and again. */
struct habit {
    const char *name;
    unsigned threads;
    void (*converse)(struct client *);
    atomic_ulong times; /* it was had */
};
extern struct habit good_habits[], harmful_habits[]; /* each ends with a name of NULL */

void good_ask_all(void); /* for every file and many that are not there: so caches fill */
enum outcome { GOOD, WRONG, CUT_SHORT, MISSING, OUTCOMES };
extern atomic_ulong good_outcomes[OUTCOMES]; /* of what was asked */
extern atomic_ulong good_repeated; /* as the kept connection had closed: RFC 9110 §9.2.2 */

/* How long the probe waited for each answer since this was last called: microseconds, sorted. */
size_t good_take_latencies(const unsigned **taken);
