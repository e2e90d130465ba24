/* fuzz.h: what the fuzzers share.
 *
 * A fuzzer is one function. It is fed octets, any octets, gives them to one parser, and ends the
 * program where something does not hold that must; its first comment says what is fed and what must
 * hold. The same file makes two programs:
 *     ./learn fuzz NAME    libFuzzer feeds it: it changes inputs at random, thousands a second, and
 *                          keeps those that reach code that no input has reached before
 *     ./learn test         replay.c feeds it every input that is kept in corpus/NAME, once
 * Both are built with sanitizers, so that a read beyond the input ends the program, too.
 */
#pragma once

#include "http/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The fuzzer: always 0, the input is of use. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length);

/* Ends the program unless the condition is true. */
#define must_hold(condition) fuzz_check((condition), #condition, __FILE__, __LINE__)

static inline void fuzz_check(bool holds, const char *condition, const char *file, int line)
{
    if (holds) return;
    fprintf(stderr, "%s:%d: this must hold: %s\n", file, line, condition);
    abort();
}

/* Memory of exactly this size, to be freed: the sanitizer sees who leaves it. */
static inline char *fuzz_memory(size_t length)
{
    char *memory = malloc(length);
    if (memory == NULL) abort();
    return memory;
}

/* A copy in memory of its own; free() its start. */
static inline struct text fuzz_copy(struct text text)
{
    return (struct text){memcpy(fuzz_memory(text.length), text.start, text.length), text.length};
}

/* An input as text. */
static inline struct text fuzz_text(const uint8_t *octets, size_t length)
{
    return (struct text){length == 0 ? "" : (const char *)octets, length};
}

/* To try all ways to cut an input in two: at every so many octets. At every one, unless it is long:
 * an input that takes a second keeps thousands of others waiting. */
static inline size_t fuzz_step(size_t length)
{
    return 1 + length * length / (128 * 1024);
}

static inline bool texts_are_equal(struct text one, struct text other)
{
    return one.length == other.length && memcmp(one.start, other.start, one.length) == 0;
}

/* Is it a part of the other? An empty one may lie anywhere. */
static inline bool text_lies_within(struct text inner, struct text outer)
{
    return inner.length == 0 ||
        (inner.start >= outer.start && inner.start + inner.length <= outer.start + outer.length);
}

/* Does it consist of these characters alone? */
static inline bool text_is_made_of(struct text text, const char *characters)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.start[i] == '\0' || strchr(characters, text.start[i]) == NULL) return false;
    return true;
}

/* Without the spaces and tabs at both ends. */
static inline struct text text_trimmed(struct text text)
{
    while (text.length > 0 && text_is_made_of(text_until(text, 1), " \t"))
        text = text_from(text, 1);
    while (text.length > 0 && text_is_made_of(text_from(text, text.length - 1), " \t"))
        text.length--;
    return text;
}

/* RFC 9110 §5.6.2 and RFC 3986 §2.3, spelled out: the sources decide by ranges. */
#define ALPHANUMERIC "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define TCHAR        ALPHANUMERIC "!#$%&'*+-.^_`|~"
