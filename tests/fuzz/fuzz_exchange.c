/* All that is answered on a connection (server/worker.h).
 *
 * Fed: all that a client sends.
 * Must hold:
 *     - what comes back are responses, as strict as the system tests want them, and nothing else
 *     - there is one for each request that is complete or malformed, in order; the connection goes
 *       on after it only where the request is complete and wants that
 *     - content is that of a file, or a page made of constants: no octet of a request is in it
 *     - octets that arrive in pieces are answered like those that arrive at once
 */
#include "http/framing.h"
#include "server/listing.h"
#include "tests/fuzz/in_turns.h"
#include "tests/system/support/response_rules.h"

enum { LISTING, FILES = 5 };

/* The sizes differ: Content-Range says which one it is. */
static const char *contents[FILES] = {NULL, "<!doctype html>\n<title>The page</title>\n",
    "abcdefghijklmnopqrstuvwxyz", "as if it were compressed", ""};

static void prepare(void)
{
    static char listing[4096];
    struct file file;
    turns_open();
    site_directory("root/dir");
    turns_add("root/index.html", contents[1]);
    turns_add("root/a.txt", contents[2]);
    turns_add("root/a.txt.gz", contents[3]);
    turns_add("root/dir/empty", contents[4]);
    turns.server.site.lists = true;
    turns.server.site.listings_left = 1;
    must_hold(listing_open(&turns.server.site.root, "/dir/", &file) == FS_FOUND);
    must_hold(pread(file.descriptor, listing, sizeof listing - 1, 0) == (ssize_t)file.size);
    close(file.descriptor);
    contents[LISTING] = listing;
}

struct message {
    enum http_parse outcome;
    size_t head_length, length; /* what there is of them */
    bool has_head, has_content;
    struct http_request request;
};

/* The message at the front of a stream, by the parsers that other fuzzers look after. */
static void read_message(struct text stream, struct message *message)
{
    struct http_problem problem;
    struct http_content content;
    message->length = 0;
    message->has_content = false;
    message->outcome = http_look_at_head(stream, &message->length, &problem);
    message->head_length = message->length;
    message->has_head = message->outcome != HTTP_INCOMPLETE;
    if (!message->has_head) return;
    struct text head = text_until(stream, message->length);
    enum http_parse parse = http_parse_request_head(head, &message->request, &problem);
    if (message->outcome == HTTP_COMPLETE) message->outcome = parse;
    if (message->outcome == HTTP_INVALID) return;
    if (!http_frame_content(&message->request, &content, &problem)) message->outcome = HTTP_INVALID;
    message->has_content = content.phase != HTTP_CONTENT_COMPLETE;
    if (message->outcome == HTTP_COMPLETE && message->has_content)
        message->outcome = HTTP_INCOMPLETE;
    while (message->outcome == HTTP_INCOMPLETE && message->length < stream.length) {
        struct text rest = text_from(stream, message->length);
        struct text data;
        size_t taken = 0;
        message->outcome = http_take_content(&content, rest, &taken, &data, &problem);
        message->length += taken;
    }
}

/* Takes a response off what came back; its texts point into that and into lines. */
static void read_response(struct text *rest, struct response *response, bool to_head)
{
    static char lines[64 * 1024];
    const char *end = memmem(rest->start, rest->length, "\r\n\r\n", 4);
    must_hold(end != NULL);
    *response = (struct response){.head_length = (size_t)(end - rest->start) + 4, .lines = lines};
    must_hold(response->head_length < sizeof lines);
    memcpy(lines, rest->start, response->head_length);
    lines[response->head_length] = '\0';
    const char *problem = response_parse_head(response);
    if (problem == NULL) problem = response_check_fields(response);
    if (problem != NULL) fuzz_check(false, problem, __FILE__, __LINE__);
    const char *length = response_field(response, "Content-Length");
    if (length != NULL && !to_head) response->content_length = strtoul(length, NULL, 10);
    *rest = text_from(*rest, response->head_length);
    must_hold(response->content_length <= rest->length);
    response->content = rest->start;
    *rest = text_from(*rest, response->content_length);
}

