/* Which of many names are nearest to a mistyped one. */
#ifndef MOTERT_NEAREST_H
#define MOTERT_NEAREST_H

#include <stddef.h>
#include <stdint.h>

#define MOTERT_NEAREST_MAX 3
#define MOTERT_NEAREST_LENGTH 48 /* longer names are not compared */

struct motert_nearest {
    const char *wanted;
    size_t wanted_length;
    uint32_t count;
    struct {
        const char *at; /* not zero-terminated unless it was offered so */
        size_t length;
        uint32_t distance;
    } names[MOTERT_NEAREST_MAX]; /* nearest first */
};

void motert_nearest_begin(struct motert_nearest *nearest, const char *wanted, size_t length);
/* Keeps the name if it is among the nearest and not too far away to be meant; the bytes stay the caller's. */
void motert_nearest_offer(struct motert_nearest *nearest, const char *name, size_t length);

#endif
