/* supervisor.h: who started the server and may watch over it, such as systemd. What is said to one
 * another are environment variables and datagrams, as in sd_listen_fds(3) and sd_notify(3).
 *
 *     supervisor_take_listeners()   once, before anything else reads the environment
 *     supervisor_open()             once, while the socket can still be reached
 *     supervisor_tell()             READY=1, STOPPING=1; where nobody listens it does nothing
 */
#pragma once

enum { SUPERVISOR_FIRST_LISTENER = 3 };

/* How many listening sockets were handed over, from descriptor SUPERVISOR_FIRST_LISTENER on
 * (LISTEN_FDS); 0: none. -1: it is no number, or they are meant for another process (LISTEN_PID),
 * and that was said. The variables are gone afterwards. */
int supervisor_take_listeners(void);

/* A socket connected to NOTIFY_SOCKET, the caller's to close; -1: there is none, or it cannot be
 * reached, and that was said. */
int supervisor_open(void);
void supervisor_tell(int supervisor, const char *state);
