/* response_rules.h — what response_read() demands of a head. NULL, or what is wrong. */
#ifndef STRATA_TESTS_SYSTEM_RESPONSE_RULES_H
#define STRATA_TESTS_SYSTEM_RESPONSE_RULES_H

#include "tests/system/support/response.h"

/* Cuts lines into status and fields. */
const char *response_parse_head(struct response *response);

const char *response_check_fields(struct response *response);

#endif
