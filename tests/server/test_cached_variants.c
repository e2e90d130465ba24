/* Forms of a file are kept together, each with its own content and fields: RFC 9110 §8.8.3.3. */
#include "tests/server/kept.h"
#include "tests/server/variants.h"

static void test_each_coding_is_kept_with_its_own_fields(void **state)
{
    static const struct {
        const char *wanted, *coding, *content;
    } rows[] = {
        {"gzip", "gzip", script_gz},
        {"br", "br", script_br},
        {"identity", NULL, script},
        {"zstd", "zstd", script_zst},
        {"x-gzip", "gzip", script_gz},
        {"", NULL, script},
    };
    (void)state;
    char tags[COUNT(rows)][100];
    ask_accepting("/app.js", "br");
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT(rows); i++) {
            char lines[100];
            snprintf(lines, sizeof lines, "Accept-Encoding: %s\r\n", rows[i].wanted);
            assert_variant(ask_kept("GET", "/app.js", lines), rows[i].coding,
                "text/javascript; charset=utf-8", rows[i].content);
            const char *tag = tag_with("/app.js", lines);
            if (round == 0) strcpy(tags[i], tag);
            assert_string_equal(tag, tags[i]);
        }
    }
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < i; j++) assert_string_not_equal(tags[i], tags[j]);
    assert_string_equal(tags[4], tags[0]);
    assert_string_equal(tags[5], tags[2]);
}

static void test_variants_are_the_same(void **state)
{
    static const char *const targets[] = {
        "/app.js", "/", "/about", "/large.js", "/alone.txt", "/odd.txt", "/same.txt"};
    static const char *const codings[] = {"gzip", "br", "zstd", "identity", "identity;q=0", "*"};
    char lines[100];
    (void)state;
    for (size_t i = 0; i < COUNT(targets); i++) {
        for (size_t j = 0; j < COUNT(codings); j++) {
            snprintf(lines, sizeof lines, "Accept-Encoding: %s\r\n", codings[j]);
            assert_same_kept("GET", targets[i], lines, HTTP_OK);
            assert_same_kept("HEAD", targets[i], lines, HTTP_OK);
        }
    }
}

static void test_kept_forms_of_one_length_and_time_have_two_tags(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        assert_string_not_equal(
            tag_of("/same.txt"), tag_with("/same.txt", "Accept-Encoding: gzip\r\n"));
}

/* Not even where one that is not there weighs more. */
static void test_of_the_kept_forms_one_that_is_there_is_chosen(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        assert_variant(ask_accepting("/same.txt", "br, zstd;q=0.9, gzip;q=0.5"), "gzip",
            "text/plain; charset=utf-8", "654321");
}

static int passes;
static const char *victim;

/* Removes the victim and, at the end of the test, puts it back during the last look-up. */
static void remove_victim(void)
{
    if (passes-- > 0)
        look_ups.meanwhile = remove_victim;
    else
        renameat(site.directory, victim, site.directory, "away");
}

static void remove_at_look_up(const char *name, int number)
{
    victim = name;
    passes = number;
    remove_victim();
}

static void put_back(void)
{
    assert_int_equal(renameat(site.directory, "away", site.directory, victim), 0);
}

/* A file has four look-ups: its own, and those of its forms. */
static void test_a_variant_that_vanishes_before_it_is_opened_is_not_chosen(void **state)
{
    static const char *const names[] = {"root/app.js.gz", "root/large.js.gz"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char target[20] = "";
        strncat(target, names[i] + 4, strlen(names[i]) - 7);
        keep(false);
        take_answer(ask_accepting(target, "identity"), &without);
        remove_at_look_up(names[i], 5);
        take_answer(ask_accepting(target, "gzip"), &anew);
        put_back();
        assert_same_answer(&anew, &without);
        assert_field(&asked->response, "Vary", "Accept-Encoding");
        assert_int_equal(passes, -1);
    }
}

static void test_for_a_second_a_variant_that_vanished_is_what_it_was(void **state)
{
    (void)state;
    assert_script("gzip", "gzip", script_gz);
    remove_at_look_up("root/app.js.gz", 0);
    ask_kept("GET", "/app.js", "Accept-Encoding: gzip\r\n");
    assert_script("gzip", "gzip", script_gz);
    wait_for(KEPT_SECOND);
    assert_script("gzip", NULL, script);
    put_back();
}

/* RFC 9110 §12.5.5: nothing is left to choose from. */
static void test_when_the_last_variant_is_gone_the_file_does_not_vary(void **state)
{
    (void)state;
    assert_variant(
        ask_accepting("/same.txt", "gzip"), "gzip", "text/plain; charset=utf-8", "654321");
    assert_field(&ask_accepting("/same.txt", "br")->response, "Vary", "Accept-Encoding");
    remove_at_look_up("root/same.txt.gz", 0);
    wait_for(KEPT_SECOND);
    assert_no_field(&ask_accepting("/same.txt", "gzip")->response, "Vary");
    assert_no_field(&ask_accepting("/same.txt", "gzip")->response, "Content-Encoding");
    put_back();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEEPING(test_each_coding_is_kept_with_its_own_fields),
        KEEPING(test_variants_are_the_same),
        KEEPING(test_kept_forms_of_one_length_and_time_have_two_tags),
        KEEPING(test_of_the_kept_forms_one_that_is_there_is_chosen),
        KEEPING(test_a_variant_that_vanishes_before_it_is_opened_is_not_chosen),
        KEEPING(test_for_a_second_a_variant_that_vanished_is_what_it_was),
        KEEPING(test_when_the_last_variant_is_gone_the_file_does_not_vary),
    };
    return cmocka_run_group_tests(tests, make_variants, ask_close);
}
