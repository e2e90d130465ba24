#include "http/status.h"

#include <stddef.h>

static const struct http_problem problems[] = {
#define PROBLEM(name, status, section, sentence, hint) {HTTP_##status, section, sentence, hint},
#include "http/problems.def"
#undef PROBLEM
};

bool http_refuse(struct http_problem *problem, enum http_fault fault)
{
    *problem = problems[fault];
    return false;
}

const char *http_reason_phrase(enum http_status status)
{
    switch (status) {
#define STATUS(name, code, phrase)                                                                 \
    case HTTP_##name:                                                                              \
        return phrase;
#include "http/statuses.def"
#undef STATUS
    default: return "Internal Server Error";
    }
}
