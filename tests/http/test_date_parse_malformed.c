/* What is no HTTP-date: RFC 9110 §5.6.7, and of the calendar RFC 5322 §3.3. */
#include "tests/support/http_date.h"

static bool is_date(struct text date)
{
    int64_t seconds;
    return parse_text(date, in_2026, &seconds);
}

static void assert_no_date(struct text date)
{
    if (!is_date(date)) return;
    show_octets(date);
    fail_msg("taken");
}

static void test_the_three_forms_are_taken_as_they_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(three_forms); i++) assert_true(is_date(text_of(three_forms[i])));
}

/* RFC 5322 §3.3, by which §5.6.7 goes: the day of the week is the one implied by the date. */
static void test_any_other_day_of_the_week_is_refused(void **state)
{
    (void)state;
    for (size_t day = 1; day < 7; day++) {
        for (size_t form = 0; form < COUNT(three_forms); form++) {
            char date[64];
            const char *const *names = form == 1 ? long_days : short_days;
            const char *rest = three_forms[form] + strlen(names[0]);
            snprintf(date, sizeof date, "%s%s", names[day], rest);
            assert_no_date(text_of(date));
        }
    }
}

/* Where the day or the time of the day does not exist, no day of the week makes it a date. */
static const char *const outside_the_calendar[] = {
    "%s, 00 Nov 1994 08:49:37 GMT",
    "%s, 31 Nov 1994 08:49:37 GMT",
    "%s, 32 Jan 1994 08:49:37 GMT",
    "%s, 99 Jan 1994 08:49:37 GMT",
    "%s, 30 Feb 2000 00:00:00 GMT",
    "%s, 29 Feb 1900 00:00:00 GMT",
    "%s, 29 Feb 2100 00:00:00 GMT",
    "%s, 29 Feb 1999 00:00:00 GMT",
    "%s, 31 Apr 2001 00:00:00 GMT",
    "%s, 31 Jun 2001 00:00:00 GMT",
    "%s, 31 Sep 2001 00:00:00 GMT",
    "%s, 06 Nov 1994 24:00:00 GMT",
    "%s, 06 Nov 1994 99:00:00 GMT",
    "%s, 06 Nov 1994 08:60:00 GMT",
    "%s, 06 Nov 1994 08:99:00 GMT",
    "%s, 06 Nov 1994 08:49:60 GMT",
    "%s, 06 Nov 1994 22:59:60 GMT",
    "%s, 06 Nov 1994 23:58:60 GMT",
    "%s, 06 Nov 1994 23:59:61 GMT",
    "%s, 06 Nov 1994 23:59:99 GMT",
    "%s, 06 Nov 1994 00:00:60 GMT",
    "%s, 31 Nov 1994 23:59:60 GMT",
    "%s Nov  0 08:49:37 1994",
    "%s Nov 00 08:49:37 1994",
    "%s Nov 31 08:49:37 1994",
    "%s Feb 29 00:00:00 1999",
    "%s Nov  6 24:49:37 1994",
    "%s Nov  6 08:60:37 1994",
    "%s Nov  6 08:49:60 1994",
    "%s, 00-Nov-94 08:49:37 GMT",
    "%s, 31-Nov-94 08:49:37 GMT",
    "%s, 29-Feb-99 08:49:37 GMT",
    "%s, 06-Nov-94 24:49:37 GMT",
    "%s, 06-Nov-94 08:60:37 GMT",
    "%s, 06-Nov-94 08:49:60 GMT",
};

static void test_what_is_not_in_the_calendar_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(outside_the_calendar); i++)
        for (size_t day = 0; day < 7; day++) {
            char date[64];
            const char *form = outside_the_calendar[i] + strlen("%s");
            const char *name = strchr(form, '-') != NULL ? long_days[day] : short_days[day];
            snprintf(date, sizeof date, "%s%s", name, form);
            assert_no_date(text_of(date));
        }
}

