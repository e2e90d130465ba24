/* What parts of a request cost alone: nanoseconds of processor time a call.
 *
 *     micro SITE PLAIN BROWSER RESULTS
 *
 * SITE holds 1k.txt and 100k.txt; PLAIN and BROWSER hold the octets of a request each. Batches of
 * all parts take turns, so that whatever else the machine does meets all of them. Prints a table,
 * and appends it to RESULTS, as CSV. Only http/ and fs/ are linked: there is no socket here.
 */
#include "fs/file_cache.h"
#include "http/conditional.h"
#include "http/date.h"
#include "http/response.h"
#include "http/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BATCHES = 25, BATCH_NANOSECONDS = 5 * 1000 * 1000, REQUEST_MAX = 4096 };

struct sample {
    char octets[REQUEST_MAX];
    struct text head;
    struct http_request request;
};

struct bench {
    struct sample plain, browser;
    struct http_target target;
    struct http_response response;
    char octets[HTTP_RESPONSE_HEAD_MAX];
    struct document_root root;
    struct file_cache cache;
    int64_t now;
    struct loan loan;
};

struct part {
    const char *name;
    bool (*call)(struct bench *); /* false: it did not do what is measured */
};

static _Noreturn void stop(const char *what)
{
    fprintf(stderr, "micro: %s\n", what);
    exit(EXIT_FAILURE);
}

/* --- The parts ------------------------------------------------------------------------------- */

static bool look(const struct sample *sample)
{
    struct http_problem problem;
    size_t looked = 0;
    return http_look_at_head(sample->head, &looked, &problem) == HTTP_COMPLETE;
}

static bool parse(struct sample *sample)
{
    struct http_problem problem;
    return http_parse_request_head(sample->head, &sample->request, &problem) == HTTP_COMPLETE;
}

static bool look_plain(struct bench *bench)
{
    return look(&bench->plain);
}

static bool parse_plain(struct bench *bench)
{
    return parse(&bench->plain);
}

static bool look_browser(struct bench *bench)
{
    return look(&bench->browser);
}

static bool parse_browser(struct bench *bench)
{
    return parse(&bench->browser);
}

static bool find_target(struct bench *bench)
{
    struct http_problem problem;
    return http_parse_target(&bench->plain.request, &bench->target, &problem);
}

/* The field lines that strata sends with a file. */
static bool fill_response(struct bench *bench)
{
    struct http_response *response = &bench->response;
    http_response_start(response, HTTP_OK);
    http_response_add_lines(response,
        text_of(
            "Server: strata\r\nCache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n"));
    http_response_add_field(response, "ETag", text_of("\"400-65937d25-0\""));
    http_response_add_field(response, "Content-Type", text_of("text/plain; charset=utf-8"));
    http_response_add_field(response, "Content-Length", text_of("1024"));
    http_response_add_field(response, "Accept-Ranges", text_of("bytes"));
    http_response_add_field(response, "Last-Modified", text_of("Tue, 02 Jan 2024 03:04:05 GMT"));
    return !response->broken;
}

static bool format_head(struct bench *bench)
{
    const char *date = "Sun, 06 Nov 1994 08:49:37 GMT";
    return http_response_format_head(&bench->response, date, bench->octets) > 0;
}

static bool format_date(struct bench *bench)
{
    http_format_date(1704164645, bench->octets);
    return bench->octets[0] == 'T';
}

static bool describe_file(struct bench *bench)
{
    struct http_validators validators;
    (void)bench;
    http_describe_file(&validators, 1024, (struct timespec){.tv_sec = 1704164645}, "",
        (struct timespec){.tv_sec = 1800000000});
    return validators.strong;
}

static bool open_path(struct bench *bench)
{
    struct file file;
    if (document_root_open_file(&bench->root, "/1k.txt", &file) != FS_FOUND) return false;
    return close(file.descriptor) == 0;
}

static bool miss_path(struct bench *bench)
{
    struct file file;
    return document_root_open_file(&bench->root, "/absent.txt", &file) == FS_NOT_FOUND;
}

/* The clock stands still, so that what was looked up once is believed. */
static bool find(struct bench *bench, const char *path, enum fs_status wanted)
{
    struct file file = {.descriptor = -1};
    enum fs_status status =
        file_cache_find(&bench->cache, path, FILE_PLAIN, bench->now, &file, &bench->loan);
    if (file.descriptor >= 0) close(file.descriptor);
    return status == wanted;
}

