/* changes.h — what happens to the files of a site while it is served. Names are relative to the
 * root of world.site.
 */
#ifndef STRATA_TESTS_SYSTEM_CHANGES_H
#define STRATA_TESTS_SYSTEM_CHANGES_H

/* Changes one thing of the site, and what a target was and is then answered with. */
struct change {
    const char *name;
    void (*make)(void);
    const char *target, *accept_encoding;
    int before, after;
    const char *old, *new; /* the content; NULL: whatever it is */
};

extern const struct change changes[];
extern const unsigned change_count;

/* The site as it is before the changes. */
void changes_begin(void);

/* What was a file is another one, with the same time stamp. */
void change_replace(const char *name, const char *text);

#endif
