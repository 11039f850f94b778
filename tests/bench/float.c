/* float: double precision arithmetic, with the operands in locals and in small structures.
 *
 * Stresses: f64 add, sub, mul, div, sqrt and compare, loads and stores of f64 at constant offsets, and
 * conversions from and to integers. Shows what moving a 64-bit float between slots and registers costs.
 * Parts: five bodies under gravity (loads, stores, one sqrt and one div a pair) and the Mandelbrot set
 * (all in locals, compare-and-branch on floats).
 * Only correctly rounded operations are used, and contraction to fused multiply-add is switched off by
 * the build, so that the bits of the result are the same everywhere. */
#include <math.h>
#include <string.h>

#include "bench.h"

#define BODIES 5
#define GRID 40
#define MAX_STEPS 50

struct body {
    double x, y, z;
    double vx, vy, vz;
    double mass;
};

static struct body bodies[BODIES];

/* A sun and four planets on flat, nearly circular orbits; momentum need not vanish here. */
static void place_bodies(void)
{
    for (int i = 0; i < BODIES; i++) {
        double distance = i == 0 ? 0.0 : 1.0 + 1.5 * i;
        struct body *b = &bodies[i];
        memset(b, 0, sizeof *b);
        b->x = (i & 1) ? distance : -distance;
        b->z = 0.01 * i;
        b->vy = i == 0 ? 0.0 : ((i & 1) ? 1.0 : -1.0) * sqrt(40.0 / distance);
        b->mass = i == 0 ? 40.0 : 0.03 / i;
    }
}

static void attract(struct body *a, struct body *b, double dt)
{
    double dx = a->x - b->x;
    double dy = a->y - b->y;
    double dz = a->z - b->z;
    double square = dx * dx + dy * dy + dz * dz;
    double pull = dt / (square * sqrt(square));
    a->vx -= dx * b->mass * pull;
    a->vy -= dy * b->mass * pull;
    a->vz -= dz * b->mass * pull;
    b->vx += dx * a->mass * pull;
    b->vy += dy * a->mass * pull;
    b->vz += dz * a->mass * pull;
}

static void advance(double dt)
{
    for (int i = 0; i < BODIES; i++) {
        for (int j = i + 1; j < BODIES; j++) {
            attract(&bodies[i], &bodies[j], dt);
        }
    }
    for (int i = 0; i < BODIES; i++) {
        struct body *b = &bodies[i];
        b->x += dt * b->vx;
        b->y += dt * b->vy;
        b->z += dt * b->vz;
    }
}

/* Sum over the grid of the steps that each point takes to escape; `shift` moves the window a little. */
static uint32_t mandelbrot(double shift)
{
    uint32_t total = 0;
    for (int row = 0; row < GRID; row++) {
        double ci = 2.0 * row / GRID - 1.0;
        for (int column = 0; column < GRID; column++) {
            double cr = 3.0 * column / GRID - 2.0 + shift;
            double zr = 0.0, zi = 0.0;
            uint32_t steps = 0;
            while (steps < MAX_STEPS && zr * zr + zi * zi <= 4.0) {
                double next = zr * zr - zi * zi + cr;
                zi = 2.0 * zr * zi + ci;
                zr = next;
                steps++;
            }
            total += steps;
        }
    }
    return total;
}

static uint32_t mix_double(uint32_t checksum, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bench_mix(bench_mix(checksum, (uint32_t)bits), (uint32_t)(bits >> 32));
}

int main(int argc, char **argv)
{
    uint32_t work = bench_work(argc, argv, 900);
    uint32_t checksum = 2166136261u;
    place_bodies();
    for (uint32_t unit = 0; unit < work; unit++) {
        for (int step = 0; step < 150; step++) {
            advance(0.001);
        }
        checksum = bench_mix(checksum, mandelbrot((double)(unit & 7) * 0.001));
    }
    for (int i = 0; i < BODIES; i++) {
        checksum = mix_double(mix_double(checksum, bodies[i].x), bodies[i].vy);
    }
    return bench_report("float", work, checksum);
}
