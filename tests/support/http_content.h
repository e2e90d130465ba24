/* http_content.h: feeds content in pieces, and keeps what came of it. */
#pragma once

#include "http/framing.h"
#include "tests/support/http.h"

enum { FED_DATA_MAX = 4096 };

struct fed {
    struct http_content content;
    struct http_problem problem;
    enum http_parse result;
    size_t taken;       /* octets, framing included */
    size_t data_length; /* octets of content; the first ones are kept in data */
    char data[FED_DATA_MAX];
};

static inline void feed_nothing_yet(struct fed *fed, enum http_content_phase phase)
{
    memset(fed, 0, sizeof *fed);
    fed->content.phase = phase;
    fed->result = HTTP_INCOMPLETE;
}

/* One call. What it hands out are the last of the octets that it took, and no others. */
static inline void feed_once(struct fed *fed, struct text octets)
{
    size_t taken = SIZE_MAX;
    struct text piece = guarded(octets);
    struct text data = {NULL, SIZE_MAX};
    fed->problem = unfilled_problem();
    fed->result = http_take_content(&fed->content, piece, &taken, &data, &fed->problem);
    if (fed->result == HTTP_INVALID) {
        assert_explained(&fed->problem);
        return;
    }
    assert_true(taken <= octets.length);
    assert_true(data.length <= taken);
    if (fed->result == HTTP_INCOMPLETE && octets.length > 0) assert_true(taken > 0);
    if (data.length > 0) assert_ptr_equal(data.start + data.length, piece.start + taken);
    for (size_t i = 0; i < data.length && fed->data_length + i < FED_DATA_MAX; i++)
        fed->data[fed->data_length + i] = data.start[i];
    fed->data_length += data.length;
    fed->taken += taken;
}

/* Until all octets are taken, or there is an end. */
static inline void feed(struct fed *fed, struct text octets)
{
    size_t end = fed->taken + octets.length;
    while (fed->result == HTTP_INCOMPLETE && fed->taken < end)
        feed_once(fed, text_from(octets, octets.length - (end - fed->taken)));
}

/* In pieces of so many octets each. */
static inline void feed_in_pieces(struct fed *fed, struct text octets, size_t piece)
{
    for (size_t at = 0; at < octets.length && fed->result == HTTP_INCOMPLETE; at += piece) {
        size_t rest = octets.length - at;
        feed(fed, text_until(text_from(octets, at), rest < piece ? rest : piece));
    }
}

/* In two pieces. */
static inline void feed_split(struct fed *fed, struct text octets, size_t split)
{
    feed(fed, text_until(octets, split));
    feed(fed, text_from(octets, split));
}
