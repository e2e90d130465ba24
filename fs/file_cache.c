#include "fs/internal.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

/* FNV-1a. Paths that were chosen to meet in one set drive out what that set keeps, no more. */
static uint64_t hash_of(const char *path)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (; *path != '\0'; path++) hash = (hash ^ (unsigned char)*path) * 0x100000001b3;
    return hash;
}

void file_cache_open(
    struct file_cache *cache, const struct document_root *root, int descriptors, bool keeps)
{
    *cache = (struct file_cache){
        .root = root, .descriptors = descriptors, .keeps = keeps, .forgot = INT64_MIN};
    for (size_t i = 0; i < CACHE_SETS; i++) pthread_mutex_init(&cache->sets[i].lock, NULL);
}

/* Frees what was taken out of its set; no lock is held. */
static void free_all(struct file_cache *cache, struct cache_entry *gone)
{
    for (struct cache_entry *next; gone != NULL; gone = next) {
        next = gone->next;
        atomic_fetch_add(&cache->descriptors, gone->descriptors);
        cache_entry_free(gone);
    }
}

/* Takes an entry out of its set. */
static void give_up(struct cache_set *set, struct cache_entry **place, struct cache_entry **gone)
{
    struct cache_entry *entry = *place;
    *place = NULL;
    set->octets -= entry->octets;
    entry->next = *gone;
    *gone = entry;
}

void file_cache_close(struct file_cache *cache)
{
    struct cache_entry *gone = NULL;
    for (size_t i = 0; i < CACHE_SETS; i++) {
        struct cache_set *set = &cache->sets[i];
        for (size_t place = 0; place < CACHE_SET_PLACES; place++)
            if (set->places[place] != NULL) give_up(set, &set->places[place], &gone);
        pthread_mutex_destroy(&set->lock);
    }
    free_all(cache, gone);
}

/* The one that was looked up longest ago. What is asked for often was looked up in the last second.
 */
size_t file_cache_choose_victim(struct cache_entry *const places[], size_t count, bool is_open)
{
    size_t victim = count;
    for (size_t i = 0; i < count; i++) {
        const struct cache_entry *entry = places[i];
        if (entry == NULL || (is_open && entry->descriptors == 0)) continue;
        if (victim == count || entry->looked < places[victim]->looked) victim = i;
    }
    return victim;
}

/* Closes what one entry holds open. False: none does. */
static bool give_up_descriptors(struct file_cache *cache)
{
    struct cache_entry *gone = NULL;
    /* A hand of our own: others must not make us miss a set. */
    for (unsigned hand = atomic_load(&cache->hand), i = 0; i < CACHE_SETS && gone == NULL; i++) {
        struct cache_set *set = &cache->sets[hand++ % CACHE_SETS];
        atomic_store(&cache->hand, hand);
        pthread_mutex_lock(&set->lock);
        size_t victim = file_cache_choose_victim(set->places, CACHE_SET_FILES, true);
        if (victim < CACHE_SET_FILES) give_up(set, &set->places[victim], &gone);
        pthread_mutex_unlock(&set->lock);
    }
    bool given = gone != NULL;
    free_all(cache, gone);
    return given;
}

/* Is an entry to be kept, and are there descriptors for it? */
static bool reserve(struct file_cache *cache, const struct cache_entry *entry)
{
    const int count = entry->descriptors;
    bool fits = entry->status == FS_FOUND || strlen(entry->path) <= CACHE_MISS_PATH_MAX;
    if (!cache->keeps || !fits || entry->status == FS_FAILED) return false;
    while (count > 0 && atomic_fetch_sub(&cache->descriptors, count) < count) {
        atomic_fetch_add(&cache->descriptors, count);
        if (!give_up_descriptors(cache)) return false;
    }
    return true;
}

/* Where a path is kept, or the end of the places. The set is locked. */
static struct cache_entry **find_place(struct cache_set *set, uint64_t hash, const char *path)
{
    struct cache_entry **place = set->places;
    for (; place < set->places + CACHE_SET_PLACES; place++)
        if (*place != NULL && (*place)->hash == hash && strcmp((*place)->path, path) == 0) break;
    return place;
}

