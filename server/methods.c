#include "server/methods.h"

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

uint32_t method_flags(void)
{
    uint32_t flags = 0;
    for (size_t i = 0; i < METHOD_COUNT; i++) flags |= methods[i].flags;
    return flags;
}

#define METHOD(token, handler, content_limit, flags) token ", "
static const char tokens[] =
#include STRATA_METHODS
    ;
#undef METHOD

struct text method_allow(void)
{
    return (struct text){tokens, strlen(tokens) - strlen(", ")};
}
