#include "tests/system/support/program.h"

#include "tests/system/support/server.h"
#include "tests/system/support/steps.h"

#include <stdlib.h>
#include <string.h>

void program_run(const char *const *arguments, const char *directory, int exit_status,
    char **output, char **errors)
{
    struct server server;
    program_start(
        &server, &(struct launch){.arguments = arguments, .directory = directory, .bare = true});
    server_wait(&server, exit_status);
    *output = server_output(&server);
    *errors = server_errors(&server);
    server_forget(&server);
}

static void expect_contains(const char *what, const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL) failed("%s does not contain \"%s\":\n%s", what, wanted, text);
}

void expect_refused(
    const char *const *arguments, const char *directory, int exit_status, const char *wanted)
{
    char *output;
    char *errors;
    program_run(arguments, directory, exit_status, &output, &errors);
    if (output[0] != '\0') failed("standard output holds \"%s\"", output);
    if (errors[0] == '\0' || errors[strlen(errors) - 1] != '\n')
        failed("standard error does not hold whole lines: \"%s\"", errors);
    expect_contains("standard error", errors, "strata");
    expect_contains("standard error", errors, wanted);
    free(output);
    free(errors);
}
