/* The method of the server that the tests of kept content talk to: the request's content comes
 * back, as octets where it is short and as a file where it is not. */
#include "server/exchange.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char media_type[] = "text/plain; charset=utf-8";

static bool write_all(int descriptor, struct text content)
{
    while (content.length > 0) {
        ssize_t count = write(descriptor, content.start, content.length);
        if (count <= 0) return false;
        content = text_from(content, (size_t)count);
    }
    return true;
}

/* The content in a file that has no name; its descriptor is the exchange's. */
static bool write_file(struct exchange *exchange)
{
    struct stat status;
    int descriptor = memfd_create("echo", MFD_CLOEXEC);
    if (descriptor < 0) return false;
    if (!write_all(descriptor, exchange->content) || fstat(descriptor, &status) != 0) {
        close(descriptor);
        return false;
    }
    exchange->file = (struct file){
        .descriptor = descriptor,
        .size = (uint64_t)status.st_size,
        .modified = status.st_mtim,
        .media_type = media_type,
    };
    return true;
}

void method_echo(struct exchange *exchange)
{
    if (!text_equals(text_of(exchange->target.path), "/echo"))
        exchange_refuse(exchange, HTTP_FAULT_METHOD_HERE);
    else if (exchange->content.length <= EXCHANGE_OCTETS_MAX)
        exchange_respond_octets(exchange, HTTP_OK, media_type, exchange->content);
    else if (write_file(exchange))
        exchange_respond_file(exchange, HTTP_OK);
    else
        exchange_refuse(exchange, HTTP_FAULT_EXHAUSTED);
}
