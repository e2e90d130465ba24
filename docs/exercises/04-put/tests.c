/* Exercise 4: PUT. */
#include "tests/exercises/exercise.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOST "Host: a\r\n"

static void put(const char *target, const char *lines, const char *content)
{
    ask_with("PUT %s HTTP/1.1\r\n" HOST "%sContent-Length: %zu\r\n\r\n%s", target, lines,
        strlen(content), content);
}

static void red_a_file_that_was_not_there_is_created(void)
{
    put("/new.txt", "", "new");
    expect_answer(201, "RFC 9110 §9.3.4");
    expect_file("new.txt", "new", "RFC 9110 §9.3.4");
    put("/empty.txt", "", "");
    expect_answer(201, "RFC 9110 §9.3.4");
    expect_file("empty.txt", "", "RFC 9110 §9.3.4");
}

static void red_a_file_that_was_there_is_replaced(void)
{
    site_has("file.txt", "the old one, which is longer");
    put("/file.txt", "", "the new one");
    expect_answer(204, "RFC 9110 §9.3.4");
    expect_file("file.txt", "the new one", "RFC 9110 §9.3.4");
}

/* The server believes for a second what it knows of a file: not after it wrote that itself. */
static void red_the_next_get_has_the_new_content(void)
{
    site_has("file.txt", "old");
    ask("GET /file.txt HTTP/1.1\r\n" HOST "\r\n");
    expect_content("old", "RFC 9110 §9.3.1");
    put("/file.txt", "", "new");
    ask("GET /file.txt HTTP/1.1\r\n" HOST "\r\n");
    expect_content("new", "RFC 9110 §9.3.4");
}

static void red_content_in_chunks_is_put_whole(void)
{
    begin_connection();
    send_in_pieces("PUT /new.txt HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
                   "5\r\nfirst\r\n8\r\n, second\r\n0\r\n\r\n",
        20);
    receive();
    expect_answer(201, "RFC 9112 §7.1");
    expect_file("new.txt", "first, second", "RFC 9112 §7.1");
}

/* Who has opened the file before is a GET that is being sent: it goes on with what it began. */
static void red_a_reader_never_sees_a_part_of_the_new_content(void)
{
    char seen[20] = "";
    site_has("file.txt", "the old content");
    int reader = open(site_path(&exercise.site, "file.txt").text, O_RDONLY | O_CLOEXEC);
    put("/file.txt", "", "NEW");
    expect_answer(204, "RFC 9110 §9.3.4");
    ssize_t count = read(reader, seen, sizeof seen - 1);
    close(reader);
    expect_that(count == 15 && strcmp(seen, "the old content") == 0, "RFC 9110 §9.3.4",
        "who has the old file open still reads it, not \"%s\"", seen);
}

static void red_nothing_else_is_left_in_the_directory(void)
{
    site_add_directory(&exercise.site, "dir");
    put("/dir/file.txt", "", "file");
    expect_answer(201, "RFC 9110 §9.3.4");
    expect_that(unlink(site_path(&exercise.site, "dir/file.txt").text) == 0 &&
            rmdir(site_path(&exercise.site, "dir").text) == 0,
        "RFC 9110 §9.3.4", "the file was alone in its directory");
}

static void red_a_file_in_another_state_stays_as_it_is(void)
{
    site_has("file.txt", "old");
    put("/file.txt", "If-Match: \"another\"\r\n", "new");
    expect_answer(412, "RFC 9110 §13.1.1");
    expect_file("file.txt", "old", "RFC 9110 §13.1.1");
    put("/nothing.txt", "If-Match: *\r\n", "new");
    expect_answer(412, "RFC 9110 §13.1.1");
    expect_file("nothing.txt", NULL, "RFC 9110 §13.1.1");
}

static void red_a_file_in_the_state_that_was_seen_is_replaced(void)
{
    char tag[100];
    site_has("file.txt", "old");
    ask("GET /file.txt HTTP/1.1\r\n" HOST "\r\n");
    snprintf(tag, sizeof tag, "If-Match: %s\r\n", response_field(&exercise.response, "ETag"));
    put("/file.txt", tag, "new");
    expect_answer(204, "RFC 9110 §13.1.1");
    expect_file("file.txt", "new", "RFC 9110 §13.1.1");
    put("/file.txt", tag, "newer");
    expect_answer(412, "RFC 9110 §13.1.1");
    expect_file("file.txt", "new", "RFC 9110 §13.1.1");
}

