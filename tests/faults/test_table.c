/* docs/security.md says of each row of faults.def what is tried and what it comes to; and each call
 * that can be made to fail has a row. */
#include "tests/faults/support/rows.h"
#include "tests/system/support/steps.h"

#include <stdlib.h>
#include <string.h>

static const char *const calls[CALL_COUNT] = {
    "none",
#define CALL(name, type, failure, parameters, arguments)  #name,
#define AFTER(name, type, failure, parameters, arguments) #name,
#define OWN(name)                                         #name,
#include "tests/faults/calls.def"
};

static const char *const tests[] = {
#define GROUP(name, test) #test,
#include "tests/faults/groups.def"
};

enum { LINE = 1000 };

static void write_row(const struct fault_row *row, char line[LINE])
{
    const char *before = "";
    int used = snprintf(line, LINE, "| `%s` | %s | ", row->name, row->shown);
    for (unsigned outcome = 1; outcome < 1u << OUTCOME_BITS; outcome <<= 1) {
        if ((row->outcomes & outcome) == 0) continue;
        used +=
            snprintf(line + used, (size_t)(LINE - used), "%s%s", before, outcome_phrase(outcome));
        before = "; or ";
    }
    snprintf(line + used, (size_t)(LINE - used), " | %s | `%s` |\n", row->where, tests[row->group]);
}

static void test_the_table_of_the_page_is_this_one(void **state)
{
    const char *source = getenv("STRATA_SOURCE_DIR");
    char path[5000];
    char line[LINE];
    (void)state;
    snprintf(path, sizeof path, "%s/docs/security.md", source == NULL ? "." : source);
    char *page = file_text(path, NULL);
    char *at = page == NULL ? NULL : strstr(page, "\n## When a call fails\n");
    at = at == NULL ? NULL : strstr(at, "\n|---|---|---|---|---|\n");
    if (at == NULL) failed("%s has no table of calls that fail", path);
    at = strchr(at + 1, '\n') + 1;
    for (size_t i = 0; i < fault_row_count; i++) {
        write_row(&fault_rows[i], line);
        if (strncmp(at, line, strlen(line)) != 0)
            failed("the page has\n%.*s\nand it must be\n%s", (int)strcspn(at, "\n"), at, line);
        at += strlen(line);
    }
    if (*at == '|') failed("the page has more rows");
    free(page);
}

static void test_each_call_that_can_fail_has_a_row(void **state)
{
    (void)state;
    for (int call = CALL_NONE + 1; call < CALL_COUNT; call++) {
        bool found = false;
        for (size_t i = 0; i < fault_row_count; i++)
            found = found || (int)fault_rows[i].call == call;
        if (!found) failed("%s has no row in faults.def", calls[call]);
    }
}

/* With an argument: prints the table. */
int main(int count, char **arguments)
{
    const struct CMUnitTest all[] = {
        TEST(test_the_table_of_the_page_is_this_one),
        TEST(test_each_call_that_can_fail_has_a_row),
    };
    char line[LINE];
    (void)arguments;
    for (size_t i = 0; count > 1 && i < fault_row_count; i++) {
        write_row(&fault_rows[i], line);
        fputs(line, stdout);
    }
    return count > 1 ? 0 : cmocka_run_group_tests(all, NULL, NULL);
}
