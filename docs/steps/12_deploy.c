/* links: threads */
/* 12_deploy STRATA [own]: five servers follow one another under load, on one listener or not. */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LISTENER = 3, SERVERS = 5 }; /* LISTEN_FDS begins at descriptor 3 */
static struct sockaddr_in address = {.sin_family = AF_INET};
static _Atomic int answered, lost, over;

static _Bool ask(void)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    char response[65536] = "";
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(client, (struct sockaddr *)&address, sizeof address) == 0) {
        send(client, request, strlen(request), MSG_NOSIGNAL);
        recv(client, response, sizeof response - 1, MSG_WAITALL);
    }
    close(client);
    return strstr(response, "HTTP/1.1 200 ") == response && strstr(response, "</html>") != NULL;
}

static void *ask_on(void *unused)
{
    for (; !over; usleep(1000)) ++*(ask() ? &answered : &lost);
    return unused;
}

int main(int count, char **arguments)
{
    _Bool own = strcmp(arguments[count - 1], "own") == 0;
    pthread_t client;
    char command[1024]; /* the shell's process id stays, for exec replaces it by strata */
    inet_pton(AF_INET, "127.0.0.2", &address.sin_addr); /* or clients could connect to themselves */
    int bound = socket(AF_INET, SOCK_STREAM, 0);
    if (bound != LISTENER) dup2(bound, LISTENER), close(bound);
    bind(LISTENER, (struct sockaddr *)&address, sizeof address); /* to any free port: which? */
    getsockname(LISTENER, (struct sockaddr *)&address, &(socklen_t){sizeof address});
    if (count < 2 || (own ? close(LISTENER) : listen(LISTENER, SOMAXCONN)) != 0) return 64;
    snprintf(command, sizeof command, "%s exec %s -a 127.0.0.2 -p %d --access-log none www 2>&-",
        own ? "" : "LISTEN_FDS=1 LISTEN_PID=$$", arguments[1], ntohs(address.sin_port));
    for (int i = 1, status = 0; i <= SERVERS; i++) {
        pid_t server = fork();
        if (server == 0) execl("/bin/sh", "sh", "-c", command, NULL);
        while (i == 1 && !ask()) usleep(1000); /* until the first one serves */
        if (i == 1) pthread_create(&client, NULL, ask_on, NULL);
        usleep(200000);
        over = i == SERVERS;
        if (over) pthread_join(client, NULL);
        if (kill(server, SIGTERM) == 0) waitpid(server, &status, 0);
        for (int asked = answered + lost; own && !over && answered + lost < asked + 2;) usleep(100);
        printf("server %d left with exit status %d\n", i, WEXITSTATUS(status));
    }
    return printf("%d requests answered, %d lost\n", answered, lost), lost > 0;
}
