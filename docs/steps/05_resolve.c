/* links: http fs */
/* From target to file: what each layer makes of a target, and the file that is opened at the end.
 * No socket. */
#include "fs/document_root.h"
#include "http/target.h"

#include <stdio.h>
#include <unistd.h>

static const char *const statuses[] = {
#define FS_STATUS(name, reason) #name,
#include "fs/fs_statuses.def"
};

int main(int count, char **arguments)
{
    static struct http_target target;
    struct http_problem problem;
    struct document_root root;
    struct file file;
    if (count != 3) {
        fprintf(stderr, "usage: 05_resolve ROOT TARGET\n");
        return 64;
    }
    enum fs_status status = document_root_open(&root, arguments[1]);
    if (status != FS_FOUND) {
        fprintf(stderr, "%s: %s\n", arguments[1], statuses[status]);
        return 66;
    }
    const struct http_request request = {.method = text_of("GET"), .target = text_of(arguments[2])};
    if (!http_parse_target(&request, &target, &problem)) {
        printf("http  refused  %d %s\n", problem.status, http_reason_phrase(problem.status));
        printf("http  because  %s (%s)\n", problem.sentence, problem.section);
        return 1;
    }
    printf("http  path     %s\n", target.path);
    status = document_root_open_file(&root, target.path, &file);
    printf("fs    status   %s\n", statuses[status]);
    if (status != FS_FOUND) return 1;
    printf("fs    ending   \"%s\"\n", file.ending);
    printf("fs    size     %llu octets\n", (unsigned long long)file.size);
    printf("fs    type     %s\n", file.media_type);
    close(file.descriptor);
    document_root_close(&root);
}
