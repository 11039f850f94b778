/* sort: quick sort and heap sort of small records, and binary search in the result.
 *
 * Stresses: loads and stores through computed addresses, copies of 16-byte structures, compares that
 * go either way, nested loops and some recursion: the mix that most real programs have.
 * Parts: quick sort by one key (median of three, insertion sort below 12 records), heap sort by another
 * key with the name as the tie-breaker, look-ups by bisection. */
#include <stdbool.h>

#include "bench.h"

#define RECORDS 400u
#define SMALL 12

struct record {
    uint32_t key;
    uint32_t id;
    uint8_t name[8];
};

static struct record records[RECORDS];

static void fill_records(uint32_t *random)
{
    for (uint32_t i = 0; i < RECORDS; i++) {
        struct record *r = &records[i];
        r->key = bench_random(random) % 10000;
        r->id = bench_random(random) & 63;
        for (uint32_t j = 0; j < sizeof r->name; j++) {
            r->name[j] = (uint8_t)('a' + (r->key >> j) % 26);
        }
    }
}

static void swap(struct record *a, struct record *b)
{
    struct record kept = *a;
    *a = *b;
    *b = kept;
}

static void insertion_sort(struct record *first, struct record *last)
{
    for (struct record *at = first + 1; at <= last; at++) {
        struct record moved = *at;
        struct record *hole = at;
        while (hole > first && hole[-1].key > moved.key) {
            *hole = hole[-1];
            hole--;
        }
        *hole = moved;
    }
}

/* Orders the first, middle and last record and returns the middle key as the pivot. */
static uint32_t pick_pivot(struct record *first, struct record *last)
{
    struct record *middle = first + (last - first) / 2;
    if (middle->key < first->key) {
        swap(middle, first);
    }
    if (last->key < first->key) {
        swap(last, first);
    }
    if (last->key < middle->key) {
        swap(last, middle);
    }
    return middle->key;
}

static void quick_sort(struct record *first, struct record *last)
{
    while (last - first >= SMALL) {
        uint32_t pivot = pick_pivot(first, last);
        struct record *low = first, *high = last;
        while (low <= high) {
            while (low->key < pivot) {
                low++;
            }
            while (high->key > pivot) {
                high--;
            }
            if (low <= high) {
                swap(low++, high--);
            }
        }
        quick_sort(first, high);
        first = low;
    }
    insertion_sort(first, last);
}

static bool comes_before(const struct record *a, const struct record *b)
{
    if (a->id != b->id) {
        return a->id < b->id;
    }
    for (uint32_t i = 0; i < sizeof a->name; i++) {
        if (a->name[i] != b->name[i]) {
            return a->name[i] < b->name[i];
        }
    }
    return a->key < b->key;
}

static void sift_down(uint32_t root, uint32_t count)
{
    for (uint32_t child = root * 2 + 1; child < count; child = root * 2 + 1) {
        if (child + 1 < count && comes_before(&records[child], &records[child + 1])) {
            child++;
        }
        if (!comes_before(&records[root], &records[child])) {
            return;
        }
        swap(&records[root], &records[child]);
        root = child;
    }
}

static void heap_sort(void)
{
    for (uint32_t root = RECORDS / 2; root-- > 0;) {
        sift_down(root, RECORDS);
    }
    for (uint32_t last = RECORDS; last-- > 1;) {
        swap(&records[0], &records[last]);
        sift_down(0, last);
    }
}

static uint32_t find_key(uint32_t key)
{
    uint32_t low = 0, high = RECORDS;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (records[middle].key < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

int main(int argc, char **argv)
{
    uint32_t work = bench_work(argc, argv, 1500);
    uint32_t random = 977u;
    uint32_t checksum = 2166136261u;
    for (uint32_t unit = 0; unit < work; unit++) {
        fill_records(&random);
        heap_sort();
        for (uint32_t i = 0; i < RECORDS; i++) {
            checksum = bench_mix(checksum, records[i].id + records[i].key);
        }
        quick_sort(records, records + RECORDS - 1);
        for (uint32_t i = 0; i < RECORDS; i++) {
            checksum = bench_mix(checksum, records[i].key + find_key(bench_random(&random) % 10000));
        }
    }
    return bench_report("sort", work, checksum);
}