/* A free place for an entry, made so if need be. The set is locked. */
static struct cache_entry **make_room(
    struct cache_set *set, const struct cache_entry *entry, struct cache_entry **gone)
{
    bool is_file = entry->status == FS_FOUND;
    struct cache_entry **places = set->places + (is_file ? 0 : CACHE_SET_FILES);
    const size_t count = is_file ? CACHE_SET_FILES : CACHE_SET_MISSES;
    size_t free = 0;
    while (free < count && places[free] != NULL) free++;
    while (free == count || set->octets + entry->octets > CACHE_SET_OCTETS) {
        free = file_cache_choose_victim(places, count, false);
        assert(free < count); /* an entry fits an empty set */
        give_up(set, &places[free], gone);
    }
    return &places[free];
}

/* Puts an entry into its set; of two for one path the one that was looked up later. */
static void insert(struct file_cache *cache, struct cache_set *set, struct cache_entry *entry)
{
    struct cache_entry *gone = NULL;
    pthread_mutex_lock(&set->lock);
    struct cache_entry **before = find_place(set, entry->hash, entry->path);
    if (before < set->places + CACHE_SET_PLACES) give_up(set, before, &gone);
    struct cache_entry *later = gone != NULL && gone->looked > entry->looked ? gone : entry;
    if (later == gone) gone = entry;
    *make_room(set, later, &gone) = later;
    set->octets += later->octets;
    pthread_mutex_unlock(&set->lock);
    free_all(cache, gone);
}

void file_cache_forget(struct file_cache *cache, int64_t now)
{
    atomic_store(&cache->forgot, now);
}

/* FS_REFUSED: nothing is kept of the path that was looked up after this. */
static enum fs_status borrow(struct cache_set *set, uint64_t hash, const char *path,
    enum file_form form, int64_t after, struct file *file, struct loan *loan)
{
    enum fs_status status = FS_REFUSED;
    pthread_mutex_lock(&set->lock);
    struct cache_entry **place = find_place(set, hash, path);
    if (place < set->places + CACHE_SET_PLACES && (*place)->looked > after)
        status = cache_entry_lend(*place, form, file, loan);
    pthread_mutex_unlock(&set->lock);
    if (status != FS_FOUND || file->descriptor < 0 || cache_is_unchanged(file)) return status;
    close(file->descriptor); /* written into: what is kept says the wrong length */
    return FS_REFUSED;
}

static enum fs_status find(struct file_cache *cache, const char *path, enum file_form form,
    int64_t now, struct file *file, struct loan *loan)
{
    const uint64_t hash = hash_of(path);
    const size_t index = (hash ^ hash >> 32) % CACHE_SETS;
    int64_t after = atomic_load(&cache->forgot);
    if (after < now - CACHE_BELIEVED) after = now - CACHE_BELIEVED;
    enum fs_status status = borrow(&cache->sets[index], hash, path, form, after, file, loan);
    if (status != FS_REFUSED) return status;
    struct cache_entry *entry = cache_entry_load(cache->root, path);
    if (entry == NULL) return FS_EXHAUSTED;
    entry->hash = hash;
    entry->looked = now;
    entry->number = (atomic_fetch_add(&cache->loaded, 1) + 1) * CACHE_SETS + index;
    status = cache_entry_lend(entry, form, file, loan);
    if (status != FS_EXHAUSTED && reserve(cache, entry)) /* else given up again, for ever */
        insert(cache, &cache->sets[index], entry);
    else
        cache_entry_free(entry);
    return status;
}

/* Out of descriptors: what is kept for later has less right to them than what is asked for now. */
enum fs_status file_cache_find(struct file_cache *cache, const char *path, enum file_form form,
    int64_t now, struct file *file, struct loan *loan)
{
    struct file found;
    enum fs_status status;
    do status = find(cache, path, form, now, &found, loan);
    while (status == FS_EXHAUSTED && give_up_descriptors(cache));
    if (status == FS_FOUND) *file = found;
    if (status != FS_FOUND) loan->entry = loan->note_length = loan->form = FILE_PLAIN;
    return status;
}

void file_cache_annotate(
    struct file_cache *cache, const struct loan *loan, const void *note, size_t length)
{
    struct cache_set *set = &cache->sets[loan->entry % CACHE_SETS];
    pthread_mutex_lock(&set->lock);
    for (size_t i = 0; i < CACHE_SET_FILES; i++) {
        struct cache_entry *entry = set->places[i];
        if (entry == NULL || entry->number != loan->entry) continue;
        struct kept_file *kept = entry->forms[loan->form];
        memcpy(kept->note, note, length);
        kept->note_length = length;
    }
    pthread_mutex_unlock(&set->lock);
}