static bool find_small(struct bench *bench)
{
    return find(bench, "/1k.txt", FS_FOUND);
}

static bool find_large(struct bench *bench)
{
    return find(bench, "/100k.txt", FS_FOUND);
}

static bool find_none(struct bench *bench)
{
    return find(bench, "/absent.txt", FS_NOT_FOUND);
}

static bool find_anew(struct bench *bench)
{
    bench->now += 2 * CACHE_BELIEVED;
    return find_small(bench);
}

/* In an order that leaves each what it needs: a head is parsed before its target is. */
static const struct part parts[] = {
    {"look at the head, plain", look_plain},
    {"parse it", parse_plain},
    {"look at the head, browser", look_browser},
    {"parse it, browser", parse_browser},
    {"target -> path", find_target},
    {"fill in a response", fill_response},
    {"format its head", format_head},
    {"format a date", format_date},
    {"validators of a file", describe_file},
    {"path -> open file", open_path},
    {"path -> no file", miss_path},
    {"kept: 1 KiB", find_small},
    {"kept: open file of 100 KiB", find_large},
    {"kept: no file", find_none},
    {"look 1 KiB up anew, keep it", find_anew},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

/* --- Measuring ------------------------------------------------------------------------------- */

static double time_batch(const struct part *part, struct bench *bench, size_t calls)
{
    struct timespec start;
    struct timespec end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    for (size_t i = 0; i < calls; i++)
        if (!part->call(bench)) stop(part->name);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    return (double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec);
}

/* As many as fill a batch; warms up, too. */
static size_t calls_in_batch(const struct part *part, struct bench *bench)
{
    size_t calls = 1;
    while (time_batch(part, bench, calls) < BATCH_NANOSECONDS) calls *= 2;
    return calls;
}

static int compare(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

static void print(const struct part *part, size_t calls, double times[BATCHES], FILE *results)
{
    qsort(times, BATCHES, sizeof times[0], compare);
    double median = times[BATCHES / 2];
    double most = times[BATCHES - 1];
    printf("  %-28s %9.0f %8.0f %8.0f\n", part->name, median, times[0], most);
    fprintf(results, "%lld,\"%s\",%zu,%.1f,%.1f,%.1f\n", (long long)time(NULL), part->name, calls,
        median, times[0], most);
}

static void measure(struct bench *bench, FILE *results)
{
    double times[PARTS][BATCHES];
    size_t calls[PARTS];
    for (size_t i = 0; i < PARTS; i++) calls[i] = calls_in_batch(&parts[i], bench);
    for (size_t batch = 0; batch < BATCHES; batch++)
        for (size_t i = 0; i < PARTS; i++)
            times[i][batch] = time_batch(&parts[i], bench, calls[i]) / (double)calls[i];
    printf("  %-28s %9s %8s %8s\n", "", "ns a call", "least", "most");
    for (size_t i = 0; i < PARTS; i++) print(&parts[i], calls[i], times[i], results);
}

/* --- The run --------------------------------------------------------------------------------- */

static void read_sample(struct sample *sample, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) stop(path);
    sample->head.start = sample->octets;
    sample->head.length = fread(sample->octets, 1, sizeof sample->octets, file);
    fclose(file);
}

static FILE *open_results(const char *path)
{
    FILE *results = fopen(path, "a");
    if (results == NULL) stop(path);
    if (ftell(results) == 0) fputs("time,part,calls,median_ns,least_ns,most_ns\n", results);
    return results;
}

int main(int count, char **arguments)
{
    if (count != 5) stop("usage: micro SITE PLAIN BROWSER RESULTS");
    struct bench *bench = calloc(1, sizeof *bench);
    if (bench == NULL) stop("no memory");
    if (document_root_open(&bench->root, arguments[1]) != FS_FOUND) stop(arguments[1]);
    file_cache_open(&bench->cache, &bench->root, 16, true);
    read_sample(&bench->plain, arguments[2]);
    read_sample(&bench->browser, arguments[3]);
    FILE *results = open_results(arguments[4]);
    measure(bench, results);
    file_cache_close(&bench->cache);
    document_root_close(&bench->root);
    free(bench);
    return fclose(results) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
