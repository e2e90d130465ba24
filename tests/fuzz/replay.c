/* Feeds a fuzzer files: those named, and all in the directories named. Without arguments it fails:
 * a replay of nothing proves nothing. To step through one input in the debugger, name its file. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

static void replay_file(const char *path, off_t size)
{
    char *octets = fuzz_memory((size_t)size);
    FILE *file = fopen(path, "rb");
    if (file == NULL || fread(octets, 1, (size_t)size, file) != (size_t)size) {
        perror(path);
        exit(1);
    }
    fclose(file);
    printf("%s\n", path); /* before: it may be the last that is heard */
    fflush(stdout);
    LLVMFuzzerTestOneInput((const uint8_t *)octets, (size_t)size);
    free(octets);
}

/* How many files there were. */
static size_t replay(const char *path)
{
    struct stat status;
    struct dirent **entries;
    size_t files = 0;
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
        replay_file(path, status.st_size);
        return 1;
    }
    int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0) {
        perror(path);
        exit(1);
    }
    for (int i = 0; i < count; i++) {
        char inner[PATH_MAX];
        snprintf(inner, sizeof inner, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.') files += replay(inner);
        free(entries[i]);
    }
    free(entries);
    return files;
}

int main(int count, char **arguments)
{
    size_t files = 0;
    for (int i = 1; i < count; i++) files += replay(arguments[i]);
    printf("%zu inputs\n", files);
    return files > 0 ? 0 : 1;
}