static bool is_page(const struct response *response)
{
    char page[PAGE_SIZE];
    struct http_problem problem;
    struct text content = {response->content, response->content_length};
    for (int fault = 0; fault < HTTP_FAULT_NONE; fault++) {
        http_refuse(&problem, (enum http_fault)fault, NULL);
        if ((int)problem.status == response->status &&
            (texts_are_equal(content, page_format(&problem, false, page)) ||
                texts_are_equal(content, page_format(&problem, true, page))))
            return true;
    }
    return false;
}

static bool is_file(const struct response *response)
{
    const char *range = response_field(response, "Content-Range");
    unsigned long long first = 0, last = 0, size = response->content_length;
    must_hold((range != NULL) == (response->status == 206));
    if (range != NULL) {
        must_hold(sscanf(range, "bytes %llu-%llu/%llu", &first, &last, &size) == 3);
        must_hold(last >= first && last - first + 1 == response->content_length && last < size);
    }
    for (size_t i = 0; i < FILES; i++)
        if (strlen(contents[i]) == size &&
            memcmp(contents[i] + first, response->content, response->content_length) == 0)
            return true;
    return false;
}

/* RFC 9110 §10.2.2; two slashes at the start would be somebody else's host. */
static void check_location(const char *location)
{
    struct text path = {location, strcspn(location, "?")};
    must_hold(location[0] == '/' && location[1] != '/' && location[path.length - 1] == '/');
    must_hold(text_is_made_of(path, ALPHANUMERIC "-._~!$&'()*+,;=:@/%"));
}

static void check_response(const struct response *response, const struct message *message)
{
    const char *location = response_field(response, "Location");
    must_hold((location != NULL) == (response->status == 301 || response->status == 308));
    if (location != NULL) check_location(location);
    must_hold(message->outcome != HTTP_INVALID || response->status >= 400);
    bool persists = message->outcome == HTTP_COMPLETE && http_persists(&message->request);
    /* Refused by its head alone, a request's content is not waited for. */
    bool may_close = message->has_content && response->status >= 400;
    must_hold(response->closes ? !persists || may_close : persists);
    if (response->status == 304 || text_equals(message->request.method, "HEAD")) return;
    must_hold(response->status < 300 ? is_file(response) : is_page(response));
}

static void check_answers(struct text stream, struct text answers)
{
    static struct message message;
    struct response response = {0};
    for (bool first = true; first || !response.closes; first = false) {
        read_message(stream, &message);
        if (message.outcome == HTTP_INCOMPLETE && answers.length == 0) return;
        must_hold(message.has_head);
        read_response(&answers, &response, text_equals(message.request.method, "HEAD"));
        if (response.status == 100) {
            must_hold(message.has_content && message.length == message.head_length);
            break; /* the content never came */
        }
        check_response(&response, &message);
        stream = text_from(stream, message.length);
    }
    must_hold(answers.length == 0);
}

/* Leaves out what depends on the time and on the arrival: Date, and 100 (Continue). */
static struct text what_matters(struct text answers)
{
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    static const char date[] = "\r\nDate: ";
    struct text copy = fuzz_copy(answers);
    char *at = (char *)copy.start;
    while ((at = memmem(at, copy.length - (size_t)(at - copy.start), interim, strlen(interim)))) {
        copy.length -= strlen(interim);
        memmove(at, at + strlen(interim), copy.length - (size_t)(at - copy.start));
    }
    for (at = (char *)copy.start;
         (at = memmem(at, copy.length - (size_t)(at - copy.start), date, strlen(date)));)
        memset(at += strlen(date), '-', strlen("Sun, 06 Nov 1994 08:49:37 GMT"));
    return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
    static bool prepared;
    struct text stream = fuzz_text(octets, length);
    if (!prepared) prepare();
    prepared = true;
    struct text answers = turns_serve(stream, length);
    check_answers(stream, answers);
    struct text at_once = what_matters(answers);
    struct text in_pieces = what_matters(turns_serve(stream, 1 + length / 16));
    must_hold(texts_are_equal(in_pieces, at_once));
    free((char *)at_once.start);
    free((char *)in_pieces.start);
    return 0;
}
