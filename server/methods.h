/* methods.h: the method table. methods.def holds the rows; lookup, 501, 405, Allow and content
 * limits read them. A new method is a file with its handler and a row. */
#pragma once

#include "http/text.h"

#include <stdint.h>

struct exchange;

struct method {
    const char *token;
    /* Fills in the response: exactly one call of exchange_respond… or exchange_refuse…. It runs
     * once, when the content is complete, and never meets the client. */
    void (*handler)(struct exchange *exchange);
    uint32_t content_limit; /* octets kept for the handler, at most METHOD_CONTENT_MAX */
    uint32_t flags;         /* what it does to files besides reading them */
};

/* Flags: it writes, makes and removes what is beneath the root; it executes files there. */
enum { WRITES = 1, EXECUTES = 2 };

/* What a row may ask for; also how much unwanted content is dropped. */
enum { METHOD_CONTENT_MAX = 1 << 20 };

/* A server with other rows is built by naming another file of them. */
#ifndef STRATA_METHODS
#define STRATA_METHODS "server/methods.def"
#endif

#define METHOD(token, handler, content_limit, flags) void handler(struct exchange *exchange);
#include STRATA_METHODS
#undef METHOD

/* NULL: no such method, RFC 9110 §15.6.2. Tokens are case-sensitive, §9.1. */
const struct method *method_find(struct text token);

/* The flags of all rows together. */
uint32_t method_flags(void);

/* The value of Allow, RFC 9110 §10.2.1. */
struct text method_allow(void);
