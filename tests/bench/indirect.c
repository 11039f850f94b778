/* indirect: calls through function pointers, whose targets change from call to call.
 *
 * Stresses: call_indirect (table bounds, null and signature checks) with few and with many targets,
 * loads of the pointer before each call, and tiny bodies behind it.
 * Parts: operations picked from a table by random numbers, shapes with a pointer to their methods as an
 * object-oriented program has them, a pipeline of callbacks with a context pointer. */
#include "bench.h"

#define OPERATIONS 16
#define SHAPES 64
#define STAGES 6

typedef uint32_t (*operation)(uint32_t, uint32_t);

#define OPERATION(name, expression) \
    static uint32_t name(uint32_t a, uint32_t b) { return expression; }
OPERATION(op_add, a + b)
OPERATION(op_sub, a - b)
OPERATION(op_mul, a * (b | 1))
OPERATION(op_and, (a & b) + 11)
OPERATION(op_or, (a | b) - 5)
OPERATION(op_xor, a ^ b)
OPERATION(op_shl, a << (b & 7))
OPERATION(op_shr, (a >> (b & 7)) + b)
OPERATION(op_min, a < b ? a + 3 : b)
OPERATION(op_max, a > b ? a - 3 : b)
OPERATION(op_not, ~a + b)
OPERATION(op_mix, (a ^ b) * 16777619u)
OPERATION(op_swap, (a << 16) | (b >> 16))
OPERATION(op_avg, (a >> 1) + (b >> 1))
OPERATION(op_odd, (b & 1) ? a + b : a)
OPERATION(op_div, a / ((b & 15) + 1) + b)
#undef OPERATION

static const operation operations[OPERATIONS] = {
    op_add, op_sub, op_mul, op_and, op_or, op_xor, op_shl, op_shr,
    op_min, op_max, op_not, op_mix, op_swap, op_avg, op_odd, op_div,
};

struct shape;

struct shape_methods {
    uint32_t (*area)(const struct shape *);
    void (*grow)(struct shape *, uint32_t);
};

struct shape {
    const struct shape_methods *methods;
    uint32_t width, height;
};

static uint32_t box_area(const struct shape *s) { return s->width * s->height; }
static uint32_t disc_area(const struct shape *s) { return s->width * s->width * 3; }
static uint32_t wedge_area(const struct shape *s) { return s->width * s->height / 2; }
static void grow_wide(struct shape *s, uint32_t by) { s->width = (s->width + by) & 1023; }
static void grow_high(struct shape *s, uint32_t by) { s->height = (s->height + by) & 1023; }

static const struct shape_methods methods[] = {
    {box_area, grow_wide}, {disc_area, grow_wide}, {wedge_area, grow_high}, {box_area, grow_high},
};

typedef uint32_t (*callback)(void *context, uint32_t value);

static uint32_t stage_count(void *context, uint32_t value) { return value + ++*(uint32_t *)context; }
static uint32_t stage_scale(void *context, uint32_t value) { return value * (*(uint32_t *)context | 1); }
static uint32_t stage_fold(void *context, uint32_t value) { return *(uint32_t *)context ^= value; }

static callback stages[STAGES] = {stage_count, stage_scale, stage_fold, stage_scale, stage_count, stage_fold};
static uint32_t contexts[STAGES];
static struct shape shapes[SHAPES];

static uint32_t run_operations(uint32_t *random)
{
    uint32_t a = bench_random(random);
    for (uint32_t i = 0; i < 8000; i++) {
        uint32_t b = bench_random(random);
        a = operations[b % OPERATIONS](a, b);
    }
    return a;
}

static uint32_t run_shapes(uint32_t by)
{
    uint32_t total = 0;
    for (uint32_t round = 0; round < 60; round++) {
        for (uint32_t i = 0; i < SHAPES; i++) {
            struct shape *s = &shapes[i];
            s->methods->grow(s, by + i);
            total += s->methods->area(s);
        }
    }
    return total;
}

static uint32_t run_pipeline(uint32_t value)
{
    for (uint32_t round = 0; round < 1000; round++) {
        for (uint32_t i = 0; i < STAGES; i++) {
            value = stages[i](&contexts[i], value);
        }
    }
    return value;
}

int main(int argc, char **argv)
{
    uint32_t work = bench_work(argc, argv, 900);
    uint32_t random = 362436069u;
    uint32_t checksum = 2166136261u;
    for (uint32_t i = 0; i < SHAPES; i++) {
        uint32_t pick = bench_random(&random);
        shapes[i] = (struct shape){&methods[pick >> 30], pick & 255, (pick >> 8) & 255};
    }
    for (uint32_t unit = 0; unit < work; unit++) {
        checksum = bench_mix(checksum, run_operations(&random));
        checksum = bench_mix(checksum, run_shapes(unit & 31));
        checksum = bench_mix(checksum, run_pipeline(checksum));
        stages[unit % STAGES] = stages[(unit + 1) % STAGES];
        stages[(unit + 1) % STAGES] = (unit & 1) ? stage_fold : stage_count;
    }
    return bench_report("indirect", work, checksum);
}
