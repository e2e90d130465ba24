/* The page of a directory: sizes and times. What a file is said to be is put in by the linker (see
 * test_listing_cells.link). */
#include "tests/server/listed_page.h"

static struct {
    bool says;
    int64_t size;
    int64_t modified;
} fake;

int __real_fstatat(int directory, const char *name, struct stat *status, int flags);
int __wrap_fstatat(int directory, const char *name, struct stat *status, int flags);

int __wrap_fstatat(int directory, const char *name, struct stat *status, int flags)
{
    int result = __real_fstatat(directory, name, status, flags);
    if (fake.says && result == 0) {
        status->st_size = fake.size;
        status->st_mtim.tv_sec = fake.modified;
    }
    return result;
}

static int make_site(void **state)
{
    if (site_make(state) != 0) return -1;
    site_directory("root/sizes");
    site_file("root/sizes/file", "");
    site_directory("root/mixed");
    site_directory("root/mixed/dir");
    site_file("root/mixed/five.txt", "12345");
    return 0;
}

/* The cell behind a file of that size. */
static void assert_size(int64_t size, const char *expected)
{
    char cell[64];
    fake.says = true;
    fake.size = size;
    fake.modified = 86400;
    const char *page = listed_page("/sizes/");
    fake.says = false;
    snprintf(cell, sizeof cell, "file</a><td>%s<td>", expected);
    assert_in_page(page, cell);
}

static void test_sizes_under_a_kibibyte_are_in_octets(void **state)
{
    (void)state;
    assert_size(0, "0 B");
    assert_size(1, "1 B");
    assert_size(999, "999 B");
    assert_size(1023, "1023 B");
}

static void test_larger_sizes_have_one_decimal(void **state)
{
    const int64_t kibi = 1024;
    (void)state;
    assert_size(kibi, "1.0 KiB");
    assert_size(kibi + 51, "1.0 KiB");
    assert_size(kibi + 52, "1.1 KiB");
    assert_size(1536, "1.5 KiB");
    assert_size(kibi * kibi, "1.0 MiB");
    assert_size(kibi * kibi * 10 + kibi * 512, "10.5 MiB");
    assert_size(kibi * kibi * kibi, "1.0 GiB");
    assert_size(kibi * kibi * kibi * kibi, "1.0 TiB");
    assert_size(kibi * kibi * kibi * kibi * kibi, "1.0 PiB");
    assert_size(kibi * kibi * kibi * kibi * kibi * kibi, "1.0 EiB");
    assert_size(INT64_MAX, "8.0 EiB");
}

/* What is rounded up to 1024.0 is 1.0 of the next unit. */
static void test_no_size_is_1024_of_a_unit(void **state)
{
    static const char units[] = "KMGTPE";
    int64_t unit = 1024;
    (void)state;
    for (size_t i = 0; i + 1 < strlen(units); i++, unit *= 1024) {
        char largest[16] = "1023.9 ?iB";
        char next[16] = "1.0 ?iB";
        largest[7] = units[i];
        next[4] = units[i + 1];
        assert_size(unit * 1024 - 1, next);
        assert_size(unit * 1024 - unit / 32, next);
        assert_size(unit * 1024 - unit / 8, largest);
        assert_size(unit * 1023 + unit / 16 * 15, largest);
        assert_size(unit * 1024, next);
    }
}

static void test_a_directory_has_no_size(void **state)
{
    (void)state;
    assert_in_page(listed_page("/mixed/"), "dir/</a><td><td>");
    assert_in_page(listed_page("/mixed/"), "five.txt</a><td>5 B<td>");
}

static void assert_time(int64_t seconds, const char *expected)
{
    char cell[64];
    fake.says = true;
    fake.size = 0;
    fake.modified = seconds;
    const char *page = listed_page("/sizes/");
    fake.says = false;
    snprintf(cell, sizeof cell, "<td>0 B<td>%s\n", expected);
    assert_in_page(page, cell);
}

static void test_times_are_in_utc_to_the_minute(void **state)
{
    (void)state;
    assert_int_equal(setenv("TZ", "America/New_York", 1), 0);
    tzset();
    assert_time(784111777, "1994-11-06 08:49");
    assert_time(951782400 + 86399, "2000-02-29 23:59");
    assert_time(0, "1970-01-01 00:00");
    assert_time(-1, "1969-12-31 23:59");
    assert_time(253402300799, "9999-12-31 23:59");
    assert_in_page(listed_page("/sizes/"), "<th>Modified (UTC)");
    assert_int_equal(unsetenv("TZ"), 0);
}

/* A time stamp may be any number: a page is a page all the same, with a date or none. */
static void test_a_time_that_no_date_says_does_no_harm(void **state)
{
    static const int64_t times[] = {
        253402300800, 67768036191676799, 67768036191676800, INT64_MAX, INT64_MIN, -62167219201};
    (void)state;
    for (size_t i = 0; i < COUNT(times); i++) {
        fake.says = true;
        fake.size = 0;
        fake.modified = times[i];
        const char *page = listed_page("/sizes/");
        fake.says = false;
        const char *cell = strstr(page, "file</a><td>0 B<td>");
        assert_non_null(cell);
        cell += strlen("file</a><td>0 B<td>");
        assert_int_equal(cell[strspn(cell, "0123456789-: +")], '\n');
        const bool has_date = times[i] <= 67768036191676799 && times[i] > INT64_MIN;
        assert_int_equal(*cell != '\n', has_date);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_under_a_kibibyte_are_in_octets),
        cmocka_unit_test(test_larger_sizes_have_one_decimal),
        cmocka_unit_test(test_no_size_is_1024_of_a_unit),
        cmocka_unit_test(test_a_directory_has_no_size),
        cmocka_unit_test(test_times_are_in_utc_to_the_minute),
        cmocka_unit_test(test_a_time_that_no_date_says_does_no_harm),
    };
    return cmocka_run_group_tests(tests, make_site, site_remove);
}
