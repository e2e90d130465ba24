#include "http/text.h"

struct text text_trim(struct text text)
{
    text_take(&text, text_is_space);
    while (text.length > 0 && text_is_space(text.start[text.length - 1])) text.length--;
    return text;
}

/* Where the element that starts the list ends: at a comma outside quotes, or at the end. */
static size_t element_length(struct text list)
{
    bool quoted = false;
    for (size_t i = 0; i < list.length; i++) {
        if (list.start[i] == ',' && !quoted) return i;
        if (list.start[i] == '"') quoted = !quoted;
        if (list.start[i] == '\\' && quoted) i++; /* RFC 9110 §5.6.4: quoted-pair */
    }
    return list.length;
}

bool text_next_element(struct text *list, struct text *element)
{
    element->length = 0;
    while (list->length > 0 && element->length == 0) {
        size_t length = element_length(*list);
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
