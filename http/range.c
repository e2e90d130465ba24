#include "http/range.h"

struct piece {
    uint64_t first, end; /* end is the position after the last */
};

/* §17.15: no range is compared with more than these; where there are so many, all are ignored. */
enum { PIECES_MAX = 16 };

/* range-spec, §14.1.1. HTTP_OK: it is none. */
static enum http_status parse_spec(struct text spec, uint64_t length, struct piece *piece)
{
    uint64_t first, last;
    bool suffix = !text_take_number(&spec, &first);
    bool dash = text_skip(&spec, "-");
    bool open = !text_take_number(&spec, &last);
    if (open) last = UINT64_MAX;
    if (!dash || spec.length > 0 || (suffix && open) || (!suffix && last < first)) return HTTP_OK;
    if (suffix) first = last < length ? length - last : 0;
    *piece = (struct piece){first, !suffix && last < length ? last + 1 : length};
    return first < length ? HTTP_PARTIAL_CONTENT : HTTP_RANGE_NOT_SATISFIABLE;
}

/* Adds a piece to those that are apart; it takes in what it overlaps or touches. */
static size_t add_piece(struct piece pieces[PIECES_MAX], size_t count, struct piece piece)
{
    for (size_t i = count; i-- > 0;) {
        struct piece other = pieces[i];
        if (other.first > piece.end || piece.first > other.end) continue;
        if (other.first < piece.first) piece.first = other.first;
        if (other.end > piece.end) piece.end = other.end;
        pieces[i] = pieces[--count];
    }
    pieces[count] = piece;
    return count + 1;
}

enum http_status http_select_range(
    const struct http_request *request, uint64_t complete_length, struct http_range *range)
{
    struct piece pieces[PIECES_MAX], piece;
    struct text set, spec;
    size_t count = 0;
    enum http_status status = HTTP_OK;
    *range = (struct http_range){0, complete_length};
    if (!text_equals(request->method, "GET") || complete_length == 0 ||
        http_find_field(request, "Range", &set) != 1 ||
        !text_equals_ignoring_case(text_take(&set, text_is_tchar), "bytes") ||
        !text_skip(&set, "="))
        return HTTP_OK;
    while (count < PIECES_MAX && text_next_element(&set, &spec)) {
        status = parse_spec(spec, complete_length, &piece);
        if (status == HTTP_OK) return HTTP_OK;
        if (status == HTTP_PARTIAL_CONTENT) count = add_piece(pieces, count, piece);
    }
    if (count != 1) return count == 0 ? status : HTTP_OK;
    *range = (struct http_range){pieces[0].first, pieces[0].end - pieces[0].first};
    return HTTP_PARTIAL_CONTENT;
}

void http_format_content_range(
    const struct http_range *range, uint64_t complete_length, char value[HTTP_CONTENT_RANGE_SIZE])
{
    char *to = text_write(value, range == NULL ? "bytes *" : "bytes ");
    if (range != NULL) {
        to = text_write(text_write_number(to, range->first_pos), "-");
        to = text_write_number(to, range->first_pos + range->length - 1);
    }
    *text_write_number(text_write(to, "/"), complete_length) = '\0';
}
