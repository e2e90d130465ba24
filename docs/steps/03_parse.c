/* links: http */
/* Anatomy of a request: reads octets, PIECE at a time, until they are a head or cannot become one,
 * and says what it means. How they were split makes no difference. */
#include "http/framing.h"
#include "http/target.h"

#include <stdio.h>
#include <stdlib.h>

static void print(const char *what, struct text text)
{
    printf("%-9s%.*s\n", what, (int)text.length, text.start);
}

static int refuse(const struct http_problem *problem, const char *octets)
{
    printf("%-9s%d %s\n", "refused", problem->status, http_reason_phrase(problem->status));
    if (problem->at != NULL) printf("%-9soctet %td\n", "at", problem->at - octets);
    printf("%-9s%s (%s)\n", "because", problem->sentence, problem->section);
    return 1;
}

int main(int count, char **arguments)
{
    static char octets[HTTP_HEAD_MAX + 1];
    static struct http_request request;
    static struct http_target target;
    struct http_content content;
    struct http_problem problem;
    struct text input = {octets, 0};
    enum http_parse state = HTTP_INCOMPLETE;
    size_t piece = count > 1 ? strtoul(arguments[1], NULL, 10) : sizeof octets;
    for (size_t looked = 0; state == HTTP_INCOMPLETE;) {
        size_t room = sizeof octets - input.length;
        size_t got = fread(octets + input.length, 1, piece < room ? piece : room, stdin);
        if (got == 0) return printf("%-9safter %zu octets\n", "ends", input.length), 1;
        input.length += got;
        state = http_look_at_head(input, &looked, &problem);
    }
    if (state == HTTP_INVALID) return refuse(&problem, octets);
    if (http_parse_request_head(input, &request, &problem) != HTTP_COMPLETE)
        return refuse(&problem, octets);
    print("method", request.method);
    print("target", request.target);
    printf("%-9s%d.%d\n", "version", request.major_version, request.minor_version);
    for (size_t i = 0; i < request.field_count; i++) {
        print("field", request.fields[i].name);
        print("value", request.fields[i].value);
    }
    if (!http_frame_content(&request, &content, &problem) || !http_check_host(&request, &problem) ||
        !http_parse_target(&request, &target, &problem))
        return refuse(&problem, octets);
    print("path", text_of(target.path));
    if (target.query.length > 0) print("query", target.query);
    printf("%-9s%s%llu octets\n", "content", content.phase == HTTP_CHUNK_SIZE ? "chunked, " : "",
        (unsigned long long)content.octets_left);
    printf("%-9s%s\n", "then", http_persists(&request) ? "stays open" : "closes");
}
