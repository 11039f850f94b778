/* hash: digests and a hash table; the inner loops are long and straight.
 *
 * Stresses: 32-bit rotates, xors and adds over some thirty live values (more than any register file, so
 * the cost of an operand shows), byte-table look-ups, and probes that miss the cache line.
 * Parts: SHA-256 blocks, CRC-32 by a table, an open-addressing table with insertion, look-up and
 * removal (backward shift). */
#include "bench.h"

#define DATA 1024u
#define SLOTS 2048u

static uint32_t round_constants[64];
static uint32_t crc_table[256];
static uint8_t data[DATA];
static struct { uint32_t key, value; } slots[SLOTS]; /* key 0 is an empty slot */

static uint32_t rotate_right(uint32_t n, uint32_t by)
{
    return (n >> by) | (n << (32 - by));
}

/* The constants are replaced by a random sequence: same work as SHA-256, no table of 64 numbers here. */
static void fill_tables(uint32_t *random)
{
    for (uint32_t i = 0; i < 64; i++) {
        round_constants[i] = bench_random(random);
    }
    for (uint32_t i = 0; i < DATA; i++) {
        data[i] = (uint8_t)bench_random(random);
    }
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
        }
        crc_table[i] = crc;
    }
}

static void expand_block(const uint8_t *block, uint32_t w[64])
{
    for (uint32_t i = 0; i < 16; i++) {
        const uint8_t *p = block + i * 4;
        w[i] = ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) | ((uint32_t)p[2] << 8) | p[3];
    }
    for (uint32_t i = 16; i < 64; i++) {
        uint32_t s0 = rotate_right(w[i - 15], 7) ^ rotate_right(w[i - 15], 18) ^ (w[i - 15] >> 3);
        uint32_t s1 = rotate_right(w[i - 2], 17) ^ rotate_right(w[i - 2], 19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
}

static void digest_block(const uint8_t *block, uint32_t state[8])
{
    uint32_t w[64];
    expand_block(block, w);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t s1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
        uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
        uint32_t s0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
        uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1;
        d = c, c = b, b = a, a = t1 + t2;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static uint32_t crc32_of(const uint8_t *bytes, uint32_t size)
{
    uint32_t crc = 0xffffffffu;
    for (uint32_t i = 0; i < size; i++) {
        crc = (crc >> 8) ^ crc_table[(crc ^ bytes[i]) & 255];
    }
    return ~crc;
}

static uint32_t home_of(uint32_t key)
{
    return (key * 2654435761u) >> 21;
}

/* The slot that holds `key`, or the empty one where it belongs. */
static uint32_t find_slot(uint32_t key)
{
    uint32_t at = home_of(key);
    while (slots[at].key != 0 && slots[at].key != key) {
        at = (at + 1) % SLOTS;
    }
    return at;
}

/* Empties slot `hole` and moves later entries back, so that no probe stops short of its key. */
static void remove_slot(uint32_t hole)
{
    for (uint32_t at = (hole + 1) % SLOTS; slots[at].key != 0; at = (at + 1) % SLOTS) {
        if (((at - home_of(slots[at].key)) % SLOTS) >= ((at - hole) % SLOTS)) {
            slots[hole] = slots[at];
            hole = at;
        }
    }
    slots[hole].key = 0;
}

static uint32_t use_table(uint32_t *random)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 3000; i++) {
        uint32_t key = bench_random(random) % 3000 + 1;
        uint32_t at = find_slot(key);
        if (slots[at].key == key && (slots[at].value & 1)) {
            remove_slot(at);
            continue;
        }
        slots[at].key = key;
        sum += slots[at].value += i | 1;
        if (slots[at].value % 3 == 0) {
            remove_slot(at);
        }
    }
    return sum;
}

int main(int argc, char **argv)
{
    uint32_t work = bench_work(argc, argv, 1000);
    uint32_t random = 314159265u;
    uint32_t checksum = 2166136261u;
    uint32_t state[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    fill_tables(&random);
    for (uint32_t unit = 0; unit < work; unit++) {
        for (uint32_t at = 0; at < DATA; at += 64) {
            digest_block(data + at, state);
        }
        data[unit % DATA] = (uint8_t)state[unit & 7];
        checksum = bench_mix(checksum, crc32_of(data, DATA));
        checksum = bench_mix(checksum, use_table(&random));
    }
    for (uint32_t i = 0; i < 8; i++) {
        checksum = bench_mix(checksum, state[i]);
    }
    return bench_report("hash", work, checksum);
}
