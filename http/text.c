#include "http/text.h"

#include <string.h>
#include <strings.h>

struct text text_of(const char *string)
{
    return (struct text){string, strlen(string)};
}

struct text text_from(struct text text, size_t offset)
{
    return (struct text){text.start + offset, text.length - offset};
}

struct text text_until(struct text text, size_t offset)
{
    return (struct text){text.start, offset};
}

bool text_equals(struct text text, const char *string)
{
    return text.length == strlen(string) && memcmp(text.start, string, text.length) == 0;
}

bool text_equals_ignoring_case(struct text text, const char *string)
{
    return text.length == strlen(string) && strncasecmp(text.start, string, text.length) == 0;
}

size_t text_find(struct text text, char character)
{
    const char *found = memchr(text.start, character, text.length);
    return found == NULL ? text.length : (size_t)(found - text.start);
}

bool text_is_space(char character)
{
    return character == ' ' || character == '\t';
}

struct text text_trim(struct text text)
{
    while (text.length > 0 && text_is_space(text.start[0])) text = text_from(text, 1);
    while (text.length > 0 && text_is_space(text.start[text.length - 1])) text.length--;
    return text;
}

/* Where the element that starts the list ends: at a comma outside quotes, or at the end. */
static size_t element_length(struct text list)
{
    bool quoted = false;
    for (size_t i = 0; i < list.length; i++) {
        if (quoted && list.start[i] == '\\')
            i++; /* RFC 9110 §5.6.4: quoted-pair */
        else if (list.start[i] == '"')
            quoted = !quoted;
        else if (list.start[i] == ',' && !quoted)
            return i;
    }
    return list.length;
}

bool text_next_element(struct text *list, struct text *element)
{
    element->length = 0;
    while (list->length > 0 && element->length == 0) {
        size_t length = element_length(*list);
        *element = text_trim(text_until(*list, length));
        *list = text_from(*list, length < list->length ? length + 1 : length);
    }
    return element->length > 0;
}

bool text_is_alphanumeric(char character)
{
    char letter = (char)(character | 0x20);
    return (character >= '0' && character <= '9') || (letter >= 'a' && letter <= 'z');
}

bool text_is_tchar(char character)
{
    return text_is_alphanumeric(character) ||
        (character != '\0' && strchr("!#$%&'*+-.^_`|~", character) != NULL);
}

struct text text_take_token(struct text *rest)
{
    struct text whole = *rest;
    while (rest->length > 0 && text_is_tchar(rest->start[0])) *rest = text_from(*rest, 1);
    return text_until(whole, whole.length - rest->length);
}

int text_hex_digit(char character)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = memchr(digits, character, 32);
    return found == NULL ? -1 : (int)(found - digits) % 16;
}
