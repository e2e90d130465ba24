/* Good clients of a soak: they ask as RFC 9110 has it and look at every octet of the answer. */
#include "tests/soak/soak.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum form { PLAIN, HEAD, RANGE, AGAIN, CONTENT, ABSENT, LISTING, FORMS };
enum { LATENCIES_MAX = 16 * 1024, TAG_MAX = 64, RANGE_LENGTH = 777 };

struct question {
    enum form form;
    unsigned file;
    bool closes;
    size_t first;      /* of a range; or what tells one absent name from another */
    char tag[TAG_MAX]; /* of the answer before */
};

struct answer {
    int status;
    size_t length;
    size_t lines; /* of the version that this is of */
    bool closes;
};

atomic_ulong good_outcomes[OUTCOMES], good_repeated;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards: */
static unsigned latencies[2][LATENCIES_MAX];
static size_t latency_count;
static unsigned latency_half;

static int ascending(const void *one, const void *other)
{
    return *(const int *)one - *(const int *)other;
}

size_t good_take_latencies(const unsigned **taken)
{
    pthread_mutex_lock(&lock);
    size_t count = latency_count;
    unsigned *half = latencies[latency_half];
    latency_half ^= 1;
    latency_count = 0;
    pthread_mutex_unlock(&lock);
    qsort(half, count, sizeof *half, ascending);
    *taken = half;
    return count;
}

static void note_latency(const struct timespec *since)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    pthread_mutex_lock(&lock);
    if (latency_count < LATENCIES_MAX)
        latencies[latency_half][latency_count++] =
            (unsigned)((now.tv_sec - since->tv_sec) * 1000000 +
                (now.tv_nsec - since->tv_nsec) / 1000);
    pthread_mutex_unlock(&lock);
}

/* --- Asking ----------------------------------------------------------------------------------- */

static void write_request(const struct question *question, char *to, size_t size)
{
    char path[32];
    char field[128] = "";
    file_path(question->file, path);
    if (question->form == ABSENT) snprintf(path, sizeof path, "/absent/%zx", question->first);
    if (question->form == LISTING) snprintf(path, sizeof path, "/%02x/", question->file >> 8);
    if (question->form == RANGE)
        snprintf(field, sizeof field, "Range: bytes=%zu-%zu\r\n", question->first,
            question->first + RANGE_LENGTH - 1);
    if (question->form == AGAIN)
        snprintf(field, sizeof field, "If-None-Match: %s\r\n", question->tag);
    if (question->form == CONTENT) snprintf(field, sizeof field, "Transfer-Encoding: chunked\r\n");
    snprintf(to, size, "%s %s HTTP/1.1\r\nHost: soak\r\n%s%s\r\n%s",
        question->form == HEAD ? "HEAD" : "GET", path, field,
        question->closes ? "Connection: close\r\n" : "",
        question->form == CONTENT ? "5\r\nhello\r\n0\r\n\r\n" : "");
}

/* At least one octet more; 0 or less: there is none. */
static ssize_t receive(struct client *client)
{
    ssize_t count =
        recv(client->descriptor, client->octets + client->length, INPUT_MAX - client->length, 0);
    if (count > 0) client->length += (size_t)count;
    client->octets[client->length] = '\0';
    return count;
}

static void consume(struct client *client, size_t length)
{
    client->length -= length;
    memmove(client->octets, client->octets + length, client->length + 1);
}

static const char *field_value(const char *head, const char *name)
{
    const char *field = strcasestr(head, name);
    return field == NULL ? "" : field + strlen(name);
}

static bool read_head(struct client *client, struct question *question, struct answer *answer)
{
    const char *end;
    while ((end = strstr(client->octets, "\r\n\r\n")) == NULL)
        if (receive(client) <= 0) return false;
    size_t length = (size_t)(end - client->octets);
    client->octets[length] = '\0';
    answer->status = atoi(field_value(client->octets, "HTTP/1.1 "));
    answer->length = strtoul(field_value(client->octets, "\r\nContent-Length: "), NULL, 10);
    answer->closes = strcasestr(client->octets, "\r\nConnection: close") != NULL;
    const char *tag = field_value(client->octets, "\r\nETag: ");
    snprintf(question->tag, TAG_MAX, "%.*s", (int)strcspn(tag, "\r"), tag);
    consume(client, length + 4);
    return true;
}

/* --- Looking at the answer -------------------------------------------------------------------- */

static bool status_fits(const struct question *question, int status)
{
    enum fate fate = file_fate(question->file);
    if (question->form == ABSENT) return status == 404;
    if (question->form == LISTING) return status == 200 || status == 503; /* many at once */
    if (question->form == RANGE) return status == 206;
    if (question->form == AGAIN && status == 304) return true;
    if (fate == VANISHING && status == 404) return true;
    return status == 200 && (question->form != AGAIN || fate != STEADY);
}

/* Is this the length of a version, or of the range? Says in answer of which version. */
static bool length_fits(const struct question *question, struct answer *answer)
{
    enum fate fate = file_fate(question->file);
    if (question->form == LISTING || answer->status >= 400) return true;
    if (answer->status == 304) return answer->length == 0;
    answer->lines =
        fate == STEADY || fate == CUT ? file_lines(question->file) : answer->length / LINE;
    if (answer->status == 206) return answer->length == RANGE_LENGTH;
    if (fate == CUT) return answer->length <= answer->lines * LINE;
    return answer->length == answer->lines * LINE;
}

