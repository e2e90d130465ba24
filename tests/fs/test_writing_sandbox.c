/* The rights that a row with WRITES gives suffice for every change, and those to read for none. */
#include "fs/writing.h"
#include "tests/fs/sandboxed.h"

static struct parent parent;

/* FS_FOUND as 0, as attempts have it. */
static int outcome(enum fs_status status)
{
    fs_close_parent(&parent);
    return status == FS_FOUND ? 0 : status == FS_FORBIDDEN ? EACCES : EIO;
}

static int open_parent(const char *path)
{
    return fs_open_parent(&site.root, path, &parent) == FS_FOUND;
}

static int make_file(void)
{
    return open_parent("/sub/new") ? outcome(fs_replace(&parent, "x", 1)) : EIO;
}

static int replace_file(void)
{
    return open_parent("/file") ? outcome(fs_replace(&parent, "x", 1)) : EIO;
}

static int append_to_file(void)
{
    return open_parent("/file") ? outcome(fs_append(&parent, "x", 1)) : EIO;
}

static int append_to_new_file(void)
{
    return open_parent("/book") ? outcome(fs_append(&parent, "x", 1)) : EIO;
}

static int remove_file(void)
{
    return open_parent("/to_remove") ? outcome(fs_remove(&parent)) : EIO;
}

static const struct attempt changes[] = {
    ATTEMPT(make_file),
    ATTEMPT(replace_file),
    ATTEMPT(append_to_file),
    ATTEMPT(append_to_new_file),
    ATTEMPT(remove_file),
};

static void test_every_change_can_be_made_where_a_row_writes(void **state)
{
    (void)state;
    assert_all_done(SANDBOX_READ | SANDBOX_WRITE | SANDBOX_REMOVE, changes, COUNT(changes));
}

static void test_no_change_can_be_made_where_no_row_writes(void **state)
{
    (void)state;
    assert_all_refused(SANDBOX_READ, changes, COUNT(changes));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        IN_TREE(test_every_change_can_be_made_where_a_row_writes),
        IN_TREE(test_no_change_can_be_made_where_no_row_writes),
    };
    return run_in_sandboxes(tests, COUNT(tests));
}
