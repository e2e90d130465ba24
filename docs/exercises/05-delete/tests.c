/* Exercise 5: DELETE. */
#include "tests/exercises/exercise.h"

#include <unistd.h>

#define HOST "Host: a\r\n"

static void remove_of(const char *target)
{
    ask_with("DELETE %s HTTP/1.1\r\n" HOST "\r\n", target);
}

static void red_a_file_is_removed(void)
{
    site_has("file.txt", "file");
    remove_of("/file.txt");
    expect_answer(204, "RFC 9110 §9.3.5");
    expect_file("file.txt", NULL, "RFC 9110 §9.3.5");
}

/* The server believes for a second what it knows of a file: not after it removed that itself. */
static void red_the_next_get_does_not_find_it(void)
{
    static const char *const names[] = {"a.txt", "b.txt", "c.txt"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        site_has(names[i], "file");
        ask_with("GET /%s HTTP/1.1\r\n" HOST "\r\n", names[i]);
        expect_answer(200, "RFC 9110 §9.3.1");
        ask_with("DELETE /%s HTTP/1.1\r\n" HOST "\r\n", names[i]);
        expect_answer(204, "RFC 9110 §9.3.5");
        ask_with("GET /%s HTTP/1.1\r\n" HOST "\r\n", names[i]);
        expect_answer(404, "RFC 9110 §15.5.5");
    }
}

static void red_what_was_never_there_is_not_found(void)
{
    remove_of("/nothing.txt");
    expect_answer(404, "RFC 9110 §15.5.5");
    remove_of("/nothing/file.txt");
    expect_answer(404, "RFC 9110 §15.5.5");
}

/* No status says "already done": the second client is told what is so. */
static void red_a_second_delete_finds_nothing(void)
{
    site_has("file.txt", "file");
    remove_of("/file.txt");
    remove_of("/file.txt");
    expect_answer(404, "RFC 9110 §15.5.5");
}

/* GET finds about.html under /about; what is removed is named to the letter. */
static void red_the_name_is_taken_to_the_letter(void)
{
    site_has("about.html", "about");
    site_has("dir/index.html", "index");
    remove_of("/about");
    expect_answer(404, "RFC 9110 §15.5.5");
    expect_file("about.html", "about", "RFC 9110 §9.3.5");
    remove_of("/dir/");
    expect_file("dir/index.html", "index", "RFC 9110 §9.3.5");
}

static void red_a_directory_is_refused_as_a_conflict(void)
{
    site_add_directory(&exercise.site, "dir");
    remove_of("/dir");
    expect_answer(409, "RFC 9110 §15.5.10");
    remove_of("/dir/");
    expect_answer(409, "RFC 9110 §15.5.10");
}

/* Even an empty one. */
static void guard_a_directory_stays(void)
{
    site_add_directory(&exercise.site, "dir");
    remove_of("/dir");
    remove_of("/dir/");
    expect_that(access(site_path(&exercise.site, "dir").text, F_OK) == 0, "RFC 9110 §9.3.5",
        "the directory is still there");
}

static void red_a_link_is_removed_and_not_what_it_leads_to(void)
{
    site_has("file.txt", "file");
    site_add_link(&exercise.site, "link.txt", "file.txt");
    remove_of("/link.txt");
    expect_answer(204, "RFC 9110 §9.3.5");
    expect_file("link.txt", NULL, "RFC 9110 §9.3.5");
    expect_file("file.txt", "file", "RFC 9110 §9.3.5");
}

/* The sandbox is the second wall; this is about the first. */
static void guard_nothing_outside_the_root_is_removed(void)
{
    site_has("../outside/file.txt", "outside");
    site_add_link(&exercise.site, "out", "../outside");
    serve(ARGUMENTS("--no-sandbox"));
    remove_of("/out/file.txt");
    remove_of("/%2e%2e/outside/file.txt");
    expect_file("../outside/file.txt", "outside", "RFC 9110 §9.3.5");
}

static void red_a_file_in_another_state_stays(void)
{
    site_has("file.txt", "file");
    ask("DELETE /file.txt HTTP/1.1\r\n" HOST "If-Match: \"another\"\r\n\r\n");
    expect_answer(412, "RFC 9110 §13.1.1");
    expect_file("file.txt", "file", "RFC 9110 §13.1.1");
}

static void red_a_file_in_the_state_that_was_seen_is_removed(void)
{
    site_has("file.txt", "file");
    ask("GET /file.txt HTTP/1.1\r\n" HOST "\r\n");
    ask_with("DELETE /file.txt HTTP/1.1\r\n" HOST "If-Match: %s\r\n\r\n",
        response_field(&exercise.response, "ETag"));
    expect_answer(204, "RFC 9110 §13.1.1");
    expect_file("file.txt", NULL, "RFC 9110 §9.3.5");
}

/* §13.2.1: for what would be an error anyway, no precondition counts. */
static void red_where_nothing_is_preconditions_do_not_count(void)
{
    ask("DELETE /nothing.txt HTTP/1.1\r\n" HOST "If-Match: *\r\n\r\n");
    expect_answer(404, "RFC 9110 §13.2.1");
}

static void red_the_row_asks_for_the_right_to_write(void)
{
    expect_row_writes("DELETE");
}

int main(int count, char **arguments)
{
    static const struct exercise_test tests[] = {
        EXERCISE_TEST(red_a_file_is_removed),
        EXERCISE_TEST(red_the_next_get_does_not_find_it),
        EXERCISE_TEST(red_what_was_never_there_is_not_found),
        EXERCISE_TEST(red_a_second_delete_finds_nothing),
        EXERCISE_TEST(red_the_name_is_taken_to_the_letter),
        EXERCISE_TEST(red_a_directory_is_refused_as_a_conflict),
        EXERCISE_TEST(guard_a_directory_stays),
        EXERCISE_TEST(red_a_link_is_removed_and_not_what_it_leads_to),
        EXERCISE_TEST(guard_nothing_outside_the_root_is_removed),
        EXERCISE_TEST(red_a_file_in_another_state_stays),
        EXERCISE_TEST(red_a_file_in_the_state_that_was_seen_is_removed),
        EXERCISE_TEST(red_where_nothing_is_preconditions_do_not_count),
        EXERCISE_TEST(red_the_row_asks_for_the_right_to_write),
    };
    return exercise_run(tests, sizeof tests / sizeof tests[0], count, arguments);
}
