/* reader.h: clients that read a response slowly. */
#pragma once

#include "tests/transport/stage.h"

/* Reads what is there, content at *position. */
static inline void read_some(int client, uint64_t *position, uint64_t end)
{
    char octets[500];
    if (!is_readable(client)) return;
    size_t part = end - *position < sizeof octets ? (size_t)(end - *position) : sizeof octets;
    ssize_t count = read(client, octets, part);
    assert_true(count > 0);
    assert_content(octets, *position, (size_t)count);
    *position += (uint64_t)count;
}

/* The client reads so much more, and each time there is room the connection sends on, and has as
 * much unsent as before. */
static inline void read_on(struct stage *stage, int client, uint64_t *position, size_t length)
{
    uint64_t end = *position + length;
    int64_t patience_ends = __real_wait_clock() + PATIENCE * WAIT_SECOND;
    while (*position < end) {
        assert_true(__real_wait_clock() < patience_ends);
        read_some(client, position, end);
        struct connection *connection = stage_try(stage);
        if (connection == NULL) continue;
        assert_false(connection->overdue);
        fill_up(connection, connection->output_length);
        give_back(stage, connection, WAIT_PEER_READS);
    }
}
