/* negotiation.h: what a client prefers, RFC 9110 §12.4 and §12.5. Pure. */
#pragma once

#include "http/request.h"

/* The weight that an Accept… field gives to this name, compared ignoring case and without its
 * parameters: 0 (not acceptable) to 1000 (1, or none given); -1: not named. The first element that
 * names it counts; one whose weight is malformed names nothing (§12.4.2). Parameters may stand on
 * either side of the weight (§12.5.1). A wildcard is a name like any other. */
int http_weight_of(const struct http_request *, const char *field_name, const char *name);

/* Which content coding to answer with (§12.5.3): an index into names, of which the first stands for
 * identity. Of the others whose bit is set in available the one with the most weight, the first
 * among equals; a coding goes before identity where they weigh the same, and where identity is not
 * named, not even by the asterisk. x-gzip is gzip (§8.4.1.3). 0, identity, where Accept-Encoding is
 * missing, and where nothing at all is acceptable: it is the default representation. count <= 32.
 */
size_t http_choose_coding(
    const struct http_request *, const char *const names[], size_t count, unsigned available);