static const char *const malformed[] = {
    "",
    " ",
    "0",
    "784111777",
    "GMT",
    "Sun",
    "Sunday",
    "1994-11-06T08:49:37Z",
    "1994-11-06 08:49:37",
    "20000229",
    "06 Nov 1994 08:49:37 GMT",
    ", 06 Nov 1994 08:49:37 GMT",
    " Nov  6 08:49:37 1994",
    /* another time zone, or none */
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 UT",
    "Sun, 06 Nov 1994 08:49:37 Z",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 06 Nov 1994 08:49:37 -0000",
    "Sun, 06 Nov 1994 08:49:37 EST",
    "Sun, 06 Nov 1994 08:49:37 GMT+1",
    "Sun Nov  6 08:49:37 1994 GMT",
    "Sun Nov  6 08:49:37 GMT 1994",
    /* HTTP-date is case sensitive */
    "sun, 06 Nov 1994 08:49:37 GMT",
    "SUN, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 nov 1994 08:49:37 GMT",
    "Sun, 06 NOV 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 gmt",
    "Sun, 06 Nov 1994 08:49:37 Gmt",
    "sunday, 06-Nov-94 08:49:37 GMT",
    "SUNDAY, 06-Nov-94 08:49:37 GMT",
    "Sunday, 06-NOV-94 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 gmt",
    "sun Nov  6 08:49:37 1994",
    "Sun nov  6 08:49:37 1994",
    /* not a name of a day or a month, or a name of another form */
    "Son, 06 Nov 1994 08:49:37 GMT",
    "So, 06 Nov 1994 08:49:37 GMT",
    "Sund, 06 Nov 1994 08:49:37 GMT",
    "Sunda, 06-Nov-94 08:49:37 GMT",
    "Sundays, 06-Nov-94 08:49:37 GMT",
    "Sunmon, 06-Nov-94 08:49:37 GMT",
    "0, 06 Nov 1994 08:49:37 GMT",
    "000, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06-Nov-94 08:49:37 GMT",
    "Sunday Nov  6 08:49:37 1994",
    "Sun, 06 November 1994 08:49:37 GMT",
    "Sunday, 06-November-94 08:49:37 GMT",
    "Sun, 06 Nop 1994 08:49:37 GMT",
    "Sun, 06 No 1994 08:49:37 GMT",
    "Sun, 06  1994 08:49:37 GMT",
    "Sun, 06 11 1994 08:49:37 GMT",
    "Sunday, 06-11-94 08:49:37 GMT",
    "Sunday, 06--94 08:49:37 GMT",
    "Sun   6 08:49:37 1994",
    /* too few digits or too many */
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun,  6 Nov 1994 08:49:37 GMT",
    "Sun, 006 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 94 08:49:37 GMT",
    "Sun, 06 Nov 994 08:49:37 GMT",
    "Sun, 06 Nov 01994 08:49:37 GMT",
    "Sun, 06 Nov 1994 8:49:37 GMT",
    "Sun, 06 Nov 1994  8:49:37 GMT",
    "Sun, 06 Nov 1994 008:49:37 GMT",
    "Sun, 06 Nov 1994 08:9:37 GMT",
    "Sun, 06 Nov 1994 08:049:37 GMT",
    "Sun, 06 Nov 1994 08:49:7 GMT",
    "Sun, 06 Nov 1994 08:49:037 GMT",
    "Sun, 06 Nov 1994 08:49:37.0 GMT",
    "Sun, 06 Nov 1994 08:49 GMT",
    "Sun, 06 Nov 4294969290 08:49:37 GMT",
    "Sun, 4294967302 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 4294967304:49:37 GMT",
    "Sunday, 06-Nov-1994 08:49:37 GMT",
    "Sunday, 6-Nov-94 08:49:37 GMT",
    "Sunday,  6-Nov-94 08:49:37 GMT",
    "Sunday, 06-Nov-4 08:49:37 GMT",
    "Sunday, 06-Nov-094 08:49:37 GMT",
    "Sun Nov 6 08:49:37 1994",
    "Sun Nov   6 08:49:37 1994",
    "Sun Nov 006 08:49:37 1994",
    "Sun Nov  06 08:49:37 1994",
    "Sun Nov 6  08:49:37 1994",
    "Sun Nov  6 08:49:37 94",
    "Sun Nov  6 08:49:37 01994",
    "Sun Nov  6  8:49:37 1994",
    /* signs are no digits, and neither are the letters of a form */
    "Sun, +6 Nov 1994 08:49:37 GMT",
    "Sun, -6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov +994 08:49:37 GMT",
    "Sun, 06 Nov -994 08:49:37 GMT",
    "Sun, 06 Nov 1994 +8:49:37 GMT",
    "Sun, 06 Nov 1994 08:+9:37 GMT",
    "Sun, 06 Nov 1994 08:49:-7 GMT",
    "Sun, dd Nov 1994 08:49:37 GMT",
    "Sun, d6 Nov 1994 08:49:37 GMT",
    "Sun, 06 n 1994 08:49:37 GMT",
    "Sun, 06 Nov yyyy 08:49:37 GMT",
    "Sun, 06 Nov 1994 h8:49:37 GMT",
    "Sun, 0x6 Nov 1994 08:49:37 GMT",
    /* white space and what stands between */
    " Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT ",
    "Sun,06 Nov 1994 08:49:37 GMT",
    "Sun,  06 Nov 1994 08:49:37 GMT",
    "Sun , 06 Nov 1994 08:49:37 GMT",
    "Sun 06 Nov 1994 08:49:37 GMT",
    "Sun,\t06 Nov 1994 08:49:37 GMT",
    "Sun, 06\tNov 1994 08:49:37 GMT",
    "Sun, 06  Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov  1994 08:49:37 GMT",
    "Sun, 06 Nov 1994  08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37  GMT",
    "Sun, 06 Nov 1994 08:49:37GMT",
    "Sun, 06 Nov 1994T08:49:37 GMT",
    "Sun, 06 Nov 1994 08 49 37 GMT",
    "Sun, 06 Nov 1994 08.49.37 GMT",
    "Sun, 06 Nov 1994 08:49-37 GMT",
    "Sun, 06-Nov-1994 08:49:37 GMT",
    "Sun, 06 Nov, 1994 08:49:37 GMT",
    "Sun. 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06 Nov 94 08:49:37 GMT",
    "Sunday, 06-Nov 94 08:49:37 GMT",
    "Sunday, 06 Nov-94 08:49:37 GMT",
    "Sunday 06-Nov-94 08:49:37 GMT",
    "Sun, Nov  6 08:49:37 1994",
    "Sun Nov  6, 08:49:37 1994",
    "Sun Nov  6 08:49:37, 1994",
    "Sun Nov  6 1994 08:49:37",
    "Sun 06 Nov 08:49:37 1994",
    "Sun Nov-06 08:49:37 1994",
    /* more than one, and what else is around one */
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT,",
    ",Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT; length=123",
    "\"Sun, 06 Nov 1994 08:49:37 GMT\"",
    "(Sun), 06 Nov 1994 08:49:37 GMT",
};

