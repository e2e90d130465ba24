/* text.h: a borrowed run of characters.
 *
 * A struct text points into memory that somebody else owns (mostly the octets received) and is dead
 * as soon as that memory is. It is not NUL-terminated. Nothing here allocates or changes the run.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct text {
    const char *start;
    size_t length;
};

/* The characters of a NUL-terminated string. */
struct text text_of(const char *string);

/* The part from offset on, and the part before it. offset <= text.length. */
struct text text_from(struct text text, size_t offset);
struct text text_until(struct text text, size_t offset);

bool text_equals(struct text text, const char *string);
bool text_equals_ignoring_case(struct text text, const char *string);

/* The offset of the first such character, or the length where there is none. */
size_t text_find(struct text text, char character);

/* Without the spaces and tabs at both ends: OWS, RFC 9110 §5.6.3. */
struct text text_trim(struct text text);

/* Takes the next element that is not empty off a comma-separated list (RFC 9110 §5.6.1), trimmed; a
 * comma inside a quoted string (§5.6.4) does not separate. False at the end of the list. */
bool text_next_element(struct text *list, struct text *element);

/* Takes the token (RFC 9110 §5.6.2) off that the text starts with; empty: it starts with none. */
struct text text_take_token(struct text *rest);
bool text_is_tchar(char character);
bool text_is_alphanumeric(char character);
bool text_is_space(char character); /* space or tab */

/* The value of a hexadecimal digit, -1 for any other character. */
int text_hex_digit(char character);
