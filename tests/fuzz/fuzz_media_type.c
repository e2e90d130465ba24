/* File name to media type (fs/media_type.h).
 *
 * Fed: a file name.
 * Must hold:
 *     - what comes back is a media type as it stands in a Content-Type (RFC 9110 §8.3.1), and a
 *       constant: the same name has the same pointer
 *     - it is a matter of the last segment alone, and of no letter's case
 */
#include "fs/media_type.h"
#include "tests/fuzz/fuzz.h"

#include <ctype.h>

/* type "/" subtype, and perhaps the one parameter that the table uses */
static bool is_media_type(struct text text)
{
    struct text type = text_until(text, text_find(text, '/'));
    struct text rest = text_from(text, type.length);
    if (!text_skip(&rest, "/")) return false;
    struct text subtype = text_until(rest, text_find(rest, ';'));
    rest = text_from(rest, subtype.length);
    return type.length > 0 && subtype.length > 0 && text_is_made_of(type, TCHAR) &&
        text_is_made_of(subtype, TCHAR) &&
        (rest.length == 0 || text_equals(rest, "; charset=utf-8"));
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t length)
{
    char *path = fuzz_memory(length + 3);
    char *name = path + 2;
    memcpy(path, "d/", 2);
    memcpy(name, octets, length);
    name[length] = '\0';
    const char *media_type = media_type_of(name);
    must_hold(is_media_type(text_of(media_type)));
    must_hold(media_type_of(path) == media_type);
    const char *slash = strrchr(name, '/');
    must_hold(slash == NULL || media_type_of(slash + 1) == media_type);
    for (char *letter = name; *letter != '\0'; letter++)
        *letter = (char)(islower((unsigned char)*letter) ? toupper((unsigned char)*letter)
                                                         : tolower((unsigned char)*letter));
    must_hold(media_type_of(name) == media_type);
    free(path);
    return 0;
}