static void test_what_is_not_in_one_of_the_forms_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(malformed); i++) assert_no_date(text_of(malformed[i]));
}

static void test_a_date_without_its_end_or_its_beginning_is_refused(void **state)
{
    (void)state;
    for (size_t form = 0; form < COUNT(three_forms); form++) {
        struct text date = text_of(three_forms[form]);
        for (size_t length = 0; length < date.length; length++)
            assert_no_date(text_until(date, length));
        for (size_t offset = 1; offset < date.length; offset++)
            assert_no_date(text_from(date, offset));
    }
}

static void test_an_octet_more_anywhere_is_refused(void **state)
{
    (void)state;
    for (size_t form = 0; form < COUNT(three_forms); form++) {
        size_t length = strlen(three_forms[form]);
        for (size_t offset = 0; offset <= length; offset++) {
            for (int octet = 0; octet < 256; octet++) {
                char date[64];
                memcpy(date, three_forms[form], offset);
                date[offset] = (char)octet;
                memcpy(date + offset + 1, three_forms[form] + offset, length - offset);
                assert_no_date((struct text){date, length + 1});
            }
        }
    }
}

/* RFC 850's, of a Wednesday. */
static void test_nothing_may_follow_the_longest_date(void **state)
{
    char date[100] = "Wednesday, 09-Nov-94 08:49:37 GMT";
    size_t length = strlen(date);
    (void)state;
    assert_true(is_date((struct text){date, length}));
    while (length < sizeof date) {
        date[length] = " GMT"[length % 4];
        assert_no_date((struct text){date, ++length});
    }
}

/* A digit may become another one where the day of the week remains; in asctime's form the space of
 * the day may become a digit. Whatever else is changed, it is no date any more. */
static void test_an_octet_that_is_another_is_refused_unless_it_is_a_digit(void **state)
{
    (void)state;
    for (size_t form = 0; form < COUNT(three_forms); form++) {
        size_t length = strlen(three_forms[form]);
        for (size_t offset = 0; offset < length; offset++) {
            for (int octet = 0; octet < 256; octet++) {
                char date[64];
                memcpy(date, three_forms[form], length);
                bool was_digit = text_is_digit(date[offset]) || (form == 2 && offset == 8);
                if (was_digit && octet >= '0' && octet <= '9') continue;
                if (octet == (unsigned char)date[offset]) continue;
                date[offset] = (char)octet;
                assert_no_date((struct text){date, length});
            }
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_three_forms_are_taken_as_they_are),
        cmocka_unit_test(test_any_other_day_of_the_week_is_refused),
        cmocka_unit_test(test_what_is_not_in_the_calendar_is_refused),
        cmocka_unit_test(test_what_is_not_in_one_of_the_forms_is_refused),
        cmocka_unit_test(test_a_date_without_its_end_or_its_beginning_is_refused),
        cmocka_unit_test(test_an_octet_more_anywhere_is_refused),
        cmocka_unit_test(test_nothing_may_follow_the_longest_date),
        cmocka_unit_test(test_an_octet_that_is_another_is_refused_unless_it_is_a_digit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
