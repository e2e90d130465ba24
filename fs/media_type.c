#include "fs/media_type.h"

#include <string.h>

static const struct {
    const char *suffix, *media_type;
} rows[] = {
#define MEDIA_TYPE(suffix, media_type) {suffix, media_type},
#include "fs/media_types.def"
};

const char *media_type_of(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *dot = strrchr(slash == NULL ? name : slash, '.');
    for (size_t i = 0; dot != NULL && i < sizeof rows / sizeof rows[0]; i++)
        if (strcasecmp(dot + 1, rows[i].suffix) == 0) return rows[i].media_type;
    return "application/octet-stream";
}
