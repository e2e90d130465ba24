#include "server/exchange.h"

/* RFC 9110 §9.3.1. The representation is the file that the target names. */
void method_get(struct exchange *exchange)
{
    const struct file *file = exchange_open_file(exchange); /* 1. which? 404, 403, 301 end here */
    if (file == NULL) return;
    exchange_respond_file(exchange, HTTP_OK); /* 2. the whole of it */
}
