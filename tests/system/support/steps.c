#include "tests/system/support/steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    STEPS_KEPT = 60,
    STEP_SIZE = 2600,
    OCTETS_SHOWN = 600, /* an octet takes at most four characters */
};

static struct {
    char text[STEPS_KEPT][STEP_SIZE];
    size_t count;
    void (*also_print)(void);
} steps;

void steps_begin(void)
{
    steps.count = 0;
}

void steps_also_print(void (*print)(void))
{
    steps.also_print = print;
}

void step(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(steps.text[steps.count++ % STEPS_KEPT], STEP_SIZE, format, arguments);
    va_end(arguments);
}

static size_t put_octet(char *out, unsigned char octet)
{
    if (octet == '\n') return (size_t)sprintf(out, "\\n");
    if (octet == '\r') return (size_t)sprintf(out, "\\r");
    if (octet < 0x20 || octet > 0x7e) return (size_t)sprintf(out, "\\x%02x", octet);
    *out = (char)octet;
    return 1;
}

void step_octets(const char *what, const void *octets, size_t length)
{
    char shown[OCTETS_SHOWN * 4 + 1];
    size_t used = 0;
    for (size_t i = 0; i < length && i < OCTETS_SHOWN; i++)
        used += put_octet(shown + used, ((const unsigned char *)octets)[i]);
    shown[used] = '\0';
    step("%s %zu octets: %s%s", what, length, shown, length > OCTETS_SHOWN ? " …" : "");
}

void steps_fail(const char *file, int line, const char *format, ...)
{
    char reason[STEP_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);

    /* not print_error(), which cuts short what is long */
    size_t first = steps.count > STEPS_KEPT ? steps.count - STEPS_KEPT : 0;
    for (size_t i = first; i < steps.count; i++)
        fprintf(stderr, "    %3zu. %s\n", i + 1, steps.text[i % STEPS_KEPT]);
    fprintf(stderr, "    failed: %s\n", reason);
    if (steps.also_print != NULL) steps.also_print();
    _fail(file, line);
    abort();
}
