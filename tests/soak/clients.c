/* The clients of a soak, all of them at once, and what the server is like meanwhile.
 *
 *     clients make DIRECTORY              writes the site
 *     clients run PORT DIRECTORY PROCESS SECONDS HELD
 *
 * run changes the files beneath DIRECTORY, keeps HELD connections idle, and prints a row of figures
 * each second of the server that has this PROCESS number. At the end, or at SIGTERM, it says on
 * standard error how often each client had its conversation, and how the good ones were answered.
 * Exit status 1: a client saw what must not be, or the server was gone.
 */
#include "tests/soak/soak.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 128, PATIENCE = 20, WRONG_SHOWN = 20 };

in_port_t soak_port;
size_t soak_held;
atomic_bool soak_over;
atomic_ulong soak_wrong;

/* --- What all clients do ---------------------------------------------------------------------- */

void wrong(const char *what, const char *detail)
{
    if (atomic_fetch_add(&soak_wrong, 1) < WRONG_SHOWN)
        fprintf(stderr, "wrong: %s: %.*s\n", what, (int)strcspn(detail, "\r\n"), detail);
}

unsigned pick(unsigned *seed, unsigned below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (unsigned)((uint64_t)*seed * below >> 32);
}

void rest(unsigned milliseconds)
{
    const struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    nanosleep(&time, NULL);
}

bool client_connect(struct client *client, int receive_buffer)
{
    const struct timeval patience = {.tv_sec = PATIENCE};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(soak_port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    client->used = false;
    if (client->descriptor < 0) return false;
    setsockopt(client->descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(client->descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (receive_buffer > 0)
        setsockopt(
            client->descriptor, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (connect(client->descriptor, (struct sockaddr *)(void *)&address, sizeof address) == 0)
        return true;
    client_close(client, false);
    return false;
}

bool client_send(struct client *client, const char *octets, size_t length)
{
    return send(client->descriptor, octets, length, MSG_NOSIGNAL) == (ssize_t)length;
}

void client_close(struct client *client, bool reset)
{
    const struct linger at_once = {.l_onoff = 1};
    if (client->descriptor < 0) return;
    if (reset) setsockopt(client->descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(client->descriptor);
    client->descriptor = -1;
}

/* --- Threads ---------------------------------------------------------------------------------- */

static pthread_t threads[THREADS_MAX];
static size_t thread_count;

static void *client_main(void *argument)
{
    struct habit *habit = argument;
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL) abort();
    client->descriptor = -1;
    client->times = &habit->times;
    client->seed = (unsigned)(uintptr_t)client ^ (unsigned)time(NULL);
    for (; !soak_over; atomic_fetch_add(&habit->times, 1)) habit->converse(client);
    client_close(client, false);
    free(client);
    return NULL;
}

static void *changer_main(void *argument)
{
    unsigned seed = (unsigned)time(NULL);
    for (; !soak_over; rest(10)) site_change(&seed);
    return argument;
}

static void start(void *(*main_function)(void *), void *argument)
{
    if (thread_count == THREADS_MAX ||
        pthread_create(&threads[thread_count++], NULL, main_function, argument) != 0)
        abort();
}

static void start_all(struct habit *habits)
{
    for (; habits->name != NULL; habits++)
        for (unsigned i = 0; i < habits->threads; i++) start(client_main, habits);
}

static void report(const struct habit *habits)
{
    for (; habits->name != NULL; habits++)
        fprintf(stderr, "%12lu  %s\n", habits->times, habits->name);
}

static void report_answers(void)
{
    fprintf(stderr, "answers: %lu good, %lu wrong, %lu cut, %lu missing; %lu after a second try\n",
        good_outcomes[GOOD], good_outcomes[WRONG], good_outcomes[CUT_SHORT], good_outcomes[MISSING],
        good_repeated);
}

/* --- What the server is like ------------------------------------------------------------------ */

static size_t count_descriptors(const char *process)
{
    char path[64];
    size_t count = 0;
    snprintf(path, sizeof path, "/proc/%s/fd", process);
    DIR *directory = opendir(path);
    if (directory == NULL) return 0;
    while (readdir(directory) != NULL) count++;
    closedir(directory);
    return count - 2; /* . and .. */
}

static unsigned long status_value(const char *process, const char *name)
{
    char line[256];
    unsigned long value = 0;
    snprintf(line, sizeof line, "/proc/%s/status", process);
    FILE *status = fopen(line, "re");
    if (status == NULL) return 0;
    while (fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, name, strlen(name)) == 0) value = strtoul(line + strlen(name), NULL, 10);
    fclose(status);
    return value;
}

static double seconds_of(clockid_t clock)
{
    struct timespec time = {0};
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

struct sample {
    double time, processor;
    unsigned long answers;
};

static struct sample take_sample(const char *process)
{
    clockid_t processor = CLOCK_REALTIME;
    clock_getcpuclockid(atoi(process), &processor);
    return (struct sample){seconds_of(CLOCK_MONOTONIC), seconds_of(processor), good_outcomes[GOOD]};
}

/* False: it is gone. */
static bool print_row(const char *process, double since, struct sample *before)
{
    const unsigned *latencies;
    size_t asked = good_take_latencies(&latencies);
    struct sample now = take_sample(process);
    double took = now.time - before->time;
    unsigned long memory = status_value(process, "VmRSS:");
    if (memory == 0) return false;
    printf("%.0f,%.0f,", now.time - since, (double)(now.answers - before->answers) / took);
    if (asked > 0) printf("%u", latencies[(asked - 1) * 99 / 100]);
    printf(",%lu,%zu,%lu,%.1f,%lu,%lu\n", memory, count_descriptors(process),
        status_value(process, "Threads:"), 100 * (now.processor - before->processor) / took,
        now.answers, soak_wrong);
    fflush(stdout);
    *before = now;
    return true;
}

static void watch(const char *process, double seconds)
{
    double since = seconds_of(CLOCK_MONOTONIC);
    struct sample before = take_sample(process);
    puts("second,answers_per_s,p99_us,memory_kib,descriptors,threads,cpu_percent,answers,wrong");
    for (int row = 1; row <= seconds && !soak_over; row++) {
        while (seconds_of(CLOCK_MONOTONIC) < since + row && !soak_over) rest(10);
        if (soak_over || print_row(process, since, &before)) continue;
        wrong("the server", "is gone");
        soak_over = true;
    }
    soak_over = true;
}

static void stop(int signal)
{
    (void)signal;
    soak_over = true;
}

static int run(char **arguments)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    signal(SIGTERM, stop);
    soak_port = (in_port_t)atoi(arguments[0]);
    soak_held = strtoul(arguments[4], NULL, 10);
    site_open(arguments[1]);
    good_ask_all();
    start(changer_main, NULL);
    start_all(good_habits);
    start_all(harmful_habits);
    watch(arguments[2], atof(arguments[3]));
    for (size_t i = 0; i < thread_count; i++) pthread_join(threads[i], NULL);
    report(good_habits);
    report(harmful_habits);
    report_answers();
    return soak_wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int count, char **arguments)
{
    if (count == 7 && strcmp(arguments[1], "run") == 0) return run(arguments + 2);
    if (count == 3 && strcmp(arguments[1], "make") == 0) {
        site_open(arguments[2]);
        site_make();
        return EXIT_SUCCESS;
    }
    fputs("usage: clients make DIRECTORY | run PORT DIRECTORY PROCESS SECONDS HELD\n", stderr);
    return EXIT_FAILURE;
}
