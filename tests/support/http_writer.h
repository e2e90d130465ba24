/* http_writer.h: writes long messages, one at a time: start(), append(), fill_to(), written(). */
#pragma once

#include "tests/support/http.h"

enum { WRITER_ROOM = 80 * 1024 };

struct writer {
    size_t length;
    char octets[WRITER_ROOM];
};

static struct writer writer;

static inline void append_octet(char octet)
{
    assert_true(writer.length < WRITER_ROOM);
    writer.octets[writer.length++] = octet;
}

static inline void append(const char *text)
{
    for (; *text != '\0'; text++) append_octet(*text);
}

static inline void start(const char *text)
{
    writer.length = 0;
    append(text);
}

/* Letters that depend on where they stand, until there are so many octets in all. */
static inline void fill_to(size_t total)
{
    assert_true(total >= writer.length);
    while (writer.length < total) append_octet((char)('a' + writer.length % 26));
}

static inline void fill(size_t count)
{
    fill_to(writer.length + count);
}

static inline struct text written(void)
{
    return (struct text){writer.octets, writer.length};
}
