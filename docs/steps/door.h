/* door.h: the listening socket of step 01 in short, for the steps that are about something else. */
#pragma once

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h> /* close */

/* Listens at a port of 127.0.0.1, 0 for a free one, and says so; or ends the program. */
static inline int open_door(const char *port)
{
    const int on = 1;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    struct sockaddr *address = (struct sockaddr *)&here;
    socklen_t size = sizeof here;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(listener, address, size) != 0 || listen(listener, SOMAXCONN) != 0 ||
        getsockname(listener, address, &size) != 0) {
        perror("listen");
        exit(1);
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* a line at once, also into a file */
    printf("listens at 127.0.0.1 port %d\n", ntohs(here.sin_port));
    return listener;
}
