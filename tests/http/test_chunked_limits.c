/* How much there may be in the chunked coding that is not content. RFC 9112 §7.1.1, §7.1.2. */
#include "tests/support/http_content.h"
#include "tests/support/http_writer.h"

/* What becomes of the written message: HTTP_OK, HTTP_CONTINUE, or the status of the refusal; the
 * same in one go, an octet at a time, and in pieces. */
static enum http_status feed_written(void)
{
    static const size_t pieces[] = {WRITER_ROOM, 1, 7, 1000};
    enum http_status status = HTTP_REFUSED;
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct fed fed;
        feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
        feed_in_pieces(&fed, written(), pieces[i]);
        enum http_status this_status = fed.result == HTTP_COMPLETE ? HTTP_OK
            : fed.result == HTTP_INCOMPLETE                        ? HTTP_CONTINUE
                                                                   : fed.problem.status;
        if (fed.result == HTTP_COMPLETE) assert_int_equal(fed.taken, writer.length);
        assert_true(i == 0 || this_status == status);
        status = this_status;
    }
    return status;
}

/* An extension of so many octets, its semicolon included. */
static void append_extension(size_t octets)
{
    if (octets > 0) append(";");
    if (octets > 1) fill(octets - 1);
}

static enum http_status feed_extensions(size_t first, size_t second, size_t last)
{
    start("1");
    append_extension(first);
    append("\r\na\r\n1");
    append_extension(second);
    append("\r\nb\r\n0");
    append_extension(last);
    append("\r\n\r\n");
    return feed_written();
}

static void test_1024_octets_of_extensions_are_taken(void **state)
{
    (void)state;
    assert_int_equal(feed_extensions(1024, 0, 0), HTTP_OK);
    assert_int_equal(feed_extensions(0, 1024, 0), HTTP_OK);
    assert_int_equal(feed_extensions(0, 0, 1024), HTTP_OK);
    assert_int_equal(feed_extensions(500, 500, 24), HTTP_OK);
}

static void test_1025_octets_of_extensions_get_400_wherever_they_stand(void **state)
{
    (void)state;
    assert_int_equal(feed_extensions(1025, 0, 0), HTTP_BAD_REQUEST);
    assert_int_equal(feed_extensions(0, 1025, 0), HTTP_BAD_REQUEST);
    assert_int_equal(feed_extensions(0, 0, 1025), HTTP_BAD_REQUEST);
    assert_int_equal(feed_extensions(500, 500, 25), HTTP_BAD_REQUEST);
    assert_int_equal(feed_extensions(1022, 0, 3), HTTP_BAD_REQUEST);
}

static void test_an_extension_without_end_gets_400_at_octet_1025(void **state)
{
    (void)state;
    start("1;");
    fill(1023);
    assert_int_equal(feed_written(), HTTP_CONTINUE);
    fill(1);
    assert_int_equal(feed_written(), HTTP_BAD_REQUEST);
}

static void test_the_semicolon_of_an_extension_counts(void **state)
{
    (void)state;
    start("1;");
    fill(1023);
    append("\r\na\r\n1;b\r\n");
    assert_int_equal(feed_written(), HTTP_BAD_REQUEST);
}

static void test_white_space_around_the_semicolon_counts(void **state)
{
    (void)state;
    start("1");
    for (size_t i = 0; i < 1022; i++) append(i % 2 == 0 ? " " : "\t");
    append(";a\r\nb\r\n0\r\n\r\n");
    assert_int_equal(feed_written(), HTTP_OK);
    start("1 ");
    for (size_t i = 0; i < 1022; i++) append(i % 2 == 0 ? " " : "\t");
    append(";a\r\nb\r\n0\r\n\r\n");
    assert_int_equal(feed_written(), HTTP_BAD_REQUEST);
}

/* Chunks enough that a count of their extensions would wrap round at 16 bits. */
static enum http_status feed_chunks(size_t count, const char *chunk)
{
    struct fed fed;
    feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
    for (size_t i = 0; i < count && fed.result == HTTP_INCOMPLETE; i++) feed(&fed, text_of(chunk));
    feed(&fed, text_of("0\r\n\r\n"));
    return fed.result == HTTP_COMPLETE ? HTTP_OK : fed.problem.status;
}

static void test_many_chunks_with_a_short_extension_get_400(void **state)
{
    (void)state;
    assert_int_equal(feed_chunks(512, "1;a\r\nb\r\n"), HTTP_OK);
    assert_int_equal(feed_chunks(513, "1;a\r\nb\r\n"), HTTP_BAD_REQUEST);
    assert_int_equal(feed_chunks(65536, "1;a\r\nb\r\n"), HTTP_BAD_REQUEST);
}

/* Whether an extension without a name is taken or not: not so many. */
static void test_many_chunks_with_a_bare_semicolon_get_400(void **state)
{
    (void)state;
    assert_int_equal(feed_chunks(1025, "1;\r\nb\r\n"), HTTP_BAD_REQUEST);
    assert_int_equal(feed_chunks(65537, "1;\r\nb\r\n"), HTTP_BAD_REQUEST);
}

