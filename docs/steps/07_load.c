/* links: threads */
/* 07_load PORT [SLOW]: SLOW clients send half a request and then nothing. Beside them 8 visitors
 * come, each 250 times: connect, ask, read, close. Who waits longer than 4 s gives up. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { VISITORS = 8, VISITS = 250 };

static struct sockaddr_in server = {.sin_family = AF_INET};
static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
enum { WHOLE = sizeof request - 1 };

static int connect_and_send(size_t length)
{
    const struct timeval patience = {.tv_sec = 4};
    int client = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(client, (struct sockaddr *)&server, sizeof server) == 0 &&
        send(client, request, length, MSG_NOSIGNAL) == (ssize_t)length)
        return client;
    perror("07_load");
    exit(EXIT_FAILURE);
}

static void *visit(void *argument)
{
    int *answered = argument;
    char response[16 * 1024];
    while (*answered < VISITS) {
        int client = connect_and_send(WHOLE);
        ssize_t count = recv(client, response, sizeof response, 0);
        close(client);
        if (count <= 0) break;
        ++*answered;
    }
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_t visitors[VISITORS];
    struct timespec start, end;
    int answered[VISITORS] = {0}, all = 0, slow = count > 2 ? atoi(arguments[2]) : 0;
    server.sin_port = htons((uint16_t)atoi(count > 1 ? arguments[1] : "8080"));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < slow; i++) connect_and_send(WHOLE / 2);
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < VISITORS; i++) pthread_create(&visitors[i], NULL, visit, &answered[i]);
    for (int i = 0; i < VISITORS; i++) pthread_join(visitors[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    for (int i = 0; i < VISITORS; i++) all += answered[i];
    long took = (end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000;
    printf("%d slow clients: %d visits answered in %ld ms\n", slow, all, took);
    return all == VISITORS * VISITS ? EXIT_SUCCESS : EXIT_FAILURE;
}
