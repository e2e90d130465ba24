/* converse — has all conversations of a case file with one server, each on a connection of its own
 * and all at once, and prints what was answered:
 *
 *     converse PORT CASES     a line a case: NAME, a tab, the status codes in order, open or closed
 *
 * Of the case file it takes these lines, and leaves the others to others:
 *
 *     case NAME
 *     send OCTETS             one delivery; the next waits for an answer to it, or for PAUSE
 *     more OCTETS             and these with it
 *     end                     half-close after the last delivery
 *
 * In OCTETS, \r \n \t \\ and \xHH are one octet each, and \{N:TEXT} is TEXT, N times. A connection
 * is open when nothing has come for PATIENCE. Octets that do not begin with a status line are
 * "unframed".
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CASES_MAX = 400, DELIVERIES_MAX = 4, OCTETS_MAX = 1 << 16, ANSWERS_MAX = 1 << 17 };
enum { PATIENCE = 4000, PAUSE = 2000 }; /* milliseconds */

struct conversation {
    char name[128];
    char *octets;                /* of all deliveries, one after the other */
    size_t ends[DELIVERIES_MAX]; /* where in them each delivery ends */
    int deliveries;
    bool half_closes;
    char answer[256];
    pthread_t thread;
};

static struct sockaddr_in server = {.sin_family = AF_INET};

static void stop(const char *why, const char *what)
{
    fprintf(stderr, "converse: %s: %s\n", why, what);
    exit(1);
}

/* Reads one octet, plain or escaped, from the text and returns what follows it. */
static const char *read_octet(const char *text, char *octet)
{
    static const char escapes[] = "rnt\\", octets[] = "\r\n\t\\";
    *octet = *text++;
    if (*octet != '\\') return text;
    const char *escape = strchr(escapes, *text);
    if (escape != NULL && *escape != '\0') {
        *octet = octets[escape - escapes];
        return text + 1;
    }
    if (*text != 'x' || !isxdigit(text[1]) || !isxdigit(text[2])) stop("no such escape", text);
    *octet = (char)strtoul((char[]){text[1], text[2], '\0'}, NULL, 16);
    return text + 3;
}

/* Appends what the text says to octets of which there are *length. */
static void unescape(const char *text, char *octets, size_t *length)
{
    size_t times = 0; /* not 0: within \{…}, which began at start */
    size_t start = 0;
    while (*text != '\0') {
        if (strncmp(text, "\\{", 2) == 0) {
            times = strtoul(text + 2, (char **)&text, 10);
            start = *length;
            text++;
        } else if (times > 0 && *text == '}') {
            size_t unit = *length - start;
            if (start + times * unit > OCTETS_MAX) stop("too long", text);
            for (; times > 1; times--, *length += unit)
                memcpy(octets + *length, octets + start, unit);
            times = 0;
            text++;
        } else {
            if (*length == OCTETS_MAX) stop("too long", text);
            text = read_octet(text, &octets[(*length)++]);
        }
    }
}

static int read_cases(const char *path, struct conversation *cases)
{
    char line[4096];
    int count = 0;
    struct conversation *it = NULL;
    FILE *file = fopen(path, "r");
    if (file == NULL) stop("cannot open", path);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        const char *rest = line + strcspn(line, " ");
        if (*rest == ' ') rest++;
        if (strncmp(line, "case ", 5) == 0) {
            if (count == CASES_MAX) stop("too many cases", rest);
            it = &cases[count++];
            snprintf(it->name, sizeof it->name, "%s", rest);
            it->octets = malloc(OCTETS_MAX);
        } else if (strncmp(line, "send", 4) == 0 || strncmp(line, "more ", 5) == 0) {
            size_t length = it->deliveries == 0 ? 0 : it->ends[it->deliveries - 1];
            if (*line == 's' && it->deliveries++ == DELIVERIES_MAX) stop("too many", it->name);
            unescape(rest, it->octets, &length);
            it->ends[it->deliveries - 1] = length;
        } else if (strcmp(line, "end") == 0) {
            it->half_closes = true;
        }
    }
    fclose(file);
    return count;
}

/* Gathers what comes until nothing has come for that long, or, impatiently, until something has.
 * False: the connection is closed. */
static bool hear(int peer, int milliseconds, bool impatient, char *heard, size_t *length)
{
    struct pollfd wait = {peer, POLLIN, 0};
    while (poll(&wait, 1, milliseconds) > 0) {
        ssize_t count = recv(peer, heard + *length, ANSWERS_MAX - *length, 0);
        if (count <= 0) return false;
        *length += (size_t)count;
        if (impatient) return true;
    }
    return true;
}

static void describe(char *heard, size_t length, bool open, char *answer)
{
    static const char start[] = "HTTP/1.";
    const char *end = heard + length;
    const char *at = heard;
    if (length > 0 && strncmp(heard, start, strlen(start)) != 0)
        answer += sprintf(answer, "unframed ");
    while ((at = memmem(at, (size_t)(end - at), start, strlen(start))) != NULL) {
        at += strlen(start);
        if (end - at > 5 && at[1] == ' ' && isdigit(at[2]) && at[5] == ' ')
            answer += sprintf(answer, "%.3s ", at + 2);
    }
    strcpy(answer, open ? "open" : "closed");
}

static void *converse(void *argument)
{
    struct conversation *it = argument;
    char *heard = calloc(1, ANSWERS_MAX + 1);
    size_t length = 0;
    size_t sent = 0;
    bool open = true;
    int peer = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(peer, (struct sockaddr *)&server, sizeof server) != 0)
        stop("no connection", it->name);
    for (int i = 0; i < it->deliveries && open; i++) {
        bool last = i == it->deliveries - 1;
        (void)send(peer, it->octets + sent, it->ends[i] - sent, MSG_NOSIGNAL);
        sent = it->ends[i];
        if (last && it->half_closes) shutdown(peer, SHUT_WR);
        open = hear(peer, last ? PATIENCE : PAUSE, !last, heard, &length);
    }
    describe(heard, length, open, it->answer);
    close(peer);
    free(heard);
    return NULL;
}

int main(int argc, char **argv)
{
    static struct conversation cases[CASES_MAX];
    if (argc != 3) stop("usage", "converse PORT CASES");
    server.sin_port = htons((uint16_t)atoi(argv[1]));
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int count = read_cases(argv[2], cases);
    for (int i = 0; i < count; i++)
        if (pthread_create(&cases[i].thread, NULL, converse, &cases[i]) != 0) stop("no thread", "");
    for (int i = 0; i < count; i++) {
        pthread_join(cases[i].thread, NULL);
        printf("%s\t%s\n", cases[i].name, cases[i].answer);
        free(cases[i].octets);
    }
    return 0;
}
