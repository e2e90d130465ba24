#include "http/status.h"

#include <stddef.h>

static const struct http_problem problems[] = {
#define PROBLEM(name, code, section, sentence, hint) {HTTP_##code, section, sentence, hint, NULL},
#include "http/problems.def"
};

bool http_refuse(struct http_problem *problem, enum http_fault fault, const char *at)
{
    *problem = problems[fault];
    problem->at = at;
    return false;
}

static const char *const phrases[] = {
#define STATUS(name, code, phrase) [code] = phrase,
#include "http/statuses.def"
};

const char *http_reason_phrase(enum http_status status)
{
    bool known = status < sizeof phrases / sizeof phrases[0] && phrases[status] != NULL;
    return known ? phrases[status] : phrases[HTTP_INTERNAL_SERVER_ERROR];
}
