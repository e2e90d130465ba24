/* links: http fs */
/* The layers joined: one client after the other, a request each. Who is slow, all wait for. */
#include "docs/steps/door.h"
#include "fs/document_root.h"
#include "http/date.h"
#include "http/response.h"
#include "http/target.h"

#include <signal.h>
#include <sys/sendfile.h>

static struct document_root root;

/* Opens what the client asks for. False: the problem says why not, unless the client has left. */
static bool open_wanted(int client, struct file *file, struct http_problem *problem)
{
    static char octets[HTTP_HEAD_MAX + 1];
    static struct http_request request;
    static struct http_target target;
    struct text input = {octets, 0};
    size_t looked = 0;
    enum http_parse state;
    while ((state = http_look_at_head(input, &looked, problem)) == HTTP_INCOMPLETE) {
        ssize_t count = recv(client, octets + input.length, sizeof octets - input.length, 0);
        if (count <= 0) return false;
        input.length += (size_t)count;
    }
    return state == HTTP_COMPLETE &&
        http_parse_request_head(input, &request, problem) == HTTP_COMPLETE &&
        http_check_host(&request, problem) && http_parse_target(&request, &target, problem) &&
        (document_root_open_file(&root, target.path, file) == FS_FOUND ||
            http_refuse(problem, HTTP_FAULT_ABSENT, NULL));
}

static void answer(int client)
{
    static struct http_response response;
    char head[HTTP_RESPONSE_HEAD_MAX], date[HTTP_DATE_SIZE];
    struct http_problem problem = {.status = HTTP_OK};
    struct file file = {.descriptor = -1, .media_type = "text/plain"};
    if (!open_wanted(client, &file, &problem) && problem.status == HTTP_OK) return;
    http_format_date(time(NULL), date);
    http_response_start(&response, problem.status);
    http_response_add_field(&response, "Content-Type", text_of(file.media_type));
    http_response_add_number(&response, "Content-Length", file.size);
    send(client, head, http_response_format_head(&response, date, head), MSG_MORE);
    while (file.size > 0 && sendfile(client, file.descriptor, NULL, file.size) > 0) continue;
    if (file.descriptor >= 0) close(file.descriptor);
    printf("answered %d\n", problem.status);
}

int main(int count, char **arguments)
{
    if (count != 3 || document_root_open(&root, arguments[2]) != FS_FOUND)
        return fprintf(stderr, "usage: 06_one_client PORT DIRECTORY\n"), 64;
    signal(SIGPIPE, SIG_IGN); /* who leaves early ends a send, not this program */
    int listener = open_door(arguments[1]);
    for (int client; (client = accept(listener, NULL, NULL)) >= 0; close(client)) answer(client);
    return perror("accept"), 1;
}
