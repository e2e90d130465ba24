/* What a borrower made of a file is lent with it, as long as that very file is kept. */
#include "tests/fs/cache.h"

enum { LARGE = FILE_SMALL_MAX + 1 };

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_file("root/app.js", "the script");
    site_file("root/app.js.gz", "the script, shorter");
    site_file("root/other", "another file");
    site_octets("root/large", LARGE, 1);
    return 0;
}

static void annotate(const char *note)
{
    file_cache_annotate(&cache, &lent.loan, note, strlen(note));
}

static void assert_note(const char *path, enum file_form form, int64_t now, const char *note)
{
    assert_int_equal(look(path, form, now), FS_FOUND);
    assert_int_equal(lent.loan.note_length, strlen(note));
    assert_memory_equal(lent.loan.note, note, strlen(note));
}

static void test_there_is_no_note_before_there_is_one(void **state)
{
    (void)state;
    assert_note("/app.js", FILE_PLAIN, START, "");
    assert_note("/app.js", FILE_PLAIN, START + 1, "");
}

static void test_a_note_is_lent_with_the_file_from_then_on(void **state)
{
    static const char *const paths[] = {"/app.js", "/large"};
    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) {
        assert_note(paths[i], FILE_PLAIN, START, "");
        annotate("a note");
        assert_note(paths[i], FILE_PLAIN, START, "a note");
        assert_note(paths[i], FILE_PLAIN, START + SECOND - 1, "a note");
    }
}

static void test_each_form_has_a_note_of_its_own(void **state)
{
    (void)state;
    assert_note("/app.js", FILE_GZ, START, "");
    annotate("of what is shorter");
    assert_note("/app.js", FILE_PLAIN, START, "");
    annotate("of the file");
    assert_note("/app.js", FILE_GZ, START, "of what is shorter");
    assert_note("/app.js", FILE_PLAIN, START, "of the file");
}

static void test_a_note_is_of_one_file_alone(void **state)
{
    (void)state;
    assert_note("/app.js", FILE_PLAIN, START, "");
    annotate("a note");
    assert_note("/other", FILE_PLAIN, START, "");
}

static void test_a_later_note_takes_the_place_of_the_one_before(void **state)
{
    (void)state;
    assert_note("/app.js", FILE_PLAIN, START, "");
    annotate("a note, a long one");
    annotate("short");
    assert_note("/app.js", FILE_PLAIN, START, "short");
    annotate("longer again");
    assert_note("/app.js", FILE_PLAIN, START, "longer again");
    annotate("");
    assert_note("/app.js", FILE_PLAIN, START, "");
}

static void test_a_note_goes_with_what_was_kept(void **state)
{
    (void)state;
    assert_note("/app.js", FILE_PLAIN, START, "");
    annotate("a note");
    assert_note("/app.js", FILE_PLAIN, START + SECOND, "");
    assert_note("/app.js", FILE_PLAIN, START + SECOND, "");
}

/* The borrower took its time: another file may be kept under that path. */
static void test_a_note_is_not_kept_beside_a_newer_look(void **state)
{
    (void)state;
    assert_note("/app.js", FILE_PLAIN, START, "");
    struct loan old = lent.loan;
    assert_note("/app.js", FILE_PLAIN, START + SECOND, "");
    file_cache_annotate(&cache, &old, "an old note", 11);
    assert_note("/app.js", FILE_PLAIN, START + SECOND, "");
}

static void test_a_note_of_a_large_file_that_was_written_into_is_gone(void **state)
{
    (void)state;
    site_octets("root/written", LARGE, 1);
    site_time("root/written", 1234567890, 5);
    assert_note("/written", FILE_PLAIN, START, "");
    struct loan old = lent.loan;
    annotate("a note");
    overwrite_file("root/written", LARGE, 2);
    assert_note("/written", FILE_PLAIN, START, "");
    file_cache_annotate(&cache, &old, "an old note", 11);
    assert_note("/written", FILE_PLAIN, START, "");
}

static void test_a_note_of_what_is_no_longer_kept_is_dropped(void **state)
{
    (void)state;
    site_file("root/removed", "removed");
    assert_note("/removed", FILE_PLAIN, START, "");
    struct loan old = lent.loan;
    remove_file("root/removed");
    assert_look("/removed", START + SECOND, FS_NOT_FOUND);
    file_cache_annotate(&cache, &old, "an old note", 11);
    assert_look("/removed", START + SECOND, FS_NOT_FOUND);
}

static void test_a_note_for_what_was_not_found_is_dropped(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_look("/nothing", START, FS_NOT_FOUND);
        annotate("a note");
        assert_int_equal(look("/other", FILE_BR, START), FS_NOT_FOUND);
        annotate("a note");
        assert_note("/other", FILE_PLAIN, START, "");
    }
}

static void test_a_note_may_have_512_octets(void **state)
{
    char note[FILE_NOTE_MAX];
    (void)state;
    fill(note, sizeof note, 9);
    assert_look("/app.js", START, FS_FOUND);
    file_cache_annotate(&cache, &lent.loan, guard_end(1, note, sizeof note), sizeof note);
    assert_lent("/app.js", START, "the script");
    assert_int_equal(lent.loan.note_length, sizeof note);
    assert_memory_equal(lent.loan.note, note, sizeof note);
}

static void test_a_lent_note_is_the_borrowers_own(void **state)
{
    (void)state;
    assert_note("/app.js", FILE_PLAIN, START, "");
    annotate("a note");
    assert_note("/app.js", FILE_PLAIN, START, "a note");
    memset(lent.loan.note, 'X', sizeof lent.loan.note);
    assert_note("/app.js", FILE_PLAIN, START, "a note");
}

static void test_nothing_is_noted_where_nothing_is_kept(void **state)
{
    (void)state;
    cache_restart(BUDGET, false);
    assert_note("/app.js", FILE_PLAIN, START, "");
    annotate("a note");
    assert_note("/app.js", FILE_PLAIN, START, "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CACHED(test_there_is_no_note_before_there_is_one),
        CACHED(test_a_note_is_lent_with_the_file_from_then_on),
        CACHED(test_each_form_has_a_note_of_its_own),
        CACHED(test_a_note_is_of_one_file_alone),
        CACHED(test_a_later_note_takes_the_place_of_the_one_before),
        CACHED(test_a_note_goes_with_what_was_kept),
        CACHED(test_a_note_is_not_kept_beside_a_newer_look),
        CACHED(test_a_note_of_a_large_file_that_was_written_into_is_gone),
        CACHED(test_a_note_of_what_is_no_longer_kept_is_dropped),
        CACHED(test_a_note_for_what_was_not_found_is_dropped),
        CACHED(test_a_note_may_have_512_octets),
        CACHED(test_a_lent_note_is_the_borrowers_own),
        CACHED(test_nothing_is_noted_where_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
