/* What measuring needs besides wrk.
 *
 *     client port                        prints a free port
 *     client ask PORT FILE               sends the request in FILE, prints the whole answer
 *     client hold PORT FILE COUNT        asks on COUNT connections, prints "held N", keeps them
 *                                        until standard input ends, prints how many are left
 *
 * 127.0.0.1 only. ask goes on connecting for some seconds: the server may just be starting.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 500, REQUEST_MAX = 16 * 1024, HEAD_MAX = 64 * 1024 };

struct request {
    size_t length;
    char octets[REQUEST_MAX];
};

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static struct sockaddr_in address_of(const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int print_free_port(void)
{
    struct sockaddr_in address = address_of("0");
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)(void *)&address, size) != 0 ||
        getsockname(listener, (struct sockaddr *)(void *)&address, &size) != 0)
        fail("port");
    printf("%u\n", (unsigned)ntohs(address.sin_port));
    return EXIT_SUCCESS;
}

static void read_request(struct request *request, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail(path);
    request->length = fread(request->octets, 1, sizeof request->octets, file);
    fclose(file);
}

/* The descriptor, or -1. */
static int open_connection(const char *port)
{
    const struct timeval patience = {.tv_sec = 10};
    struct sockaddr_in address = address_of(port);
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (descriptor < 0) return -1;
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(descriptor, (struct sockaddr *)(void *)&address, sizeof address) == 0)
        return descriptor;
    close(descriptor);
    return -1;
}

/* Octets of content that this head announces; RFC 9112 §6.3. */
static size_t content_length(const char *head, bool is_head)
{
    const char *field = strcasestr(head, "\r\nContent-Length:");
    if (is_head || field == NULL || strncmp(head + strlen("HTTP/1.1 "), "304", 3) == 0) return 0;
    return strtoul(field + strlen("\r\nContent-Length:"), NULL, 10);
}

/* Asks and reads the whole answer; copies it to the file where one is given. */
static bool ask(int descriptor, const struct request *request, FILE *copy)
{
    char octets[HEAD_MAX];
    size_t length = 0;
    const char *end = NULL;
    if (send(descriptor, request->octets, request->length, MSG_NOSIGNAL) < 0) return false;
    while (end == NULL) {
        ssize_t count = recv(descriptor, octets + length, sizeof octets - 1 - length, 0);
        if (count <= 0) return false;
        length += (size_t)count;
        octets[length] = '\0';
        end = strstr(octets, "\r\n\r\n");
    }
    size_t here = length - (size_t)(end + strlen("\r\n\r\n") - octets);
    size_t left = content_length(octets, strncmp(request->octets, "HEAD", 4) == 0);
    left -= here < left ? here : left; /* the bare loop may send more answers than one */
    for (;;) {
        if (copy != NULL && fwrite(octets, 1, length, copy) != length) return false;
        if (left == 0) return true;
        ssize_t count = recv(descriptor, octets, left < sizeof octets ? left : sizeof octets, 0);
        if (count <= 0) return false;
        length = (size_t)count;
        left -= length;
    }
}

static int print_answer(const char *port, const struct request *request)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    int descriptor = open_connection(port);
    for (int tries = 1; descriptor < 0 && tries < TRIES; tries++) {
        nanosleep(&pause, NULL);
        descriptor = open_connection(port);
    }
    if (descriptor < 0 || !ask(descriptor, request, stdout)) fail("no whole answer");
    return EXIT_SUCCESS;
}

/* Still open: nothing to read and no end. */
static bool is_open(int descriptor)
{
    char octet;
    return recv(descriptor, &octet, 1, MSG_DONTWAIT | MSG_PEEK) < 0;
}

static int hold(const char *port, const struct request *request, size_t count)
{
    struct rlimit limit;
    int *descriptors = calloc(count, sizeof *descriptors);
    size_t held = 0;
    size_t left = 0;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (descriptors == NULL) fail("memory");
    for (; held < count; held++) {
        descriptors[held] = open_connection(port);
        if (descriptors[held] < 0 || !ask(descriptors[held], request, NULL)) break;
    }
    printf("held %zu\n", held);
    fflush(stdout);
    while (getchar() != EOF) {
    }
    for (size_t i = 0; i < held; i++)
        if (is_open(descriptors[i])) left++;
    printf("left %zu\n", left);
    free(descriptors);
    return left == count ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int count, char **arguments)
{
    struct request request = {0};
    const char *verb = count > 1 ? arguments[1] : "";
    if (strcmp(verb, "port") == 0) return print_free_port();
    if (count > 3) read_request(&request, arguments[3]);
    if (strcmp(verb, "ask") == 0 && count == 4) return print_answer(arguments[2], &request);
    if (strcmp(verb, "hold") == 0 && count == 5)
        return hold(arguments[2], &request, strtoul(arguments[4], NULL, 10));
    fputs("usage: client port | ask PORT FILE | hold PORT FILE COUNT\n", stderr);
    return EXIT_FAILURE;
}
