/* In builds with ThreadSanitizer this takes the place of its own epoll_ctl(2), which counts as a
 * use of the descriptor that nothing orders before its close in another thread: it does not know
 * that the event comes after the call that armed it. A suppression names the function, and so fails
 * where the sanitizer has forgotten the stack of the call. */
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

int epoll_ctl(int set, int operation, int descriptor, struct epoll_event *event)
{
    return (int)syscall(SYS_epoll_ctl, set, operation, descriptor, event);
}
