/* http.h: what the tests of http/ share: texts at a guard page, and failures that show octets. */
#pragma once

#include "http/status.h"
#include "http/text.h"
#include "tests/support/guard_page.h"
#include "tests/support/test.h"

/* Initializes a struct text from a literal, which may hold NUL. */
#define OCTETS(literal)                                                                            \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static inline struct text guarded_in(size_t room, struct text text)
{
    return (struct text){guard_end(room, text.start, text.length), text.length};
}

static inline struct text guarded(struct text text)
{
    return guarded_in(0, text);
}

/* Says which octets a failing test was about. */
static inline void show_octets(struct text octets)
{
    static const char digits[] = "0123456789abcdef";
    char shown[4 * 256 + 4];
    size_t length = 0;
    for (size_t i = 0; i < octets.length && i < 256; i++) {
        unsigned char octet = (unsigned char)octets.start[i];
        if (octet > 0x1f && octet < 0x7f && octet != '\\') {
            shown[length++] = octets.start[i];
        } else {
            shown[length++] = '\\';
            shown[length++] = 'x';
            shown[length++] = digits[octet >> 4];
            shown[length++] = digits[octet & 15];
        }
    }
    shown[length] = '\0';
    print_error("%zu octets: \"%s\"%s\n", octets.length, shown, octets.length > 256 ? "..." : "");
}

/* The text is this string. */
static inline void assert_text(struct text text, const char *expected)
{
    if (text.length == strlen(expected) && memcmp(text.start, expected, text.length) == 0) return;
    show_octets(text);
    show_octets((struct text){expected, strlen(expected)});
    fail_msg("the first is not the second");
}

/* A refusal explains itself: a status, a sentence without a full stop, a section of an RFC. */
static inline void assert_explained(const struct http_problem *problem)
{
    assert_true(problem->status >= 300 && problem->status <= 599);
    assert_non_null(problem->sentence);
    assert_non_null(problem->section);
    assert_true(strlen(problem->sentence) > 10);
    assert_true(problem->sentence[strlen(problem->sentence) - 1] != '.');
    assert_int_equal(strncmp(problem->section, "RFC ", 4), 0);
    assert_non_null(strstr(problem->section, " §"));
    if (problem->hint != NULL) assert_true(problem->hint[strlen(problem->hint) - 1] == '.');
}

/* What a problem holds before a function that has to fill it in. */
static inline struct http_problem unfilled_problem(void)
{
    return (struct http_problem){.status = (enum http_status)999, .hint = "unfilled"};
}
