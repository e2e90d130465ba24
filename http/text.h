/* text.h: a borrowed run of characters.
 *
 * A struct text points into memory that somebody else owns (mostly the octets received) and is dead
 * as soon as that memory is. It is not NUL-terminated. Nothing here allocates or changes the run.
 * What every octet of a head passes through is inline.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

struct text {
    const char *start;
    size_t length;
};

/* The characters of a NUL-terminated string. */
static inline struct text text_of(const char *string)
{
    return (struct text){string, strlen(string)};
}

/* The part from offset on, and the part before it. offset <= text.length. */
static inline struct text text_from(struct text text, size_t offset)
{
    return (struct text){text.start + offset, text.length - offset};
}

static inline struct text text_until(struct text text, size_t offset)
{
    return (struct text){text.start, offset};
}

static inline bool text_equals(struct text text, const char *string)
{
    return text.length == strlen(string) && memcmp(text.start, string, text.length) == 0;
}

static inline bool text_equals_ignoring_case(struct text text, const char *string)
{
    return text.length == strlen(string) && strncasecmp(text.start, string, text.length) == 0;
}

/* The offset of the first such character, or the length where there is none. */
static inline size_t text_find(struct text text, char character)
{
    const char *found = memchr(text.start, (unsigned char)character, text.length);
    return found == NULL ? text.length : (size_t)(found - text.start);
}

/* Without the spaces and tabs at both ends: OWS, RFC 9110 §5.6.3. */
struct text text_trim(struct text text);

/* The offset of the first such character that is not inside a quoted string (RFC 9110 §5.6.4), or
 * the length where there is none. */
size_t text_find_unquoted(struct text text, char character);

/* Takes the next element that is not empty off a comma-separated list (RFC 9110 §5.6.1), trimmed.
 * False at the end of the list. */
bool text_next_element(struct text *list, struct text *element);

/* Takes off the characters that belong, up to the first that does not; empty: not one does. */
static inline struct text text_take(struct text *rest, bool (*belongs)(char character))
{
    struct text whole = *rest;
    while (rest->length > 0 && belongs(rest->start[0])) *rest = text_from(*rest, 1);
    return text_until(whole, whole.length - rest->length);
}

/* Takes a decimal number of any length off; UINT64_MAX where it is larger. False, and 0:
 * there is none. */
bool text_take_number(struct text *rest, uint64_t *number);

/* Writes a number in decimal, at most 20 digits, and returns where they end. */
char *text_write_number(char *to, uint64_t number);

/* Writes a string, and returns where it ends. */
static inline char *text_write(char *to, const char *string)
{
    return mempcpy(to, string, strlen(string)); /* of a constant: a few moves */
}

/* Takes the string off that the text starts with; false: it does not. */
static inline bool text_skip(struct text *rest, const char *string)
{
    size_t length = strlen(string);
    if (rest->length < length || memcmp(rest->start, string, length) != 0) return false;
    *rest = text_from(*rest, length);
    return true;
}

static inline bool text_is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static inline bool text_is_alphanumeric(char character)
{
    char letter = (char)(character | 0x20);
    return text_is_digit(character) || (letter >= 'a' && letter <= 'z');
}

/* Space or tab. */
static inline bool text_is_space(char character)
{
    return character == ' ' || character == '\t';
}

/* What tokens are made of, RFC 9110 §5.6.2: each such octet stands at its own place. */
static inline bool text_is_tchar(char character)
{
    static const char tchars[256] = "                                "
                                    " ! #$%&'  *+ -. 0123456789      "
                                    " ABCDEFGHIJKLMNOPQRSTUVWXYZ   ^_"
                                    "`abcdefghijklmnopqrstuvwxyz | ~ ";
    return tchars[(unsigned char)character] > ' ';
}

/* What may stand inside a line of a head: all but controls other than tab, RFC 9110 §5.5. */
static inline bool text_is_line_octet(char character)
{
    return ((unsigned char)character >= 0x20 && character != 0x7f) || character == '\t';
}

/* The value of a hexadecimal digit, -1 for any other character. */
int text_hex_digit(char character);
