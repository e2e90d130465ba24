/* Exercise 3: POST, a guest book. */
#include "tests/exercises/exercise.h"

#include <stdlib.h>
#include <string.h>

#define HOST "Host: a\r\n"
#define PAGE "<!doctype html>\n<h1>Guest book</h1>\n"

static void sign(const char *entry)
{
    ask_with("POST /guest-book.html HTTP/1.1\r\n" HOST
             "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s",
        strlen(entry), entry);
}

static void red_an_entry_leads_to_the_page_that_has_it(void)
{
    site_has("guest-book.html", PAGE);
    ask("GET /guest-book.html HTTP/1.1\r\n" HOST "\r\n");
    expect_content(PAGE, "RFC 9110 §9.3.1");
    sign("I was here.");
    expect_answer(303, "RFC 9110 §9.3.3");
    expect_field("Location", "/guest-book.html", "RFC 9110 §15.4.4");
    ask("GET /guest-book.html HTTP/1.1\r\n" HOST "\r\n");
    expect_content(PAGE "<p>I was here.</p>\n", "RFC 9110 §9.3.3");
}

static void red_entries_stand_in_the_order_in_which_they_came(void)
{
    site_has("guest-book.html", PAGE);
    sign("one");
    sign("two");
    sign("three");
    expect_file(
        "guest-book.html", PAGE "<p>one</p>\n<p>two</p>\n<p>three</p>\n", "RFC 9110 §9.3.3");
}

static void red_the_first_entry_makes_the_book(void)
{
    sign("first");
    expect_answer(303, "RFC 9110 §9.3.3");
    expect_file("guest-book.html", "<p>first</p>\n", "RFC 9110 §9.3.3");
}

/* The page is HTML, and an entry is what a stranger sent. */
static void red_no_entry_is_markup(void)
{
    sign("<script>alert(1)</script>");
    expect_file(
        "guest-book.html", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n", "RFC 9110 §17.4");
    sign("a & b &lt; \"c\" 'd'");
    expect_file("guest-book.html",
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
        "<p>a &amp; b &amp;lt; &quot;c&quot; &#39;d&#39;</p>\n",
        "RFC 9110 §17.4");
}

/* A stream has no messages: what one receive brings is not the content. */
static void red_an_entry_that_comes_in_pieces_is_whole(void)
{
    begin_connection();
    send_in_pieces("POST /guest-book.html HTTP/1.1\r\n" HOST
                   "Content-Type: text/plain\r\nContent-Length: 26\r\n\r\n"
                   "abcdefghijklmnopqrstuvwxyz",
        10);
    receive();
    expect_answer(303, "RFC 9112 §6.3");
    expect_file("guest-book.html", "<p>abcdefghijklmnopqrstuvwxyz</p>\n", "RFC 9112 §6.3");
    expect_usable("RFC 9112 §9.3");
}

static void red_an_entry_in_chunks_is_whole(void)
{
    ask("POST /guest-book.html HTTP/1.1\r\n" HOST
        "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
        "4\r\none,\r\n5\r\n two,\r\n6\r\n three\r\n0\r\n\r\n");
    expect_answer(303, "RFC 9112 §7.1");
    expect_file("guest-book.html", "<p>one, two, three</p>\n", "RFC 9112 §7.1");
}

static void red_an_entry_has_all_its_lines(void)
{
    sign("one\r\ntwo\n\nthree");
    expect_file("guest-book.html", "<p>one\r\ntwo\n\nthree</p>\n", "RFC 9110 §6.4");
}

/* Content-Length is where the content ends, whatever comes after it. */
static void red_what_follows_an_entry_is_the_next_request(void)
{
    begin_connection();
    send_text("POST /guest-book.html HTTP/1.1\r\n" HOST
              "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nentry"
              "GET /guest-book.html HTTP/1.1\r\n" HOST "\r\n");
    receive();
    expect_answer(303, "RFC 9112 §9.3.2");
    receive();
    expect_answer(200, "RFC 9112 §9.3.2");
    expect_content("<p>entry</p>\n", "RFC 9112 §6.3");
}

static void sign_with(size_t length, const char *end)
{
    char *entry = calloc(1, length + 1);
    if (entry == NULL) abort();
    memset(entry, 'x', length);
    memcpy(entry + length - strlen(end), end, strlen(end));
    sign(entry);
    free(entry);
}

static void red_an_entry_of_1000_octets_is_taken(void)
{
    sign_with(1000, "<&>");
    expect_answer(303, "RFC 9110 §9.3.3");
    ask("GET /guest-book.html HTTP/1.1\r\n" HOST "\r\n");
    expect_content_has("xxx&lt;&amp;&gt;</p>", "RFC 9110 §9.3.3");
}

/* In the page each of them has six octets. */
static void red_an_entry_of_1000_quotation_marks_is_whole(void)
{
    char entry[1001] = "";
    char page[sizeof "<p></p>\n" + 6000] = "<p>";
    memset(entry, '"', 1000);
    for (size_t i = 0; i < 1000; i++) memcpy(page + 3 + 6 * i, "&quot;", 6);
    memcpy(page + 3 + 6000, "</p>\n", 5);
    sign(entry);
    expect_answer(303, "RFC 9110 §9.3.3");
    expect_file("guest-book.html", page, "RFC 9110 §9.3.3");
}

/* What is left of it must not be taken for a request: RFC 9112 §11.2. */
static void red_more_than_1000_octets_are_refused_and_not_looked_into(void)
{
    site_has("guest-book.html", PAGE);
    site_has("other.txt", "other");
    sign_with(1000 + 45, "GET /other.txt HTTP/1.1\r\nHost: a\r\nX-Pad: p\r\n\r\n");
    expect_answer(413, "RFC 9110 §15.5.14");
    expect_closed("RFC 9112 §11.2");
    expect_file("guest-book.html", PAGE, "RFC 9110 §15.5.14");
}

static void red_other_targets_have_no_such_method(void)
{
    site_has("file.html", "file");
    ask("POST /file.html HTTP/1.1\r\n" HOST
        "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nentry");
    expect_answer(405, "RFC 9110 §15.5.6");
    expect_element("Allow", "GET", "RFC 9110 §15.5.6");
    expect_file("file.html", "file", "RFC 9110 §15.5.6");
}

static void red_other_media_types_are_refused(void)
{
    static const char *const types[] = {
        "Content-Type: application/json\r\n", "Content-Type: text/plainer\r\n", ""};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        ask_with(
            "POST /guest-book.html HTTP/1.1\r\n" HOST "%sContent-Length: 5\r\n\r\nentry", types[i]);
        expect_answer(415, "RFC 9110 §15.5.16");
        expect_file("guest-book.html", NULL, "RFC 9110 §15.5.16");
    }
    ask("POST /guest-book.html HTTP/1.1\r\n" HOST
        "Content-Type: Text/Plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nentry");
    expect_answer(303, "RFC 9110 §8.3.1");
}