static void test_chunks_without_extensions_are_taken_without_limit(void **state)
{
    (void)state;
    assert_int_equal(feed_chunks(70000, "1\r\nb\r\n"), HTTP_OK);
}

/* trailer-section = *( field-line CRLF ), of so many octets in so many lines. */
static enum http_status feed_trailers(size_t octets, size_t lines)
{
    start("1\r\na\r\n0\r\n");
    size_t first = writer.length;
    for (size_t line = 1; line <= lines; line++) {
        append("Name: ");
        fill_to(first + line * octets / lines - strlen("\r\n"));
        append("\r\n");
    }
    assert_int_equal(writer.length, first + octets);
    append("\r\n");
    return feed_written();
}

static void test_trailers_of_32768_octets_are_taken(void **state)
{
    (void)state;
    assert_int_equal(feed_trailers(32768, 1), HTTP_OK);
    assert_int_equal(feed_trailers(32768, 2), HTTP_OK);
    assert_int_equal(feed_trailers(32768, 100), HTTP_OK);
}

/* RFC 6585 §5 */
static void test_trailers_of_32769_octets_get_431(void **state)
{
    (void)state;
    assert_int_equal(feed_trailers(32769, 1), HTTP_FIELDS_TOO_LARGE);
    assert_int_equal(feed_trailers(32769, 2), HTTP_FIELDS_TOO_LARGE);
    assert_int_equal(feed_trailers(32769, 100), HTTP_FIELDS_TOO_LARGE);
}

static void test_a_trailer_without_end_gets_431_as_soon_as_the_limit_is_passed(void **state)
{
    (void)state;
    start("0\r\nName: ");
    fill(32768 - strlen("Name: \r\n"));
    assert_int_equal(feed_written(), HTTP_CONTINUE);
    fill(3);
    assert_int_equal(feed_written(), HTTP_FIELDS_TOO_LARGE);
    fill_to(40 * 1024);
    assert_int_equal(feed_written(), HTTP_FIELDS_TOO_LARGE);
}

static void test_a_trailer_name_without_end_gets_431(void **state)
{
    (void)state;
    start("0\r\n");
    fill_to(36 * 1024);
    assert_int_equal(feed_written(), HTTP_FIELDS_TOO_LARGE);
}

static enum http_status feed_trailer_lines(size_t count)
{
    start("0\r\n");
    for (size_t i = 0; i < count; i++) append(i % 2 == 0 ? "A: b\r\n" : "C:\r\n");
    append("\r\n");
    return feed_written();
}

static void test_100_trailer_lines_are_taken(void **state)
{
    (void)state;
    assert_int_equal(feed_trailer_lines(100), HTTP_OK);
}

static void test_101_trailer_lines_get_431(void **state)
{
    (void)state;
    assert_int_equal(feed_trailer_lines(101), HTTP_FIELDS_TOO_LARGE);
    assert_int_equal(feed_trailer_lines(256), HTTP_FIELDS_TOO_LARGE);
    assert_int_equal(feed_trailer_lines(300), HTTP_FIELDS_TOO_LARGE);
}

/* The content is undecided again: no octet is read on. */
static void test_after_a_limit_was_passed_everything_is_refused(void **state)
{
    static const char *const chunks[] = {"0;", "0\r\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(chunks); i++) {
        struct fed fed;
        start(chunks[i]);
        while (i == 0 ? writer.length < 2000 : writer.length < 102 * 6)
            append(i == 0 ? "y" : "A: b\r\n");
        feed_nothing_yet(&fed, HTTP_CHUNK_SIZE);
        feed_in_pieces(&fed, written(), 1);
        assert_int_equal(fed.result, HTTP_INVALID);
        feed_once(&fed, text_of(": b\r\n\r\n"));
        assert_int_equal(fed.result, HTTP_INVALID);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_1024_octets_of_extensions_are_taken),
        cmocka_unit_test(test_1025_octets_of_extensions_get_400_wherever_they_stand),
        cmocka_unit_test(test_an_extension_without_end_gets_400_at_octet_1025),
        cmocka_unit_test(test_the_semicolon_of_an_extension_counts),
        cmocka_unit_test(test_white_space_around_the_semicolon_counts),
        cmocka_unit_test(test_many_chunks_with_a_short_extension_get_400),
        cmocka_unit_test(test_many_chunks_with_a_bare_semicolon_get_400),
        cmocka_unit_test(test_chunks_without_extensions_are_taken_without_limit),
        cmocka_unit_test(test_trailers_of_32768_octets_are_taken),
        cmocka_unit_test(test_trailers_of_32769_octets_get_431),
        cmocka_unit_test(test_a_trailer_without_end_gets_431_as_soon_as_the_limit_is_passed),
        cmocka_unit_test(test_a_trailer_name_without_end_gets_431),
        cmocka_unit_test(test_100_trailer_lines_are_taken),
        cmocka_unit_test(test_101_trailer_lines_get_431),
        cmocka_unit_test(test_after_a_limit_was_passed_everything_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
