/* Nearest names by edit distance (Levenshtein); see motert_nearest.h. */
#include "motert_nearest.h"

#include <string.h>

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions and replacements that turn one name into the other; both are at most MOTERT_NEAREST_LENGTH long. */
static uint32_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    uint32_t row[MOTERT_NEAREST_LENGTH + 1];
    for (uint32_t j = 0; j <= b_length; j++) {
        row[j] = j;
    }
    for (size_t i = 0; i < a_length; i++) {
        uint32_t diagonal = row[0]++;
        for (size_t j = 0; j < b_length; j++) {
            uint32_t replaced = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = smaller(replaced, smaller(diagonal, row[j]) + 1);
        }
    }
    return row[b_length];
}

void motert_nearest_begin(struct motert_nearest *nearest, const char *wanted, size_t length)
{
    *nearest = (struct motert_nearest){.wanted = wanted, .wanted_length = length};
}

void motert_nearest_offer(struct motert_nearest *nearest, const char *name, size_t length)
{
    if (length > MOTERT_NEAREST_LENGTH || nearest->wanted_length > MOTERT_NEAREST_LENGTH) {
        return;
    }
    uint32_t far = distance(nearest->wanted, nearest->wanted_length, name, length);
    if (far > 1 + nearest->wanted_length / 3) {
        return;
    }
    uint32_t place = nearest->count;
    while (place > 0 && nearest->names[place - 1].distance > far) {
        place--;
    }
    if (place == MOTERT_NEAREST_MAX) {
        return;
    }
    nearest->count = smaller(nearest->count + 1, MOTERT_NEAREST_MAX);
    memmove(&nearest->names[place + 1], &nearest->names[place], (nearest->count - 1 - place) * sizeof nearest->names[0]);
    nearest->names[place].at = name;
    nearest->names[place].length = length;
    nearest->names[place].distance = far;
}
