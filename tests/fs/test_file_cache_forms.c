/* A file and what lies beside it in a content coding: looked up together, kept together. */
#include "tests/fs/cache.h"
#include "tests/support/look_ups.h"

enum {
    PLAIN = 1 << FILE_PLAIN,
    BR = 1 << FILE_BR,
    ZST = 1 << FILE_ZST,
    GZ = 1 << FILE_GZ,
    LARGE = FILE_SMALL_MAX + 100,
};

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/app.js", "the script");
    site_file("root/app.js.br", "the script, shortest");
    site_file("root/app.js.zst", "the script, short");
    site_file("root/app.js.gz", "the script, shorter");
    site_file("root/alone.txt", "alone");
    site_file("root/only.css", "the style");
    site_file("root/only.css.zst", "the style, short");
    site_file("root/about.html", "about");
    site_file("root/about.html.gz", "about, shorter");
    site_file("root/about.br", "another file");
    site_directory("root/dir");
    site_file("root/dir/index.html", "index of dir");
    site_file("root/dir/index.html.br", "index of dir, shortest");
    site_file("root/orphan.gz", "without the file itself");
    site_octets("root/large", LARGE, 1);
    site_octets("root/large.br", LARGE + 1, 2);
    site_octets("root/large.gz", 50, 3);
    site_file("root/odd", "odd");
    site_directory("root/odd.br");
    site_link("root/odd.gz", "../outside/secret");
    return 0;
}

static void assert_forms(const char *path, unsigned forms)
{
    static const enum file_form all[] = {FILE_PLAIN, FILE_BR, FILE_ZST, FILE_GZ};
    for (size_t i = 0; i < COUNT(all); i++) {
        bool is_there = (forms >> all[i] & 1) != 0;
        assert_int_equal(look(path, all[i], START), is_there ? FS_FOUND : FS_NOT_FOUND);
        if (is_there) assert_int_equal(lent.file.forms, forms);
    }
}

static void test_each_form_says_which_are_there(void **state)
{
    (void)state;
    assert_forms("/app.js", PLAIN | BR | ZST | GZ);
    assert_forms("/alone.txt", PLAIN);
    assert_forms("/only.css", PLAIN | ZST);
    assert_forms("/about", PLAIN | GZ);
    assert_forms("/large", PLAIN | BR | GZ);
}

static void test_each_form_has_its_content(void **state)
{
    (void)state;
    for (int64_t now = START; now < START + 2; now++) {
        assert_form("/app.js", FILE_GZ, now, "the script, shorter");
        assert_form("/app.js", FILE_BR, now, "the script, shortest");
        assert_form("/app.js", FILE_PLAIN, now, "the script");
        assert_form("/app.js", FILE_ZST, now, "the script, short");
    }
}

static void test_the_media_type_is_that_of_the_file_itself(void **state)
{
    (void)state;
    assert_form("/app.js", FILE_BR, START, "the script, shortest");
    assert_string_equal(lent.file.media_type, "text/javascript; charset=utf-8");
    assert_form("/about", FILE_GZ, START, "about, shorter");
    assert_string_equal(lent.file.media_type, "text/html; charset=utf-8");
}

static void test_a_form_lies_beside_what_the_path_was_completed_to(void **state)
{
    (void)state;
    assert_form("/about", FILE_GZ, START, "about, shorter");
    assert_string_equal(lent.file.ending, ".html");
    assert_form("/dir/", FILE_BR, START, "index of dir, shortest");
    assert_string_equal(lent.file.ending, "index.html");
    assert_int_equal(look("/about", FILE_BR, START), FS_NOT_FOUND);
}

static void test_each_form_has_its_own_time(void **state)
{
    (void)state;
    site_time("root/app.js", 1000000000, 1);
    site_time("root/app.js.gz", 1100000000, 2);
    assert_int_equal(look("/app.js", FILE_GZ, START), FS_FOUND);
    assert_int_equal(lent.file.modified.tv_sec, 1100000000);
    assert_int_equal(lent.file.modified.tv_nsec, 2);
    assert_int_equal(look("/app.js", FILE_PLAIN, START), FS_FOUND);
    assert_int_equal(lent.file.modified.tv_sec, 1000000000);
    assert_int_equal(lent.file.modified.tv_nsec, 1);
}

