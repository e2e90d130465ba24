/* Somebody moves things in and out of the root while paths are looked up: what is outside is never
 * served. Only the kernel can promise that; a check of names before the open could not. */
#include "tests/support/site.h"

#include <linux/fs.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
    LOOK_UPS = 3000,
    MOVES_MAX = 300000,
    STEPS = 700, /* down and up again, so that a look-up lasts */
};

static int make_tree(void **state)
{
    char link[5 * STEPS + sizeof "../file"];
    if (site_make(state) != 0) return -1;
    site_file("outside/file", "outside");
    site_directory("root/inside");
    site_file("root/inside/file", "inside");
    /* 1. a name that is now a link within the root, now one out of it */
    site_link("root/door", "inside");
    site_link("root/window", "../outside");
    /* 2. a directory that is moved out while a link leads up from it */
    site_file("root/file", "inside");
    site_directory("root/a");
    site_file("root/a/file", "inside");
    site_directory("root/a/b");
    site_directory("root/a/b/c");
    for (size_t i = 0; i < STEPS; i++) memcpy(link + 5 * i, "c/../", 5);
    strcpy(link + (size_t)5 * STEPS, "../file");
    site_link("root/a/b/up", link);
    return 0;
}

struct mover {
    const char *one;
    const char *other;
    unsigned flags; /* of renameat2(2) */
    atomic_bool stop;
    int failed;
};

/* Back and forth, an even number of times: at the end all is as it was. */
static void *move(void *argument)
{
    struct mover *mover = argument;
    for (int i = 0; i < MOVES_MAX && !atomic_load(&mover->stop); i++) {
        mover->failed |=
            renameat2(site.directory, mover->one, site.directory, mover->other, mover->flags);
        mover->failed |=
            renameat2(site.directory, mover->other, site.directory, mover->one, mover->flags);
    }
    return NULL;
}

struct seen {
    size_t inside;
    size_t outside; /* or an outcome that no move explains */
};

static void open_during_moves(const char *path, struct seen *seen)
{
    struct file file;
    char content[16];
    enum fs_status status = document_root_open_file(&site.root, path, &file);
    if (status == FS_FOUND) {
        bool inside = read(file.descriptor, content, sizeof content) == 6 &&
            memcmp(content, "inside", 6) == 0;
        close(file.descriptor);
        seen->inside += inside;
        seen->outside += !inside;
    } else if (status != FS_NOT_SERVED && status != FS_NOT_FOUND && status != FS_EXHAUSTED) {
        seen->outside++;
    }
}

static void assert_never_outside(struct mover *mover, const char *const paths[], size_t count)
{
    pthread_t thread;
    size_t descriptors = count_descriptors();
    struct seen seen = {0};
    open_during_moves(paths[0], &seen);
    assert_int_equal(seen.inside, 1);
    assert_int_equal(pthread_create(&thread, NULL, move, mover), 0);
    for (size_t i = 0; i < LOOK_UPS; i++) open_during_moves(paths[i % count], &seen);
    atomic_store(&mover->stop, true);
    pthread_join(thread, NULL);
    assert_int_equal(mover->failed, 0);
    open_during_moves(paths[0], &seen);
    assert_true(seen.inside >= 2);
    assert_int_equal(seen.outside, 0);
    assert_int_equal(count_descriptors(), descriptors);
}

static void test_nothing_outside_is_served_while_a_link_is_swapped(void **state)
{
    static const char *const paths[] = {"/door/file", "/window/file"};
    static struct mover mover = {
        .one = "root/door", .other = "root/window", .flags = RENAME_EXCHANGE};
    (void)state;
    assert_never_outside(&mover, paths, COUNT(paths));
}

static void test_nothing_outside_is_served_while_a_directory_is_moved_out(void **state)
{
    static const char *const paths[] = {"/a/b/up"};
    static struct mover mover = {.one = "root/a/b", .other = "outside/b"};
    (void)state;
    assert_never_outside(&mover, paths, COUNT(paths));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_outside_is_served_while_a_link_is_swapped),
        cmocka_unit_test(test_nothing_outside_is_served_while_a_directory_is_moved_out),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
