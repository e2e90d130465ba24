/* 07_answer.h: what both servers of chapter 7 answer. A toy: no request is read but for its end,
 * and the answer has no Date (RFC 9110 §6.6.1). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum { WORKERS = 4 };

/* Answers each request that ends in these octets: an empty line ends one without content. *matched
 * is how much of that end has come: all there is to remember until more octets come. */
static bool answer(int connection, const char *octets, size_t length, size_t *matched)
{
    static const char end[] = "\r\n\r\n";
    static const char response[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n";
    const size_t size = sizeof response - 1;
    for (size_t i = 0; i < length; i++) {
        *matched = octets[i] == end[*matched] ? *matched + 1 : octets[i] == '\r';
        if (*matched < sizeof end - 1) continue;
        *matched = 0;
        if (send(connection, response, size, MSG_NOSIGNAL) != (ssize_t)size) return false;
    }
    return true;
}
