/* Makes calls fail as a test says, linked with --wrap. Here: what is the same for all of them. */
#include "tests/faults/inject.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct faults *inject_page;

int inject_error(void)
{
    return atomic_load(&inject_page->error);
}

bool inject(enum call call)
{
    struct faults *page = inject_page;
    if (page == NULL || atomic_load(&page->call) != (int)call) return false;
    if (atomic_fetch_sub(&page->left, 1) != 1) return false;
    errno = inject_error();
    atomic_fetch_add(&page->reached, 1);
    return true;
}

/* Not the timekeeper, who tries but once to say 408. */
bool inject_interrupts(enum call call)
{
    static atomic_uint uses[CALL_COUNT];
    bool interrupts = inject_page != NULL && atomic_load(&inject_page->interrupts) &&
        gettid() != getpid() && atomic_fetch_add(&uses[call], 1) % 2 == 0;
    if (interrupts) errno = EINTR;
    return interrupts;
}

size_t inject_piece(size_t length)
{
    size_t piece = inject_page == NULL ? 0 : atomic_load(&inject_page->piece);
    return piece > 0 && piece < length ? piece : length;
}

#define CALL(name, type, failure, parameters, arguments)                                           \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return inject(CALL_##name) ? (failure) : __real_##name arguments;                          \
    }
#define AFTER(name, type, failure, parameters, arguments)                                          \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        type result = __real_##name arguments;                                                     \
        return inject(CALL_##name) ? (failure) : result;                                           \
    }
#define OWN(name)
#include "tests/faults/calls.def"

/* As a supervisor hands it over, sd_listen_fds(3). */
static void hand_over_a_listener(void)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char digits[16];
    int listener = __real_socket(AF_INET, SOCK_STREAM, 0);
    if (__real_bind(listener, (const struct sockaddr *)&address, sizeof address) != 0 ||
        __real_listen(listener, SOMAXCONN) != 0 || dup2(listener, 3) != 3)
        abort();
    if (listener != 3) __real_close(listener);
    snprintf(digits, sizeof digits, "%d", (int)getpid());
    setenv("LISTEN_FDS", "1", 1);
    setenv("LISTEN_PID", digits, 1);
}

/* The tests leave the sandbox out where a sanitizer looks on. One that is only pretended may stay.
 */
static void leave_sandbox_in(char **arguments)
{
    for (; *arguments != NULL; arguments++)
        if (strcmp(*arguments, "--no-sandbox") == 0) strcpy(*arguments, "--list");
}

__attribute__((constructor)) static void begin(int count, char **arguments)
{
    const char *path = getenv("STRATA_FAULTS");
    (void)count;
    if (path == NULL) return;
    int file = openat(AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    void *page = mmap(NULL, sizeof *inject_page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) abort();
    __real_close(file);
    inject_page = page;
    if (atomic_load(&inject_page->pretends)) leave_sandbox_in(arguments);
    if (atomic_load(&inject_page->hands_over)) hand_over_a_listener();
}
