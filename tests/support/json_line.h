/* json_line.h: is a line one object of JSON (RFC 8259) whose values are strings and whole numbers?
 * Strict: nothing that a reader might forgive. */
#ifndef STRATA_TESTS_SUPPORT_JSON_LINE_H
#define STRATA_TESTS_SUPPORT_JSON_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* §7: what has to be escaped is; the rest is UTF-8 (§8.1), of which the lead and what continues it
 * are counted. NULL: it is no string. */
static inline const char *json_string(const char *at)
{
    if (*at++ != '"') return NULL;
    while (*at != '"') {
        unsigned char octet = (unsigned char)*at++;
        int more = octet < 0x80 ? 0 : octet < 0xe0 ? 1 : octet < 0xf0 ? 2 : 3;
        if (octet < 0x20 || (octet >= 0x80 && octet < 0xc2) || octet > 0xf4) return NULL;
        if (octet == '\\' && (*at == '\0' || strchr("\"\\/bfnrt", *at++) == NULL)) return NULL;
        while (more-- > 0)
            if (((unsigned char)*at++ & 0xc0) != 0x80) return NULL;
    }
    return at + 1;
}

/* §6, without sign, fraction and exponent. */
static inline const char *json_number(const char *at)
{
    size_t digits = strspn(at, "0123456789");
    return digits == 0 || (digits > 1 && *at == '0') ? NULL : at + digits;
}

/* The line, without the LF at its end. */
static inline bool json_is_object(const char *line)
{
    const char *at = line;
    if (*at != '{') return false;
    do {
        at = json_string(at + 1);
        if (at == NULL || *at != ':') return false;
        at++;
        at = *at == '"' ? json_string(at) : json_number(at);
    } while (at != NULL && *at == ',');
    return at != NULL && strcmp(at, "}") == 0;
}

#endif
