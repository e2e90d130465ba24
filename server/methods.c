#include "server/methods.h"

#include <stdio.h>

#define METHOD(token, handler, content_limit, flags) {token, handler, content_limit, flags},
static const struct method methods[] = {
#include STRATA_METHODS
};
#undef METHOD

enum { METHOD_COUNT = sizeof methods / sizeof methods[0] };

const struct method *method_find(struct text token)
{
    for (size_t i = 0; i < METHOD_COUNT; i++)
        if (text_equals(token, methods[i].token)) return &methods[i];
    return NULL;
}

struct text method_format_allow(char allow[METHOD_ALLOW_SIZE])
{
    size_t length = 0;
    for (size_t i = 0; i < METHOD_COUNT && length < METHOD_ALLOW_SIZE; i++)
        length += (size_t)snprintf(allow + length, METHOD_ALLOW_SIZE - length, "%s%s",
            i == 0 ? "" : ", ", methods[i].token);
    return text_of(allow);
}