static void red_if_none_match_with_an_asterisk_only_creates(void)
{
    site_has("file.txt", "old");
    put("/file.txt", "If-None-Match: *\r\n", "new");
    expect_answer(412, "RFC 9110 §13.1.2");
    expect_file("file.txt", "old", "RFC 9110 §13.1.2");
    put("/new.txt", "If-None-Match: *\r\n", "new");
    expect_answer(201, "RFC 9110 §13.1.2");
}

static void red_a_part_is_not_taken_for_the_whole(void)
{
    site_has("file.txt", "old");
    put("/file.txt", "Content-Range: bytes 0-2/6\r\n", "new");
    expect_answer(400, "RFC 9110 §14.5");
    expect_file("file.txt", "old", "RFC 9110 §14.5");
}

static void red_no_directory_is_made(void)
{
    put("/dir/new.txt", "", "new");
    expect_answer(409, "RFC 9110 §15.5.10");
    expect_file("dir/new.txt", NULL, "RFC 9110 §15.5.10");
}

static void red_a_directory_is_not_replaced(void)
{
    site_has("dir/file.txt", "file");
    put("/dir", "", "new");
    expect_answer(409, "RFC 9110 §15.5.10");
    put("/dir/", "", "new");
    expect_answer(409, "RFC 9110 §15.5.10");
    expect_file("dir/file.txt", "file", "RFC 9110 §15.5.10");
}

static void red_what_is_hidden_cannot_be_written(void)
{
    put("/.hidden", "", "new");
    expect_answer(404, "RFC 9110 §15.5.5");
    expect_file(".hidden", NULL, "RFC 9110 §15.5.5");
}

static void red_a_link_is_replaced_and_not_what_it_leads_to(void)
{
    site_has("file.txt", "file");
    site_add_link(&exercise.site, "link.txt", "file.txt");
    put("/link.txt", "", "new");
    expect_answer(204, "RFC 9110 §9.3.4");
    expect_file("link.txt", "new", "RFC 9110 §9.3.4");
    expect_file("file.txt", "file", "RFC 9110 §9.3.4");
}

/* The sandbox is the second wall; this is about the first. */
static void guard_nothing_is_written_outside_the_root(void)
{
    site_has("../outside/file.txt", "outside");
    site_add_link(&exercise.site, "link.txt", "../outside/file.txt");
    site_add_link(&exercise.site, "out", "../outside");
    serve(ARGUMENTS("--no-sandbox"));
    put("/link.txt", "", "new");
    put("/out/file.txt", "", "new");
    put("/out/new.txt", "", "new");
    put("/%2e%2e/outside/file.txt", "", "new");
    expect_file("../outside/file.txt", "outside", "RFC 9110 §9.3.4");
    expect_file("../outside/new.txt", NULL, "RFC 9110 §9.3.4");
}

static void red_more_than_a_mebibyte_is_too_much(void)
{
    ask("PUT /new.txt HTTP/1.1\r\n" HOST "Content-Length: 1048577\r\n\r\n");
    expect_answer(413, "RFC 9110 §15.5.14");
    expect_closed("RFC 9110 §15.5.14");
    expect_file("new.txt", NULL, "RFC 9110 §15.5.14");
}

static void red_the_row_asks_for_the_right_to_write(void)
{
    expect_row_writes("PUT");
}

int main(int count, char **arguments)
{
    static const struct exercise_test tests[] = {
        EXERCISE_TEST(red_a_file_that_was_not_there_is_created),
        EXERCISE_TEST(red_a_file_that_was_there_is_replaced),
        EXERCISE_TEST(red_the_next_get_has_the_new_content),
        EXERCISE_TEST(red_content_in_chunks_is_put_whole),
        EXERCISE_TEST(red_a_reader_never_sees_a_part_of_the_new_content),
        EXERCISE_TEST(red_nothing_else_is_left_in_the_directory),
        EXERCISE_TEST(red_a_file_in_another_state_stays_as_it_is),
        EXERCISE_TEST(red_a_file_in_the_state_that_was_seen_is_replaced),
        EXERCISE_TEST(red_if_none_match_with_an_asterisk_only_creates),
        EXERCISE_TEST(red_a_part_is_not_taken_for_the_whole),
        EXERCISE_TEST(red_no_directory_is_made),
        EXERCISE_TEST(red_a_directory_is_not_replaced),
        EXERCISE_TEST(red_what_is_hidden_cannot_be_written),
        EXERCISE_TEST(red_a_link_is_replaced_and_not_what_it_leads_to),
        EXERCISE_TEST(guard_nothing_is_written_outside_the_root),
        EXERCISE_TEST(red_more_than_a_mebibyte_is_too_much),
        EXERCISE_TEST(red_the_row_asks_for_the_right_to_write),
    };
    return exercise_run(tests, sizeof tests / sizeof tests[0], count, arguments);
}
