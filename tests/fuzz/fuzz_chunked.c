/* Content in the chunked coding (http/framing.h).
 *
 * Fed: the octets behind the head of a request that says "Transfer-Encoding: chunked".
 * Must hold:
 *     - cut in two anywhere, or octet by octet, they come to what they come to at once: the same
 *       outcome, the same content, the same end
 *     - and that is what a second, slow reader comes to (slow_chunked.h)
 *     - what is wrong is told at the first octet that makes it wrong
 */
#include "tests/fuzz/slow_chunked.h"

/* Gives it one piece, in memory of its own, as often as it wants to be called. */
static void take(struct http_content *state, struct text piece, struct decoded *decoded)
{
    struct text copy = fuzz_copy(piece);
    struct text rest = copy;
    while (rest.length > 0 && decoded->outcome == HTTP_INCOMPLETE) {
        struct http_problem problem = {0};
        struct text data = {NULL, SIZE_MAX};
        size_t taken = SIZE_MAX;
        decoded->outcome = http_take_content(state, rest, &taken, &data, &problem);
        must_hold((decoded->outcome == HTTP_INVALID) == (problem.status >= 400));
        if (decoded->outcome == HTTP_INVALID) break;
        must_hold(taken > 0 && taken <= rest.length && data.length <= taken);
        must_hold(data.start + data.length == rest.start + taken);
        memcpy(decoded->content + decoded->length, data.start, data.length);
        decoded->length += data.length;
        decoded->taken += taken;
        must_hold(state->octets_so_far == decoded->length);
        rest = text_from(rest, taken);
    }
    free((char *)copy.start);
}

/* All but the place of a fault, which only the octet-by-octet arrival tells. */
static void check_same(const struct decoded *one, const struct decoded *expected)
{
    must_hold(one->outcome == expected->outcome);
    must_hold(one->outcome == HTTP_INVALID || one->taken == expected->taken);
    must_hold(one->length == expected->length);
    must_hold(memcmp(one->content, expected->content, one->length) == 0);
}

static void check_split(struct text octets, size_t split, const struct decoded *expected)
{
    struct http_content state = {.phase = HTTP_CHUNK_SIZE};
    struct decoded decoded = {.outcome = HTTP_INCOMPLETE, .content = fuzz_memory(octets.length)};
    take(&state, text_until(octets, split), &decoded);
    take(&state, text_from(octets, split), &decoded);
    check_same(&decoded, expected);
    free(decoded.content);
}

static void check_octet_by_octet(struct text octets, const struct decoded *expected)
{
    struct http_content state = {.phase = HTTP_CHUNK_SIZE};
    struct decoded decoded = {.outcome = HTTP_INCOMPLETE, .content = fuzz_memory(octets.length)};
    for (size_t i = 0; i < octets.length && decoded.outcome == HTTP_INCOMPLETE; i++)
        take(&state, text_until(text_from(octets, i), 1), &decoded);
    check_same(&decoded, expected);
    must_hold(decoded.taken == expected->taken);
    free(decoded.content);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
    struct text input = fuzz_text(octets, length);
    struct decoded expected = decode_slowly(input);
    for (size_t split = 0; split <= length; split += fuzz_step(length))
        check_split(input, split, &expected);
    check_octet_by_octet(input, &expected);
    free(expected.content);
    return 0;
}
