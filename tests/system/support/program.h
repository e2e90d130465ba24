/* program.h — the program run to its end, for what it prints and its exit status. */
#ifndef STRATA_TESTS_SYSTEM_PROGRAM_H
#define STRATA_TESTS_SYSTEM_PROGRAM_H

enum exit_code {
    EXIT_BAD_USAGE = 64,
    EXIT_NO_DIRECTORY = 66,
    EXIT_CANNOT_LISTEN = 69,
    EXIT_SYSTEM_REFUSED = 71,
};

/* What it wrote is to be freed. No address or port is given but those among the arguments. */
void program_run(const char *const *arguments, const char *directory, int exit_status,
    char **output, char **errors);

/* Fails unless it refuses: nothing on standard output, whole lines on standard error, this text
 * among them. */
void expect_refused(
    const char *const *arguments, const char *directory, int exit_status, const char *wanted);

#endif
