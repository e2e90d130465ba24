/* Several processes replace one file, as instances behind a balancer do, while others read it: each
 * reader has all of one content. And a name that leads now inside, now outside: outside nothing is
 * ever written. */
#include "fs/writing.h"
#include "tests/support/site.h"

#include <linux/fs.h>
#include <pthread.h>
#include <stdatomic.h>

enum { WRITERS = 3, WRITES = 300, LENGTH = 50000 };

static atomic_int writing; /* so many writers are at it */

static int make_tree(void **state)
{
    if (site_make(state) != 0) return -1;
    site_directory("root/inside");
    site_link("root/door", "inside");
    site_link("root/window", "../outside");
    return 0;
}

/* Each content is one letter over and over, in a length of its own. */
static void *replace_again_and_again(void *argument)
{
    static char octets[WRITERS][LENGTH + WRITERS];
    const size_t number = *(const size_t *)argument;
    struct parent parent;
    bool done = fs_open_parent(&site.root, "/file", &parent) == FS_FOUND;
    memset(octets[number], 'a' + (int)number, sizeof octets[number]);
    for (int i = 0; i < WRITES && done; i++)
        done = fs_replace(&parent, octets[number], LENGTH + number) == FS_FOUND;
    fs_close_parent(&parent);
    atomic_fetch_sub(&writing, 1);
    return done ? NULL : argument;
}

static void assert_one_content(const char *octets, size_t length)
{
    assert_int_equal(length, LENGTH + (size_t)(octets[0] - 'a'));
    for (size_t i = 0; i < length; i++) assert_int_equal(octets[i], octets[0]);
}

static void test_a_file_that_many_replace_is_always_one_of_theirs(void **state)
{
    static char octets[2 * LENGTH];
    pthread_t writers[WRITERS];
    size_t numbers[WRITERS];
    void *failed;
    struct file file;
    (void)state;
    atomic_store(&writing, WRITERS);
    for (size_t i = 0; i < WRITERS; i++) {
        numbers[i] = i;
        pthread_create(&writers[i], NULL, replace_again_and_again, &numbers[i]);
    }
    while (atomic_load(&writing) > 0) {
        if (document_root_open_file(&site.root, "/file", &file) != FS_FOUND) continue;
        ssize_t length = read(file.descriptor, octets, sizeof octets);
        close(file.descriptor);
        assert_true(length > 0);
        assert_one_content(octets, (size_t)length);
    }
    for (size_t i = 0; i < WRITERS; i++) {
        pthread_join(writers[i], &failed);
        assert_null(failed);
    }
}

static atomic_bool stop;

static void *swap_doors(void *argument)
{
    while (!atomic_load(&stop))
        renameat2(site.directory, "root/door", site.directory, "root/window", RENAME_EXCHANGE);
    return argument;
}

static void test_a_door_that_is_swapped_for_one_outside_leads_nowhere(void **state)
{
    pthread_t swapper;
    struct parent parent;
    size_t written = 0;
    (void)state;
    pthread_create(&swapper, NULL, swap_doors, NULL);
    for (int i = 0; i < 3000; i++) {
        enum fs_status status = fs_open_parent(&site.root, "/door/file", &parent);
        if (status != FS_FOUND) {
            assert_int_equal(status, FS_NOT_SERVED);
            continue;
        }
        written += fs_append(&parent, "x", 1) == FS_FOUND;
        fs_close_parent(&parent);
    }
    atomic_store(&stop, true);
    pthread_join(swapper, NULL);
    assert_int_equal(faccessat(site.directory, "outside/file", F_OK, 0), -1);
    assert_true(written > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_that_many_replace_is_always_one_of_theirs),
        cmocka_unit_test(test_a_door_that_is_swapped_for_one_outside_leads_nowhere),
    };
    return cmocka_run_group_tests(tests, make_tree, site_remove);
}
