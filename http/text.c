#include "http/text.h"

struct text text_trim(struct text text)
{
    text_take(&text, text_is_space);
    while (text.length > 0 && text_is_space(text.start[text.length - 1])) text.length--;
    return text;
}

bool text_take_number(struct text *rest, uint64_t *number)
{
    struct text digits = text_take(rest, text_is_digit);
    *number = 0;
    for (size_t i = 0; i < digits.length; i++) {
        uint64_t digit = (uint64_t)(digits.start[i] - '0');
        *number = *number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *number * 10 + digit;
    }
    return digits.length > 0;
}

char *text_write_number(char *to, uint64_t number)
{
    if (number > 9) to = text_write_number(to, number / 10);
    *to++ = (char)('0' + number % 10);
    return to;
}

size_t text_find_unquoted(struct text text, char character)
{
    bool quoted = false;
    for (size_t i = 0; i < text.length; i++) {
        if (text.start[i] == character && !quoted) return i;
        if (text.start[i] == '"') quoted = !quoted;
        if (text.start[i] == '\\' && quoted) i++; /* quoted-pair */
    }
    return text.length;
}

bool text_next_element(struct text *list, struct text *element)
{
    element->length = 0;
    while (list->length > 0 && element->length == 0) {
        size_t length = text_find_unquoted(*list, ',');
        *element = text_trim(text_until(*list, length));
        *list = text_from(*list, length);
        text_skip(list, ",");
    }
    return element->length > 0;
}

int text_hex_digit(char character)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): its NUL is not a digit */
    const char *found = memchr(digits, character, strlen(digits));
    return found == NULL ? -1 : (int)(found - digits) % 16;
}