/* §13.1.2: an entry that is to be the first one, or none. */
static void red_preconditions_count(void)
{
    for (int i = 0; i < 2; i++) {
        ask("POST /guest-book.html HTTP/1.1\r\n" HOST "If-None-Match: *\r\n"
            "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nentry");
        expect_answer(i == 0 ? 303 : 412, "RFC 9110 §13.2.1");
        expect_file("guest-book.html", "<p>entry</p>\n", "RFC 9110 §13.2.1");
    }
}

static void red_the_row_asks_for_the_right_to_write(void)
{
    expect_row_writes("POST");
}

/* The sandbox is the second wall; this is about the first. */
static void guard_a_book_that_leads_out_of_the_root_is_not_written(void)
{
    site_has("../outside.html", "outside");
    site_add_link(&exercise.site, "guest-book.html", "../outside.html");
    serve(ARGUMENTS("--no-sandbox"));
    sign("entry");
    expect_file("../outside.html", "outside", "RFC 9110 §9.3.3");
}

int main(int count, char **arguments)
{
    static const struct exercise_test tests[] = {
        EXERCISE_TEST(red_an_entry_leads_to_the_page_that_has_it),
        EXERCISE_TEST(red_entries_stand_in_the_order_in_which_they_came),
        EXERCISE_TEST(red_the_first_entry_makes_the_book),
        EXERCISE_TEST(red_no_entry_is_markup),
        EXERCISE_TEST(red_an_entry_that_comes_in_pieces_is_whole),
        EXERCISE_TEST(red_an_entry_in_chunks_is_whole),
        EXERCISE_TEST(red_an_entry_has_all_its_lines),
        EXERCISE_TEST(red_what_follows_an_entry_is_the_next_request),
        EXERCISE_TEST(red_an_entry_of_1000_octets_is_taken),
        EXERCISE_TEST(red_an_entry_of_1000_quotation_marks_is_whole),
        EXERCISE_TEST(red_more_than_1000_octets_are_refused_and_not_looked_into),
        EXERCISE_TEST(red_other_targets_have_no_such_method),
        EXERCISE_TEST(red_other_media_types_are_refused),
        EXERCISE_TEST(red_preconditions_count),
        EXERCISE_TEST(red_the_row_asks_for_the_right_to_write),
        EXERCISE_TEST(guard_a_book_that_leads_out_of_the_root_is_not_written),
    };
    return exercise_run(tests, sizeof tests / sizeof tests[0], count, arguments);
}