static bool octets_fit(const struct question *question, const struct answer *answer,
    const struct client *client, size_t offset, size_t here)
{
    if (question->form == LISTING || answer->status >= 400) return true;
    return file_holds(
        question->file, answer->lines, question->first + offset, client->octets, here);
}

static enum outcome read_content(
    struct client *client, const struct question *question, const struct answer *answer)
{
    size_t offset = 0;
    if (question->form == HEAD) return GOOD;
    while (offset < answer->length) {
        if (client->length == 0 && receive(client) <= 0) return CUT_SHORT;
        size_t left = answer->length - offset;
        size_t here = client->length < left ? client->length : left;
        if (!octets_fit(question, answer, client, offset, here)) {
            wrong("octets that do not belong here", client->octets);
            return WRONG;
        }
        offset += here;
        consume(client, here);
    }
    return GOOD;
}

static enum outcome converse(struct client *client, struct question *question, const char *request)
{
    struct answer answer = {0};
    client->octets[client->length = 0] = '\0';
    if (!client_send(client, request, strlen(request)) || !read_head(client, question, &answer))
        return client->length == 0 ? MISSING : CUT_SHORT;
    client->used = true;
    if (!status_fits(question, answer.status) || !length_fits(question, &answer)) {
        char detail[64];
        snprintf(detail, sizeof detail, "status %d, length %zu", answer.status, answer.length);
        wrong(detail, request);
        return WRONG;
    }
    enum outcome outcome = read_content(client, question, &answer);
    if (outcome != GOOD || answer.closes || question->closes) client_close(client, false);
    return outcome == CUT_SHORT && file_fate(question->file) == CUT ? GOOD : outcome;
}

/* RFC 9110 §9.2.2: a request on a kept connection that closed before any octet of the answer is
 * sent once more, on a fresh one. */
static void ask(struct client *client, struct question *question)
{
    char request[512];
    write_request(question, request, sizeof request);
    enum outcome outcome = MISSING;
    for (int tries = 0; tries < 3; tries++) {
        if (client->descriptor < 0 && !client_connect(client, 0)) continue;
        outcome = converse(client, question, request);
        if (outcome != GOOD) client_close(client, false);
        if (outcome != MISSING || !client->used) break;
        atomic_fetch_add(&good_repeated, 1);
    }
    if (outcome == CUT_SHORT) wrong("a cut answer", request);
    if (outcome == MISSING) wrong("no answer", request);
    atomic_fetch_add(&good_outcomes[outcome], 1);
}

/* --- The clients ------------------------------------------------------------------------------ */

/* Any file; the small ones half of the time. */
static unsigned pick_file(struct client *client)
{
    switch (pick(&client->seed, 8)) {
    case 0: return LARGE_FIRST + pick(&client->seed, LARGE_FILES);
    case 1: return REPLACED_FIRST + pick(&client->seed, CHANGED_FILES);
    case 2: return VANISHING_FIRST + pick(&client->seed, CHANGED_FILES);
    case 3: return CUT_FIRST + pick(&client->seed, CHANGED_FILES);
    default: return pick(&client->seed, SMALL_FILES);
    }
}

static void choose(struct client *client, struct question *question)
{
    *question = (struct question){.file = pick_file(client)};
    enum fate fate = file_fate(question->file);
    question->form = pick(&client->seed, FORMS);
    if (question->form == AGAIN) question->form = PLAIN; /* it comes after a plain one */
    if (question->form == LISTING && pick(&client->seed, 8) != 0) question->form = PLAIN;
    if (question->form == ABSENT) question->first = pick(&client->seed, 1 << 30);
    if (question->form == RANGE && (fate != STEADY || file_lines(question->file) < 64))
        question->form = PLAIN;
    if (question->form == RANGE)
        question->first =
            pick(&client->seed, (unsigned)file_lines(question->file) * LINE - RANGE_LENGTH);
}

static void browse(struct client *client)
{
    struct question question;
    choose(client, &question);
    ask(client, &question);
    if (question.form == PLAIN && question.tag[0] != '\0' && pick(&client->seed, 2) == 0) {
        question.form = AGAIN;
        ask(client, &question);
    }
    rest(pick(&client->seed, 3));
}

static void visit(struct client *client)
{
    struct question question;
    choose(client, &question);
    question.closes = true;
    ask(client, &question);
    rest(2);
}

static void probe(struct client *client)
{
    struct question question = {.file = 64};
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    ask(client, &question);
    note_latency(&start);
    rest(2);
}

static void ask_for(unsigned first, unsigned count)
{
    static struct client client = {.descriptor = -1};
    for (unsigned i = 0; i < count && !soak_over; i++) {
        struct question question = {.file = first + i};
        ask(&client, &question);
        question = (struct question){.form = ABSENT, .first = first + i};
        if (i % 2 == 0) ask(&client, &question);
    }
    client_close(&client, false);
}

void good_ask_all(void)
{
    ask_for(0, SMALL_FILES);
    ask_for(LARGE_FIRST, LARGE_FILES);
    ask_for(REPLACED_FIRST, CHANGED_FILES);
    ask_for(CUT_FIRST, CHANGED_FILES);
}

struct habit good_habits[] = {
    {"the probe", 1, probe, 0},
    {"good clients that stay", 6, browse, 0},
    {"good clients that come and go", 2, visit, 0},
    {NULL, 0, NULL, 0},
};