static void test_a_form_of_no_file_is_not_there(void **state)
{
    (void)state;
    assert_int_equal(look("/orphan", FILE_GZ, START), FS_NOT_FOUND);
    assert_int_equal(look("/orphan", FILE_PLAIN, START), FS_NOT_FOUND);
    assert_int_equal(look("/nothing", FILE_BR, START), FS_NOT_FOUND);
    assert_int_equal(look("/dir", FILE_BR, START), FS_DIRECTORY);
}

static void test_what_is_no_regular_file_is_no_form(void **state)
{
    (void)state;
    assert_forms("/odd", PLAIN);
}

static void test_all_forms_are_looked_up_with_the_first(void **state)
{
    (void)state;
    look_ups.calls = 0;
    assert_form("/app.js", FILE_ZST, START, "the script, short");
    assert_int_equal(look_ups.calls, FILE_FORMS);
    uint64_t entry = lent.loan.entry;
    for (int form = FILE_PLAIN; form < FILE_FORMS; form++) {
        assert_int_equal(look("/app.js", (enum file_form)form, START + 1), FS_FOUND);
        assert_int_equal(lent.loan.entry, entry);
    }
    assert_int_equal(look("/alone.txt", FILE_PLAIN, START), FS_FOUND);
    look_ups.calls = 0;
    assert_int_equal(look("/alone.txt", FILE_GZ, START + 1), FS_NOT_FOUND);
    assert_form("/app.js", FILE_PLAIN, START + 1, "the script");
    assert_int_equal(look_ups.calls, 0);
}

static void test_large_forms_are_open_beside_small_ones_in_memory(void **state)
{
    static char octets[LARGE + 1];
    (void)state;
    for (int64_t now = START; now < START + 2; now++) {
        assert_octets("/large", now, LARGE, 1);
        fill(octets, LARGE + 1, 2);
        assert_int_equal(look("/large", FILE_BR, now), FS_FOUND);
        assert_int_equal(lent.file.size, LARGE + 1);
        assert_memory_equal(lent.content, octets, LARGE + 1);
        assert_int_equal(look("/large", FILE_GZ, now), FS_FOUND);
        assert_non_null(lent.file.content);
        assert_int_equal(held(), 2);
    }
}

static void test_a_form_that_appears_or_goes_is_seen_after_a_second(void **state)
{
    (void)state;
    assert_forms("/only.css", PLAIN | ZST);
    remove_file("root/only.css.zst");
    site_file("root/only.css.br", "the style, shortest");
    assert_form("/only.css", FILE_ZST, START + SECOND - 1, "the style, short");
    assert_int_equal(look("/only.css", FILE_BR, START + SECOND - 1), FS_NOT_FOUND);
    assert_form("/only.css", FILE_BR, START + SECOND, "the style, shortest");
    assert_int_equal(lent.file.forms, PLAIN | BR);
    assert_int_equal(look("/only.css", FILE_ZST, START + SECOND), FS_NOT_FOUND);
}

static void test_a_large_form_that_is_written_into_is_seen_at_once(void **state)
{
    (void)state;
    site_octets("root/log", 10, 1);
    site_octets("root/log.gz", LARGE, 2);
    site_time("root/log.gz", 1234567890, 5);
    assert_int_equal(look("/log", FILE_GZ, START), FS_FOUND);
    overwrite_file("root/log.gz", LARGE + 10, 3);
    assert_int_equal(look("/log", FILE_GZ, START + 1), FS_FOUND);
    assert_int_equal(lent.file.size, LARGE + 10);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CACHED(test_each_form_says_which_are_there),
        CACHED(test_each_form_has_its_content),
        CACHED(test_the_media_type_is_that_of_the_file_itself),
        CACHED(test_a_form_lies_beside_what_the_path_was_completed_to),
        CACHED(test_each_form_has_its_own_time),
        CACHED(test_a_form_of_no_file_is_not_there),
        CACHED(test_what_is_no_regular_file_is_no_form),
        CACHED(test_all_forms_are_looked_up_with_the_first),
        CACHED(test_large_forms_are_open_beside_small_ones_in_memory),
        CACHED(test_a_form_that_appears_or_goes_is_seen_after_a_second),
        CACHED(test_a_large_form_that_is_written_into_is_seen_at_once),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
