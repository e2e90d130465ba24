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
    return text_same(text, text_of(string));
}

bool text_equals_ignoring_case(struct text text, const char *string)
{
    return text.length == strlen(string) && strncasecmp(text.start, string, text.length) == 0;
}

bool text_same(struct text one, struct text other)
{
    if (one.length != other.length)
        return false;
    return one.length == 0 || memcmp(one.start, other.start, one.length) == 0;
}

static bool is_white_space(char character)
{
    return character == ' ' || character == '\t';
}

struct text text_trim(struct text text)
{
    while (text.length > 0 && is_white_space(text.start[0]))
        text = text_from(text, 1);
    while (text.length > 0 && is_white_space(text.start[text.length - 1]))
        text.length--;
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
    while (list->length > 0) {
        size_t length = element_length(*list);
        *element = text_trim(text_until(*list, length));
        *list = text_from(*list, length < list->length ? length + 1 : length);
        if (element->length > 0)
            return true;
    }
    return false;
}

bool text_is_tchar(char character)
{
    static const bool tchar[256] = {
        ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1, ['&'] = 1, ['\''] = 1, ['*'] = 1, ['+'] = 1,
        ['-'] = 1, ['.'] = 1, ['^'] = 1, ['_'] = 1, ['`'] = 1, ['|'] = 1,  ['~'] = 1, ['0'] = 1,
        ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1,  ['7'] = 1, ['8'] = 1,
        ['9'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1,  ['F'] = 1, ['G'] = 1,
        ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1,  ['N'] = 1, ['O'] = 1,
        ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1,  ['V'] = 1, ['W'] = 1,
        ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1,  ['d'] = 1, ['e'] = 1,
        ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1,  ['l'] = 1, ['m'] = 1,
        ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1,  ['t'] = 1, ['u'] = 1,
        ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
    };
    return tchar[(unsigned char)character];
}

bool text_is_token(struct text text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!text_is_tchar(text.start[i]))
            return false;
    return text.length > 0;
}

int text_hex_digit(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    if (character >= 'A' && character <= 'F')
        return character - 'A' + 10;
    return -1;
}
