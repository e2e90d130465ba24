/* opened_site.h: site_open() with some options, what it said, and that it leaves nothing behind. */
#ifndef STRATA_TESTS_SERVER_OPENED_SITE_H
#define STRATA_TESTS_SERVER_OPENED_SITE_H

#include "server/site.h"
#include "tests/support/captured.h"
#include "tests/support/site.h"

#include <sysexits.h>

/* The defaults, and the root of site.h as the directory. */
static inline struct options site_options(void)
{
    static char root[300];
    struct options options;
    snprintf(root, sizeof root, "%s/root", site.path);
    options_set_defaults(&options);
    options.directory = root;
    return options;
}

/* Opens the site; *said is what it wrote on standard error. A site that was not opened holds no
 * descriptor. */
static inline int open_site(struct site *opened, const struct options *options, const char **said)
{
    size_t descriptors = count_descriptors();
    memset(opened, 0xa5, sizeof *opened);
    capture_begin(STDERR_FILENO);
    int status = site_open(opened, options);
    *said = capture_end();
    assert_int_equal(count_descriptors(), descriptors + (status == EX_OK));
    return status;
}

/* It is refused, in one line that names what was wrong. */
static inline void assert_site_refused(
    const struct options *options, int expected, const char *named)
{
    static struct site opened;
    const char *said;
    int status = open_site(&opened, options, &said);
    if (status == EX_OK) site_close(&opened);
    if (status != expected) fail_msg("%s: %d instead of %d", named, status, expected);
    if (strncmp(said, "strata: ", 8) != 0 || strstr(said, named) == NULL ||
        said[strlen(said) - 1] != '\n')
        fail_msg("%s is not named: %s", named, said);
}

/* It is opened without a word, and every response says these lines. */
static inline void assert_site_fields(const struct options *options, const char *expected)
{
    static struct site opened;
    const char *said;
    int status = open_site(&opened, options, &said);
    if (status != EX_OK) fail_msg("%d: %s", status, said);
    site_close(&opened);
    assert_string_equal(said, "");
    if (opened.fields_length != strlen(expected) ||
        memcmp(opened.fields, expected, opened.fields_length) != 0)
        fail_msg("%.*sinstead of\n%s", (int)opened.fields_length, opened.fields, expected);
}

#endif
