#include "server/exchange.h"

/* RFC 9110 §9.3.1. The representation is the file that the target names. */
void method_get(struct exchange *exchange)
{
    if (!exchange_open_file(exchange)) return;           /* 1. which? 404, 403, 301 end here */
    if (!exchange_meets_preconditions(exchange)) return; /* 2. still wanted? 304, 412 */
    enum http_status status = exchange_select_range(exchange); /* 3. which octets? 416 */
    if (status == HTTP_REFUSED) return;
    exchange_respond_file(exchange, status); /* 4. these: 200 or 206 */
}
