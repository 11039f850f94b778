/* branches: decisions that depend on data; little arithmetic in between.
 *
 * Stresses: br_table (dense switches), br_if chains, nested blocks that are left early, loops with
 * several exits and `continue`. Half of the branches cannot be predicted.
 * Parts: a state machine that splits a stream of characters into numbers, names, strings and comments;
 * a ladder of range tests; a walk through a maze whose rule depends on the cell. */
#include "bench.h"

#define TEXT 6000u
#define MAZE 64u

enum state { BETWEEN, NAME, NUMBER, FRACTION, STRING, ESCAPE, SLASH, COMMENT, STARRED, STATES };

static const char alphabet[] = "abcxyz019 . \"\\/*\n+-= abc 123 \"e";
static char text[TEXT];
static uint8_t maze[MAZE * MAZE];

static enum state after_between(char c)
{
    if (c >= '0' && c <= '9') {
        return NUMBER;
    }
    if (c >= 'a' && c <= 'z') {
        return NAME;
    }
    return c == '"' ? STRING : c == '/' ? SLASH : BETWEEN;
}

static enum state next_state(enum state state, char c)
{
    switch (state) {
    case NAME:
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? NAME : after_between(c);
    case NUMBER:
        return c >= '0' && c <= '9' ? NUMBER : c == '.' ? FRACTION : after_between(c);
    case FRACTION:
        return c >= '0' && c <= '9' ? FRACTION : after_between(c);
    case STRING:
        return c == '\\' ? ESCAPE : c == '"' || c == '\n' ? BETWEEN : STRING;
    case ESCAPE:
        return STRING;
    case SLASH:
        return c == '*' ? COMMENT : after_between(c);
    case COMMENT:
        return c == '*' ? STARRED : COMMENT;
    case STARRED:
        return c == '/' || c == '\n' ? BETWEEN : c == '*' ? STARRED : COMMENT;
    default:
        return after_between(c);
    }
}

static uint32_t scan_text(uint32_t start)
{
    uint32_t entered[STATES] = {0};
    enum state state = BETWEEN;
    for (uint32_t i = 0; i < TEXT; i++) {
        uint32_t at = start + i;
        enum state next = next_state(state, text[at >= TEXT ? at - TEXT : at]);
        if (next != state) {
            entered[next]++;
            state = next;
        }
    }
    uint32_t sum = 0;
    for (uint32_t i = 0; i < STATES; i++) {
        sum = sum * 31 + entered[i];
    }
    return sum;
}

static uint32_t classify(uint32_t n)
{
    if (n < 0x10000000u) {
        return n & 1 ? 1 : 2;
    }
    if (n < 0x50000000u) {
        return n < 0x30000000u ? 3 : n & 2 ? 4 : 5;
    }
    if (n < 0xc0000000u && (n & 12) != 4) {
        return n & 64 ? 6 : 7;
    }
    return n > 0xe0000000u || (n & 256) ? 8 : 9;
}

/* Follows the cells' rules until `limit` steps are made or the walk returns to the start. */
static uint32_t walk(uint32_t start, uint32_t limit)
{
    uint32_t at = start, steps = 0, turns = 0;
    while (steps++ < limit) {
        switch ((maze[at] + turns) & 7) {
        case 0: at += 1; break;
        case 1: at += MAZE; break;
        case 2: at -= 1; break;
        case 3: at -= MAZE; turns++; break;
        case 4: at += (steps & 1) ? 2 : MAZE + 1; break;
        case 5: turns += 3; continue;
        case 6: at = (at >> 1) + 5; turns ^= 1; break;
        default: at += maze[at] >> 3; break;
        }
        at %= MAZE * MAZE;
        if (at == start && (turns & 3) == 0) {
            break;
        }
    }
    return at * 31 + steps + turns;
}

int main(int argc, char **argv)
{
    uint32_t work = bench_work(argc, argv, 800);
    uint32_t random = 123456789u;
    uint32_t checksum = 2166136261u;
    for (uint32_t i = 0; i < TEXT; i++) {
        text[i] = alphabet[bench_random(&random) % (sizeof alphabet - 1)];
    }
    for (uint32_t i = 0; i < MAZE * MAZE; i++) {
        maze[i] = (uint8_t)bench_random(&random);
    }
    for (uint32_t unit = 0; unit < work; unit++) {
        checksum = bench_mix(checksum, scan_text(bench_random(&random) % TEXT));
        for (uint32_t i = 0; i < 4000; i++) {
            checksum += classify(bench_random(&random)) << (i & 15);
        }
        for (uint32_t i = 0; i < 8; i++) {
            checksum = bench_mix(checksum, walk(bench_random(&random) % (MAZE * MAZE), 1000));
        }
    }
    return bench_report("branches", work, checksum);
}
