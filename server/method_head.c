#include "server/exchange.h"

/* RFC 9110 §9.3.2: GET without the content, which no response to HEAD has. */
void method_head(struct exchange *exchange)
{
    method_get(exchange);
}
