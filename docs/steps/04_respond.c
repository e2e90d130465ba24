/* links: http */
/* Anatomy of a response: head and content, octet by octet, for od -c. LENGTH - leaves
 * Content-Length out. The clock stands still, so that the octets are the same each time. */
#include "http/date.h"
#include "http/response.h"

#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments)
{
    static struct http_response response;
    static char head[HTTP_RESPONSE_HEAD_MAX];
    char date[HTTP_DATE_SIZE];
    if (count < 4 || count > 5) {
        fprintf(stderr, "usage: 04_respond STATUS TYPE LENGTH [OCTETS]\n");
        return 64;
    }
    const char *length = arguments[3];
    unsigned long octets = strtoul(arguments[count - 1], NULL, 10); /* that follow the head */
    http_response_start(&response, (enum http_status)atoi(arguments[1]));
    http_response_add_field(&response, "Content-Type", text_of(arguments[2]));
    if (strcmp(length, "-") != 0)
        http_response_add_number(&response, "Content-Length", strtoul(length, NULL, 10));
    if (response.broken) {
        fprintf(stderr, "a field that would break the head was left out\n");
        return 1;
    }
    http_format_date(784111777, date); /* the example of RFC 9110 §5.6.7 */
    fwrite(head, 1, http_response_format_head(&response, date, head), stdout);
    while (octets-- > 0) putchar('x');
}
